/* Selections of PxWebApi 2: what each expression means, and what is refused; how CSV is
 * laid out; periods and graphs of the catalogue. */
#include "pxweb/catalog.h"
#include "pxweb/csv.h"
#include "pxweb/graph.h"
#include "pxweb/selection.h"
#include "unit.h"

#include <string.h>
#include <strings.h>

static struct published_category regions[] = {
	{ "NO", NULL, { "Hele landet", "Norway" } },
	{ "helse_vest", "NO", { "Helse Vest", "Western" } },
	{ "helse_nord", "NO", { "Helse Nord", "Northern" } },
};
static struct published_category classes[] = { { "incident", NULL, { "u", "i" } },
					       { "hazard", NULL, { "r", "h" } } };
static struct published_category months[] = {
	{ "2025M11", NULL, { "a", "a" } }, { "2025M12", NULL, { "a", "a" } },
	{ "2026M01", NULL, { "a", "a" } }, { "2026M02", NULL, { "a", "a" } },
	{ "2026M03", NULL, { "a", "a" } },
};
static struct published_dimension dimensions[] = {
	{ "Region", PUBLISHED_GEO, "NO", { "region", "region" }, regions, 3 },
	{ "Hendelsesklasse", PUBLISHED_PLAIN, NULL, { "klasse", "class" }, classes, 2 },
	{ "Tid", PUBLISHED_TIME, NULL, { "tid", "time" }, months, 5 },
};
static struct published_cell cells[30];
static struct published_table table = {
	.id = "V1", .dimensions = dimensions, .dimensions_len = 3, .cells = cells, .cells_len = 30
};

/* "2025M11 2026M03": what `text` selects of `variable`, the rest in full. */
static const char *chosen(const char *variable, const char *text)
{
	static char out[400];
	CLEANUP(px_selection_release) struct px_selection s = { 0 };
	CLEANUP_FREE char *copy = NULL;
	CLEANUP_FREE const char **list = NULL;
	static const char *const all[] = { "*" };
	struct px_wish wishes[3];
	struct err err = { 0 };
	size_t n;
	enum rc rc = px_split(text, &copy, &list, &n, &err);

	out[0] = '\0';
	for (size_t i = 0; i < 3; i++) {
		wishes[i] = (struct px_wish){ dimensions[i].code, all, 1, NULL };
		if (!strcasecmp(variable, dimensions[i].code))
			wishes[i] = (struct px_wish){ variable, list, n, NULL };
	}
	if (!rc)
		rc = px_select(&table, wishes, 3, 1000, &s, &err);
	if (rc) {
		snprintf(out, sizeof(out), "%s %s", rc_name(rc), err.code);
		return out;
	}
	for (size_t i = 0; i < s.len; i++)
		for (size_t j = 0;
		     !strcasecmp(variable, s.axes[i].dimension->code) && j < s.axes[i].len; j++)
			snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s%s", j ? " " : "",
				 s.axes[i].dimension->categories[s.axes[i].at[j]].code);
	return out;
}

START_TEST(expressions)
{
	static const struct {
		const char *variable, *text, *chosen;
	} cases[] = {
		{ "Tid", "2026M01", "2026M01" },
		{ "tid", "2026m01", "2026M01" },
		{ "TID", "2026M03,2025M11", "2025M11 2026M03" },
		{ "Tid", "2026M01,2026M01", "2026M01" },
		{ "Tid", "*", "2025M11 2025M12 2026M01 2026M02 2026M03" },
		{ "Tid", "2026*", "2026M01 2026M02 2026M03" },
		{ "Tid", "2025M1?", "2025M11 2025M12" },
		{ "Tid", "*M0*", "2026M01 2026M02 2026M03" },
		{ "Tid", "top(2)", "2026M02 2026M03" },
		{ "Tid", "TOP(2)", "2026M02 2026M03" },
		{ "Tid", "top(2,1)", "2026M01 2026M02" },
		{ "Tid", "top(99)", "2025M11 2025M12 2026M01 2026M02 2026M03" },
		{ "Tid", "bottom(1)", "2025M11" },
		{ "Tid", "bottom(1,1)", "2025M12" },
		{ "Tid", "from(2026M02)", "2026M02 2026M03" },
		{ "Tid", "to(2025M12)", "2025M11 2025M12" },
		{ "Tid", "range(2025M12,2026M01)", "2025M12 2026M01" },
		{ "Tid", "[range(2025M12,2026M01)]", "2025M12 2026M01" },
		{ "Tid", "[top(1)],2025M11", "2025M11 2026M03" },
		{ "Region", "top(1)", "NO" },
		{ "Region", "helse_*", "helse_vest helse_nord" },
		{ "Region", "no", "NO" },
		/* refused */
		{ "Tid", "2027M01", "not-found value-unknown" },
		{ "Tid", "2026M01,x", "not-found value-unknown" },
		{ "Tid", "2027*", "not-found value-unknown" },
		{ "Tid", "top(2,99)", "not-found value-unknown" },
		{ "Tid", "top(2,99),2026M01", "not-found value-unknown" },
		{ "Tid", "top(0)", "invalid selection-malformed" },
		{ "Tid", "top(-1)", "invalid selection-malformed" },
		{ "Tid", "top(1,2,3)", "invalid selection-malformed" },
		{ "Tid", "top()", "invalid selection-malformed" },
		{ "Tid", "top(", "invalid selection-malformed" },
		{ "Tid", "top)", "invalid selection-malformed" },
		{ "Tid", "top(1)x", "invalid selection-malformed" },
		{ "Tid", "sum(2025M11,2025M12)", "invalid selection-malformed" },
		{ "Tid", "range(2026M01,2025M12)", "invalid selection-malformed" },
		{ "Tid", "range(2026M01)", "invalid selection-malformed" },
		{ "Tid", "from(2027M01)", "not-found value-unknown" },
		{ "Tid", "", "invalid selection-malformed" },
		{ "Tid", "2026M01,", "invalid selection-malformed" },
		{ "Tid", "[2026M01", "invalid selection-malformed" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ck_assert_str_eq(chosen(cases[i].variable, cases[i].text), cases[i].chosen);
}
END_TEST

static const char *select_code(const struct px_wish *wishes, size_t n, size_t max,
			       struct px_selection *ret)
{
	static struct err err;

	return px_select(&table, wishes, n, max, ret, &err) ? err.code : "";
}

START_TEST(whole_selections)
{
	static const char *const all[] = { "*" }, *const one[] = { "incident" };
	const struct px_wish time = { "Tid", all, 1, NULL },
			     class = { "hendelsesklasse", one, 1, NULL };
	struct px_wish both[] = { time, class }, twice[] = { time, time },
		       bad = { "Fylke", all, 1, NULL };
	struct px_selection s = { 0 };
	size_t place[PX_VARIABLES_MAX];

	/* The default: every region, incidents, the last periods. */
	ck_assert_str_eq(select_code(NULL, 0, 1000, &s), "");
	ck_assert_uint_eq(s.cells, 15);
	ck_assert_str_eq(s.axes[1].dimension->categories[s.axes[1].at[0]].code, "incident");
	px_selection_release(&s);
	/* What is left out is its total, if it has one. */
	ck_assert_str_eq(select_code(both, 2, 1000, &s), "");
	ck_assert(s.axes[0].eliminated && s.axes[0].at[0] == 0);
	ck_assert_uint_eq(s.cells, 5);
	ck_assert_ptr_eq(px_cell_at(&s, 4, place), &cells[4]);
	px_selection_release(&s);
	ck_assert_str_eq(select_code(&time, 1, 1000, &s), "variable-missing");
	ck_assert_str_eq(select_code(twice, 2, 1000, &s), "variable-twice");
	ck_assert_str_eq(select_code(&bad, 1, 1000, &s), "variable-unknown");
	ck_assert_str_eq(select_code(both, 2, 4, &s), "too-many-cells");
	both[0].codelist = "agg_quarters";
	ck_assert_str_eq(select_code(both, 2, 1000, &s), "aggregation-refused");
}
END_TEST

START_TEST(many_expressions)
{
	CLEANUP(buf_release) struct buf text = buf_capped(1 << 20);
	CLEANUP_FREE char *copy = NULL;
	CLEANUP_FREE const char **list = NULL;
	size_t n;

	for (int i = 0; i < PX_EXPRESSIONS_MAX; i++)
		buf_adds(&text, "x,");
	ck_assert_int_eq(px_split(buf_text(&text), &copy, &list, &n, NULL), RC_LIMIT);
	/* A mask that would make a backtracking matcher sweat. */
	ck_assert_str_eq(chosen("Tid", "*2*0*2*6*M*0*1*2*3*4*5*6*7*8*9*0*x"),
			 "not-found value-unknown");
}
END_TEST

static const char *csv_of(const struct px_csv *how, struct err *err)
{
	static struct buf out;
	CLEANUP(px_selection_release) struct px_selection s = { 0 };
	static const char *const region[] = { "NO", "helse_vest" }, *const period[] = { "top(2)" };
	static const char *const class[] = { "*" };
	const struct px_wish wishes[] = { { "Region", region, 2, NULL },
					  { "Hendelsesklasse", class, 1, NULL },
					  { "Tid", period, 1, NULL } };

	buf_release(&out);
	out = buf_capped(65536);
	ck_assert_int_eq(px_select(&table, wishes, 3, 1000, &s, NULL), RC_OK);
	return px_csv(&s, how, PUBLISHED_NB, &out, err) ? err->code : buf_text(&out);
}

#define LIST(...)                                                                                  \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

START_TEST(csv_places)
{
	struct err err = { 0 };
	struct px_csv how = { .names = PX_CODES, .separator = ',' };

	cells[3].value = 7; /* NO, incident, 2026M02 */
	cells[4].mark = PUBLISHED_HIDDEN;
	ck_assert_str_eq(csv_of(&how, &err),
			 "\"Region\",\"Hendelsesklasse\",\"2026M02\",\"2026M03\"\r\n"
			 "\"NO\",\"incident\",7,\":\"\r\n\"NO\",\"hazard\",0,0\r\n"
			 "\"helse_vest\",\"incident\",0,0\r\n\"helse_vest\",\"hazard\",0,0\r\n");
	how.stub = LIST("tid", "Region"); /* in that order; the rest goes to the heading */
	how.stub_len = 2;
	ck_assert_str_eq(csv_of(&how, &err),
			 "\"Tid\",\"Region\",\"incident\",\"hazard\"\r\n"
			 "\"2026M02\",\"NO\",7,0\r\n\"2026M02\",\"helse_vest\",0,0\r\n"
			 "\"2026M03\",\"NO\",\":\",0\r\n\"2026M03\",\"helse_vest\",0,0\r\n");
	how.heading = LIST("Region");
	how.heading_len = 1;
	ck_assert_str_eq(csv_of(&how, &err), "variable-twice");
	ck_assert_str_eq(err.where, "Region");
	how.heading = LIST("nothing");
	ck_assert_str_eq(csv_of(&how, &err), "variable-unknown");
	how = (struct px_csv){ .names = PX_TEXTS, .separator = ';' };
	regions[1].label[PUBLISHED_NB] = "=1+1;\"x\"";
	ck_assert_ptr_nonnull(strstr(csv_of(&how, &err), "\" =1+1;\"\"x\"\"\";"));
	ck_assert_int_eq(strncmp(csv_of(&how, &err), "\xef\xbb\xbf", 3), 0);
	regions[1].label[PUBLISHED_NB] = "Helse Vest";
	memset(cells, 0, sizeof(cells));
}
END_TEST

START_TEST(periods)
{
	static const struct {
		const char *code, *first, *last;
	} good[] = {
		{ "2024", "2024-01-01", "2024-12-31" },
		{ "2024K1", "2024-01-01", "2024-03-31" },
		{ "2025K4", "2025-10-01", "2025-12-31" },
		{ "2024M02", "2024-02-01", "2024-02-29" },
		{ "2025M12", "2025-12-01", "2025-12-31" },
		{ "2023-2025", "2023-01-01", "2025-12-31" },
	};
	static const char *const bad[] = { "",     "2024K0",  "2024K5", "2024M00", "2024M13",
					   "202",  "2024-20", "x",      "2024U01", "2025-2023",
					   "0000", "2024K11", "20a4",   "9999" };
	char first[11], last[11];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		ck_assert(px_period_days(good[i].code, first, last));
		ck_assert_str_eq(first, good[i].first);
		ck_assert_str_eq(last, good[i].last);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!px_period_days(bad[i], first, last), "%s", bad[i]);
}
END_TEST

/* What anybody may write into a name breaks neither form. */
START_TEST(graphs_are_escaped)
{
	json_t *graph = graph_new();
	json_t *node = graph_node(graph, "https://a.example/<x y>", "dcat:Dataset");
	CLEANUP(buf_release) struct buf out = buf_capped(65536);

	graph_text(node, "dct:title", "a \"b\" \\ \n\x01", "nb");
	graph_text(node, "dct:description", "", "nb");
	graph_link(node, "dct:publisher", "https://b.example/\"> . <urn:x");
	ck_assert_int_eq(graph_turtle(graph, &out), RC_OK);
	ck_assert_ptr_nonnull(
		strstr(buf_text(&out), "<https://a.example/%3Cx%20y%3E> a dcat:Dataset"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "\"a \\\"b\\\" \\\\ \\u000A\\u0001\"@nb"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "<https://b.example/%22%3E%20.%20%3Curn:x>"));
	ck_assert_ptr_null(strstr(buf_text(&out), "description"));
	json_decref(graph);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pxweb");
	TCase *tc = tcase_create("pxweb");

	tcase_add_test(tc, expressions);
	tcase_add_test(tc, whole_selections);
	tcase_add_test(tc, many_expressions);
	tcase_add_test(tc, csv_places);
	tcase_add_test(tc, periods);
	tcase_add_test(tc, graphs_are_escaped);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
