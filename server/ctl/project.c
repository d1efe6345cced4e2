#include "ctl/ctl.h"
#include "ctl/render.h"

static void render_project(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "project", "code" },
					       { "name", "name" },
					       { "state", "state" },
					       { "decision", "decision" },
					       { "purpose", "purpose" },
					       { "retention", "retention" },
					       { "first day", "valid_from" },
					       { "last day", "valid_to" },
					       { 0 } };
	static const struct column columns[] = { { "OPEN TO", "kind" },
						 { "STATE", "state" },
						 { "FIRST DAY", "opens" },
						 { "LAST DAY", "closes" },
						 { 0 } };

	render_facts(result, facts, out);
	fputc('\n', out);
	render_rows(json_object_get(result, "openings"), columns, out);
}

static void render_projects(const json_t *result, FILE *out)
{
	static const struct column columns[] = { { "PROJECT", "code" },
						 { "STATE", "state" },
						 { "FIRST DAY", "valid_from" },
						 { "LAST DAY", "valid_to" },
						 { "DECISION", "decision" },
						 { "NAME", "name" },
						 { 0 } };

	render_rows(json_object_get(result, "projects"), columns, out);
}

#define PROJECT_WORD                                                                               \
	{                                                                                          \
		"PROJECT", "code", CTL_TEXT, NULL,                                                 \
			"its code: lower-case letters, digits, hyphens", true                      \
	}
#define FROM_HELP "first day, YYYY-MM-DD, Norwegian time"
#define TO_HELP "last day, YYYY-MM-DD, Norwegian time"

static const struct ctl_param add_params[] = {
	PROJECT_WORD,
	{ "NAME", "name", CTL_TEXT, NULL, "what it is called", true },
	{ "--decision", "decision", CTL_TEXT, "TEXT", "reference to the decision it rests on",
	  true },
	{ "--purpose", "purpose", CTL_TEXT, "TEXT", "what reports are collected for", true },
	{ "--retention", "retention", CTL_TEXT, "TEXT", "how long they are kept", true },
	{ "--from", "from", CTL_TEXT, "DATE", FROM_HELP, true },
	{ "--to", "to", CTL_TEXT, "DATE", TO_HELP " (default: no end)", false },
	{ 0 },
};
static const struct ctl_param set_params[] = {
	PROJECT_WORD,
	{ "--name", "name", CTL_TEXT, "NAME", "what it is called", false },
	{ "--decision", "decision", CTL_TEXT, "TEXT", "reference to the decision it rests on",
	  false },
	{ "--purpose", "purpose", CTL_TEXT, "TEXT", "what reports are collected for", false },
	{ "--retention", "retention", CTL_TEXT, "TEXT", "how long they are kept", false },
	{ "--from", "from", CTL_TEXT, "DATE", FROM_HELP, false },
	{ "--to", "to", CTL_TEXT, "DATE", TO_HELP, false },
	{ "--no-end", "no_end", CTL_FLAG, NULL, "there is no last day", false },
	{ 0 },
};
static const struct ctl_param open_params[] = {
	PROJECT_WORD,
	{ "KIND", "kind", CTL_TEXT, NULL,
	  "kind of tenant: hf, municipality …; what was said of it before is replaced", true },
	{ "--from", "from", CTL_TEXT, "DATE", FROM_HELP, true },
	{ "--to", "to", CTL_TEXT, "DATE", TO_HELP " (default: as long as the project)", false },
	{ 0 },
};
static const struct ctl_param show_params[] = { PROJECT_WORD, { 0 } };

const struct ctl_command ctl_project_commands[] = {
	{ .words = "project add", .params = add_params, .render = render_project },
	{ .words = "project set", .params = set_params, .render = render_project },
	{ .words = "project open", .params = open_params, .render = render_project },
	{ .words = "project list", .render = render_projects },
	{ .words = "project show", .params = show_params, .render = render_project },
	{ 0 },
};
