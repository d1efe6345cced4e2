/* GET /v1/statistics/own: the caller's own live figures, or those of a data owner that
 * lets it read (?organisation=), with the published ones of its region and the nation
 * beside them. All its documents are counted, which may take seconds: in pieces, so that
 * others have their turn. */
#include "base/clock.h"
#include "config/config.h"
#include "http/log.h"
#include "installation/installation.h"
#include "own/document.h"
#include "published/latest.h"
#include "store/count.h"
#include "varded/answer.h"
#include "varded/pace.h"
#include "varded/row.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_US 5000 /* of a worker's time, then others have their turn */
#define PIECE_DOCUMENTS 200
#define DOCUMENTS_PER_READ 100 /* a view counts as one request for each of these begun */
/* Two years split by everything for five sub-units; what one caller asks for must not
 * take the memory of all. */
#define CELLS_MAX 60000

static const char *const types[] = { "application/json", "text/csv", NULL };
enum { TYPE_JSON, TYPE_CSV };
static const char *const queries[] = {
	"clock", "period", "from", "to", "by", "organisation", NULL
};

struct reading {
	struct varded *v;
	struct intake_caller caller; /* holds the register, and with it the owner */
	const struct tenant *owner;
	struct own_asked asked;
	int type;
	int64_t now_ms;
	struct own_tally *tally;
	struct store_view *view; /* NULL: nothing was ever sent */
	int64_t at, upto;        /* counted so far, and to be counted */
};

static void reading_free(struct reading *r)
{
	store_views_return(r->v->installation->views, r->view);
	own_tally_free(r->tally);
	intake_caller_release(&r->caller);
	free(r);
}
DEFINE_CLEANUP(struct reading *, reading_free)

/* Says which parameter, by a name of ours. */
static void refuse_parameter(struct exchange *x, const char *code, const char *name)
{
	json_t *members = json_pack("{s:s}", "parameter", name);

	exchange_problem(x, &(struct problem){ .code = code, .members = members });
	json_decref(members);
}

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
	refuse_parameter(x, "invalid-query", where);
	return false;
}

static bool begin_tally(struct exchange *x, struct reading *r)
{
	const struct own_of of = { .tenant = r->owner,
				   .codes = r->caller.rulebook->codes,
				   .programme = r->caller.rulebook->programme,
				   .asked = r->asked,
				   .now_ms = r->now_ms,
				   .max_cells = CELLS_MAX };
	struct refusal refusal = { 0 };
	struct err err = { 0 };
	enum rc rc = own_tally_new(&of, &r->tally, &err);

	if (rc == RC_LIMIT)
		refuse_parameter(x, "too-many-cells", "by");
	else if (rc)
		answer_refusal(x, r->v, rc, &refusal);
	return !rc;
}

/* --- the answer --------------------------------------------------------------------------- */

/* What is published, or why there is nothing of it. A release that cannot be verified is
 * the operator's trouble, and is none here. */
static struct published *find_release(const struct varded *v, struct err *err)
{
	struct published *release = NULL;

	if (published_latest_get(v->installation->releases, &release, err) != RC_OK &&
	    strcmp(err->code, "release-none")) {
		log_event(v->log, LOG_LEVEL_ERROR, "release-unusable", "{s:s, s:s, s:s}", "code",
			  err->code, "where", err->where, "text", err->text);
		err_set(err, RC_CORRUPT, "release-unusable", NULL, "it cannot be verified");
	}
	return release;
}

static void reply(struct exchange *x, struct reading *r)
{
	struct err err = { 0 };
	CLEANUP(published_freep) struct published *release = find_release(r->v, &err);
	const struct own_document document = {
		.tally = r->tally,
		.release = release,
		.why = err.code,
		.source = { r->v->config->service, r->v->config->service },
		.now_ms = r->now_ms,
	};
	enum published_lang lang = exchange_lang(x) == PROBLEM_EN ? PUBLISHED_EN : PUBLISHED_NB;
	struct buf csv = buf_capped(OWN_CSV_MAX);
	struct refusal refusal = { 0 };
	json_t *json = NULL;
	enum rc rc = r->type == TYPE_CSV ? own_csv(&document, lang, &csv, &err)
					 : own_json_stat(&document, lang, &json, &err);

	if (rc) {
		answer_refusal(x, r->v, rc, &refusal);
	} else if (r->type == TYPE_CSV) {
		exchange_add_header(x, "Content-Disposition",
				    "attachment; filename=\"varde-egne-tall.csv\"");
		exchange_reply(x, 200, "text/csv; charset=utf-8", &csv);
	} else {
		exchange_reply_json(x, 200, json);
	}
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

		rc = own_tally_count(r->tally, r->view, r->at, through, r->upto, NULL);
		r->at = through;
	}
	if (rc)
		answer_refusal(x, r->v, rc, &refusal);
	else if (r->at < r->upto)
		exchange_again(x, count_on, TAKE_PTR(r));
	else
		reply(x, r);
}

void on_own(struct exchange *x, void *ctx)
{
	CLEANUP(reading_freep) struct reading *r = calloc(1, sizeof(*r));
	struct refusal refusal = { 0 };
	enum rc rc = RC_OK;

	if (!r) {
		exchange_refuse(x, "busy");
		return;
	}
	r->v = ctx;
	r->now_ms = clock_now_ms();
	r->type = exchange_accepts(x, types);
	if (!answer_authenticate(x, r->v, SCOPE_READ, &r->caller) || !read_asked(x, r) ||
	    !row_counts_given(x, r->v) ||
	    !answer_owner(x, r->v, &r->caller, CONTROL_READ, &r->owner) || !begin_tally(x, r) ||
	    !answer_open_view(x, r->v, r->owner, &r->view))
		return;
	if (r->view)
		rc = store_seq_at(r->view, INT64_MAX, &r->upto, NULL);
	if (rc) {
		answer_refusal(x, r->v, rc, &refusal);
		return;
	}
	if (r->upto > DOCUMENTS_PER_READ) /* one was paid for at the door */
		pace_owe(x, r->v, &r->caller, PACE_READ, (r->upto - 1) / DOCUMENTS_PER_READ);
	count_on(x, TAKE_PTR(r));
}
