#include "varded/pace.h"

#include "base/clock.h"
#include "config/config.h"

#include <inttypes.h>
#include <string.h>

/* Organisations that are below their burst at the same time. */
#define NAMES 16384

static const char *const names[] = { [PACE_SUBMIT] = "submissions", [PACE_READ] = "reads" };

enum rc pace_open(struct varded *v)
{
	return rates_new(NAMES, &v->rates);
}

enum pace_kind pace_kind(const char *scope)
{
	return strcmp(scope, SCOPE_READ) ? PACE_SUBMIT : PACE_READ;
}

/* Who has a rate of its own has its burst in proportion: the window stays. */
static struct rate own_rate(struct rate all, int64_t own)
{
	double burst = (double)all.burst * (double)own / (double)all.per_minute;

	if (!own)
		return all;
	if (burst > (double)RATE_BURST_MAX)
		burst = (double)RATE_BURST_MAX;
	return (struct rate){ own, burst < 1 ? 1 : (int64_t)burst };
}

struct rate pace_rate(const struct varded *v, const struct tenant *tenant, enum pace_kind kind)
{
	const struct config *c = v->config;

	if (kind == PACE_READ)
		return own_rate((struct rate){ c->reads_per_minute, c->reads_burst },
				tenant->row->reads_per_minute);
	return own_rate((struct rate){ c->submissions_per_minute, c->submissions_burst },
			tenant->row->submissions_per_minute);
}

/* The quota is the burst and the window is the time in which it fills, so whoever
 * spends the quota once per window keeps the rate. */
static void tell(struct exchange *x, const struct varded *v, enum pace_kind kind,
		 const struct rate *rate, const struct rate_level *level)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "\"%s\";q=%" PRId64 ";w=%" PRId64 ", \"concurrent\";q=%" PRId64
		 ";qu=\"concurrent-requests\"",
		 names[kind], rate->burst, rate_window_s(rate), v->config->concurrent_requests);
	exchange_add_header(x, "RateLimit-Policy", text);
	snprintf(text, sizeof(text), "\"%s\";r=%" PRId64 ";t=%" PRId64, names[kind],
		 level->remaining, level->more_s);
	exchange_add_header(x, "RateLimit", text);
}

bool pace_take(struct exchange *x, struct varded *v, const struct intake_caller *caller,
	       enum pace_kind kind)
{
	const struct rate rate = pace_rate(v, caller->tenant, kind);
	struct rate_level level;
	enum rc rc = rates_take(v->rates, jose_token_tenant(caller->token), kind, &rate, 1,
				clock_monotonic_us(), &level);

	if (rc == RC_BUSY) {
		exchange_refuse(x, "busy");
		return false;
	}
	tell(x, v, kind, &rate, &level);
	if (rc)
		exchange_problem(x, &(struct problem){ .code = "rate-limited",
						       .retry_after = (unsigned)level.more_s });
	return !rc;
}

void pace_owe(struct exchange *x, struct varded *v, const struct intake_caller *caller,
	      enum pace_kind kind, int64_t more)
{
	const struct rate rate = pace_rate(v, caller->tenant, kind);
	struct rate_level level;

	if (!rates_owe(v->rates, jose_token_tenant(caller->token), kind, &rate, more,
		       clock_monotonic_us(), &level))
		tell(x, v, kind, &rate, &level);
}
