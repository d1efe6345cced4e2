/* From the library's terms to answers: the edge where refusals become problems. */
#ifndef VARDE_VARDED_ANSWER_H
#define VARDE_VARDED_ANSWER_H

#include "varded/varded.h"

/* What one batch may be. */
#define ANSWER_BATCH_ITEMS 1000
#define ANSWER_BATCH_BYTES ((size_t)8 << 20)

/* The language of texts: "nb" or "en". */
const char *answer_lang(const struct exchange *x);

/* Who calls, with this scope, and does its organisation's pace allow it (pace.h)? On
 * failure the exchange is answered and false returned. The caller releases *ret. */
bool answer_authenticate(struct exchange *x, struct varded *v, const char *scope,
			 struct intake_caller *ret);

/* Whether every query parameter is one of `known` (NULL-terminated). A read that
 * passed over one it does not know would answer another question than was asked.
 * On failure the exchange is answered invalid-query and false returned. */
bool answer_queries(struct exchange *x, const char *const known[]);

/* A refusal as a problem object, for an item of a batch. New reference. */
json_t *answer_problem_json(const struct varded *v, enum rc rc, struct refusal *refusal,
			    enum problem_lang lang, int *ret_status);

/* Answers the exchange with a refusal; releases it. `rc` decides where the
 * refusal has no code. */
void answer_refusal(struct exchange *x, const struct varded *v, enum rc rc,
		    struct refusal *refusal);

/* A receipt as the answer to a submission: 201 new, 200 repeated. New reference. */
json_t *answer_receipt_json(const struct varded *v, const struct store_receipt *receipt,
			    enum problem_lang lang);

/* Which organisation's rows a read concerns, and a view of them. false: answered. */
bool answer_open_view(struct exchange *x, struct varded *v, const struct intake_caller *caller,
		      struct store_view **ret);

#endif
