/* vardectl quality: how good the sources' reports are as data, as text, as JSON, or as a page. */
#include "ctl/quality.h"

#include "base/cleanup.h"
#include "ctl/ctl.h"
#include "ctl/render.h"

#include <string.h>

/* One row a source. */
static json_t *row_of(const json_t *source)
{
	const json_t *who = json_object_get(source, "organisation");
	const json_t *sent = json_object_get(source, "submissions");
	const json_t *times = json_object_get(source, "timeliness");
	const json_t *findings = json_object_get(source, "findings"), *finding;
	int64_t weak = 0;
	size_t i;

	json_array_foreach(findings, i, finding) weak +=
		!strcmp(page_member(finding, "kind"), "weak");
	return json_pack("{s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:I}", "number",
			 json_object_get(who, "number"), "name", json_object_get(who, "name"),
			 "received", json_object_get(sent, "received"), "stored",
			 json_object_get(sent, "stored"), "repeated",
			 json_object_get(sent, "repeated"), "refused",
			 json_object_get(sent, "refused"), "registration",
			 json_object_get(json_object_get(times, "to_registration"), "median"),
			 "receipt", json_object_get(json_object_get(times, "to_receipt"), "median"),
			 "weak", (json_int_t)weak);
}

static void print_findings(const json_t *source, FILE *out)
{
	const json_t *who = json_object_get(source, "organisation"), *finding;
	const json_t *findings = json_object_get(source, "findings");
	size_t i;

	if (!json_array_size(findings))
		return;
	fprintf(out, "\n%s %s\n", page_member(who, "number"), page_member(who, "name"));
	json_array_foreach(findings, i, finding)
	{
		const json_t *what = json_object_get(finding, "do");

		fprintf(out, "  %s %s\n", strcmp(page_member(finding, "kind"), "weak") ? "+" : "-",
			page_member(finding, "en"));
		if (json_is_object(what))
			fprintf(out, "    %s\n", page_member(what, "en"));
	}
}

static void print_text(const json_t *report, FILE *out)
{
	static const struct column columns[] = { { "SOURCE", "number" },
						 { "NAME", "name" },
						 { "RECEIVED", "received" },
						 { "STORED", "stored" },
						 { "REPEATED", "repeated" },
						 { "REFUSED", "refused" },
						 { "DAYS TO REGISTRATION", "registration" },
						 { "DAYS TO RECEIPT", "receipt" },
						 { "WEAKNESSES", "weak" },
						 { 0 } };
	const json_t *sources = json_object_get(report, "organisations"), *source, *line;
	json_t *rows = json_array();
	size_t i;

	fprintf(out, "Quality of the reports as data, %s to %s\n", page_member(report, "from"),
		page_member(report, "to"));
	fputs("NOT PROTECTED: small figures may reveal persons; for the operator and the source "
	      "only\n\n",
	      out);
	json_array_foreach(sources, i, source) json_array_append_new(rows, row_of(source));
	render_rows(rows, columns, out);
	json_decref(rows);
	json_array_foreach(sources, i, source) print_findings(source, out);
	fputc('\n', out);
	json_array_foreach(json_object_get(report, "about"), i, line)
		fprintf(out, "%s\n", page_member(line, "en"));
}

/* --- the command ----------------------------------------------------------------------------- */

static int print_page(const json_t *report, enum published_lang lang)
{
	CLEANUP(buf_release) struct buf page = buf_capped(QUALITY_PAGE_MAX);
	struct err err = { 0 };
	enum rc rc = quality_page(report, lang, &page);

	if (rc) {
		err_set(&err, rc, rc_name(rc), NULL, "the page could not be made");
		return ctl_complain(false, &err);
	}
	fwrite(page.data, 1, page.len, stdout);
	return CTL_OK;
}

static int run_quality(const struct ctl_options *options)
{
	bool html = json_is_true(json_object_get(options->args, "html"));
	const char *name = page_member(options->args, "lang");
	enum published_lang lang = strcmp(name, "en") ? PUBLISHED_NB : PUBLISHED_EN;
	bool unknown = *name && strcmp(name, "nb") && strcmp(name, "en");
	json_t *report = NULL;
	struct err err = { 0 };
	int status = CTL_OK;

	if (unknown || (*name && !html)) {
		err_set(&err, RC_INVALID, "usage", "--lang", "is nb or en, and of the page");
		return ctl_complain(true, &err);
	}
	json_object_del(options->args, "html");
	json_object_del(options->args, "lang");
	if (html && options->json) {
		err_set(&err, RC_INVALID, "usage", "--html", "is one form and --json another");
		return ctl_complain(true, &err);
	}
	if (ctl_ask("quality", options, &report, &status, &err))
		return ctl_complain(options->json, &err);
	if (html)
		status = print_page(report, lang);
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
	{ "--tenant", "tenant", CTL_TEXT, "ORGNR", "of this source alone (default: all)", false },
	{ "--from", "from", CTL_TEXT, "YYYY-MM", "first month (default: 24 months)", false },
	{ "--to", "to", CTL_TEXT, "YYYY-MM", "last month (default: this one)", false },
	{ "--html", "html", CTL_FLAG, NULL, "a page to open, print and file", false },
	{ "--lang", "lang", CTL_TEXT, "nb|en", "of the page (default: nb)", false },
	{ 0 },
};

const struct ctl_command ctl_quality_commands[] = {
	{ .words = "quality", .params = params, .run = run_quality },
	{ 0 },
};
