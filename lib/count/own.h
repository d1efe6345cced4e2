/* One organisation's live reports for itself: as their newest revision says, by month
 * of the event or of registration. Unprotected: for the organisation alone.
 *
 * A withdrawn report is left out: a document of kind "withdrawal" takes its report out
 * of the count from the moment it is stored, once there is a schema for it. */
#ifndef VARDE_COUNT_OWN_H
#define VARDE_COUNT_OWN_H

#include "count/counted.h"

struct store_view;

/* Borrowed for the call; "" where the report lacks it. */
struct count_own_row {
	int32_t month; /* period.h; 0: the report does not tell its event's month */
	const char *unit, *event_class, *event_type, *severity, *municipality;
	int64_t n;
};

/* Documents with after_seq < seq <= through_seq, of which nothing newer stands until
 * upto_seq: pieces with the same upto_seq add up to the whole. A callback's own code
 * ends the call. RC_CORRUPT "counts-unreadable"; else as store_count. */
NODISCARD enum rc count_own(struct store_view *view, enum counted_clock clock, int64_t after_seq,
			    int64_t through_seq, int64_t upto_seq,
			    enum rc (*cb)(void *ctx, const struct count_own_row *row), void *ctx,
			    struct err *reterr);

#endif
