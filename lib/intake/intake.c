#include "intake/intake.h"

#include "base/clock.h"
#include "intake/private.h"

#include <stdlib.h>

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
		rc = intake_proofs_open(intake, clock_now_ms(), reterr);
	if (!rc)
		*ret = TAKE_PTR(intake);
	return rc;
}

void intake_free(struct intake *intake)
{
	if (!intake)
		return;
	intake_proofs_close(intake, clock_now_ms());
	jose_token_cache_free(intake->token_cache);
	free(intake);
}

static void on_written(struct writer_job *job, struct store_result *result, enum rc rc)
{
	struct intake_document *d = (struct intake_document *)(void *)job;

	d->done(d, result, rc);
}

enum rc intake_submit(struct intake *intake, struct intake_document *d)
{
	d->job.done = on_written;
	return writer_submit(intake->installation->writer, d->orgnr, &d->job);
}

enum rc intake_submit_many(struct intake *intake, struct intake_document *const *documents,
			   size_t n)
{
	CLEANUP_FREE struct writer_job **jobs = calloc(n, sizeof(struct writer_job *));

	if (!jobs)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		documents[i]->job.done = on_written;
		jobs[i] = &documents[i]->job;
	}
	return writer_submit_many(intake->installation->writer, documents[0]->orgnr, jobs, n);
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

enum rc intake_outcome(const struct store_result *result, enum rc rc, struct refusal *refusal)
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
	case STORE_FAILED: break;
	}
	return failure(result->rc ? result->rc : RC_IO, refusal);
}
