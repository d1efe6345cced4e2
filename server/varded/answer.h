/* From the library's terms to answers: the edge where refusals become problems. */
#ifndef VARDE_VARDED_ANSWER_H
#define VARDE_VARDED_ANSWER_H

#include "documents/documents.h"
#include "varded/varded.h"

/* What one batch may be. */
#define ANSWER_BATCH_ITEMS 1000
#define ANSWER_BATCH_BYTES ((size_t)8 << 20)

/* The language of texts: "nb" or "en". */
const char *answer_lang(const struct exchange *x);

/* What the request says of its sender; borrowed from it. */
struct intake_credentials answer_credentials(const struct exchange *x);

/* Who calls, with this scope, and does its organisation's pace allow it (pace.h)? On
 * failure the exchange is answered and false returned. The caller releases *ret. */
bool answer_authenticate(struct exchange *x, struct varded *v, const char *scope,
			 struct intake_caller *ret);

/* Whether every query parameter is one of `known` (NULL-terminated). A read that
 * passed over one it does not know would answer another question than was asked.
 * On failure the exchange is answered invalid-query and false returned. */
bool answer_queries(struct exchange *x, const char *const known[]);

/* The problem's code: the refusal's, or what `rc` means where that has none. Constant. */
const char *answer_code(enum rc rc, const struct refusal *refusal);

/* A refusal as a problem object, for an item of a batch. New reference. */
json_t *answer_problem_json(const struct varded *v, enum rc rc, struct refusal *refusal,
			    enum problem_lang lang, int *ret_status);

/* Answers the exchange with a refusal; releases it. `rc` decides where the
 * refusal has no code. */
void answer_refusal(struct exchange *x, const struct varded *v, enum rc rc,
		    struct refusal *refusal);

/* The same of a sender that does not get in, for what it may need to try again (a
 * nonce) and for the log line. */
void answer_turn_away(struct exchange *x, const struct varded *v, enum rc rc,
		      struct refusal *refusal);

/* A receipt as the answer to the submission of `document`: 201 new, 200 repeated. Where
 * the schema goes out of use its warnings say so. New reference. */
json_t *answer_receipt_json(const struct intake_document *document,
			    const struct store_receipt *receipt, enum problem_lang lang);

/* The header fields of an answer about a schema (NULL: none known) that goes out of use:
 * Deprecation (RFC 9745), Sunset (RFC 8594), Link to its successor (RFC 5829). A refusal
 * has those of its document by itself. */
void answer_schema(struct exchange *x, const struct varded *v, const struct document_type *type);

/* 200 with bytes that belong to a rulebook, which may go before they are sent. */
void answer_copy(struct exchange *x, const char *content_type, const char *bytes, size_t len);

/* Whom a request concerns: the caller's organisation, or the one in the query
 * ("organisation") if that lets the caller do any of `rights` for it. On failure
 * the exchange is answered and false returned. */
bool answer_owner(struct exchange *x, const struct varded *v, const struct intake_caller *caller,
		  unsigned rights, const struct tenant **ret);

/* A view of the owner's rows, NULL where there are none yet. false: answered. */
bool answer_open_view(struct exchange *x, const struct varded *v, const struct tenant *owner,
		      struct store_view **ret);

#endif
