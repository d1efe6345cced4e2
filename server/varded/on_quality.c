/* GET /v1/quality: how good the caller's own reports are as data, or those of a data owner
 * that lets it read (?organisation=). All its documents are read, which may take seconds:
 * in pieces, so that others have their turn. */
#include "base/clock.h"
#include "installation/installation.h"
#include "quality/document.h"
#include "rulebook/rulebook.h"
#include "store/count.h"
#include "varded/answer.h"
#include "varded/pace.h"
#include "varded/row.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_US 5000 /* of a worker's time, then others have their turn */
#define PIECE_DOCUMENTS 100
#define DOCUMENTS_PER_READ 100 /* a view counts as one request for each of these begun */

static const char *const types[] = { "application/json", "text/csv", NULL };
enum { TYPE_JSON, TYPE_CSV };
static const char *const queries[] = { "from", "to", "organisation", NULL };

struct reading {
	struct varded *v;
	struct intake_caller caller; /* holds the register, and with it the owner */
	const struct tenant *owner;
	struct own_asked asked;
	int type;
	int64_t now_ms;
	struct quality_tally *tally;
	struct store_view *view; /* NULL: nothing was ever sent */
	int64_t at, upto;        /* counted so far, and to be counted */
};

static void reading_free(struct reading *r)
{
	store_views_return(r->v->installation->views, r->view);
	quality_tally_free(r->tally);
	intake_caller_release(&r->caller);
	free(r);
}
DEFINE_CLEANUP(struct reading *, reading_free)

/* false: answered. */
static bool read_asked(struct exchange *x, struct reading *r)
{
	const char *where = NULL;

	if (!answer_queries(x, queries))
		return false;
	if (r->type < 0) {
		exchange_refuse(x, "not-acceptable");
		return false;
	}
	for (size_t i = 0; !where && queries[i]; i++) {
		const char *value = exchange_query(x, queries[i]);

		if (value && own_asked_set(&r->asked, queries[i], value) == RC_INVALID)
			where = queries[i];
	}
	if (!where && !own_asked_finish(&r->asked, r->now_ms, &where))
		return true;
	exchange_refuse(x, "invalid-query");
	return false;
}

static enum rc begin_tally(struct reading *r)
{
	const struct quality_of of = { .tenant = r->owner,
				       .documents = r->caller.rulebook->documents,
				       .rules = r->caller.rulebook->rules,
				       .asked = r->asked,
				       .now_ms = r->now_ms };
	enum rc rc = quality_tally_new(&of, &r->tally, NULL);

	if (!rc && r->view)
		rc = store_seq_at(r->view, INT64_MAX, &r->upto, NULL);
	return rc;
}

static void reply(struct exchange *x, struct reading *r)
{
	enum quality_lang lang = exchange_lang(x) == PROBLEM_EN ? QUALITY_EN : QUALITY_NB;
	struct buf csv = buf_capped(QUALITY_CSV_MAX);
	struct refusal refusal = { 0 };
	json_t *json = NULL;
	enum rc rc = quality_tally_unstored(r->tally, r->v->installation->refused, NULL);

	if (!rc)
		rc = quality_json(r->tally, &json, NULL);
	if (!rc && r->type == TYPE_CSV)
		rc = quality_csv(json, lang, &csv);
	if (rc) {
		answer_refusal(x, r->v, rc, &refusal);
	} else if (r->type == TYPE_CSV) {
		exchange_add_header(x, "Content-Disposition",
				    "attachment; filename=\"varde-datakvalitet.csv\"");
		exchange_reply(x, 200, "text/csv; charset=utf-8", &csv);
	} else {
		exchange_reply_json(x, 200, json_incref(json));
	}
	json_decref(json);
	buf_release(&csv);
}

static void count_on(struct exchange *x, void *state)
{
	CLEANUP(reading_freep) struct reading *r = state;
	int64_t until = clock_monotonic_us() + PIECE_US;
	struct refusal refusal = { 0 };
	enum rc rc = RC_OK;

	if (exchange_answered(x) || exchange_time_left_us(x) <= 0) {
		exchange_refuse_because(x, "busy", "deadline");
		return;
	}
	while (!rc && r->at < r->upto && clock_monotonic_us() < until) {
		int64_t through = r->at + PIECE_DOCUMENTS;

		rc = quality_tally_count(r->tally, r->view, r->at, through, r->upto, NULL);
		r->at = through;
	}
	if (rc)
		answer_refusal(x, r->v, rc, &refusal);
	else if (r->at < r->upto)
		exchange_again(x, count_on, TAKE_PTR(r));
	else
		reply(x, r);
}

void on_quality(struct exchange *x, void *ctx)
{
	CLEANUP(reading_freep) struct reading *r = calloc(1, sizeof(*r));
	struct refusal refusal = { 0 };
	enum rc rc;

	if (!r) {
		exchange_refuse(x, "busy");
		return;
	}
	r->v = ctx;
	r->now_ms = clock_now_ms();
	r->type = exchange_accepts(x, types);
	if (!answer_authenticate(x, r->v, SCOPE_READ, &r->caller) || !read_asked(x, r) ||
	    !row_counts_given(x, r->v) ||
	    !answer_owner(x, r->v, &r->caller, CONTROL_READ, &r->owner) ||
	    !answer_open_view(x, r->v, r->owner, &r->view))
		return;
	rc = begin_tally(r);
	if (rc) {
		answer_refusal(x, r->v, rc, &refusal);
		return;
	}
	if (r->upto > DOCUMENTS_PER_READ) /* one was paid for at the door */
		pace_owe(x, r->v, &r->caller, PACE_READ, (r->upto - 1) / DOCUMENTS_PER_READ);
	count_on(x, TAKE_PTR(r));
}
