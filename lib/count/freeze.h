/* Which month a report counts in: the first of the two clocks, as a pure function.
 *
 *   A release closes the months up to `closing`, for every organisation, for ever.
 *   A report counts in the month that it was registered in, if that is not closed
 *   yet when the report is first counted. If it is closed, the report counts in the
 *   first open month and is marked late, when that is at most three months on; if
 *   not, it is not counted by registration and waits for the final table of its
 *   event year, as does what was registered before the organisation's coverage
 *   starts. What is registered after `closing` is carried to the next release.
 *
 * What was counted once is never counted again: rows of the previous release are
 * kept as they are. */
#ifndef VARDE_COUNT_FREEZE_H
#define VARDE_COUNT_FREEZE_H

#include "count/counted.h"

#define FREEZE_LATE_MONTHS 3

/* `previous` is the frozen counts of the last release that stands, NULL for the
 * first; `base` what has come since. RC_INVALID "release-order" when `closing`
 * lies before what is closed; RC_NOMEM. */
NODISCARD enum rc counted_freeze(const struct counted *previous, const struct counted *base,
				 int32_t closing, struct counted **ret, struct err *reterr);

#endif
