#include "intake/intake.h"

#include "base/clock.h"
#include "intake/life.h"
#include "intake/private.h"
#include "intake/proof.h"

#include <stdlib.h>
#include <string.h>

#define TOKENS_CACHED 4096

enum rc intake_new(struct installation *installation, struct issuers *issuers, struct intake **ret,
		   struct err *reterr)
{
	CLEANUP(intake_freep) struct intake *intake = calloc(1, sizeof(*intake));
	enum rc rc;

	if (!intake)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	intake->installation = installation;
	intake->issuers = issuers;
	rc = jose_token_cache_new(TOKENS_CACHED, &intake->token_cache, reterr);
	if (!rc)
		rc = proofs_open(installation->config, clock_now_ms(), &intake->proofs, reterr);
	if (!rc)
		*ret = TAKE_PTR(intake);
	return rc;
}

void intake_free(struct intake *intake)
{
	if (!intake)
		return;
	proofs_close(intake->proofs, clock_now_ms());
	jose_token_cache_free(intake->token_cache);
	free(intake);
}

void intake_proofs(const struct intake *intake, size_t *ret_len, size_t *ret_room)
{
	proofs_count(intake->proofs, ret_len, ret_room);
}

static void on_written(struct writer_job *job, struct store_result *result, enum rc rc)
{
	struct intake_document *d = (struct intake_document *)(void *)job;

	d->done(d, result, rc);
}

enum rc intake_submit(struct intake *intake, struct intake_document *d)
{
	const struct intake_document *one = d;
	enum rc rc = life_note_links(intake->installation, &one, 1);

	if (rc)
		return rc;
	d->job.done = on_written;
	return writer_submit(intake->installation->writer, d->orgnr, &d->job);
}

/* One data owner's documents of a batch. */
struct share {
	size_t len;
	size_t *indices;
	const struct intake_document **documents;
	struct writer_job **jobs;
};

/* Those that belong to whoever owns documents[first]; marks them in `seen`. What
 * was submitted before must not be looked at any more, so `seen` comes first. */
static void pick_share(struct intake_document *const *documents, size_t n, size_t first, bool *seen,
		       struct share *share)
{
	share->len = 0;
	for (size_t i = first; i < n; i++) {
		if (seen[i] || strcmp(documents[i]->orgnr, documents[first]->orgnr))
			continue;
		seen[i] = true;
		documents[i]->job.done = on_written;
		share->indices[share->len] = i;
		share->documents[share->len] = documents[i];
		share->jobs[share->len++] = &documents[i]->job;
	}
}

void intake_submit_many(struct intake *intake, struct intake_document *const *documents, size_t n,
			enum rc *rcs)
{
	CLEANUP_FREE struct writer_job **jobs = calloc(n, sizeof(struct writer_job *));
	CLEANUP_FREE const struct intake_document **owned =
		calloc(n, sizeof(const struct intake_document *));
	CLEANUP_FREE size_t *indices = calloc(n, sizeof(*indices));
	CLEANUP_FREE bool *seen = calloc(n, sizeof(*seen));
	struct share share = { .indices = indices, .documents = owned, .jobs = jobs };
	char orgnr[sizeof(documents[0]->orgnr)];

	for (size_t first = 0; first < n; first++) {
		enum rc rc;

		if (!jobs || !owned || !indices || !seen) {
			rcs[first] = RC_NOMEM;
			continue;
		}
		if (seen[first])
			continue;
		memcpy(orgnr, documents[first]->orgnr, sizeof(orgnr));
		pick_share(documents, n, first, seen, &share);
		rc = life_note_links(intake->installation, share.documents, share.len);
		if (!rc)
			rc = writer_submit_many(intake->installation->writer, orgnr, jobs,
						share.len);
		for (size_t i = 0; i < share.len; i++)
			rcs[indices[i]] = rc;
	}
}

static enum rc conflict(const struct store_result *result, const char *code,
			struct refusal *refusal)
{
	refusal->conflict = true;
	refusal->current_revision = result->current_revision;
	if (result->current_revision)
		store_digest_text(result->current_digest, refusal->digest);
	return refuse(refusal, RC_CONFLICT, code);
}

static enum rc failure(enum rc rc, struct refusal *refusal)
{
	switch ((int)rc) {
	case RC_FULL: return refuse(refusal, rc, "storage-full");
	case RC_BUSY: return refuse_because(refusal, rc, "busy", "tenant-queue-full");
	case RC_LIMIT: return refuse(refusal, rc, "content-too-large");
	default: return refuse(refusal, rc, "storage-failed");
	}
}

static enum rc outcome(const struct store_result *result, enum rc rc, struct refusal *refusal)
{
	if (rc)
		return failure(rc, refusal);
	switch (result->outcome) {
	case STORE_NEW:
	case STORE_REPEATED: return RC_OK;
	case STORE_OTHER_CONTENT: return conflict(result, "revision-conflict", refusal);
	case STORE_STALE: return conflict(result, "revision-stale", refusal);
	case STORE_SKIPPED: return conflict(result, "revision-skipped", refusal);
	case STORE_SUPERSEDES: return conflict(result, "supersedes-mismatch", refusal);
	case STORE_ABSENT: return conflict(result, "report-unknown", refusal);
	case STORE_ENDED: return conflict(result, "report-withdrawn", refusal);
	case STORE_ERASED: return refuse(refusal, RC_CONFLICT, "erased");
	case STORE_NOT_REPEATED: return refuse(refusal, RC_INVALID, "schema-retired");
	case STORE_FAILED: break;
	}
	return failure(result->rc ? result->rc : RC_IO, refusal);
}

enum rc intake_outcome(const struct intake_document *d, const struct store_result *result,
		       enum rc rc, struct refusal *refusal)
{
	rc = outcome(result, rc, refusal);
	if (rc)
		refusal_about(refusal, d->rulebook, d->type);
	return rc;
}
