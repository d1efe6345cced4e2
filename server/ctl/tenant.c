#include "ctl/ctl.h"
#include "ctl/render.h"

#include <stdint.h>

static const struct column tenant_facts[] = {
	{ "organisation", "orgnr" },
	{ "name", "name" },
	{ "kind", "kind" },
	{ "parent", "parent" },
	{ "contact", "contact" },
	{ "counts from", "coverage_start" },
	{ "sends/minute", "submissions_per_minute" },
	{ "reads/minute", "reads_per_minute" },
	{ "profile", "profile" },
	{ "notification help", "notification_help" },
	{ "phase", "phase" },
	{ "since", "phase_since" },
	{ "registered", "created_at" },
	{ "test documents erased", "test_documents_erased" },
	{ 0 },
};

static void render_tenant(const json_t *result, FILE *out)
{
	render_facts(result, tenant_facts, out);
}

/* One line for each thing that is kept back. */
static void render_sharing(const json_t *kinds, FILE *out)
{
	const char *kind, *list;
	json_t *lists, *paths, *path;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)kinds, kind, lists)
	{
		json_object_foreach(lists, list, paths) json_array_foreach(paths, i, path)
			fprintf(out, "  %-16s  %-6s  %s\n", kind, list, json_string_value(path));
	}
}

static void render_profile(const json_t *result, FILE *out)
{
	const json_t *sharing = json_object_get(result, "sharing");

	render_tenant(result, out);
	fputs("\nprofile: ", out);
	if (!json_is_object(sharing)) {
		fputs("missing in schemas/profiles, so nothing is taken\n", out);
		return;
	}
	fprintf(out, "%s %s, %s\n", json_string_value(json_object_get(sharing, "name")),
		json_string_value(json_object_get(sharing, "version")),
		json_string_value(json_object_get(sharing, "title")));
	render_sharing(json_object_get(sharing, "kinds"), out);
}

static void render_tenants(const json_t *result, FILE *out)
{
	static const struct column columns[] = { { "ORGNR", "orgnr" },
						 { "PHASE", "phase" },
						 { "SINCE", "phase_since" },
						 { "KIND", "kind" },
						 { "PARENT", "parent" },
						 { "NAME", "name" },
						 { 0 } };

	render_rows(json_object_get(result, "tenants"), columns, out);
}

static void render_unit(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "unit", "orgnr" },
					       { "of", "tenant" },
					       { "name", "name" },
					       { "registered", "added_at" },
					       { 0 } };

	render_facts(result, facts, out);
}

static void render_units(const json_t *result, FILE *out)
{
	static const struct column units[] = { { "UNIT", "orgnr" },
					       { "ADDED", "added_at" },
					       { "REMOVED", "removed_at" },
					       { "NAME", "name" },
					       { 0 } };

	render_rows(json_object_get(result, "units"), units, out);
}

static void render_municipalities(const json_t *result, FILE *out)
{
	static const struct column columns[] = {
		{ "NUMBER", "number" }, { "OWN", "own" }, { "NAME", "name" }, { 0 }
	};

	render_rows(json_object_get(result, "municipalities"), columns, out);
}

static void render_all(const json_t *result, FILE *out)
{
	static const struct column keys[] = { { "KID", "kid" },
					      { "ALG", "alg" },
					      { "STATE", "state" },
					      { "FROM", "valid_from" },
					      { "TO (BEFORE)", "valid_to" },
					      { 0 } };
	static const struct column processors[] = { { "OWNER", "owner" },
						    { "PROCESSOR", "processor" },
						    { "RIGHTS", "rights" },
						    { "STATE", "state" },
						    { "FROM", "valid_from" },
						    { "TO (BEFORE)", "valid_to" },
						    { 0 } };
	static const struct column stored[] = { { "documents", "documents" },
						{ "reports", "reports" },
						{ "sequence", "last_seq" },
						{ "last commit", "last_commit_at" },
						{ "bytes", "bytes" },
						{ "file", "error" },
						{ 0 } };

	render_profile(result, out);
	fputs("\nsub-units\n", out);
	render_units(result, out);
	fputs("\nmunicipalities it reports for\n", out);
	render_municipalities(result, out);
	fputs("\nsigning keys\n", out);
	render_rows(json_object_get(result, "keys"), keys, out);
	fputs("\nprocessors\n", out);
	render_rows(json_object_get(result, "processors"), processors, out);
	fputs("\nstored\n", out);
	if (json_is_object(json_object_get(result, "stored")))
		render_facts(json_object_get(result, "stored"), stored, out);
	else
		fputs("nothing yet\n", out);
}

#define ORGNR_WORD                                                                                 \
	{                                                                                          \
		"ORGNR", "orgnr", CTL_TEXT, NULL, "organisation number, nine digits", true         \
	}

static const struct ctl_param add_params[] = {
	ORGNR_WORD,
	{ "NAME", "name", CTL_TEXT, NULL, "the organisation's name", true },
	{ "--kind", "kind", CTL_TEXT, "KIND",
	  "hf, rhf, hospital_pharmacy, private_hospital, municipality, county, or processor, which "
	  "owns no reports",
	  true },
	{ "--parent", "parent", CTL_TEXT, "ORGNR", "the organisation above it", false },
	{ "--test", "test", CTL_FLAG, NULL, "in phase test at once (default: invited)", false },
	{ "--contact", "contact", CTL_TEXT, "TEXT", "whom to call", false },
	{ 0 },
};
static const struct ctl_param set_params[] = {
	ORGNR_WORD,
	{ "--name", "name", CTL_TEXT, "NAME", "the organisation's name", false },
	{ "--kind", "kind", CTL_TEXT, "KIND", "what kind of organisation it is", false },
	{ "--parent", "parent", CTL_TEXT, "ORGNR", "the organisation above it", false },
	{ "--contact", "contact", CTL_TEXT, "TEXT", "whom to call", false },
	{ "--coverage-start", "coverage_start", CTL_TEXT, "YYYY-MM",
	  "reports registered from that month on count in the statistics", false },
	{ "--submissions-per-minute", "submissions_per_minute", CTL_NUMBER, "N",
	  "how many documents it may send; its burst in proportion; 0: as for all", false },
	{ "--reads-per-minute", "reads_per_minute", CTL_NUMBER, "N", "how many answers it may read",
	  false },
	{ "--notification-help", "notification_help", CTL_TEXT, "on|off",
	  "whether /validate says if the statutory duty to notify looks likely", false },
	{ 0 },
};
static const struct ctl_param profile_params[] = {
	ORGNR_WORD,
	{ "NAME", "profile", CTL_TEXT, NULL,
	  "of a file in schemas/profiles, as the data owner has decided; --reason is needed",
	  true },
	{ 0 },
};
static const struct ctl_param one_param[] = { ORGNR_WORD, { 0 } };
static const struct ctl_param suspend_params[] = {
	{ "ORGNR", "orgnr", CTL_TEXT, NULL, "organisation number; --reason is needed", true },
	{ 0 },
};
static const struct ctl_param phase_params[] = {
	ORGNR_WORD,
	{ "PHASE", "phase", CTL_TEXT, NULL,
	  "test, active, suspended or closed; the last two need --reason, closed is for good; "
	  "active "
	  "erases what was sent in phase test",
	  true },
	{ 0 },
};
static const struct ctl_param unit_params[] = {
	ORGNR_WORD,
	{ "UNIT", "unit", CTL_TEXT, NULL, "the sub-unit's organisation number", true },
	{ "--name", "name", CTL_TEXT, "NAME", "the sub-unit's name", false },
	{ 0 },
};

static const struct ctl_param unit_remove_params[] = {
	ORGNR_WORD,
	{ "UNIT", "unit", CTL_TEXT, NULL,
	  "the sub-unit's organisation number; what it reported stays; --reason is needed", true },
	{ 0 },
};

#define NUMBER_WORD                                                                                \
	{                                                                                          \
		"NUMBER", "number", CTL_TEXT, NULL, "municipality number, four digits", true       \
	}

static const struct ctl_param municipality_add_params[] = {
	ORGNR_WORD,
	NUMBER_WORD,
	{ "--own", "own", CTL_FLAG, NULL,
	  "the tenant is this municipality (default: runs services for it)", false },
	{ 0 },
};
static const struct ctl_param municipality_remove_params[] = {
	ORGNR_WORD,
	{ "NUMBER", "number", CTL_TEXT, NULL,
	  "municipality number; what was reported stays; --reason is needed", true },
	{ 0 },
};

const struct ctl_command ctl_tenant_commands[] = {
	{ .words = "tenant add", .params = add_params, .render = render_tenant },
	{ .words = "tenant set", .params = set_params, .render = render_tenant },
	{ .words = "tenant list", .render = render_tenants },
	{ .words = "tenant show", .params = one_param, .render = render_all },
	{ .words = "tenant phase", .params = phase_params, .render = render_tenant },
	{ .words = "tenant profile", .params = profile_params, .render = render_profile },
	{ .words = "tenant suspend", .params = suspend_params, .render = render_tenant },
	{ .words = "tenant resume", .params = one_param, .render = render_tenant },
	{ .words = "tenant unit add", .params = unit_params, .render = render_unit },
	{ .words = "tenant unit remove", .params = unit_remove_params, .render = render_units },
	{ .words = "tenant municipality add",
	  .params = municipality_add_params,
	  .render = render_municipalities },
	{ .words = "tenant municipality remove",
	  .params = municipality_remove_params,
	  .render = render_municipalities },
	{ .words = "tenant municipality list",
	  .params = one_param,
	  .render = render_municipalities },
	{ 0 },
};
