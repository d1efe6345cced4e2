#include "ctl/ctl.h"
#include "ctl/render.h"

static void render_schemas(const json_t *result, FILE *out)
{
	static const struct column columns[] = { { "SCHEMA", "schema" },
						 { "OPEN", "open" },
						 { 0 } };

	render_rows(json_object_get(result, "schemas"), columns, out);
}

const struct ctl_command ctl_schema_commands[] = {
	{ .words = "schema list", .render = render_schemas },
	{ .words = "schema check",
	  .help = "hold JSON files against a JSON Schema 2020-12",
	  .raw = ctl_schema_check,
	  .usage = "[--remotes DIR] [--format] SCHEMA INSTANCE..." },
	{ 0 },
};
