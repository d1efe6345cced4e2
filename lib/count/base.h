/* One organisation's counts out of its file, as its reports say, before any rule of
 * months: what varded hands to a release.
 *
 * Registration clock: first revisions that were not counted before, by the month
 * written in source.registered_at. Event clock: for one year, the newest revision
 * of every report as of a cut-off, withdrawn ones left out; and once more those that were
 * notified, by where their review stood then.
 *
 * Severity is harm.actual of an incident, which reached someone, and
 * harm.potential of a near miss or hazard, which did not. A municipality's number
 * is brought to the numbers in force at the cut-off (codes/codes.h); where a split
 * leaves it open it is the county's with "?" behind, or "?" where that is open too. */
#ifndef VARDE_COUNT_BASE_H
#define VARDE_COUNT_BASE_H

#include "count/counted.h"

struct codes;
struct store_view;

struct count_base {
	const char *orgnr;
	bool municipal;         /* municipality numbers count */
	bool by_registration;   /* has a coverage start */
	int64_t after_seq;      /* counted before */
	int64_t as_of_ms;       /* documents received until then */
	int32_t final_year;     /* year of events for the event clock; 0: none */
	int64_t final_as_of_ms; /* its cut-off, not after as_of_ms */
};

/* Adds the rows of one organisation; `*ret_upto` is the seq of its cut-off. Errors
 * of the store; RC_NOMEM. The view is the caller's. */
NODISCARD enum rc count_base(struct store_view *view, const struct codes *codes,
			     const struct count_base *what, struct counted *out, int64_t *ret_upto,
			     struct err *reterr);

#endif
