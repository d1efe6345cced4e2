/* The quality of data: how days are spread, and which members a report could have. */
#include "base/cleanup.h"
#include "quality/members.h"
#include "quality/spread.h"
#include "schema/marks.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* --- days ----------------------------------------------------------------------------------- */

START_TEST(nearest_rank)
{
	static const struct {
		int64_t values[10];
		size_t n;
		int64_t median, p90;
	} cases[] = {
		{ { 7 }, 1, 7, 7 },
		{ { 1, 9 }, 2, 1, 9 },
		{ { 3, 1, 2 }, 3, 2, 3 },
		{ { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 10, 5, 9 },
		{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 100 }, 10, 0, 0 },
		{ { 5, 5, 5, 5, 5 }, 5, 5, 5 },
		{ { -3, 2, 4 }, 3, 2, 4 },            /* a clock behind: day 0 */
		{ { 5000, 4000, 3 }, 3, 3660, 3660 }, /* what is longer than ten years */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(spread_release) struct spread s = { 0 };

		for (size_t k = 0; k < cases[i].n; k++)
			ck_assert_int_eq(spread_add(&s, cases[i].values[k]), RC_OK);
		ck_assert_int_eq(s.n, (int64_t)cases[i].n);
		ck_assert_msg(spread_quantile(&s, 50) == cases[i].median, "median of case %zu", i);
		ck_assert_msg(spread_quantile(&s, 90) == cases[i].p90, "p90 of case %zu", i);
	}
}
END_TEST

START_TEST(nothing_has_no_quantile)
{
	struct spread s = { 0 };

	ck_assert_int_eq(spread_quantile(&s, 50), -1);
	spread_release(&s);
}
END_TEST

START_TEST(joined_is_all_of_both)
{
	CLEANUP(spread_release) struct spread all = { 0 };
	CLEANUP(spread_release) struct spread more = { 0 };

	ck_assert_int_eq(spread_join(&all, &more), RC_OK);
	for (int64_t i = 0; i < 4; i++)
		ck_assert_int_eq(spread_add(&more, 10 + i), RC_OK);
	ck_assert_int_eq(spread_add(&all, 2), RC_OK);
	ck_assert_int_eq(spread_join(&all, &more), RC_OK);
	ck_assert_int_eq(all.n, 5);
	ck_assert_int_eq(spread_quantile(&all, 50), 11);
	ck_assert_int_eq(spread_quantile(&all, 1), 2);
	ck_assert_int_eq(spread_quantile(&all, 100), 13);
}
END_TEST

/* --- members ---------------------------------------------------------------------------------- */

static const char schema[] =
	"{\"type\":\"object\",\"required\":[\"kind\",\"must\",\"things\"],\"properties\":{"
	"\"kind\":{\"const\":\"a\"},"
	"\"must\":{\"title\":\"Må\",\"x-varde-title-en\":\"Must\",\"enum\":[\"x\",\"unknown\"]},"
	"\"free\":{\"title\":\"Fri\",\"x-varde-title-en\":\"Free\",\"type\":\"array\",\"items\":"
	"{\"type\":\"string\"}},"
	"\"only_b\":{\"title\":\"B\"},\"needed_of_a\":{\"title\":\"A\"},"
	"\"secret\":{\"x-varde-sealed\":true},\"way\":{\"x-varde-transport\":true},"
	"\"hollow\":{\"type\":\"object\",\"properties\":{\"text\":{\"x-varde-sealed\":true}}},"
	"\"inner\":{\"title\":\"Indre\",\"x-varde-title-en\":\"Inner\",\"$ref\":\"#/$defs/inner\"},"
	"\"things\":{\"title\":\"Ting\",\"x-varde-title-en\":\"Things\",\"type\":\"array\","
	"\"items\":{\"type\":\"object\",\"properties\":{\"size\":{\"title\":\"Mål\"},"
	"\"name\":{\"x-varde-sealed\":true}}}}},"
	"\"allOf\":[{\"if\":{\"properties\":{\"report_kind\":{\"const\":\"a\"}}},\"then\":{"
	"\"required\":[\"needed_of_a\"],\"properties\":{\"only_b\":false,\"inner\":{"
	"\"properties\":{\"deep_b\":false}}}}}],"
	"\"$defs\":{\"inner\":{\"type\":\"object\",\"properties\":{\"deep\":{\"title\":\"Dyp\"},"
	"\"deep_b\":{\"title\":\"DypB\"}}}}}";

static struct quality_members *members_of(const char *kind)
{
	struct quality_members *m = NULL;
	struct marks *marks = NULL;
	json_t *json = json_loads(schema, 0, NULL);
	struct err err = { 0 };

	ck_assert_ptr_nonnull(json);
	ck_assert_int_eq(marks_new(json, &marks, &err), RC_OK);
	ck_assert_int_eq(
		quality_members_new(schema, sizeof(schema) - 1, marks, kind, NULL, &m, &err),
		RC_OK);
	marks_free(marks); /* not needed for counting */
	json_decref(json);
	return m;
}

/* "pointer of/present/unknown …" */
static const char *counted(const struct quality_members *m)
{
	static char out[1000];
	size_t len, at = 0;
	const struct quality_member *list = quality_members_list(m, &len);

	out[0] = '\0';
	for (size_t i = 0; i < len; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%s %d/%d/%d", i ? ", " : "",
				       list[i].pointer, (int)list[i].of, (int)list[i].present,
				       (int)list[i].unknown);
	return out;
}

static void count(struct quality_members *m, const char *document)
{
	json_t *json = json_loads(document, 0, NULL);

	ck_assert_ptr_nonnull(json);
	quality_members_count(m, json);
	json_decref(json);
}

START_TEST(what_a_report_can_have)
{
	struct quality_members *m = members_of(NULL);
	size_t len;
	const struct quality_member *list = quality_members_list(m, &len);

	ck_assert_str_eq(counted(m), "/must 0/0/0, /free 0/0/0, /only_b 0/0/0, /needed_of_a 0/0/0, "
				     "/inner 0/0/0, /inner/deep 0/0/0, /inner/deep_b 0/0/0, "
				     "/things/*/size 0/0/0");
	ck_assert(list[0].required && !list[1].required);
	ck_assert_str_eq(list[5].label[QUALITY_NB], "Indre: Dyp");
	ck_assert_str_eq(list[1].label[QUALITY_EN], "Free");
	quality_members_free(m);
	m = members_of("a");
	ck_assert_str_eq(counted(m), "/must 0/0/0, /free 0/0/0, /inner 0/0/0, /inner/deep 0/0/0, "
				     "/things/*/size 0/0/0");
	quality_members_free(m);
}
END_TEST

START_TEST(members_count_where_they_can_stand)
{
	struct quality_members *m = members_of("a");

	count(m, "{\"must\":\"unknown\",\"things\":[{\"size\":1},{},{\"size\":\"unknown\"}]}");
	count(m, "{\"must\":\"x\",\"free\":[],\"inner\":{}}");
	count(m,
	      "{\"must\":\"x\",\"free\":[\"unknown\",\"not_yet_known\"],\"inner\":{\"deep\":0}}");
	count(m, "{\"must\":\"x\",\"free\":[\"unknown\",\"b\"],\"inner\":{\"deep\":null}}");
	ck_assert_str_eq(counted(m), "/must 4/4/1, /free 4/2/1, /inner 4/3/0, /inner/deep 3/1/0, "
				     "/things/*/size 3/2/1");
	/* of another shape than the schema says: nothing, and no harm */
	count(m, "[1]");
	count(m, "{\"things\":5,\"inner\":[],\"free\":{\"a\":1}}");
	ck_assert_str_eq(counted(m), "/must 5/4/1, /free 5/3/1, /inner 5/3/0, /inner/deep 3/1/0, "
				     "/things/*/size 3/2/1");
	quality_members_free(m);
}
END_TEST

START_TEST(a_broken_schema_is_said)
{
	struct quality_members *m = NULL;
	struct marks *marks = NULL;
	json_t *json = json_loads("{\"type\":\"object\"}", 0, NULL);
	struct err err = { 0 };

	ck_assert_int_eq(marks_new(json, &marks, &err), RC_OK);
	ck_assert_int_eq(quality_members_new("{", 1, marks, NULL, NULL, &m, &err), RC_INVALID);
	ck_assert_ptr_null(m);
	marks_free(marks);
	json_decref(json);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("quality");
	TCase *tc = tcase_create("quality");

	tcase_add_test(tc, nearest_rank);
	tcase_add_test(tc, nothing_has_no_quantile);
	tcase_add_test(tc, joined_is_all_of_both);
	tcase_add_test(tc, what_a_report_can_have);
	tcase_add_test(tc, members_count_where_they_can_stand);
	tcase_add_test(tc, a_broken_schema_is_said);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
