#include "ctl/release_report.h"

#include "base/cleanup.h"
#include "ctl/release_page.h"

#include <string.h>

static json_int_t number(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

static const char *text(const json_t *object, const char *member)
{
	const char *value = json_string_value(json_object_get(object, member));

	return value ? value : "";
}

/* "12.3 %" of nothing is "-". */
static const char *share(json_int_t part, json_int_t whole, char out[16])
{
	if (!whole)
		return "-";
	snprintf(out, 16, "%.1f %%", 100.0 * (double)part / (double)whole);
	return out;
}

static void print_class(const json_t *c, FILE *out)
{
	const json_t *figures = json_object_get(c, "figures");
	const json_t *audit = json_object_get(c, "audit"), *reports = json_object_get(c, "reports");
	char hidden[16];

	fprintf(out,
		"\n%s\n"
		"  figures       %lld, hidden %lld (%s): %lld small themselves, %lld for their "
		"sake, "
		"%lld because of earlier releases\n"
		"  audit         %lld nodes; follow from the rest: %lld by additions, %lld by "
		"bounds; "
		"narrow: %lld; of %lld small ones revealed: %lld\n"
		"                %lld contributors and regions, of which %lld find another's small "
		"figure; not additive: %lld\n"
		"  reports       %lld counted, %lld wait for their month; not counted by "
		"registration: "
		"%lld before coverage, %lld too late; %lld without a year of event\n",
		text(c, "event_class"), (long long)number(figures, "cells"),
		(long long)number(figures, "hidden"),
		share(number(figures, "hidden"), number(figures, "cells"), hidden),
		(long long)number(c, "primary"), (long long)number(c, "secondary"),
		(long long)number(c, "held"), (long long)number(c, "nodes"),
		(long long)number(audit, "recoverable"), (long long)number(audit, "single"),
		(long long)number(audit, "narrow"), (long long)number(audit, "small"),
		(long long)number(audit, "revealed"), (long long)number(audit, "insiders"),
		(long long)number(audit, "insiders_succeed"),
		(long long)number(audit, "not_additive"), (long long)number(reports, "counted"),
		(long long)number(reports, "pending"),
		(long long)number(reports, "before_coverage"),
		(long long)number(reports, "too_late"), (long long)number(reports, "no_year"));
}

/* Hidden shares by table and level, "-" where a table has no such level. */
static void print_tables(const json_t *tables, FILE *out)
{
	static const struct {
		const char *level, *heading;
	} columns[] = {
		{ "nation", "NATION" },
		{ "rhf", "RHF" },
		{ "hf", "HF" },
		{ "county", "COUNTY" },
		{ "municipality", "MUNICIP." },
	};
	const size_t n = sizeof(columns) / sizeof(columns[0]);
	const json_t *table;
	size_t i;

	fprintf(out, "\n%-8s %8s %8s", "HIDDEN", "FIGURES", "ALL");
	for (size_t c = 0; c < n; c++)
		fprintf(out, " %8s", columns[c].heading);
	fputs("  TABLE\n", out);
	json_array_foreach(tables, i, table)
	{
		const json_t *all = json_object_get(table, "figures");
		char part[16];

		fprintf(out, "%-8s %8lld %8s", text(table, "id"), (long long)number(all, "cells"),
			share(number(all, "hidden"), number(all, "cells"), part));
		for (size_t c = 0; c < n; c++) {
			const json_t *level =
				json_object_get(json_object_get(table, "levels"), columns[c].level);

			fprintf(out, " %8s",
				share(number(level, "hidden"), number(level, "cells"), part));
		}
		fprintf(out, "  %s\n", text(table, "label_nb"));
	}
}

static void print_words(const json_t *report, const char *about, const char *before, FILE *out)
{
	const json_t *sentence;
	size_t i;

	json_array_foreach(json_object_get(report, "words"), i,
			   sentence) if (!strcmp(text(sentence, "about"), about))
		fprintf(out, "%s%s\n", before, text(sentence, "en"));
}

static void print_text(const json_t *report, FILE *out)
{
	static const char *const short_words[] = { "overview", "start", "later", "thin" };
	const json_t *class;
	size_t i;

	fprintf(out, "release %s, as of %s, closes %s; counts below %lld are hidden\n\n",
		text(report, "release"), text(report, "as_of"), text(report, "closed"),
		(long long)number(report, "threshold"));
	print_words(report, "verdict",
		    json_is_true(json_object_get(report, "safe")) ? "SAFE: " : "NOT SAFE: ", out);
	for (i = 0; i < ARRAY_LEN(short_words); i++)
		print_words(report, short_words[i], "- ", out);
	json_array_foreach(json_object_get(report, "classes"), i, class) print_class(class, out);
	print_tables(json_object_get(report, "tables"), out);
}

static enum rc print_page(const json_t *report, enum published_lang lang, FILE *out)
{
	CLEANUP(buf_release) struct buf page = buf_capped(RELEASE_PAGE_MAX);
	enum rc rc = release_page(report, lang, &page);

	if (!rc)
		fputs(buf_text(&page), out);
	return rc;
}

enum rc release_form(const struct ctl_options *options, struct release_form *ret,
		     struct err *reterr)
{
	const char *lang = text(options->args, "lang");

	*ret = (struct release_form){ .json = options->json,
				      .html = json_is_true(json_object_get(options->args, "html")),
				      .lang = strcmp(lang, "en") ? PUBLISHED_NB : PUBLISHED_EN };
	if (*lang && strcmp(lang, "nb") != 0 && strcmp(lang, "en") != 0)
		return err_set(reterr, RC_INVALID, "argument-value", "lang", "is nb or en");
	if (ret->json && ret->html)
		return err_set(reterr, RC_INVALID, "argument-value", "html",
			       "is another form than --json: one at a time");
	if (*lang && !ret->html)
		return err_set(reterr, RC_INVALID, "argument-value", "lang",
			       "is the language of --html; the other forms are what they are");
	return RC_OK;
}

enum rc release_report_print(const json_t *report, const struct release_form *form, FILE *out)
{
	if (form->html)
		return print_page(report, form->lang, out);
	if (form->json) {
		json_dumpf(report, out, JSON_INDENT(2) | JSON_SORT_KEYS);
		fputc('\n', out);
		return RC_OK;
	}
	print_text(report, out);
	return RC_OK;
}
