#include "ctl/ctl.h"
#include "ctl/render.h"

static void render_processor(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "data owner", "owner" },
					       { "processor", "processor" },
					       { "rights", "rights" },
					       { "state", "state" },
					       { "valid from", "valid_from" },
					       { "valid before", "valid_to" },
					       { 0 } };

	render_facts(result, facts, out);
}

static void render_processors(const json_t *result, FILE *out)
{
	static const struct column columns[] = {
		{ "OWNER", "owner" },    { "PROCESSOR", "processor" }, { "RIGHTS", "rights" },
		{ "STATE", "state" },    { "FROM", "valid_from" },     { "BEFORE", "valid_to" },
		{ "ENDED", "ended_at" }, { "REASON", "end_reason" },   { 0 }
	};

	render_rows(json_object_get(result, "processors"), columns, out);
}

#define OWNER_WORD                                                                                 \
	{                                                                                          \
		"OWNER", "owner", CTL_TEXT, NULL, "the data owner's organisation number", true     \
	}

static const struct ctl_param add_params[] = {
	OWNER_WORD,
	{ "PROCESSOR", "processor", CTL_TEXT, NULL, "who acts for it; registered as a tenant too",
	  true },
	{ "--rights", "rights", CTL_TEXT, "RIGHTS", "send, read or send,read (default: send)",
	  false },
	{ "--from", "from", CTL_TEXT, "DATE", "first day, YYYY-MM-DD, UTC (default: at once)",
	  false },
	{ "--to", "to", CTL_TEXT, "DATE", "last day, YYYY-MM-DD, UTC (default: none)", false },
	{ 0 },
};
static const struct ctl_param list_params[] = {
	{ "ORGNR", "orgnr", CTL_TEXT, NULL, "only those with this organisation on either side",
	  false },
	{ 0 },
};
static const struct ctl_param end_params[] = {
	OWNER_WORD,
	{ "PROCESSOR", "processor", CTL_TEXT, NULL,
	  "whose rights end now, all of them; --reason is needed", true },
	{ 0 },
};

const struct ctl_command ctl_processor_commands[] = {
	{ .words = "processor add", .params = add_params, .render = render_processor },
	{ .words = "processor list", .params = list_params, .render = render_processors },
	{ .words = "processor end", .params = end_params, .render = render_processors },
	{ 0 },
};
