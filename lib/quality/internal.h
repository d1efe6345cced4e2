/* Inside of the room: what was counted. */
#ifndef VARDE_QUALITY_INTERNAL_H
#define VARDE_QUALITY_INTERNAL_H

#include "quality/spread.h"
#include "quality/tally.h"
#include "review/state.h"

#define QUALITY_CODES 100   /* different warnings, or refusals; more count as the last */
#define QUALITY_REVISIONS 4 /* 1, 2, 3, and more */

struct quality_code {
	char code[48];
	int64_t n;
};
struct quality_codes {
	struct quality_code list[QUALITY_CODES];
	size_t len;
};

struct quality_month {
	int64_t stored, repeated, refused; /* by month of receipt */
	int64_t reports;                   /* by month of registration */
	struct spread to_registration, to_receipt;
};

struct quality_tally {
	struct quality_of of;
	struct quality_members *members;
	struct quality_month *months;
	size_t months_len;
	struct quality_codes kinds;    /* stored documents by kind */
	struct quality_codes refusals; /* by the problem's code */
	int64_t interrupted_at;
	bool behind; /* the newest counts could not be written yet */
	int64_t reports;
	struct quality_codes warnings; /* reports, by code */
	int64_t warned;                /* reports with any */
	int64_t not_dated;             /* reports whose event has no day */
	int64_t duplicates;
	int64_t revisions[QUALITY_REVISIONS];
	int64_t corrected, changed_severity, changed_type, changed_class;
	int64_t reviews[REVIEW_OVERDUE + 1]; /* of reports that a review is due of */
	int64_t reviews_due, reviews_late;
	int64_t completed, not_coded, no_measures; /* reviews, whoever they were due of */
};

struct quality_sums {
	int64_t stored, repeated, refused;
	struct spread to_registration, to_receipt; /* of all months; release them */
};
NODISCARD enum rc quality_sum(const struct quality_tally *t, struct quality_sums *ret);
void quality_sums_release(struct quality_sums *sums);

/* Whether every report can tell this member, whatever kind of event it is about. */
bool quality_expects(const char *pointer);

/* What is good and weak, in words: array of {"kind": "strong" | "weak", "code", "nb", "en",
 * "do": {nb, en}}. New reference, NULL when memory ran out. */
json_t *quality_judge(const struct quality_tally *t, const struct quality_sums *sums);

#endif
