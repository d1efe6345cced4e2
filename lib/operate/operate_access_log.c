/* Which exports a report was part of, read from the action log: an export notes its tenant,
 * the span of seq, and the ids where some were chosen (operate_export.c). */
#include "operate/call.h"

#include "base/clock.h"
#include "config/config.h"
#include "documents/documents.h"
#include "installation/installation.h"
#include "operate/wanted.h"
#include "rulebook/rulebook.h"
#include "store/view.h"
#include "tenant/tenants.h"

#include <limits.h>
#include <string.h>

#define ACTIONS_AT_ONCE 500

struct asking {
	struct installation *in;
	char report_id[WANTED_ID_SIZE];
	json_t *reports; /* [{tenant, name, rows: [{seq, kind, revision, received_at}]}] */
	json_t *exports;
};

static enum rc on_row(void *ctx, const struct store_row *row)
{
	return json_array_append_new(ctx, json_pack("{sI ss sI so so}", "seq", (json_int_t)row->seq,
						    "kind", row->kind, "revision",
						    (json_int_t)row->revision, "received_at",
						    operate_time(row->received_at), "erased_at",
						    operate_time(row->erased_at)))
		       ? RC_NOMEM
		       : RC_OK;
}

/* Rows of every kind of document that carry the id. */
static enum rc read_rows(struct asking *a, struct store_view *view, json_t *rows,
			 struct err *reterr)
{
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(a->in->rulebooks);
	size_t n;
	const struct document_type *types = documents_list(book->documents, &n);
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < n; i++)
		if (!i || strcmp(types[i - 1].kind, types[i].kind))
			rc = store_revisions(view, types[i].kind, a->report_id, on_row, rows,
					     reterr);
	return rc;
}

static enum rc look_in(struct asking *a, const struct tenant *tenant, struct err *reterr)
{
	const char *orgnr = tenant->row->orgnr;
	struct store_view *view = NULL;
	json_t *rows = json_array();
	char path[PATH_MAX];
	enum rc rc = installation_tenant_path(a->in, orgnr, path, sizeof(path));

	if (!rc)
		rc = store_views_borrow(a->in->views, path, orgnr, &view, reterr);
	if (!rc)
		rc = read_rows(a, view, rows, reterr);
	store_views_return(a->in->views, view);
	if (!rc && json_array_size(rows) &&
	    json_array_append_new(a->reports, json_pack("{ss ss sO}", "tenant", orgnr, "name",
							tenant->row->name, "rows", rows)))
		rc = err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	json_decref(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* The one that was named, or all: an id is only unique within its tenant. */
static enum rc find_reports(struct asking *a, const char *orgnr, struct err *reterr)
{
	CLEANUP(tenant_snapshot_dropp)
	struct tenant_snapshot *snapshot = tenants_hold(a->in->tenants);
	size_t n;
	const struct tenant *tenants = tenant_list(snapshot, &n);
	enum rc rc = RC_OK;

	if (orgnr && !tenant_find(snapshot, orgnr))
		return err_set(reterr, RC_NOT_FOUND, "tenant-unknown", orgnr,
			       "no such organisation is registered");
	for (size_t i = 0; !rc && i < n; i++)
		if (!orgnr || !strcmp(orgnr, tenants[i].row->orgnr))
			rc = look_in(a, &tenants[i], reterr);
	return rc;
}

static bool has_id(const json_t *ids, const char *id)
{
	for (size_t i = 0; i < json_array_size(ids); i++)
		if (!strcmp(json_string_value(json_array_get(ids, i)), id))
			return true;
	return false;
}

/* 0 when null. */
static int64_t time_of(const json_t *row, const char *member)
{
	const char *text = json_string_value(json_object_get(row, member));
	int64_t ms = 0;

	return text && !clock_parse(text, strlen(text), &ms) ? ms : 0;
}

/* Whether an export with this detail held the row. `*ret_certain` is false where its log
 * does not say which reports were chosen. */
static bool held(const struct control_action *action, const json_t *detail, const json_t *row,
		 const char *id, bool *ret_certain)
{
	json_int_t seq = json_integer_value(json_object_get(row, "seq"));
	const json_t *upto = json_object_get(detail, "upto");
	const json_t *ids = json_object_get(detail, "report_ids");

	*ret_certain = upto && (ids || !json_object_get(detail, "reports"));
	if (seq <= json_integer_value(json_object_get(detail, "since")))
		return false;
	if (upto ? seq > json_integer_value(upto) : time_of(row, "received_at") > action->at)
		return false;
	if (time_of(row, "erased_at") && time_of(row, "erased_at") <= action->at)
		return false;
	return !ids || has_id(ids, id);
}

static enum rc add_export(struct asking *a, const struct control_action *action,
			  const json_t *detail, const json_t *report, struct err *reterr)
{
	const json_t *rows = json_object_get(report, "rows");
	json_t *seqs = json_array();
	bool certain = true;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		bool sure;

		if (!held(action, detail, row, a->report_id, &sure))
			continue;
		certain = certain && sure;
		json_array_append(seqs, json_object_get(row, "seq"));
	}
	if (json_array_size(seqs) &&
	    json_array_append_new(
		    a->exports,
		    json_pack("{so ss sO? ss? ss ss sO sb}", "at", operate_time(action->at),
			      "operator", action->operator, "purpose",
			      json_object_get(detail, "purpose"), "reason", action->reason,
			      "tenant", json_string_value(json_object_get(report, "tenant")),
			      "name", json_string_value(json_object_get(report, "name")), "seqs",
			      seqs, "certain", certain))) {
		json_decref(seqs);
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	}
	json_decref(seqs);
	return RC_OK;
}

static enum rc judge(struct asking *a, const struct control_action *action, struct err *reterr)
{
	json_t *detail;
	const char *orgnr;
	enum rc rc = RC_OK;

	if (strcmp(action->command, OPERATE_EXPORT_SEALED) || !action->detail)
		return RC_OK;
	detail = json_loads(action->detail, 0, NULL);
	orgnr = json_string_value(json_object_get(detail, "tenant"));
	for (size_t i = 0; !rc && orgnr && i < json_array_size(a->reports); i++) {
		const json_t *report = json_array_get(a->reports, i);

		if (!strcmp(orgnr, json_string_value(json_object_get(report, "tenant"))))
			rc = add_export(a, action, detail, report, reterr);
	}
	json_decref(detail);
	return rc;
}

static enum rc read_log(struct asking *a, struct err *reterr)
{
	size_t n = ACTIONS_AT_ONCE;
	int64_t since = 0;
	enum rc rc = RC_OK;

	while (!rc && n == ACTIONS_AT_ONCE) {
		struct control_actions actions = { 0 };

		rc = control_actions(a->in->control, since, ACTIONS_AT_ONCE, &actions, reterr);
		n = actions.len;
		for (size_t i = 0; !rc && i < n; i++) {
			since = actions.list[i].id;
			rc = judge(a, &actions.list[i], reterr);
		}
		control_actions_release(&actions);
	}
	return rc;
}

/* Whom a letter comes from and whom it says to ask: as the statistics do. */
static json_t *answer(const struct asking *a, int64_t now_ms)
{
	const struct config *c = a->in->config;

	return json_pack("{ss so sO sO ss ss?}", "report_id", a->report_id, "as_of",
			 operate_time(now_ms), "reports", a->reports, "exports", a->exports,
			 "publisher",
			 c->statistics_publisher ? c->statistics_publisher : c->service, "contact",
			 c->statistics_contact);
}

enum rc operate_access_log(struct installation *in, const struct operate_call *call,
			   struct operate_output *out, struct err *reterr)
{
	struct asking a = { .in = in, .reports = json_array(), .exports = json_array() };
	enum rc rc = RC_OK;

	if (!wanted_id(operate_text(call, "report"), a.report_id))
		rc = err_set(reterr, RC_INVALID, "argument-value", "report",
			     "is not a report id (a UUID)");
	if (!rc)
		rc = find_reports(&a, operate_text(call, "tenant"), reterr);
	if (!rc && json_array_size(a.reports))
		rc = read_log(&a, reterr);
	if (!rc) {
		out->verdict = json_array_size(a.reports) ? 0 : 1;
		rc = operate_answer(out, answer(&a, call->now_ms), reterr);
	}
	json_decref(a.reports);
	json_decref(a.exports);
	return rc;
}
