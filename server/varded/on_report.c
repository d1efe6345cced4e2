/* GET /v1/reports/{id}: one report of the caller's, or of a data owner that lets it
 * read (?organisation=): its current clear part, every revision with its receipt, where
 * its review stands, whether it was withdrawn, who names it, and the tasks open for it.
 * Another tenant's id is an unknown one: it is looked for in that one file only. */
#include "base/clock.h"
#include "installation/installation.h"
#include "intake/life.h"
#include "review/state.h"
#include "review/views.h"
#include "store/view.h"
#include "tasks/tasks.h"
#include "varded/answer.h"
#include "varded/row.h"

#include <string.h>

static const char *const queries[] = { "organisation", NULL };

/* What was found of a report. All JSON is owned. */
struct found {
	struct varded *v;
	const struct rulebook *rulebook;
	const char *lang;
	json_t *revisions;
	json_t *report, *review, *withdrawal; /* clear parts of the current ones; null: erased, or
						       withheld */
	bool erased;
	json_t *review_receipt, *withdrawal_receipt;
	json_t *tasks; /* those open */
	int64_t revision;
	char schema[64];
};

static void found_release(struct found *f)
{
	json_decref(f->revisions);
	json_decref(f->report);
	json_decref(f->review);
	json_decref(f->withdrawal);
	json_decref(f->review_receipt);
	json_decref(f->withdrawal_receipt);
	json_decref(f->tasks);
}

static enum rc on_revision(void *ctx, const struct store_row *row)
{
	struct found *f = ctx;

	f->revision = row->revision;
	snprintf(f->schema, sizeof(f->schema), "%s", row->schema);
	return json_array_append_new(f->revisions,
				     row_receipt_json(row, f->rulebook->rules, f->lang))
		       ? RC_NOMEM
		       : RC_OK;
}

static enum rc on_current(void *ctx, const struct store_row *row)
{
	struct found *f = ctx;

	if (!strcmp(row->kind, "incident-report")) {
		f->report = row_clear_json(row, f->v);
		f->erased = !row->clear_len;
	} else if (!strcmp(row->kind, "review")) {
		f->review = row_clear_json(row, f->v);
		f->review_receipt = row_receipt_json(row, f->rulebook->rules, f->lang);
	} else if (!strcmp(row->kind, "withdrawal") && row->clear_len) { /* else of a trial */
		f->withdrawal = row_clear_json(row, f->v);
		f->withdrawal_receipt = row_receipt_json(row, f->rulebook->rules, f->lang);
	}
	return RC_OK;
}

/* Never NULL without a lack of memory: a report without review has a state, too. */
static json_t *review_json(const struct found *f)
{
	struct review_state state = review_state_of(f->report, f->review, clock_now_ms());
	json_t *json = json_pack("{s:s, s:s?, s:b}", "state", review_status_name(state.status),
				 "due", state.due[0] ? state.due : NULL, "late", (int)state.late);

	if (!f->review_receipt || json_is_null(f->review))
		return json;
	if (json_object_set_new(json, "systems_view",
				review_systems_view(f->review, f->rulebook->codes)) ||
	    json_object_set(json, "clear", f->review) ||
	    json_object_set(json, "receipt", f->review_receipt)) {
		json_decref(json);
		return NULL;
	}
	return json;
}

static const char *state_of(const struct found *f)
{
	return f->erased ? "erased" : f->withdrawal ? "withdrawn" : "accepted";
}

static json_t *report_json(const struct found *f, const char *orgnr, const char *id)
{
	json_t *json = json_pack(
		"{s:s, s:s, s:s, s:I, s:O, s:O, s:o, s:o}", "report_id", id, "state", state_of(f),
		"schema", f->schema, "revision", (json_int_t)f->revision, "clear", f->report,
		"revisions", f->revisions, "review", review_json(f), "linked_by",
		row_clear_withheld(f->v) ? json_array()
					 : life_linked_by(f->v->installation, orgnr, id));

	if (json && f->withdrawal &&
	    json_object_set_new(json, "withdrawal",
				json_pack("{s:O, s:O}", "clear", f->withdrawal, "receipt",
					  f->withdrawal_receipt))) {
		json_decref(json);
		return NULL;
	}
	if (json && json_array_size(f->tasks))
		json_object_set(json, "tasks", f->tasks);
	return json;
}

static enum rc find(struct store_view *view, const char *id, struct found *f)
{
	const struct tasks_wanted open = {
		.upto = INT64_MAX, .report_id = id, .open_only = true, .lang = f->lang
	};
	int64_t last;
	enum rc rc;

	f->revisions = json_array();
	if (!view)
		return RC_NOT_FOUND;
	rc = store_revisions(view, "incident-report", id, on_revision, f, NULL);
	if (!rc && !f->revision)
		return RC_NOT_FOUND;
	if (!rc)
		rc = store_life(view, id, on_current, f, NULL);
	return rc ? rc : tasks_list(view, &open, &f->tasks, &last, NULL);
}

void on_report(struct exchange *x, void *ctx)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	struct varded *v = ctx;
	CLEANUP(found_release) struct found f = { .v = v, .lang = answer_lang(x) };
	struct refusal refusal = { 0 };
	const struct tenant *owner;
	struct store_view *view = NULL;
	char id[37];
	enum rc rc;

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
	f.rulebook = caller.rulebook;
	rc = find(view, id, &f);
	store_views_return(v->installation->views, view);
	if (rc)
		answer_refusal(x, v, rc, &refusal);
	else
		exchange_reply_json(x, 200, report_json(&f, owner->row->orgnr, id));
}
