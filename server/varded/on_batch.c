/* POST /v1/submissions/batch: {"submissions":[jws,…]} → {"results":[…]}, each
 * item as if it had been sent alone, in order, none missing. */
#include "base/clock.h"
#include "varded/answer.h"
#include "varded/pace.h"
#include "json/strict.h"

#include <string.h>

#define BATCH_DEPTH 3

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

	rc = intake_outcome(result, rc, &refusal);
	if (rc) {
		set_refused(b, item->index, rc, &refusal);
	} else {
		b->results[item->index] = json_pack(
			"{s:i, s:o}", "status", result->outcome == STORE_NEW ? 201 : 200, "receipt",
			answer_receipt_json(b->v, &result->receipt, exchange_lang(b->x)));
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
		set_refused(b, item->index, rcs[i], &refusal);
		free(item);
		intake_document_free(ready[i]);
		batch_leave(b);
	}
}

static void run(struct batch *b, const struct intake_caller *caller, const json_t *submissions)
{
	CLEANUP_FREE struct intake_document **ready =
		calloc(b->len + 1, sizeof(struct intake_document *));
	CLEANUP_FREE enum rc *rcs = calloc(b->len + 1, sizeof(*rcs));
	struct refusal refusal = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++) {
		struct intake_document *d = NULL;

		if (ready && rcs)
			d = read_item(b, caller, i, json_array_get(submissions, i));
		else
			set_refused(b, i, RC_NOMEM, &refusal);
		if (d)
			ready[n++] = d;
	}
	submit_ready(b, ready, rcs, n);
	batch_leave(b);
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

/* One batch, on this worker: read, and handed to the writer. */
static void process(struct varded *v, struct exchange *x, const struct intake_caller *caller)
{
	json_t *body = NULL, *submissions = NULL;
	struct refusal refusal = { 0 };
	struct batch *b = NULL;
	enum rc rc = read_body(x, &body, &submissions, &refusal);

	if (!rc) { /* one of them was paid for at the door */
		pace_owe(x, v, caller, PACE_SUBMIT, (int64_t)json_array_size(submissions) - 1);
		b = batch_new(v, x, json_array_size(submissions));
	}
	if (b)
		run(b, caller, submissions);
	else
		answer_refusal(x, v, rc ? rc : RC_NOMEM, &refusal);
	json_decref(body);
}

/* A batch with its place in the lane. */
struct entry {
	struct lane_place place;
	struct intake_caller caller;
};

static void finish(struct varded *v, struct entry *entry)
{
	struct exchange *x = entry->place.x;

	if (__atomic_load_n(&v->draining, __ATOMIC_ACQUIRE))
		exchange_refuse(x, "shutting-down");
	else if (exchange_time_left_us(x) <= 0) /* nobody waits for it any more */
		exchange_refuse_because(x, "busy", "deadline");
	else
		process(v, x, &entry->caller);
	intake_caller_release(&entry->caller);
}

void on_batch(struct exchange *x, void *ctx)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	struct varded *v = ctx;
	char tenant[sizeof(entry->place.tenant)];

	if (!entry) {
		exchange_refuse(x, "busy");
		return;
	}
	if (!answer_authenticate(x, v, SCOPE_SUBMIT, &entry->caller)) {
		free(entry);
		return;
	}
	entry->place.x = x;
	snprintf(entry->place.tenant, sizeof(entry->place.tenant), "%s",
		 entry->caller.tenant->row->orgnr);
	if (!lane_enter(&v->batches, &entry->place))
		return;
	while (entry) {
		memcpy(tenant, entry->place.tenant, sizeof(tenant));
		finish(v, entry);
		free(entry);
		/* the place is an entry's first member */
		entry = (struct entry *)(void *)lane_leave(&v->batches, tenant);
	}
}
