/* What is asked of an own view: a clock, a span of time in periods, and what the
 * figures are split by. The same words as parameters of the API and of vardectl. */
#ifndef VARDE_OWN_ASKED_H
#define VARDE_OWN_ASKED_H

#include "count/counted.h"

#define OWN_MONTHS_MAX 120
#define OWN_MONTHS_DEFAULT 24

enum own_period { OWN_MONTH, OWN_QUARTER, OWN_YEAR };

struct own_asked {
	enum counted_clock clock; /* COUNTED_REGISTRATION unless asked otherwise */
	enum own_period period;
	int32_t from, to; /* first and last month; whole periods after own_asked_finish() */
	bool by_unit, by_type, by_severity;
};

/* Reads one parameter: "clock" (registration, event), "period" (month, quarter, year),
 * "from" and "to" (YYYY-MM), "by" (unit, type, severity, with commas, each once).
 * RC_NOT_FOUND: there is no such parameter; RC_INVALID: it has no such value. */
NODISCARD enum rc own_asked_set(struct own_asked *asked, const char *name, const char *value);

/* What was left open: until this month, and OWN_MONTHS_DEFAULT of them. The span grows
 * to whole periods, of which the last may still run at `now_ms`. RC_INVALID with the
 * parameter in *ret_where: the span ends before it begins or after this month, or is
 * longer than OWN_MONTHS_MAX. */
NODISCARD enum rc own_asked_finish(struct own_asked *asked, int64_t now_ms, const char **ret_where);

/* Months of one period: 1, 3, 12. */
int32_t own_period_months(enum own_period period);

/* How many periods; and the n-th one's first month. */
size_t own_asked_periods(const struct own_asked *asked);
int32_t own_asked_period(const struct own_asked *asked, size_t n);

#endif
