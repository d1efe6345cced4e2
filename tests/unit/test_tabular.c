/* The reader of tables for protection: what it takes, what it completes, whom it names. */
#include "suppress/complete.h"
#include "suppress/grid.h"
#include "tabular/tabular.h"
#include "unit.h"

#include <jansson.h>
#include <string.h>

static enum rc read_with(const char *table, const char *forced, const char *known,
			 const char *organisation, struct tabular **ret, struct err *err)
{
	const struct tabular_input in = {
		.files = { { table, strlen(table) },
			   { forced, forced ? strlen(forced) : 0 },
			   { known, known ? strlen(known) : 0 } },
		.threshold = 5,
		.organisation = organisation,
	};

	return tabular_read(&in, ret, err);
}

static char *output(const char *table, const char *forced, const char *known)
{
	CLEANUP(tabular_freep) struct tabular *t = NULL;
	struct buf out = buf_capped(1 << 16);
	struct err err = { 0 };

	ck_assert_int_eq(read_with(table, forced, known, NULL, &t, &err), RC_OK);
	ck_assert_int_eq(tabular_protect(t, &err), RC_OK);
	ck_assert_int_eq(tabular_write(t, &out), RC_OK);
	return buf_take(&out, NULL);
}

static void refused(const char *table, const char *forced, enum rc rc, const char *code,
		    const char *where)
{
	struct tabular *t = NULL;
	struct err err = { 0 };

	ck_assert_int_eq(read_with(table, forced, NULL, NULL, &t, &err), rc);
	ck_assert_ptr_null(t);
	ck_assert_str_eq(err.code, code);
	ck_assert_str_eq(err.where, where);
	ck_assert(*err.text);
}

START_TEST(shown_as_it_was_and_hidden_without_value)
{
	CLEANUP_FREE char *text = output("{\"cells\":[{\"key\":{\"t\":\"a\"},\"value\":4,\"x\":1},"
					 "{\"key\":{\"t\":\"b\"},\"value\":30}]}",
					 NULL, NULL);

	ck_assert_ptr_nonnull(strstr(text, "{\"key\":{\"t\":\"a\"},\"value\":null,\"x\":1,"
					   "\"suppressed\":true},\n"
					   "{\"key\":{\"t\":\"b\"},\"value\":30}\n"));
	ck_assert_ptr_nonnull(strstr(text, "\"cells\":2,\"hidden\":1,\"recoverable\":0,"));
}
END_TEST

START_TEST(the_lists_flag_cells)
{
	static const char table[] = "{\"cells\":[{\"key\":{\"t\":\"a\"},\"value\":4},"
				    "{\"key\":{\"t\":\"b\"},\"value\":30}]}";
	CLEANUP_FREE char *known =
		output(table, NULL, "{\"cells\":[{\"key\":{\"t\":\"a\"},\"value\":4}]}");
	CLEANUP_FREE char *held = output(
		table, "{\"cells\":[{\"key\":{\"t\":\"b\"},\"value\":null,\"suppressed\":true}]}",
		NULL);

	ck_assert_ptr_nonnull(strstr(known, "\"hidden\":0,"));
	ck_assert_ptr_nonnull(strstr(held, "\"hidden\":2,"));
	refused(table, "{\"cells\":[{\"key\":{\"t\":\"a\"},\"value\":4}]}", RC_CONFLICT,
		"no-safe-pattern", "forced: cells[0] {\"t\":\"a\"}");
}
END_TEST

START_TEST(refusals_name_the_cell)
{
	refused("{\"cells\":", NULL, RC_INVALID, "invalid-json", "1:9");
	refused("{\"cells\":[]}", "{", RC_INVALID, "invalid-json", "forced: 1:1");
	refused("{\"cells\":[{\"key\":{\"t\":\"a\"},\"value\":-1}]}", NULL, RC_INVALID,
		"cell-value", "cells[0] {\"t\":\"a\"}");
	refused("{\"cells\":[{\"key\":{},\"value\":1},{\"key\":{},\"value\":1}]}", NULL, RC_INVALID,
		"cell-twice", "cells[1] {}");
	refused("{\"cells\":[{\"key\":{\"t\":\"c\"},\"value\":1}],"
		"\"hierarchies\":{\"t\":{\"a\":\"b\"}}}",
		NULL, RC_INVALID, "category-unknown", "cells[0] {\"t\":\"c\"}");
	refused("{\"cells\":[{\"key\":{\"t\":\"a\"},\"value\":9},{\"key\":{},\"value\":8}],"
		"\"hierarchies\":{\"t\":{\"a\":\"b\"}}}",
		NULL, RC_INVALID, "sum-differs", "cells[1] {}");
	refused("{\"cells\":[],\"hierarchies\":{\"t\":{\"a\":\"a\"}}}", NULL, RC_INVALID,
		"hierarchy-cycle", "hierarchies: \"t\": \"a\"");
}
END_TEST

/* Names are cut between characters, whatever their length. */
START_TEST(long_names_are_cut_whole)
{
	for (int n = 1; n < 200; n++) {
		CLEANUP(buf_release) struct buf text = buf_capped(4096);
		struct tabular *t = NULL;
		struct err err = { 0 };
		json_t *where;

		buf_adds(&text, "{\"cells\":[{\"key\":{\"");
		for (int i = 0; i < n; i++)
			buf_adds(&text, i % 3 ? "ø" : "x");
		buf_adds(&text, "\":\"æøå\"},\"value\":-1}]}");
		ck_assert_int_eq(read_with(buf_text(&text), NULL, NULL, NULL, &t, &err),
				 RC_INVALID);
		ck_assert_str_eq(err.code, "cell-value");
		where = json_string(err.where);
		ck_assert_ptr_nonnull(where);
		ck_assert(n < 90 || strstr(err.where, "…"));
		json_decref(where);
	}
}
END_TEST

START_TEST(a_limit_holds_before_anything_is_made)
{
	struct tabular_input in = { .threshold = 5, .nodes_max = 8 };
	struct tabular *t = NULL;
	struct err err = { 0 };

	in.files[0].text = "{\"cells\":[{\"key\":{\"a\":\"x\",\"b\":\"y\",\"c\":\"z\"},"
			   "\"value\":7},{\"key\":{\"a\":\"w\"},\"value\":7}]}";
	in.files[0].len = strlen(in.files[0].text);
	ck_assert_int_eq(tabular_read(&in, &t, &err), RC_LIMIT);
	ck_assert_str_eq(err.code, "table-too-large");
	ck_assert_str_eq(err.where, "\"a\": 3, \"b\": 2, \"c\": 2");
	in.nodes_max = 12;
	ck_assert_int_eq(tabular_read(&in, &t, &err), RC_OK);
	tabular_free(t);
}
END_TEST

/* a + b = ab, ab + c = all: what is given decides what follows. */
static struct suppress_system *chain(int64_t a, int64_t c, int64_t all)
{
	static const uint32_t parts[] = { 0, 1 }, sums[] = { 3, 2 };
	struct suppress_system *s = NULL;
	uint32_t first;

	ck_assert_int_eq(suppress_system_new(5, &s), RC_OK);
	ck_assert_int_eq(suppress_system_add(s, 5, &first), RC_OK);
	ck_assert_int_eq(suppress_system_equation(s, 3, parts, NULL, 2, false), RC_OK);
	ck_assert_int_eq(suppress_system_equation(s, 4, sums, NULL, 2, false), RC_OK);
	for (uint32_t i = 0; i < 5; i++)
		suppress_system_set_flags(s, i, SUPPRESS_UNVALUED);
	if (a >= 0)
		suppress_system_set_value(s, 0, a);
	if (c >= 0)
		suppress_system_set_value(s, 2, c);
	if (all >= 0)
		suppress_system_set_value(s, 4, all);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	return s;
}

START_TEST(values_follow_up_and_down)
{
	struct suppress_system *s = chain(3, 30, 50);
	uint32_t node;

	ck_assert_int_eq(suppress_complete(s, &node), RC_OK);
	ck_assert_int_eq(suppress_system_value(s, 3), 20);
	ck_assert_int_eq(suppress_system_value(s, 1), 17);
	suppress_system_free(s);

	s = chain(3, -1, 50);
	ck_assert_int_eq(suppress_complete(s, &node), RC_OK);
	for (uint32_t i = 1; i < 4; i++)
		ck_assert(suppress_system_flags(s, i) & SUPPRESS_UNVALUED);
	suppress_system_free(s);

	s = chain(3, 48, 50);
	ck_assert_int_eq(suppress_complete(s, &node), RC_INVALID);
	ck_assert_uint_eq(node, 3);
	suppress_system_free(s);

	s = chain(3, 51, 50);
	ck_assert_int_eq(suppress_complete(s, &node), RC_INVALID);
	ck_assert_uint_eq(node, 4);
	suppress_system_free(s);
}
END_TEST

START_TEST(nothing_grows_beyond_what_a_value_may_be)
{
	static const uint32_t parts[] = { 0, 1 };
	struct suppress_system *s = NULL;
	uint32_t first, node;

	ck_assert_int_eq(suppress_system_new(5, &s), RC_OK);
	ck_assert_int_eq(suppress_system_add(s, 3, &first), RC_OK);
	ck_assert_int_eq(suppress_system_equation(s, 2, parts, NULL, 2, false), RC_OK);
	suppress_system_set_value(s, 0, SUPPRESS_VALUE_MAX);
	suppress_system_set_value(s, 1, 1);
	suppress_system_set_flags(s, 2, SUPPRESS_UNVALUED);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	ck_assert_int_eq(suppress_complete(s, &node), RC_LIMIT);
	ck_assert_uint_eq(node, 2);
	suppress_system_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tabular");
	TCase *tc = tcase_create("tabular");

	tcase_add_test(tc, shown_as_it_was_and_hidden_without_value);
	tcase_add_test(tc, the_lists_flag_cells);
	tcase_add_test(tc, refusals_name_the_cell);
	tcase_add_test(tc, long_names_are_cut_whole);
	tcase_add_test(tc, a_limit_holds_before_anything_is_made);
	tcase_add_test(tc, values_follow_up_and_down);
	tcase_add_test(tc, nothing_grows_beyond_what_a_value_may_be);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
