/* How days are spread: counts of 0, 1, 2 … days, and what quantiles they have. Pure.
 * A quantile is by nearest rank: the smallest number of days that at least that share
 * of the values do not exceed. So it is always a value that occurred. */
#ifndef VARDE_QUALITY_SPREAD_H
#define VARDE_QUALITY_SPREAD_H

#include "base/rc.h"

#include <stddef.h>
#include <stdint.h>

#define SPREAD_DAYS_MAX 3660 /* ten years; what is longer counts as this */

struct spread {
	uint32_t *days; /* owned; as long as the largest value needs */
	size_t size;
	int64_t n;
};

/* Fewer than 0 days count as 0: clocks of two systems may differ. RC_NOMEM. */
NODISCARD enum rc spread_add(struct spread *s, int64_t days);
void spread_release(struct spread *s);

/* All of `from` too. RC_NOMEM. */
NODISCARD enum rc spread_join(struct spread *s, const struct spread *from);

/* In hundredths: 50 is the median. -1 when there are no values. */
int64_t spread_quantile(const struct spread *s, int hundredths);

#endif
