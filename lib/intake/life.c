#include "intake/life.h"

#include "control/control.h"
#include "installation/installation.h"
#include "refused/refused.h"
#include "store/view.h"
#include "tenant/tenants.h"
#include "writer/writer.h"

#include <string.h>

#define REPORT "incident-report"
#define WITHDRAWAL "withdrawal"

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static const json_t *named_by(const struct intake_document *d)
{
	return json_object_get(d->clear, "related_reports");
}

enum rc life_note_links(struct installation *in, const struct intake_document *const *documents,
			size_t n)
{
	CLEANUP_FREE struct control_link *links = NULL;
	size_t len = 0, at = 0, k;
	const json_t *item;

	for (size_t i = 0; i < n; i++)
		len += json_array_size(named_by(documents[i]));
	if (!len)
		return RC_OK;
	links = calloc(len, sizeof(*links));
	if (!links)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		json_array_foreach(named_by(documents[i]), k, item)
		{
			links[at++] = (struct control_link){
				.from = { .orgnr = documents[i]->orgnr,
					  .report_id = documents[i]->report_id },
				.to = { .orgnr = text_of(item, "organisation"),
					.report_id = text_of(item, "report_id") },
			};
		}
	}
	return control_links_add(in->control, links, len, NULL);
}

/* --- at start ------------------------------------------------------------------------ */

struct reconciling {
	struct installation *in;
	const char *orgnr;
	struct control_reports known;
	int64_t now_ms;
	struct err *reterr;
};

static enum rc borrow(struct installation *in, const char *orgnr, struct store_view **ret,
		      struct err *reterr)
{
	char path[4096];
	enum rc rc = installation_tenant_path(in, orgnr, path, sizeof(path));

	return rc ? rc : store_views_borrow(in->views, path, orgnr, ret, reterr);
}

static enum rc on_erased(void *ctx, const char *report_id, int64_t at)
{
	struct reconciling *r = ctx;
	const struct control_report report = { r->orgnr, report_id, at };
	const struct control_action by = { .operator= "varded",
					   .uid = -1,
					   .command = "erasure",
					   .reason = "found in the organisation's file" };

	for (size_t i = 0; i < r->known.len; i++)
		if (!strcmp(r->known.list[i].report_id, report_id))
			return RC_OK;
	return control_erasures_add(r->in->control, &report, 1, &by, r->reterr);
}

static enum rc look_for_content(void *ctx, const struct store_row *row)
{
	bool *found = ctx;

	*found |= row->clear_len && strcmp(row->kind, WITHDRAWAL) != 0;
	return RC_OK;
}

/* Erases again what a restored file brought back. */
static enum rc erase_again(struct reconciling *r, const char *report_id)
{
	const struct store_erase what = { .report_id = report_id,
					  .from_seq = 1,
					  .upto_seq = INT64_MAX };
	const struct store_event event = {
		.at = r->now_ms, .name = "erased-again", .detail = "{}", .operator= "varded" };
	struct store_erased erased;

	return writer_erase(r->in->writer, r->orgnr, &what, 1, &event, &erased, r->reterr);
}

static enum rc reconcile_tenant(struct reconciling *r, size_t *ret_n)
{
	struct store_view *view = NULL;
	enum rc rc = borrow(r->in, r->orgnr, &view, r->reterr);

	if (rc)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	rc = store_erased_reports(view, REPORT, WITHDRAWAL, on_erased, r, r->reterr);
	for (size_t i = 0; !rc && i < r->known.len; i++) {
		bool content = false;

		(void)!refused_forget(r->in->refused, r->orgnr, r->known.list[i].report_id);
		rc = store_life(view, r->known.list[i].report_id, look_for_content, &content,
				r->reterr);
		if (!rc && content) {
			rc = erase_again(r, r->known.list[i].report_id);
			++*ret_n;
		}
	}
	store_views_return(r->in->views, view);
	return rc;
}

enum rc life_reconcile(struct installation *in, int64_t now_ms, size_t *ret_n, struct err *reterr)
{
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *snapshot = tenants_hold(in->tenants);
	size_t len;
	const struct tenant *tenants = tenant_list(snapshot, &len);
	enum rc first = RC_OK;

	*ret_n = 0;
	for (size_t i = 0; i < len; i++) {
		struct err err = { 0 };
		struct reconciling r = {
			.in = in, .orgnr = tenants[i].row->orgnr, .now_ms = now_ms, .reterr = &err
		};
		enum rc rc = control_erasure_list(in->control, r.orgnr, &r.known, &err);

		if (!rc)
			rc = reconcile_tenant(&r, ret_n);
		control_reports_release(&r.known);
		if (rc && !first)
			first = err_set(reterr, rc, err.code, r.orgnr, "%s", err.text);
	}
	return first;
}

/* --- from the other side ----------------------------------------------------------------- */

/* Whether a report's current revision names another one. */
struct naming {
	const char *orgnr, *report_id; /* whom */
	bool named, ended;
};

static enum rc look_for_name(void *ctx, const struct store_row *row)
{
	struct naming *n = ctx;
	json_t *clear, *item;
	size_t i;

	n->ended |= !strcmp(row->kind, WITHDRAWAL) && row->clear_len; /* else of a trial */
	if (strcmp(row->kind, REPORT) != 0 || !row->clear_len)
		return RC_OK;
	clear = json_loadb(row->clear, row->clear_len, 0, NULL);
	json_array_foreach(json_object_get(clear, "related_reports"), i, item) n->named |=
		!strcmp(text_of(item, "organisation"), n->orgnr) &&
		!strcmp(text_of(item, "report_id"), n->report_id);
	json_decref(clear);
	return RC_OK;
}

/* A file that fails names nobody: it is its owner's trouble and not the named one's. */
static enum rc names(struct installation *in, const struct control_report *from,
		     struct naming *naming)
{
	struct store_view *view = NULL;
	enum rc rc = borrow(in, from->orgnr, &view, NULL);

	if (!rc)
		rc = store_life(view, from->report_id, look_for_name, naming, NULL);
	store_views_return(in->views, view);
	naming->named &= !rc;
	return rc == RC_NOMEM ? rc : RC_OK;
}

json_t *life_linked_by(struct installation *in, const char *orgnr, const char *report_id)
{
	const struct control_report to = { .orgnr = orgnr, .report_id = report_id };
	struct control_reports from = { 0 };
	json_t *list = json_array();
	enum rc rc = list ? control_link_list(in->control, &to, &from, NULL) : RC_NOMEM;

	for (size_t i = 0; !rc && i < from.len; i++) {
		struct naming naming = { .orgnr = orgnr, .report_id = report_id };

		rc = names(in, &from.list[i], &naming);
		if (!rc && naming.named && !naming.ended &&
		    json_array_append_new(list, json_pack("{s:s, s:s}", "organisation",
							  from.list[i].orgnr, "report_id",
							  from.list[i].report_id)))
			rc = RC_NOMEM;
	}
	control_reports_release(&from);
	if (rc) {
		json_decref(list);
		return NULL;
	}
	return list;
}
