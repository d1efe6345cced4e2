#include "varded/counting.h"

#include "base/clock.h"
#include "installation/installation.h"
#include "store/count.h"
#include "varded/pace.h"
#include "varded/row.h"

#include <stdlib.h>

#define PIECE_US 5000          /* of a worker's time, then others have their turn */
#define DOCUMENTS_PER_READ 100 /* a view counts as one request for each of these begun */

static const char *const types[] = { "application/json", "text/csv", NULL };

static void counting_free(struct counting *c)
{
	store_views_return(c->v->installation->views, c->view);
	c->kind->release(c->tally);
	intake_caller_release(&c->caller);
	free(c);
}
DEFINE_CLEANUP(struct counting *, counting_free)

void counting_refuse(struct exchange *x, const char *code, const char *parameter)
{
	json_t *members = json_pack("{s:s}", "parameter", parameter);

	exchange_problem(x, &(struct problem){ .code = code, .members = members });
	json_decref(members);
}

/* false: answered. */
static bool read_asked(struct exchange *x, struct counting *c)
{
	const char *const *queries = c->kind->queries;
	const char *where = NULL;

	if (!answer_queries(x, queries))
		return false;
	if (c->type < 0) {
		exchange_refuse(x, "not-acceptable");
		return false;
	}
	for (size_t i = 0; !where && queries[i]; i++) {
		const char *value = exchange_query(x, queries[i]);

		if (value && own_asked_set(&c->asked, queries[i], value) == RC_INVALID)
			where = queries[i];
	}
	if (!where && !own_asked_finish(&c->asked, c->now_ms, &where))
		return true;
	counting_refuse(x, "invalid-query", where);
	return false;
}

static void count_on(struct exchange *x, void *state)
{
	CLEANUP(counting_freep) struct counting *c = state;
	int64_t until = clock_monotonic_us() + PIECE_US;
	struct refusal refusal = { 0 };
	enum rc rc = RC_OK;

	if (exchange_answered(x) || exchange_time_left_us(x) <= 0) {
		exchange_refuse_because(x, "busy", "deadline");
		return;
	}
	while (!rc && c->at < c->upto && clock_monotonic_us() < until) {
		int64_t through = c->at + c->kind->piece;

		rc = c->kind->count(c, c->at, through);
		c->at = through;
	}
	if (rc)
		answer_refusal(x, c->v, rc, &refusal);
	else if (c->at < c->upto)
		exchange_again(x, count_on, TAKE_PTR(c));
	else
		c->kind->reply(x, c);
}

void counting_answer(struct exchange *x, struct varded *v, const struct counting_kind *kind)
{
	CLEANUP(counting_freep) struct counting *c = calloc(1, sizeof(*c));
	struct refusal refusal = { 0 };
	enum rc rc = RC_OK;

	if (!c) {
		exchange_refuse(x, "busy");
		return;
	}
	c->v = v;
	c->kind = kind;
	c->now_ms = clock_now_ms();
	c->type = exchange_accepts(x, types);
	if (!answer_authenticate(x, v, SCOPE_READ, &c->caller) || !read_asked(x, c) ||
	    !row_counts_given(x, v) || !answer_owner(x, v, &c->caller, CONTROL_READ, &c->owner) ||
	    !kind->begin(x, c) || !answer_open_view(x, v, c->owner, &c->view))
		return;
	if (c->view)
		rc = store_seq_at(c->view, INT64_MAX, &c->upto, NULL);
	if (rc) {
		answer_refusal(x, v, rc, &refusal);
		return;
	}
	if (c->upto > DOCUMENTS_PER_READ) /* one was paid for at the door */
		pace_owe(x, v, &c->caller, PACE_READ, (c->upto - 1) / DOCUMENTS_PER_READ);
	count_on(x, TAKE_PTR(c));
}
