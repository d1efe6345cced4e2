/* Tasks for a sender: added to its feed, listed, taken back. What leaves is a code and
 * pointers that the schema knows; neither can hold what a person said. */
#include "operate/call.h"

#include "base/cleanup.h"
#include "documents/documents.h"
#include "installation/installation.h"
#include "operate/wanted.h"
#include "rulebook/rulebook.h"
#include "schema/marks.h"
#include "store/view.h"
#include "tasks/tasks.h"
#include "tenant/tenants.h"
#include "writer/writer.h"

#include <limits.h>
#include <string.h>

#define KIND "incident-report"
#define MEMBERS_MAX 50

static enum rc bad(struct err *reterr, const char *where, const char *what)
{
	return err_set(reterr, RC_INVALID, "argument-value", where, "%s", what);
}

/* A data owner's file; RC_NOT_FOUND also where nothing was ever sent. */
static enum rc borrow(struct installation *in, const char *orgnr, struct store_view **ret,
		      struct err *reterr)
{
	CLEANUP(tenant_snapshot_dropp)
	struct tenant_snapshot *snapshot = tenants_hold(in->tenants);
	char path[PATH_MAX];
	enum rc rc = installation_tenant_path(in, orgnr, path, sizeof(path));

	if (!tenant_find(snapshot, orgnr))
		return err_set(reterr, RC_NOT_FOUND, "tenant-unknown", orgnr,
			       "no such organisation is registered");
	if (!rc)
		rc = store_views_borrow(in->views, path, orgnr, ret, reterr);
	return rc == RC_NOT_FOUND ? err_set(reterr, rc, "report-unknown", orgnr,
					    "this organisation has not sent anything")
				  : rc;
}

/* The current revision's number and its schema. */
static enum rc find_report(struct installation *in, const struct rulebook *book, const char *orgnr,
			   const char *id, int64_t *ret_revision,
			   const struct document_type **ret_type, struct err *reterr)
{
	struct store_view *view = NULL;
	struct store_row row = { 0 };
	enum rc rc = borrow(in, orgnr, &view, reterr);

	if (!rc)
		rc = store_get(view, KIND, id, 0, &row, reterr);
	store_views_return(in->views, view);
	if (rc)
		return rc;
	*ret_revision = row.revision;
	*ret_type = documents_find(book->documents, row.schema);
	store_row_release(&row);
	return RC_OK;
}

/* "/patients/0/identifier": every step is a member of the schema, or a place in a list. */
static bool is_member(const struct marks *marks, char *pointer)
{
	const struct marks_node *at = marks_root(marks);
	char *save = NULL;

	if (*pointer != '/' || strchr(pointer, '~'))
		return false;
	for (char *step = strtok_r(pointer, "/", &save); step && at;
	     step = strtok_r(NULL, "/", &save)) {
		const struct marks_node *items = marks_items(at);

		if (items && strlen(step) <= 3 && strspn(step, "0123456789") == strlen(step))
			at = items;
		else
			at = marks_lookup(at, step);
	}
	return at != NULL;
}

static enum rc read_members(const char *text, const struct document_type *type, json_t **ret,
			    struct err *reterr)
{
	CLEANUP_FREE char *copy = strdup(text ? text : "");
	json_t *list = json_array();
	char *save = NULL;
	bool good = copy && list;

	for (char *one = good ? strtok_r(copy, ",", &save) : NULL; one && good;
	     one = strtok_r(NULL, ",", &save)) {
		CLEANUP_FREE char *steps = strdup(one);

		good = steps && type && is_member(type->marks, steps) &&
		       json_array_size(list) < MEMBERS_MAX &&
		       !json_array_append_new(list, json_string(one));
	}
	if (!good) {
		json_decref(list);
		return bad(reterr, "members",
			   "are JSON Pointers to members of the report's schema, with commas "
			   "between");
	}
	*ret = list;
	return RC_OK;
}

static enum rc check_words(const struct operate_call *call, char id[WANTED_ID_SIZE],
			   struct err *reterr)
{
	if (!wanted_id(operate_text(call, "report"), id))
		return bad(reterr, "report", "is not a report id (a UUID)");
	if (!task_kind_known(operate_text(call, "kind")))
		return bad(reterr, "kind", "is not a kind of task: rectification");
	if (!task_code_known(operate_text(call, "text_code")))
		return bad(reterr, "text_code",
			   "is none of wrong_person, wrong_identifier, wrong_event, wrong_harm, "
			   "incomplete, not_needed, by_letter");
	return RC_OK;
}

/* In the action log, then in the sender's own sequence, where its number is the task's. */
static enum rc put(struct installation *in, const struct operate_call *call, const char *command,
		   const char *event, const char *detail, int64_t *ret_seq, struct err *reterr)
{
	const struct store_event row = { .at = call->now_ms,
					 .name = event,
					 .detail = detail,
					 .operator= call->operator,
					 .reason = call->reason };
	struct control_action by = operate_action(call, command, detail);
	enum rc rc = detail ? control_log(in->control, &by, reterr)
			    : err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");

	return rc ? rc
		  : writer_event(in->writer, operate_text(call, "tenant"), &row, ret_seq, reterr);
}

enum rc operate_task_add(struct installation *in, const struct operate_call *call,
			 struct operate_output *out, struct err *reterr)
{
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);
	const char *orgnr = operate_text(call, "tenant");
	const struct document_type *type = NULL;
	CLEANUP_FREE char *detail = NULL;
	int64_t revision = 0, seq = 0;
	json_t *members = NULL;
	char id[WANTED_ID_SIZE];
	enum rc rc = check_words(call, id, reterr);

	if (!rc)
		rc = find_report(in, book, orgnr, id, &revision, &type, reterr);
	if (!rc)
		rc = read_members(operate_text(call, "members"), type, &members, reterr);
	if (rc)
		return rc;
	detail = operate_detail(json_pack("{ss ss ss sO sI}", "report_id", id, "kind",
					  operate_text(call, "kind"), "code",
					  operate_text(call, "text_code"), "members", members,
					  "revision", (json_int_t)revision));
	rc = put(in, call, "task add", TASK_ADDED, detail, &seq, reterr);
	if (!rc)
		rc = operate_answer(out,
				    json_pack("{ss sI ss ss ss sO sI ss}", "tenant", orgnr, "seq",
					      (json_int_t)seq, "report_id", id, "kind",
					      operate_text(call, "kind"), "code",
					      operate_text(call, "text_code"), "members", members,
					      "revision", (json_int_t)revision, "state", "open"),
				    reterr);
	json_decref(members);
	return rc;
}

static enum rc list(struct installation *in, const char *orgnr, const char *id, json_t **ret,
		    struct err *reterr)
{
	const struct tasks_wanted wanted = { .upto = INT64_MAX, .report_id = id, .lang = "nb" };
	struct store_view *view = NULL;
	int64_t last;
	enum rc rc = borrow(in, orgnr, &view, reterr);

	if (!rc)
		rc = tasks_list(view, &wanted, ret, &last, reterr);
	store_views_return(in->views, view);
	return rc;
}

enum rc operate_task_list(struct installation *in, const struct operate_call *call,
			  struct operate_output *out, struct err *reterr)
{
	const char *report = operate_text(call, "report");
	json_t *tasks = NULL;
	char id[WANTED_ID_SIZE];
	enum rc rc;

	if (report && !wanted_id(report, id))
		return bad(reterr, "report", "is not a report id (a UUID)");
	rc = list(in, operate_text(call, "tenant"), report ? id : NULL, &tasks, reterr);
	return rc ? rc : operate_answer(out, json_pack("{so}", "tasks", tasks), reterr);
}

static bool is_open(const json_t *tasks, int64_t seq)
{
	for (size_t i = 0; i < json_array_size(tasks); i++) {
		const json_t *task = json_array_get(tasks, i);

		if (json_integer_value(json_object_get(task, "seq")) == seq)
			return !strcmp(json_string_value(json_object_get(task, "state")), "open");
	}
	return false;
}

enum rc operate_task_end(struct installation *in, const struct operate_call *call,
			 struct operate_output *out, struct err *reterr)
{
	int64_t task = operate_integer(call, "task"), seq = 0;
	CLEANUP_FREE char *detail = operate_detail(json_pack("{sI}", "task", (json_int_t)task));
	json_t *tasks = NULL;
	enum rc rc = list(in, operate_text(call, "tenant"), NULL, &tasks, reterr);

	if (!rc && !is_open(tasks, task))
		rc = err_set(reterr, RC_NOT_FOUND, "task-unknown", "task",
			     "there is no open task of this number");
	json_decref(tasks);
	if (!rc)
		rc = put(in, call, "task end", TASK_ENDED, detail, &seq, reterr);
	return rc ? rc
		  : operate_answer(out,
				   json_pack("{ss sI ss}", "tenant", operate_text(call, "tenant"),
					     "seq", (json_int_t)task, "state", "ended"),
				   reterr);
}
