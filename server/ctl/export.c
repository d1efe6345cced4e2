#include "ctl/ctl.h"
#include "ctl/render.h"

static void render_export(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "items", "items" },
					       { "groups", "groups" },
					       { "keys", "keys" },
					       { "not found", "missing" },
					       { 0 } };

	render_facts(result, facts, out);
}

static const struct ctl_param params[] = {
	{ "--tenant", "tenant", CTL_TEXT, "ORGNR", "whose reports", true },
	{ "--purpose", "purpose", CTL_TEXT, "TEXT", "what they will be opened for; it is logged",
	  true },
	{ "--since", "since", CTL_NUMBER, "SEQ", "only what was stored after this sequence number",
	  false },
	{ "--reports", "reports", CTL_LINES, "FILE", "only these: a file with a report id a line",
	  false },
	{ 0 },
};

const struct ctl_command ctl_export_commands[] = {
	{ .words = "export-sealed", .params = params, .render = render_export },
	{ 0 },
};
