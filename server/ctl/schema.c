#include "ctl/ctl.h"
#include "ctl/render.h"

static void render_schemas(const json_t *result, FILE *out)
{
	static const struct column columns[] = { { "SCHEMA", "schema" },
						 { "STATE", "state" },
						 { "DEPRECATED", "deprecated" },
						 { "SUNSET", "sunset" },
						 { "SUCCESSOR", "successor" },
						 { "KEPT", "kept" },
						 { 0 } };
	static const struct column faults[] = {
		{ "FAULT", "code" }, { "IN", "where" }, { "BECAUSE", "text" }, { 0 }
	};

	render_rows(json_object_get(result, "schemas"), columns, out);
	if (!json_array_size(json_object_get(result, "faults")))
		return;
	fputc('\n', out);
	render_rows(json_object_get(result, "faults"), faults, out);
}

const struct ctl_command ctl_schema_commands[] = {
	{ .words = "schema list", .render = render_schemas },
	{ .words = "schema check",
	  .help = "hold JSON files against a JSON Schema 2020-12",
	  .raw = ctl_schema_check,
	  .usage = "[--remotes DIR] [--format] SCHEMA INSTANCE..." },
	{ 0 },
};
