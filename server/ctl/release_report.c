#include "ctl/release_report.h"

#include "ctl/render.h"

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
		"  figures       %lld, hidden %lld (%s): %lld small themselves, %lld for their sake\n"
		"  audit         %lld nodes; follow from the rest: %lld by additions, %lld by bounds; "
		"narrow: %lld; of %lld small ones revealed: %lld\n"
		"                %lld contributors and regions, of which %lld find another's small "
		"figure; not additive: %lld\n"
		"  reports       %lld counted, %lld wait for their month; not counted by registration: "
		"%lld before coverage, %lld too late; %lld without a year of event\n",
		text(c, "event_class"), (long long)number(figures, "cells"),
		(long long)number(figures, "hidden"),
		share(number(figures, "hidden"), number(figures, "cells"), hidden),
		(long long)number(c, "primary"), (long long)number(c, "secondary"),
		(long long)number(c, "nodes"), (long long)number(audit, "recoverable"),
		(long long)number(audit, "single"), (long long)number(audit, "narrow"),
		(long long)number(audit, "small"), (long long)number(audit, "revealed"),
		(long long)number(audit, "insiders"), (long long)number(audit, "insiders_succeed"),
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
	json_array_foreach (tables, i, table) {
		const json_t *all = json_object_get(table, "figures");
		char part[16];

		fprintf(out, "%-8s %8lld %8s", text(table, "id"), (long long)number(all, "cells"),
			share(number(all, "hidden"), number(all, "cells"), part));
		for (size_t c = 0; c < n; c++) {
			const json_t *level = json_object_get(json_object_get(table, "levels"),
							      columns[c].level);

			fprintf(out, " %8s",
				share(number(level, "hidden"), number(level, "cells"), part));
		}
		fprintf(out, "  %s\n", text(table, "label_nb"));
	}
}

void release_report_print(const json_t *report, bool json, FILE *out)
{
	const json_t *view = json_object_get(report, "default_view"), *class;
	char part[16];
	size_t i;

	if (json) {
		json_dumpf(report, out, JSON_INDENT(2) | JSON_SORT_KEYS);
		fputc('\n', out);
		return;
	}
	fprintf(out, "release %s, as of %s, closes %s; counts below %lld are hidden\n",
		text(report, "release"), text(report, "as_of"), text(report, "closed"),
		(long long)number(report, "threshold"));
	fprintf(out, "incidents by quarter, nation and RHF: %s visible\n",
		share(number(view, "shown"), number(view, "cells"), part));
	json_array_foreach (json_object_get(report, "classes"), i, class)
		print_class(class, out);
	print_tables(json_object_get(report, "tables"), out);
	fprintf(out, "\n%s\n",
		json_is_true(json_object_get(report, "safe"))
			? "safe: no combination of what was ever published gives a hidden figure back"
			: "NOT SAFE: see the audit above");
}
