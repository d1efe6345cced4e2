#include "ctl/ctl.h"
#include "ctl/render.h"

static void render_task(const json_t *result, FILE *out)
{
	static const struct column facts[] = {
		{ "task", "seq" },         { "of", "tenant" },
		{ "report", "report_id" }, { "revision", "revision" },
		{ "kind", "kind" },        { "code", "code" },
		{ "state", "state" },      { 0 }
	};

	render_facts(result, facts, out);
}

static void render_tasks(const json_t *result, FILE *out)
{
	static const struct column columns[] = { { "TASK", "seq" },
						 { "STATE", "state" },
						 { "ADDED", "added_at" },
						 { "KIND", "kind" },
						 { "CODE", "code" },
						 { "REPORT", "report_id" },
						 { 0 } };

	render_rows(json_object_get(result, "tasks"), columns, out);
}

static const struct ctl_param add_params[] = {
	{ "--tenant", "tenant", CTL_TEXT, "ORGNR", "whose report it is", true },
	{ "--report", "report", CTL_TEXT, "ID", "the report's id", true },
	{ "--kind", "kind", CTL_TEXT, "KIND", "rectification", true },
	{ "--text-code", "text_code", CTL_TEXT, "CODE",
	  "wrong_person, wrong_identifier, wrong_event, wrong_harm, incomplete, not_needed, or "
	  "by_letter: the rest goes on paper",
	  true },
	{ "--members", "members", CTL_TEXT, "POINTER,...",
	  "which members, as in refusals: /patients/0/identifier (default: the whole report)",
	  false },
	{ 0 },
};
static const struct ctl_param list_params[] = {
	{ "--tenant", "tenant", CTL_TEXT, "ORGNR", "whose tasks", true },
	{ "--report", "report", CTL_TEXT, "ID", "of one report only", false },
	{ 0 },
};
static const struct ctl_param end_params[] = {
	{ "--tenant", "tenant", CTL_TEXT, "ORGNR", "whose task; --reason is needed", true },
	{ "TASK", "task", CTL_NUMBER, NULL, "the task's number", true },
	{ 0 },
};

const struct ctl_command ctl_task_commands[] = {
	{ .words = "task add", .params = add_params, .render = render_task },
	{ .words = "task list", .params = list_params, .render = render_tasks },
	{ .words = "task end", .params = end_params, .render = render_task },
	{ 0 },
};
