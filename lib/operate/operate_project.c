#include "operate/call.h"

#include "base/clock.h"
#include "count/period.h"
#include "installation/installation.h"
#include "operate/rows.h"
#include "tenant/basis.h"

#include <string.h>

/* Days are Norway's, first and last included, and in the order of their texts. */
static enum rc check_days(const char *from, const char *to, struct err *reterr)
{
	if (to && strcmp(from, to) > 0)
		return err_set(reterr, RC_INVALID, "project-dates", "to",
			       "the last day lies before the first");
	return RC_OK;
}

static enum rc check_code(const char *code, struct err *reterr)
{
	if (strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(code))
		return RC_OK;
	return err_set(reterr, RC_INVALID, "argument-value", "code",
		       "has lower-case letters, digits and hyphens only");
}

/* The project of that code as it stands, with its openings. */
static enum rc answer_with(struct installation *in, const struct operate_call *call,
			   struct operate_output *out, struct err *reterr)
{
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *snapshot = tenants_hold(in->tenants);
	const struct control_projects *projects = tenant_projects(snapshot);
	const char *code = operate_text(call, "code");

	for (size_t i = 0; i < projects->len; i++)
		if (!strcmp(projects->list[i].code, code))
			return operate_answer(
				out,
				operate_row_project(snapshot, &projects->list[i], call->now_ms),
				reterr);
	return err_set(reterr, RC_NOT_FOUND, "project-unknown", code, "no such project");
}

enum rc operate_project_add(struct installation *in, const struct operate_call *call,
			    struct operate_output *out, struct err *reterr)
{
	const struct control_project project = {
		.code = operate_text(call, "code"),
		.name = operate_text(call, "name"),
		.decision = operate_text(call, "decision"),
		.purpose = operate_text(call, "purpose"),
		.retention = operate_text(call, "retention"),
		.valid_from = operate_text(call, "from"),
		.valid_to = operate_text(call, "to"),
	};
	CLEANUP_FREE char *detail = operate_detail(json_deep_copy(call->args));
	struct control_action by = operate_action(call, "project add", detail);
	enum rc rc = check_code(project.code, reterr);

	if (!rc)
		rc = check_days(project.valid_from, project.valid_to, reterr);
	if (!rc)
		rc = control_project_add(in->control, &project, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, NULL, NULL, NULL, reterr);
	return rc ? rc : answer_with(in, call, out, reterr);
}

/* What is said is changed, the rest stays. */
static void overlay(struct control_project *to, const struct operate_call *call)
{
	const struct {
		const char **slot, *arg;
	} members[] = {
		{ &to->name, "name" },       { &to->decision, "decision" },
		{ &to->purpose, "purpose" }, { &to->retention, "retention" },
		{ &to->valid_from, "from" }, { &to->valid_to, "to" },
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const char *said = operate_text(call, members[i].arg);

		if (said)
			*members[i].slot = said;
	}
	if (operate_flag(call, "no_end"))
		to->valid_to = NULL;
}

static const struct control_project *find(const struct control_projects *projects, const char *code)
{
	for (size_t i = 0; i < projects->len; i++)
		if (!strcmp(projects->list[i].code, code))
			return &projects->list[i];
	return NULL;
}

enum rc operate_project_set(struct installation *in, const struct operate_call *call,
			    struct operate_output *out, struct err *reterr)
{
	const char *code = operate_text(call, "code");
	CLEANUP_FREE char *detail = operate_detail(json_deep_copy(call->args));
	struct control_action by = operate_action(call, "project set", detail);
	CLEANUP(control_projects_release) struct control_projects projects = { 0 };
	const struct control_project *was;
	struct control_project project;
	enum rc rc;

	if (operate_flag(call, "no_end") && operate_text(call, "to"))
		return err_set(reterr, RC_INVALID, "project-dates", "to",
			       "there is either a last day or no end");
	rc = control_project_list(in->control, &projects, reterr);
	if (rc)
		return rc;
	was = find(&projects, code);
	if (!was)
		return err_set(reterr, RC_NOT_FOUND, "project-unknown", code, "no such project");
	project = *was;
	overlay(&project, call);
	rc = check_days(project.valid_from, project.valid_to, reterr);
	if (!rc)
		rc = control_project_set(in->control, &project, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, NULL, NULL, NULL, reterr);
	return rc ? rc : answer_with(in, call, out, reterr);
}

enum rc operate_project_open(struct installation *in, const struct operate_call *call,
			     struct operate_output *out, struct err *reterr)
{
	const struct control_opening opening = {
		.project = operate_text(call, "code"),
		.kind = operate_text(call, "kind"),
		.opens = operate_text(call, "from"),
		.closes = operate_text(call, "to"),
	};
	CLEANUP_FREE char *detail = operate_detail(json_deep_copy(call->args));
	struct control_action by = operate_action(call, "project open", detail);
	enum rc rc = check_days(opening.opens, opening.closes, reterr);

	if (!rc)
		rc = control_opening_set(in->control, &opening, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, NULL, NULL, NULL, reterr);
	return rc ? rc : answer_with(in, call, out, reterr);
}

enum rc operate_project_list(struct installation *in, const struct operate_call *call,
			     struct operate_output *out, struct err *reterr)
{
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *snapshot = tenants_hold(in->tenants);
	json_t *rows = operate_rows_projects(snapshot, call->now_ms);

	return operate_answer(out, json_pack("{so}", "projects", rows), reterr);
}

enum rc operate_project_show(struct installation *in, const struct operate_call *call,
			     struct operate_output *out, struct err *reterr)
{
	return answer_with(in, call, out, reterr);
}
