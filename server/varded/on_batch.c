/* POST /v1/submissions/batch: {"submissions":[jws,…]} → {"results":[…]}, each
 * item as if it had been sent alone, in order, none missing. */
#include "base/clock.h"
#include "varded/answer.h"
#include "varded/pace.h"
#include "varded/unstored.h"
#include "json/strict.h"

#include <string.h>

#define BATCH_DEPTH 3
#define PIECE_US 5000 /* of a worker's time, then others have their turn */

/* The batch lives until its last item has been heard of. */
struct batch {
	struct varded *v;
	struct exchange *x;
	json_t **results;
	size_t len;
	size_t open;               /* atomic: items that are not decided, and one for the handler */
	struct http_stored stored; /* counts are atomic */
	const char *code, *reason; /* of the first item refused, for the log; code is atomic */
};

struct item {
	struct batch *batch;
	size_t index;
};

static void batch_free(struct batch *b)
{
	for (size_t i = 0; b->results && i < b->len; i++)
		json_decref(b->results[i]);
	free(b->results);
	free(b);
}

/* NULL when one is missing, since memory ran out: a gap would move all behind it. */
static json_t *all_results(const struct batch *b)
{
	json_t *results = json_array();

	for (size_t i = 0; i < b->len; i++) {
		if (json_array_append(results, b->results[i])) {
			json_decref(results);
			return NULL;
		}
	}
	return json_pack("{s:o}", "results", results);
}

/* Whoever decides the last item answers. */
static void batch_leave(struct batch *b)
{
	if (__atomic_sub_fetch(&b->open, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (b->code)
		exchange_note_code(b->x, b->code, b->reason);
	exchange_note_stored(b->x, &b->stored);
	exchange_reply_json(b->x, 200, all_results(b));
	batch_free(b);
}

/* Only who sets the code sets the reason; both are read after the last item. */
static void note_refused(struct batch *b, const struct refusal *refusal)
{
	const char *none = NULL;

	__atomic_add_fetch(&b->stored.refused, 1, __ATOMIC_RELAXED);
	if (refusal->code && __atomic_compare_exchange_n(&b->code, &none, refusal->code, false,
							 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		b->reason = refusal->reason;
}

static void note_stored(struct batch *b, const struct store_result *result)
{
	bool fresh = result->outcome == STORE_NEW;

	__atomic_add_fetch(fresh ? &b->stored.fresh : &b->stored.repeated, 1, __ATOMIC_RELAXED);
}

static void set_refused(struct batch *b, size_t index, enum rc rc, struct refusal *refusal)
{
	int status = 0;
	json_t *problem = answer_problem_json(b->v, rc, refusal, exchange_lang(b->x), &status);

	b->results[index] = json_pack("{s:i, s:o}", "status", status, "problem", problem);
	note_refused(b, refusal);
	refusal_release(refusal);
}

static void on_item_stored(struct intake_document *d, struct store_result *result, enum rc rc)
{
	struct item *item = d->ctx;
	struct batch *b = item->batch;
	struct refusal refusal = { 0 };

	rc = intake_outcome(d, result, rc, &refusal);
	if (rc) {
		unstored_refused(b->v, b->x, NULL, d, rc, &refusal);
		set_refused(b, item->index, rc, &refusal);
	} else {
		if (result->outcome == STORE_REPEATED)
			unstored_repeated(b->v, d);
		b->results[item->index] = json_pack(
			"{s:i, s:o}", "status", result->outcome == STORE_NEW ? 201 : 200, "receipt",
			answer_receipt_json(d, &result->receipt, exchange_lang(b->x)));
		note_stored(b, result);
	}
	free(item);
	intake_document_free(d);
	batch_leave(b);
}

/* Reads one item; it is either refused here or ready for the writer. */
static struct intake_document *read_item(struct batch *b, const struct intake_caller *caller,
					 size_t index, const json_t *jws)
{
	CLEANUP_FREE struct item *item = malloc(sizeof(*item));
	struct intake_document *d = NULL;
	struct refusal refusal = { 0 };
	enum rc rc;

	if (!item)
		rc = RC_NOMEM;
	else if (!json_is_string(jws))
		rc = refuse_because(&refusal, RC_INVALID, "signature-malformed", "jws-not-text");
	else
		rc = intake_read(b->v->intake, caller, json_string_value(jws),
				 json_string_length(jws), clock_now_ms(), &d, &refusal);
	if (rc) {
		unstored_refused(b->v, b->x, caller, NULL, rc, &refusal);
		set_refused(b, index, rc, &refusal);
		return NULL;
	}
	*item = (struct item){ b, index };
	d->ctx = TAKE_PTR(item);
	d->done = on_item_stored;
	return d;
}

/* Those ready go to the writer together, so that they share its commits; where a
 * data owner's queue has no room, each of its documents is told so. */
static void submit_ready(struct batch *b, struct intake_document **ready, enum rc *rcs, size_t n)
{
	struct refusal refusal = { 0 };

	__atomic_add_fetch(&b->open, n, __ATOMIC_RELAXED);
	intake_submit_many(b->v->intake, ready, n, rcs);
	for (size_t i = 0; i < n; i++) {
		struct item *item;

		if (!rcs[i]) /* not ours any more, and perhaps gone */
			continue;
		item = ready[i]->ctx;
		if (rcs[i] == RC_BUSY || rcs[i] == RC_LIMIT)
			refuse_because(&refusal, RC_BUSY, "busy", "tenant-queue-full");
		unstored_refused(b->v, b->x, NULL, ready[i], rcs[i], &refusal);
		set_refused(b, item->index, rcs[i], &refusal);
		free(item);
		intake_document_free(ready[i]);
		batch_leave(b);
	}
}

static enum rc read_body(struct exchange *x, json_t **ret, json_t **ret_submissions,
			 struct refusal *refusal)
{
	size_t len;
	const char *body = exchange_body(x, &len);
	enum rc rc = json_strict_load(body, len, BATCH_DEPTH, ret, NULL);

	if (rc)
		return rc == RC_NOMEM ? rc : refuse(refusal, rc, "invalid-json");
	if (json_unpack(*ret, "{s:o !}", "submissions", ret_submissions) ||
	    !json_is_array(*ret_submissions) || !json_array_size(*ret_submissions))
		return refuse(refusal, RC_INVALID, "invalid-payload");
	if (json_array_size(*ret_submissions) > ANSWER_BATCH_ITEMS)
		return refuse(refusal, RC_LIMIT, "content-too-large");
	return RC_OK;
}

static struct batch *batch_new(struct varded *v, struct exchange *x, size_t len)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	*b = (struct batch){ .v = v, .x = x, .len = len, .open = 1 };
	b->results = calloc(len, sizeof(*b->results));
	if (b->results)
		return b;
	batch_free(b);
	return NULL;
}

/* What is needed until all items are read. That may take seconds, so it goes on in
 * pieces, between which others have their turn. */
struct reading {
	struct varded *v;
	struct intake_caller caller;
	json_t *body, *submissions;     /* borrowed from body */
	struct batch *batch;            /* NULL until the body is understood */
	struct intake_document **ready; /* for the writer, in order */
	enum rc *rcs;                   /* of each of them */
	size_t ready_len, at;
};

static void reading_free(struct reading *r)
{
	for (size_t i = 0; i < r->ready_len; i++) {
		free(r->ready[i]->ctx);
		intake_document_free(r->ready[i]);
	}
	free(r->ready);
	free(r->rcs);
	json_decref(r->body);
	intake_caller_release(&r->caller);
	free(r);
}

/* Nobody waits for it any more: nothing of it was stored. */
static void give_up(struct exchange *x, struct reading *r, const char *code, const char *reason)
{
	if (r->batch)
		batch_free(r->batch);
	reading_free(r);
	exchange_refuse_because(x, code, reason);
}

static void read_on(struct exchange *x, void *state)
{
	int64_t until = clock_monotonic_us() + PIECE_US;
	struct reading *r = state;
	struct batch *b = r->batch;

	if (exchange_answered(x) || exchange_time_left_us(x) <= 0) {
		give_up(x, r, "busy", "deadline");
		return;
	}
	for (; r->at < b->len && clock_monotonic_us() < until; r->at++) {
		struct intake_document *d =
			read_item(b, &r->caller, r->at, json_array_get(r->submissions, r->at));

		if (d)
			r->ready[r->ready_len++] = d;
	}
	if (r->at < b->len) {
		exchange_again(x, read_on, r);
		return;
	}
	submit_ready(b, r->ready, r->rcs, r->ready_len);
	r->ready_len = 0; /* they are the writer's now, or gone */
	reading_free(r);
	batch_leave(b);
}

/* Its turn has come: only now is the body taken apart, so that few are at a time. */
static void begin(struct exchange *x, void *state)
{
	struct reading *r = state;
	struct refusal refusal = { 0 };
	size_t len;
	enum rc rc;

	if (__atomic_load_n(&r->v->draining, __ATOMIC_ACQUIRE)) {
		give_up(x, r, "shutting-down", NULL);
		return;
	}
	rc = read_body(x, &r->body, &r->submissions, &refusal);
	if (!rc) {
		len = json_array_size(r->submissions);
		/* one of them was paid for at the door */
		pace_owe(x, r->v, &r->caller, PACE_SUBMIT, (int64_t)len - 1);
		r->ready = calloc(len, sizeof(struct intake_document *));
		r->rcs = calloc(len, sizeof(*r->rcs));
		r->batch = r->ready && r->rcs ? batch_new(r->v, x, len) : NULL;
		rc = r->batch ? RC_OK : RC_NOMEM;
	}
	if (!rc) {
		read_on(x, r);
		return;
	}
	answer_refusal(x, r->v, rc, &refusal);
	reading_free(r);
}

void on_batch(struct exchange *x, void *ctx)
{
	struct reading *r = calloc(1, sizeof(*r));

	if (!r) {
		exchange_refuse(x, "busy");
		return;
	}
	r->v = ctx;
	if (answer_authenticate(x, r->v, SCOPE_SUBMIT, &r->caller))
		exchange_again(x, begin, r);
	else
		free(r);
}
