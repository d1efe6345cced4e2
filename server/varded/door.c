#include "varded/door.h"

#include "base/clock.h"
#include "config/config.h"
#include "varded/answer.h"

/* Why somebody could not come in. */
enum { NO_UNAUTHENTICATED, NO_ADDRESS, NO_CONCURRENCY, REASONS };

struct door_counters {
	struct metric_counter *refused[REASONS];
};

static const char *const labels[REASONS] = {
	[NO_UNAUTHENTICATED] = "reason=\"unauthenticated\"",
	[NO_ADDRESS] = "reason=\"address\"",
	[NO_CONCURRENCY] = "reason=\"concurrency\"",
};

static double strangers(void *ctx)
{
	const struct varded *v = ctx;

	return (double)places_taken(v->strangers);
}

static enum rc register_metrics(struct varded *v)
{
	enum rc rc =
		metrics_register(v->metrics, METRIC_GAUGE, "unauthenticated_requests", "",
				 "Requests on their way whose sender is not known", strangers, v);

	for (size_t i = 0; !rc && i < REASONS; i++) {
		v->door->refused[i] =
			metrics_counter(v->metrics, "door_refusals_total", labels[i],
					"Requests turned away before their body was read");
		rc = v->door->refused[i] ? RC_OK : RC_NOMEM;
	}
	return rc;
}

enum rc door_open(struct varded *v)
{
	const struct config *c = v->config;
	const struct places_caps tenants = { c->intake_connections, c->concurrent_requests,
					     c->concurrent_bytes };
	const struct places_caps strange = { c->unauthenticated, c->unauthenticated_per_address,
					     0 };
	enum rc rc;

	v->door = calloc(1, sizeof(*v->door));
	if (!v->door)
		return RC_NOMEM;
	rc = places_new(&tenants, &v->tenants);
	if (!rc)
		rc = places_new(&strange, &v->strangers);
	return rc ? rc : register_metrics(v);
}

void door_close(struct varded *v)
{
	places_free(v->tenants);
	places_free(v->strangers);
	free(v->door);
}

static void leave(void *place)
{
	place_leave(place);
}

static void refuse_place(struct exchange *x, struct varded *v, int reason)
{
	metric_counter_add(v->door->refused[reason], 1);
	switch (reason) {
	case NO_CONCURRENCY: exchange_refuse(x, "concurrency-limited"); break;
	case NO_ADDRESS: exchange_refuse_because(x, "busy", "address-full"); break;
	default: exchange_refuse_because(x, "busy", "unauthenticated-full");
	}
}

/* false: answered. */
static bool enter_stranger(struct exchange *x, struct varded *v)
{
	struct place *place;
	enum rc rc = places_enter(v->strangers, exchange_client_net(x), 0, &place);

	if (rc)
		refuse_place(x, v, rc == RC_LIMIT ? NO_ADDRESS : NO_UNAUTHENTICATED);
	else
		exchange_hold(x, place, leave);
	return !rc;
}

static bool enter_tenant(struct exchange *x, struct varded *v, const char *orgnr)
{
	struct place *place;
	enum rc rc = places_enter(v->tenants, orgnr, (int64_t)exchange_body_max(x), &place);

	if (rc) {
		exchange_note_tenant(x, orgnr);
		if (rc == RC_LIMIT)
			refuse_place(x, v, NO_CONCURRENCY);
		else
			exchange_refuse(x, "busy");
		return false;
	}
	exchange_hold(x, place, leave);
	exchange_known(x, orgnr);
	return true;
}

enum http_entry door_ask(struct exchange *x, void *ctx)
{
	struct varded *v = ctx;
	char orgnr[10];

	if (!exchange_needs_token(x))
		return enter_stranger(x, v) ? HTTP_ENTER : HTTP_REFUSED;
	if (intake_knows(v->intake, exchange_header(x, "Authorization"), clock_now_ms(), orgnr))
		return enter_tenant(x, v, orgnr) ? HTTP_ENTER : HTTP_REFUSED;
	return enter_stranger(x, v) ? HTTP_VERIFY : HTTP_REFUSED;
}

void door_verify(struct exchange *x, void *ctx)
{
	const struct intake_credentials credentials = answer_credentials(x);
	struct refusal refusal = { 0 };
	struct varded *v = ctx;
	char orgnr[10];
	enum rc rc = intake_introduce(v->intake, &credentials, clock_now_ms(), orgnr, &refusal);

	if (rc)
		answer_turn_away(x, v, rc, &refusal);
	else if (enter_tenant(x, v, orgnr))
		exchange_admit(x);
}
