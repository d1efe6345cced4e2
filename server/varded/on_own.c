/* GET /v1/statistics/own: the caller's own live figures, or those of a data owner that
 * lets it read (?organisation=), with the published ones of its region and the nation
 * beside them. */
#include "config/config.h"
#include "http/log.h"
#include "installation/installation.h"
#include "own/document.h"
#include "published/latest.h"
#include "varded/counting.h"

#include <string.h>

/* Two years split by everything for five sub-units; what one caller asks for must not
 * take the memory of all. */
#define CELLS_MAX 60000

static bool begin(struct exchange *x, struct counting *c)
{
	const struct own_of of = { .tenant = c->owner,
				   .codes = c->caller.rulebook->codes,
				   .programme = c->caller.rulebook->programme,
				   .asked = c->asked,
				   .now_ms = c->now_ms,
				   .max_cells = CELLS_MAX };
	struct refusal refusal = { 0 };
	struct own_tally *tally = NULL;
	struct err err = { 0 };
	enum rc rc = own_tally_new(&of, &tally, &err);

	c->tally = tally;
	if (rc == RC_LIMIT)
		counting_refuse(x, "too-many-cells", "by");
	else if (rc)
		answer_refusal(x, c->v, rc, &refusal);
	return !rc;
}

static enum rc count(struct counting *c, int64_t after, int64_t through)
{
	return own_tally_count(c->tally, c->view, after, through, c->upto, NULL);
}

static void release(void *tally)
{
	own_tally_free(tally);
}

/* --- the answer --------------------------------------------------------------------------- */

/* What is published, or why there is nothing of it. A release that cannot be verified is
 * the operator's trouble, and is none here. */
static struct published *find_release(const struct varded *v, struct err *err)
{
	struct published *found = NULL;

	if (published_latest_get(v->installation->releases, &found, err) != RC_OK &&
	    strcmp(err->code, "release-none")) {
		log_event(v->log, LOG_LEVEL_ERROR, "release-unusable", "{s:s, s:s, s:s}", "code",
			  err->code, "where", err->where, "text", err->text);
		err_set(err, RC_CORRUPT, "release-unusable", NULL, "it cannot be verified");
	}
	return found;
}

static void reply(struct exchange *x, struct counting *c)
{
	struct err err = { 0 };
	CLEANUP(published_freep) struct published *published = find_release(c->v, &err);
	const struct own_document document = {
		.tally = c->tally,
		.release = published,
		.why = err.code,
		.source = { c->v->config->service, c->v->config->service },
		.now_ms = c->now_ms,
	};
	enum published_lang lang = exchange_lang(x) == PROBLEM_EN ? PUBLISHED_EN : PUBLISHED_NB;
	struct buf csv = buf_capped(OWN_CSV_MAX);
	struct refusal refusal = { 0 };
	json_t *json = NULL;
	enum rc rc = c->type == COUNTING_CSV ? own_csv(&document, lang, &csv, &err)
					     : own_json_stat(&document, lang, &json, &err);

	if (rc) {
		answer_refusal(x, c->v, rc, &refusal);
	} else if (c->type == COUNTING_CSV) {
		exchange_add_header(x, "Content-Disposition",
				    "attachment; filename=\"varde-egne-tall.csv\"");
		exchange_reply(x, 200, "text/csv; charset=utf-8", &csv);
	} else {
		exchange_reply_json(x, 200, json);
	}
	buf_release(&csv);
}

static const char *const queries[] = {
	"clock", "period", "from", "to", "by", "organisation", NULL
};
static const struct counting_kind own = { queries, 200, begin, count, reply, release };

void on_own(struct exchange *x, void *ctx)
{
	counting_answer(x, ctx, &own);
}
