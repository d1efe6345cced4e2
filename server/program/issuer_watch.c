#include "program/issuer_watch.h"

#include "base/clock.h"
#include "config/config.h"
#include "http/log.h"
#include "http/metrics.h"
#include "issuers/issuers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct issuer_gauge {
	struct issuers *issuers;
	size_t index;
	char label[CONFIG_ISSUER_NAME_MAX + sizeof("issuer=\"\"")];
};

struct issuer_watch {
	struct issuers *issuers;
	struct log *log;
	struct issuer_gauge gauges[CONFIG_ISSUERS_MAX];
};

/* --- the log ------------------------------------------------------------------------ */

static const struct {
	enum log_level level;
	const char *event;
} events[] = {
	[ISSUER_KEYS_CHANGED] = { LOG_LEVEL_INFO, "issuer-keys-changed" },
	[ISSUER_REFRESH_FAILED] = { LOG_LEVEL_WARNING, "issuer-refresh-failed" },
	[ISSUER_KEYS_REFUSED] = { LOG_LEVEL_ERROR, "issuer-keys-refused" },
	[ISSUER_REFRESH_WELL] = { LOG_LEVEL_INFO, "issuer-refresh-well" },
	[ISSUER_KEYS_EXPIRED] = { LOG_LEVEL_ERROR, "issuer-keys-expired" },
	[ISSUER_KEYS_NOT_KEPT] = { LOG_LEVEL_ERROR, "issuer-keys-not-kept" },
};

/* On an issuer's own thread. `keys` 0 says that its tokens are answered 503 now. */
static void on_event(void *ctx, size_t issuer, enum issuer_event event, const struct err *err)
{
	const struct issuer_watch *w = ctx;
	struct issuer_status s;
	char fetched[CLOCK_TEXT_SIZE];

	issuers_status(w->issuers, issuer, clock_now_ms(), &s);
	if (s.fetched_ms)
		clock_format(s.fetched_ms, fetched);
	log_event(w->log, events[event].level, events[event].event,
		  "{s:s, s:I, s:s?, s:s*, s:s*, s:s*}", "issuer", s.name, "keys",
		  (json_int_t)s.keys, "fetched_at", s.fetched_ms ? fetched : NULL, "code",
		  err ? err->code : NULL, "where", err && err->where[0] ? err->where : NULL, "text",
		  err ? err->text : NULL);
}

/* --- metrics ------------------------------------------------------------------------- */

static struct issuer_status status_of(void *ctx)
{
	const struct issuer_gauge *gauge = ctx;
	struct issuer_status s;

	issuers_status(gauge->issuers, gauge->index, clock_now_ms(), &s);
	return s;
}

static double keys(void *ctx)
{
	return (double)status_of(ctx).keys;
}

static double age(void *ctx)
{
	const struct issuer_status s = status_of(ctx);

	if (!s.fetched_ms)
		return INFINITY;
	return (double)((clock_now_ms() - s.fetched_ms) / 1000);
}

static double stale(void *ctx)
{
	return status_of(ctx).stale;
}

static double failing(void *ctx)
{
	return status_of(ctx).failing_since_ms != 0;
}

static double refreshed(void *ctx)
{
	return (double)status_of(ctx).refreshed;
}

static double failed(void *ctx)
{
	return (double)status_of(ctx).failed;
}

static double refused(void *ctx)
{
	return (double)status_of(ctx).refused;
}

static enum rc register_all(struct issuer_watch *w, struct metrics *metrics)
{
	static const struct {
		enum metric_type type;
		const char *name, *help;
		double (*value)(void *ctx);
	} table[] = {
		{ METRIC_GAUGE, "issuer_keys", "Keys in force; 0: its tokens are answered 503",
		  keys },
		{ METRIC_GAUGE, "issuer_keys_age_seconds",
		  "Since the keys were fetched or read; +Inf: never", age },
		{ METRIC_GAUGE, "issuer_keys_stale",
		  "1 while keys serve that are older than two refresh intervals", stale },
		{ METRIC_GAUGE, "issuer_refresh_failing", "1 when the last refresh failed",
		  failing },
		{ METRIC_COUNTER, "issuer_refreshes_total", "Key sets fetched and taken",
		  refreshed },
		{ METRIC_COUNTER, "issuer_refresh_failures_total",
		  "Fetches that brought no key set", failed },
		{ METRIC_COUNTER, "issuer_refused_sets_total", "Key sets fetched and refused whole",
		  refused },
	};
	enum rc rc = RC_OK;

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		for (size_t j = 0; !rc && j < issuers_count(w->issuers); j++)
			rc = metrics_register(metrics, table[i].type, table[i].name,
					      w->gauges[j].label, table[i].help, table[i].value,
					      &w->gauges[j]);
	return rc;
}

enum rc issuer_watch_start(const struct config *config, struct issuers *issuers,
			   struct metrics *metrics, struct log *log, struct issuer_watch **ret,
			   struct err *reterr)
{
	struct issuer_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	*ret = w;
	w->issuers = issuers;
	w->log = log;
	for (size_t i = 0; i < issuers_count(issuers); i++) {
		struct issuer_gauge *gauge = &w->gauges[i];

		gauge->issuers = issuers;
		gauge->index = i;
		snprintf(gauge->label, sizeof(gauge->label), "issuer=\"%s\"",
			 config->issuers[i].name);
	}
	if (register_all(w, metrics))
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	return issuers_start(issuers, on_event, w, reterr);
}

void issuer_watch_free(struct issuer_watch *w)
{
	free(w);
}
