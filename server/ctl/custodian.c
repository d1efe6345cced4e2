#include "ctl/ctl.h"
#include "ctl/render.h"

static void render_custodian(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "kid", "kid" },        { "label", "label" },
					       { "of", "orgnr" },       { "state", "state" },
					       { "added", "added_at" }, { 0 } };

	render_facts(result, facts, out);
}

static void render_custodians(const json_t *result, FILE *out)
{
	static const struct column columns[] = { { "KID", "kid" },
						 { "OF", "orgnr" },
						 { "STATE", "state" },
						 { "ADDED", "added_at" },
						 { "RETIRED", "retired_at" },
						 { "LABEL", "label" },
						 { 0 } };

	render_rows(json_object_get(result, "custodians"), columns, out);
}

static const struct ctl_param add_params[] = {
	{ "FILE", "file", CTL_FILE, NULL, "the public file that varde-open keygen made", true },
	{ "--tenant", "tenant", CTL_TEXT, "ORGNR",
	  "a data owner's own: only its reports (default: the institute's)", false },
	{ "--label", "label", CTL_TEXT, "TEXT", "how people call it (default: its kid)", false },
	{ 0 },
};

const struct ctl_command ctl_custodian_commands[] = {
	{ .words = "custodian add", .params = add_params, .render = render_custodian },
	{ .words = "custodian list", .render = render_custodians },
	{ 0 },
};
