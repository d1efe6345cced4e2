/* GET /v1/reports/{id}: one report of the caller's, or of a data owner that lets it
 * read (?organisation=): its current clear part, every revision with its receipt.
 * Another tenant's id is an unknown one: it is looked for in that one file only. */
#include "installation/installation.h"
#include "store/view.h"
#include "varded/answer.h"
#include "varded/row.h"

static const char *const queries[] = { "organisation", NULL };

struct revisions {
	json_t *list;
	json_t *current; /* clear part of the last row */
	int64_t revision;
	char schema[64];
	const struct rules *rules;
	const char *lang;
};

static enum rc on_revision(void *ctx, const struct store_row *row)
{
	struct revisions *r = ctx;

	json_decref(r->current);
	r->current = json_loadb(row->clear, row->clear_len, 0, NULL);
	r->revision = row->revision;
	snprintf(r->schema, sizeof(r->schema), "%s", row->schema);
	return json_array_append_new(r->list, row_receipt_json(row, r->rules, r->lang)) ? RC_NOMEM
											: RC_OK;
}

void on_report(struct exchange *x, void *ctx)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	struct varded *v = ctx;
	struct revisions r = { .lang = answer_lang(x) };
	struct refusal refusal = { 0 };
	const struct tenant *owner;
	struct store_view *view = NULL;
	enum rc rc = RC_OK;
	char id[37];

	if (!answer_authenticate(x, v, SCOPE_READ, &caller))
		return;
	if (!answer_queries(x, queries))
		return;
	if (!row_id_parse(exchange_param(x, "id"), id)) {
		exchange_refuse_because(x, "not-found", "id-form");
		return;
	}
	if (!answer_owner(x, v, &caller, CONTROL_READ, &owner) ||
	    !answer_open_view(x, v, owner, &view))
		return;
	r.rules = caller.rulebook->rules;
	r.list = json_array();
	if (view)
		rc = store_revisions(view, "incident-report", id, on_revision, &r, NULL);
	store_views_return(v->installation->views, view);
	if (!rc && !r.revision)
		rc = refuse(&refusal, RC_NOT_FOUND, "not-found");
	if (!rc) {
		exchange_reply_json(x, 200,
				    json_pack("{s:s, s:s, s:I, s:o, s:o}", "report_id", id,
					      "schema", r.schema, "revision",
					      (json_int_t)r.revision, "clear", r.current,
					      "revisions", r.list));
		return;
	}
	json_decref(r.current);
	json_decref(r.list);
	answer_refusal(x, v, rc, &refusal);
}
