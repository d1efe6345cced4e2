/* Inside of the room: what the counts of base.h have in common. */
#ifndef VARDE_COUNT_INTERNAL_H
#define VARDE_COUNT_INTERNAL_H

#include "count/base.h"

#define COUNT_OPEN_SIZE 4

/* The municipality that a report counts with, by the numbers in force at the cut-off: `number`,
 * another one, or what a split leaves of it, in `out`; "" where none counts. */
const char *count_municipality(const struct codes *codes, const struct count_base *what,
			       const char *number, char out[COUNT_OPEN_SIZE]);

/* Fills in by which year's final figures a report stands: state, period, registered_year.
 * `date` of the event begins with its year, NULL: unknown; `registered` is the month. False
 * when they are not of what->final_year. RC_CORRUPT: it does not begin so. */
NODISCARD enum rc count_event_year(const struct count_base *what, const char *date,
				   int32_t registered, struct counted_row *row, bool *ret_inside);

/* Adds a row for each state that the reviews of notified events were in, as of the cut-off
 * of the event clock, which is document `upto_seq`. As count_base. */
NODISCARD enum rc count_reviews(struct store_view *view, const struct codes *codes,
				const struct count_base *what, int64_t upto_seq,
				struct counted *out, struct err *reterr);

#endif
