/* How good one organisation's reports are as data, for itself and the operator: how
 * complete, how timely, what was warned of, what was corrected, whether reviews come, and
 * what became of everything it sent. It serves the source's own improvement: nothing
 * here is made to compare or rank organisations, and none of it is published.
 *
 * Reports count by the month of their registration, as their newest revision says, without
 * those withdrawn or erased; submissions count by the month in which they came. */
#ifndef VARDE_QUALITY_TALLY_H
#define VARDE_QUALITY_TALLY_H

#include "base/cleanup.h"
#include "base/err.h"
#include "own/asked.h"
#include "quality/members.h"

#include <jansson.h>

struct documents;
struct profile;
struct refused;
struct rules;
struct store_view;
struct tenant;

/* Borrowed as long as the tally. */
struct quality_of {
	const struct tenant *tenant;
	const struct documents *documents;
	const struct rules *rules;     /* for the texts of warnings */
	const struct profile *profile; /* what is not shared is not missed; NULL: none */
	struct own_asked asked;        /* months, finished */
	int64_t now_ms;
};

struct quality_tally;

/* Nothing counted yet. RC_NOT_FOUND: no schema of reports; RC_NOMEM. */
NODISCARD enum rc quality_tally_new(const struct quality_of *of, struct quality_tally **ret,
				    struct err *reterr);
void quality_tally_free(struct quality_tally *tally);
DEFINE_CLEANUP(struct quality_tally *, quality_tally_free)

/* Counts documents with after_seq < seq <= through_seq as they stand at upto_seq: pieces
 * with the same upto_seq add up to the whole. Errors of the store; RC_NOMEM. */
NODISCARD enum rc quality_tally_count(struct quality_tally *tally, struct store_view *view,
				      int64_t after_seq, int64_t through_seq, int64_t upto_seq,
				      struct err *reterr);

/* Once: what was sent and not stored as new. Errors of the log of refusals. */
NODISCARD enum rc quality_tally_unstored(struct quality_tally *tally, struct refused *refused,
					 struct err *reterr);

#endif
