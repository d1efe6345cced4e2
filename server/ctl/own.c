/* vardectl own: a tenant's own figures as text, as JSON, or as a page to open and file. */
#include "ctl/own.h"

#include "base/cleanup.h"
#include "ctl/ctl.h"
#include "ctl/render.h"

#include <string.h>

#define BESIDE_MAX 2

static const char *text(const json_t *object, const char *member)
{
	const char *value = json_string_value(json_object_get(object, member));

	return value ? value : "";
}

static const char *label(const json_t *object)
{
	return text(json_object_get(object, "label"), "en");
}

static const char *month(const json_t *report, const json_t *at)
{
	const char *value = json_string_value(
		json_array_get(json_object_get(report, "months"), (size_t)json_integer_value(at)));

	return value ? value : "";
}

/* --- text -------------------------------------------------------------------------------- */

static void print_run(const json_t *report, const json_t *chart, FILE *out)
{
	static const struct {
		const char *kind, *words;
	} kinds[] = { { "shift-above", "above the median" },
		      { "shift-below", "below the median" },
		      { "trend-up", "each higher than the one before" },
		      { "trend-down", "each lower than the one before" } };
	const json_t *run = json_object_get(chart, "run");
	const json_t *signals = json_object_get(run, "signals");

	if (!strcmp(text(run, "verdict"), "too-few")) {
		fprintf(out, "too few months to judge (%d)\n",
			(int)json_integer_value(json_object_get(run, "points")));
		return;
	}
	fprintf(out, "median %.1f\n", json_number_value(json_object_get(run, "median")));
	if (!json_array_size(signals))
		fputs("no pattern that chance does not explain\n", out);
	for (size_t i = 0; i < json_array_size(signals); i++) {
		const json_t *s = json_array_get(signals, i);

		for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
			if (!strcmp(kinds[k].kind, text(s, "kind")))
				fprintf(out, "pattern: %d months %s, %s to %s\n",
					(int)json_integer_value(json_object_get(s, "points")),
					kinds[k].words, month(report, json_object_get(s, "first")),
					month(report, json_object_get(s, "last")));
	}
}

/* One row a month: the organisation's own and what stands beside it. */
static void print_chart(const json_t *report, const json_t *chart, FILE *out)
{
	static const char *const members[BESIDE_MAX] = { "beside0", "beside1" };
	struct column columns[BESIDE_MAX + 3] = { { "MONTH", "month" }, { "OWN", "own" } };
	const json_t *beside = json_object_get(chart, "beside");
	json_t *months = json_object_get(report, "months"), *rows = json_array();

	fprintf(out, "\n%s\n", label(chart));
	print_run(report, chart, out);
	for (size_t b = 0; b < json_array_size(beside) && b < BESIDE_MAX; b++)
		columns[2 + b] =
			(struct column){ text(json_array_get(beside, b), "code"), members[b] };
	for (size_t i = 0; i < json_array_size(months); i++) {
		json_t *row = json_pack("{s:O, s:O}", "month", json_array_get(months, i), "own",
					json_array_get(json_object_get(chart, "values"), i));

		for (size_t b = 0; b < json_array_size(beside) && b < BESIDE_MAX; b++)
			json_object_set(
				row, members[b],
				json_array_get(json_object_get(json_array_get(beside, b), "values"),
					       i));
		json_array_append_new(rows, row);
	}
	render_rows(rows, columns, out);
	json_decref(rows);
}

static void print_year(const json_t *report, FILE *out)
{
	static const struct column units[] = { { "UNIT", "number" },
					       { "INCIDENTS", "incident" },
					       { "NEAR MISSES", "near_miss" },
					       { "HAZARDS", "hazard" },
					       { 0 } };
	static const struct column types[] = { { "TYPE", "code" },
					       { "INCIDENTS", "total" },
					       { 0 } };
	const json_t *year = json_object_get(report, "year");

	if (json_is_null(json_object_get(year, "from")))
		return;
	fprintf(out, "\nBy sub-unit, %s to %s\n", text(year, "from"), text(year, "to"));
	render_rows(json_object_get(report, "units"), units, out);
	fprintf(out, "\nBy type of event, %s to %s\n", text(year, "from"), text(year, "to"));
	render_rows(json_object_get(report, "types"), types, out);
}

static void print_text(const json_t *report, FILE *out)
{
	const json_t *organisation = json_object_get(report, "organisation");
	const json_t *release = json_object_get(report, "release");
	const json_t *charts = json_object_get(report, "charts");

	fprintf(out, "Own figures of %s (%s), as of %s\n", text(organisation, "name"),
		text(organisation, "number"), text(report, "as_of"));
	fputs("NOT PROTECTED: small figures may reveal persons; for use in the organisation only\n",
	      out);
	if (json_is_object(release))
		fprintf(out, "Beside them: release %s\n", text(release, "name"));
	else
		fprintf(out, "Beside them: nothing (%s)\n", text(report, "release_missing"));
	for (size_t i = 0; i < json_array_size(charts); i++)
		print_chart(report, json_array_get(charts, i), out);
	print_year(report, out);
	fprintf(out,
		"\nIn no figure: %d of months before the coverage start, %d without the month "
		"of the event\n",
		(int)json_integer_value(json_object_get(report, "before_coverage")),
		(int)json_integer_value(json_object_get(report, "not_dated")));
}

/* --- the command ----------------------------------------------------------------------------- */

static int print_page(const json_t *report)
{
	CLEANUP(buf_release) struct buf page = buf_capped(OWN_PAGE_MAX);
	struct err err = { 0 };
	enum rc rc = own_page(report, &page);

	if (rc) {
		err_set(&err, rc, rc_name(rc), NULL, "the page could not be made");
		return ctl_complain(false, &err);
	}
	fwrite(page.data, 1, page.len, stdout);
	return CTL_OK;
}

static int run_own(const struct ctl_options *options)
{
	bool html = json_is_true(json_object_get(options->args, "html"));
	json_t *report = NULL;
	struct err err = { 0 };
	int status = CTL_OK;

	json_object_del(options->args, "html");
	if (html && options->json) {
		err_set(&err, RC_INVALID, "usage", "--html", "is one form and --json another");
		return ctl_complain(true, &err);
	}
	if (ctl_ask("own", options, &report, &status, &err))
		return ctl_complain(options->json, &err);
	if (html)
		status = print_page(report);
	else if (options->json)
		json_dumpf(report, stdout, JSON_INDENT(2));
	else
		print_text(report, stdout);
	if (options->json)
		fputc('\n', stdout);
	json_decref(report);
	return status;
}

static const struct ctl_param params[] = {
	{ "--tenant", "tenant", CTL_TEXT, "ORGNR", "whose figures", true },
	{ "--from", "from", CTL_TEXT, "YYYY-MM", "first month (default: 24 months)", false },
	{ "--to", "to", CTL_TEXT, "YYYY-MM", "last month (default: this one)", false },
	{ "--html", "html", CTL_FLAG, NULL, "a page to open, print and file, in Norwegian", false },
	{ 0 },
};

const struct ctl_command ctl_own_commands[] = {
	{ .words = "own", .params = params, .run = run_own },
	{ 0 },
};
