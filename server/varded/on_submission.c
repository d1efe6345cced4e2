/* POST /v1/submissions: one signed document in, a receipt out once it is on disk. */
#include "base/clock.h"
#include "varded/answer.h"
#include "varded/unstored.h"

struct waiting {
	struct varded *v;
	struct exchange *x;
};

static void reply(const struct waiting *w, const struct intake_document *d,
		  const struct store_result *result)
{
	bool fresh = result->outcome == STORE_NEW;
	const struct http_stored stored = { .fresh = fresh,
					    .repeated = !fresh,
					    .seq = result->receipt.seq };

	exchange_note_stored(w->x, &stored);
	answer_schema(w->x, w->v, d->type);
	exchange_reply_json(w->x, fresh ? 201 : 200,
			    answer_receipt_json(d, &result->receipt, exchange_lang(w->x)));
}

/* On a writer thread, after the commit that holds the document, or its failure. */
static void on_stored(struct intake_document *d, struct store_result *result, enum rc rc)
{
	struct waiting *w = d->ctx;
	struct refusal refusal = { 0 };

	rc = intake_outcome(d, result, rc, &refusal);
	if (rc) {
		unstored_refused(w->v, w->x, NULL, d, rc, &refusal);
		answer_refusal(w->x, w->v, rc, &refusal);
	} else {
		if (result->outcome == STORE_REPEATED)
			unstored_repeated(w->v, d);
		reply(w, d, result);
	}
	free(w);
	intake_document_free(d);
}

void on_submission(struct exchange *x, void *ctx)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	CLEANUP(intake_document_freep) struct intake_document *d = NULL;
	CLEANUP_FREE struct waiting *w = malloc(sizeof(*w));
	struct refusal refusal = { 0 };
	struct varded *v = ctx;
	const char *body;
	size_t len;
	enum rc rc;

	if (!answer_authenticate(x, v, SCOPE_SUBMIT, &caller))
		return;
	body = exchange_body(x, &len);
	rc = w ? intake_read(v->intake, &caller, body, len, clock_now_ms(), &d, &refusal)
	       : RC_NOMEM;
	exchange_note_owner(x, d ? d->orgnr : refusal.owner);
	if (!rc) {
		*w = (struct waiting){ v, x };
		d->ctx = w;
		d->done = on_stored;
		rc = intake_submit(v->intake, d);
		if (rc == RC_BUSY)
			refuse_because(&refusal, rc, "busy", "tenant-queue-full");
	}
	if (rc) {
		unstored_refused(v, x, &caller, d, rc, &refusal);
		answer_refusal(x, v, rc, &refusal);
		return;
	}
	/* both belong to on_stored now, which may have run already */
	TAKE_PTR(w);
	TAKE_PTR(d);
}
