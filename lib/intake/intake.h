/* The intake: how a signed document becomes a sealed row and a receipt.
 *
 *   token → JWS → signature → payload → profile, schema and rules → clear and sealed →
 *   the writer's queue → (same key? → seal → insert → commit) → receipt
 *
 * intake_authenticate() (caller.h) is the first step, intake_read() the ones up
 * to the queue, intake_submit() the last. Nothing here knows HTTP; refusals are
 * problem codes with findings (refusal.h). Any thread may call anything. */
#ifndef VARDE_INTAKE_INTAKE_H
#define VARDE_INTAKE_INTAKE_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "intake/refusal.h"
#include "rulebook/rulebook.h"
#include "writer/writer.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One compact JWS at most; also what a batch's items and /validate are held to. */
#define INTAKE_JWS_MAX ((size_t)512 * 1024)

struct document_type;
struct installation;
struct intake;
struct intake_caller;
struct issuers;
struct tenant;

/* Installation and issuers are borrowed. RC_IO names the file of used proofs that
 * cannot be written; RC_NOMEM. */
NODISCARD enum rc intake_new(struct installation *installation, struct issuers *issuers,
			     struct intake **ret, struct err *reterr);
void intake_free(struct intake *intake);
DEFINE_CLEANUP(struct intake *, intake_free)

/* How many DPoP proofs are remembered, and how many there is room for. */
void intake_proofs(const struct intake *intake, size_t *ret_len, size_t *ret_room);

/* One document on its way, with everything that is known of it. */
struct intake_document {
	struct writer_job job; /* first: the writer hands this back */
	struct installation *installation;
	struct rulebook *rulebook;        /* held: what it is read by, to the end */
	const struct document_type *type; /* of the rulebook */
	char orgnr[10];                   /* the data owner: whose file takes it */
	json_t *document;                 /* as signed */
	json_t *clear;                    /* what will stay readable */
	json_t *sealed;                   /* array of pointers to what will not */
	struct findings findings;         /* warnings, once it is accepted */
	void (*done)(struct intake_document *document, struct store_result *result, enum rc rc);
	void *ctx; /* the caller's, as `done` */

	/* what job.item points to */
	char report_id[37];
	char signing_kid[129];
	char sender[10];
	char *local_case_id, *supersedes, *warnings;
	struct buf clear_text, jws;
	struct buf note, blank; /* what is kept instead where a person reserves */
	unsigned char salts[2][STORE_SALT_SIZE];
	struct store_item instead; /* as job.item, of a reserved person */
};

/* Wipes and frees. NULL is fine. Not between submit and done. */
void intake_document_free(struct intake_document *document);
DEFINE_CLEANUP(struct intake_document *, intake_document_free)

/* Runs everything that needs no stored state over one compact JWS of the caller.
 * RC_OK: *ret is ready to submit. Otherwise `refusal` is filled: signature-*,
 * invalid-json, invalid-payload (400), those of intake_owner(), schema-not-open,
 * phase-not-open, no-legal-basis (403), schema-unknown, invalid-document, not-permitted
 * (422), profile-unavailable (503), content-too-large (413); or RC_NOMEM.
 *
 * A document of a retired schema is not checked any more, only made ready to be
 * recognised (job.item.only_repeat): who never heard that it was stored still does. */
NODISCARD enum rc intake_read(struct intake *intake, const struct intake_caller *caller,
			      const char *jws, size_t len, int64_t now_ms,
			      struct intake_document **ret, struct refusal *refusal);

/* The same over an unsigned {"schema","document"} of `owner`, which is of the caller's
 * snapshot; for /validate only. */
NODISCARD enum rc intake_read_unsigned(struct intake *intake, const struct intake_caller *caller,
				       const struct tenant *owner, const char *text, size_t len,
				       int64_t now_ms, struct intake_document **ret,
				       struct refusal *refusal);

/* For what stores nothing: RC_OK, or RC_INVALID and schema-retired. */
NODISCARD enum rc intake_is_taken(const struct intake_document *document, struct refusal *refusal);

/* Hands the document to the writer; `document->done` hears of its commit, on a
 * writer thread, and owns the document again. RC_BUSY, RC_IO, RC_NOMEM: it stays
 * the caller's and `done` is not called. */
NODISCARD enum rc intake_submit(struct intake *intake, struct intake_document *document);

/* Several at once, so that they share commits; each data owner's in their order,
 * all of them or none. `rcs[i]` says as intake_submit() what became of each. */
void intake_submit_many(struct intake *intake, struct intake_document *const *documents, size_t n,
			enum rc *rcs);

/* What a stored result means to its sender: RC_OK for new and repeated, else
 * `refusal` with revision-conflict, revision-stale, revision-skipped,
 * supersedes-mismatch, report-unknown, report-withdrawn (409), erased (410), schema-retired
 * (422), storage-full (507), storage-failed, busy (503). */
NODISCARD enum rc intake_outcome(const struct intake_document *document,
				 const struct store_result *result, enum rc rc,
				 struct refusal *refusal);

#endif
