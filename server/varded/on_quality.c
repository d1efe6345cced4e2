/* GET /v1/quality: how good the caller's own reports are as data, or those of a data owner
 * that lets it read (?organisation=). */
#include "installation/installation.h"
#include "minimise/profile.h"
#include "quality/document.h"
#include "rulebook/rulebook.h"
#include "varded/counting.h"

static bool begin(struct exchange *x, struct counting *c)
{
	const struct quality_of of = { .tenant = c->owner,
				       .documents = c->caller.rulebook->documents,
				       .rules = c->caller.rulebook->rules,
				       .profile = profiles_find(c->caller.rulebook->profiles,
								c->owner->row->profile),
				       .asked = c->asked,
				       .now_ms = c->now_ms };
	struct quality_tally *tally = NULL;
	struct refusal refusal = { 0 };
	enum rc rc = quality_tally_new(&of, &tally, NULL);

	c->tally = tally;
	if (rc)
		answer_refusal(x, c->v, rc, &refusal);
	return !rc;
}

static enum rc count(struct counting *c, int64_t after, int64_t through)
{
	return quality_tally_count(c->tally, c->view, after, through, c->upto, NULL);
}

static void release(void *tally)
{
	quality_tally_free(tally);
}

static void reply(struct exchange *x, struct counting *c)
{
	enum quality_lang lang = exchange_lang(x) == PROBLEM_EN ? QUALITY_EN : QUALITY_NB;
	struct buf csv = buf_capped(QUALITY_CSV_MAX);
	struct refusal refusal = { 0 };
	json_t *json = NULL;
	enum rc rc = quality_tally_unstored(c->tally, c->v->installation->refused, NULL);

	if (!rc)
		rc = quality_json(c->tally, &json, NULL);
	if (!rc && c->type == COUNTING_CSV)
		rc = quality_csv(json, lang, &csv);
	if (rc) {
		answer_refusal(x, c->v, rc, &refusal);
	} else if (c->type == COUNTING_CSV) {
		exchange_add_header(x, "Content-Disposition",
				    "attachment; filename=\"varde-datakvalitet.csv\"");
		exchange_reply(x, 200, "text/csv; charset=utf-8", &csv);
	} else {
		exchange_reply_json(x, 200, json_incref(json));
	}
	json_decref(json);
	buf_release(&csv);
}

static const char *const queries[] = { "from", "to", "organisation", NULL };
static const struct counting_kind quality = { queries, 100, begin, count, reply, release };

void on_quality(struct exchange *x, void *ctx)
{
	counting_answer(x, ctx, &quality);
}
