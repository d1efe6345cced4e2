/* Token buckets: units per minute, and how many may come in one burst.
 *
 * Kept as one time per bucket, that at which it is full again (the virtual scheduling
 * form of the generic cell rate algorithm, ITU-T I.371 annex A), so nothing is ever
 * refilled. Whoever has one unit left may take any number: the bucket goes into debt
 * and stays shut until the debt is paid. So what costs more than a burst is possible,
 * and the average holds. Any thread. */
#ifndef VARDE_LIMITS_RATES_H
#define VARDE_LIMITS_RATES_H

#include "base/cleanup.h"
#include "base/rc.h"
#include "limits/limits.h"

#include <stddef.h>
#include <stdint.h>

#define RATES_KINDS 2 /* buckets per name */
#define RATE_PER_MINUTE_MAX INT64_C(1000000000)
#define RATE_BURST_MAX INT64_C(10000000)

struct rates;

struct rate {
	int64_t per_minute; /* 1 to RATE_PER_MINUTE_MAX */
	int64_t burst;      /* 1 to RATE_BURST_MAX */
};

/* A bucket as it is. `more_s`: seconds, rounded up, until `remaining` is at least
 * one more; 0 for a full bucket. */
struct rate_level {
	int64_t remaining;
	int64_t more_s;
};

/* For about `names` names at a time. RC_NOMEM, RC_INVALID. */
NODISCARD enum rc rates_new(size_t names, struct rates **ret);
void rates_free(struct rates *rates);
DEFINE_CLEANUP(struct rates *, rates_free)

/* Takes `cost` units at `now_us`, a time of clock_monotonic_us(); one that runs
 * backwards neither gives nor takes. RC_LIMIT: none is left and nothing was taken; try
 * again after ret->more_s. RC_BUSY: no room to remember this name, *ret is untouched. */
NODISCARD enum rc rates_take(struct rates *rates, const char *name, unsigned kind,
			     const struct rate *rate, int64_t cost, int64_t now_us,
			     struct rate_level *ret);

/* The same, but what is not there is owed: for a cost that shows only afterwards. */
NODISCARD enum rc rates_owe(struct rates *rates, const char *name, unsigned kind,
			    const struct rate *rate, int64_t cost, int64_t now_us,
			    struct rate_level *ret);

/* Seconds, rounded up, in which an empty bucket fills: burst and this say the rate. */
int64_t rate_window_s(const struct rate *rate);

#endif
