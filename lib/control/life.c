/* What the register keeps of reports: what was erased by law, and who names whom. */
#include "control/internal.h"

static enum rc read_report(sqlite3_stmt *stmt, void *record)
{
	struct control_report *report = record;
	bool failed = false;

	report->orgnr = db_dup(stmt, 0, &failed);
	report->report_id = db_dup(stmt, 1, &failed);
	report->at = sqlite3_column_int64(stmt, 2);
	return failed ? RC_NOMEM : RC_OK;
}

static void release_report(void *record)
{
	struct control_report *report = record;

	control_free_text(report->orgnr);
	control_free_text(report->report_id);
}

void control_reports_release(struct control_reports *reports)
{
	control_free_all(reports->list, reports->len, sizeof(*reports->list), release_report);
	*reports = (struct control_reports){ 0 };
}

/* `*named`: whether it named others. */
static enum rc add_erasure(struct control *control, const struct control_report *report,
			   const struct control_action *by, bool *named, struct err *reterr)
{
	struct control_action entry = *by;
	sqlite3_stmt *stmt = db_stmt(&control->db, C_ERASURE_ADD);
	char detail[128];
	bool dropped = false;
	enum rc rc;

	snprintf(detail, sizeof(detail), "{\"organisation\":\"%.9s\",\"report_id\":\"%.36s\"}",
		 report->orgnr, report->report_id);
	entry.at = report->at;
	entry.detail = detail;
	db_bind_text(stmt, 1, report->orgnr);
	db_bind_text(stmt, 2, report->report_id);
	sqlite3_bind_int64(stmt, 3, report->at);
	rc = control_change(control, stmt, NULL, reterr);
	if (rc)
		return rc;
	stmt = db_stmt(&control->db, C_LINK_DROP);
	db_bind_text(stmt, 1, report->orgnr);
	db_bind_text(stmt, 2, report->report_id);
	rc = control_change(control, stmt, &dropped, reterr);
	*named |= dropped;
	return rc ? rc : control_log_within(control, &entry, reterr);
}

enum rc control_erasures_add(struct control *control, const struct control_report *reports,
			     size_t n, const struct control_action *by, struct err *reterr)
{
	bool named = false;
	enum rc rc = control_enter(control, NULL, reterr);

	if (rc)
		return rc;
	rc = control_begin(control, reterr);
	if (!rc) {
		for (size_t i = 0; !rc && i < n; i++)
			rc = add_erasure(control, &reports[i], by, &named, reterr);
		rc = control_finish(control, rc, reterr);
	}
	rc = control_leave(control, NULL, rc, reterr);
	if (!rc && named)
		control_wipe_log(control);
	return rc;
}

enum rc control_erasure_list(struct control *control, const char *orgnr,
			     struct control_reports *ret, struct err *reterr)
{
	static const struct control_reader reader = { C_ERASURE_LIST, sizeof(*ret->list),
						      read_report, release_report };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, orgnr, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}

static enum rc add_link(struct control *control, const struct control_link *link,
			struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, C_LINK_ADD);

	db_bind_text(stmt, 1, link->to.orgnr);
	db_bind_text(stmt, 2, link->to.report_id);
	db_bind_text(stmt, 3, link->from.orgnr);
	db_bind_text(stmt, 4, link->from.report_id);
	sqlite3_bind_int64(stmt, 5, CONTROL_LINKS_MAX);
	return control_change(control, stmt, NULL, reterr);
}

enum rc control_links_add(struct control *control, const struct control_link *links, size_t n,
			  struct err *reterr)
{
	enum rc rc = n ? control_enter(control, NULL, reterr) : RC_OK;

	if (rc || !n)
		return rc;
	rc = control_begin(control, reterr);
	if (!rc) {
		for (size_t i = 0; !rc && i < n; i++)
			rc = add_link(control, &links[i], reterr);
		rc = control_finish(control, rc, reterr);
	}
	return control_leave(control, NULL, rc, reterr);
}

enum rc control_links_forget(struct control *control, const char *orgnr, struct err *reterr)
{
	sqlite3_stmt *stmt;
	bool named = false;
	enum rc rc = control_enter(control, NULL, reterr);

	if (rc)
		return rc;
	rc = control_begin(control, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_LINK_FORGET);
		db_bind_text(stmt, 1, orgnr);
		rc = control_finish(control, control_change(control, stmt, &named, reterr), reterr);
	}
	rc = control_leave(control, NULL, rc, reterr);
	if (!rc && named)
		control_wipe_log(control);
	return rc;
}

enum rc control_link_list(struct control *control, const struct control_report *to,
			  struct control_reports *ret, struct err *reterr)
{
	static const struct control_reader reader = { C_LINK_LIST, sizeof(*ret->list), read_report,
						      release_report };
	char key[64];
	void *list = NULL;
	enum rc rc;

	snprintf(key, sizeof(key), "%s/%s", to->orgnr, to->report_id);
	rc = control_list(control, &reader, key, &list, &ret->len, reterr);
	if (!rc)
		ret->list = list;
	return rc;
}
