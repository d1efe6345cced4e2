/* Disclosure control on small tables with known answers, and on many random ones. */
#include "suppress_tables.h"

#include <string.h>

static struct suppress_system *fresh(void)
{
	struct suppress_system *s = NULL;

	ck_assert_int_eq(suppress_system_new(5, &s), RC_OK);
	return s;
}

/* A table with margins, all to be published; `values` row by row without margins. */
static uint32_t add_table(struct suppress_system *s, uint32_t rows, uint32_t columns,
			  bool organisation, const int64_t *values)
{
	struct suppress_dimension *d[] = { flat(rows, organisation), flat(columns, false) };
	uint32_t first, at[2];

	ck_assert_int_eq(suppress_grid_add(s, d, 2, &first), RC_OK);
	for (at[0] = 1; at[0] <= rows; at[0]++)
		for (at[1] = 1; at[1] <= columns; at[1]++)
			suppress_system_set_value(s, suppress_grid_node(s, first, at),
						  values[(at[0] - 1) * columns + at[1] - 1]);
	suppress_grid_fill(s, first);
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++)
		suppress_system_set_flags(s, i, SUPPRESS_PUBLISHED);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	return first;
}

static uint32_t node(const struct suppress_system *s, uint32_t first, uint32_t row, uint32_t column)
{
	const uint32_t at[] = { row, column };

	return suppress_grid_node(s, first, at);
}

static bool hidden(const struct suppress_system *s, uint32_t first, uint32_t row, uint32_t column)
{
	return suppress_system_hidden(s, node(s, first, row, column));
}

static uint32_t leaks(const struct suppress_system *s, const struct insider *insider)
{
	CLEANUP(leaks_release) struct leaks list = { 0 };
	CLEANUP(witness_release) struct witness seen = { 0 };
	CLEANUP(view_release) struct view view = { 0 };
	uint32_t n = 0;

	view_begin(&view, s, insider);
	ck_assert_int_eq(witness_init(s, &seen), RC_OK);
	ck_assert_int_eq(attack(&view, &seen, &list), RC_OK);
	for (size_t i = 0; i < list.len; i++)
		n += list.list[i].kind == LEAK_LINEAR;
	return n;
}

START_TEST(nothing_small_nothing_hidden)
{
	static const int64_t values[] = { 10, 20, 30, 40 };
	struct suppress_system *s = fresh();
	struct suppress_figures f;

	add_table(s, 2, 2, false, values);
	f = protect(s);
	ck_assert_uint_eq(f.published, 9);
	ck_assert_uint_eq(f.hidden, 0);
	suppress_system_free(s);
}
END_TEST

/* 100 - 50 - 47 is 3: somebody else must be hidden in its row and its column. */
START_TEST(a_difference_gives_nothing_back)
{
	static const int64_t values[] = { 3, 50, 47, 60, 70, 80, 90, 20, 30 };
	struct suppress_system *s = fresh();
	uint32_t first = add_table(s, 3, 3, false, values);

	suppress_system_hide(s, node(s, first, 1, 1));
	ck_assert_uint_eq(leaks(s, NULL), 1);
	protect(s);
	ck_assert(hidden(s, first, 1, 1));
	ck_assert(!hidden(s, first, 0, 0));
	ck_assert_uint_eq(leaks(s, NULL), 0);
	suppress_system_free(s);
}
END_TEST

/* Two blocks of hidden cells with one between them: every line has two or more, and
 * yet the bridge follows, as the rows of one block less its columns. */
START_TEST(a_bridge_is_found_and_mended)
{
	static const int64_t values[] = {
		10, 10, 20, 20, /**/ 10, 10, 20, 9, /**/ 20, 20, 10, 10, /**/ 20, 20, 10, 10,
	};
	static const uint32_t cells[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 }, { 2, 4 },
					     { 3, 3 }, { 3, 4 }, { 4, 3 }, { 4, 4 } };
	struct suppress_system *s = fresh();
	uint32_t first = add_table(s, 4, 4, false, values);

	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		suppress_system_hide(s, node(s, first, cells[i][0], cells[i][1]));
	ck_assert_uint_eq(leaks(s, NULL), 1);
	suppress_system_free(s);

	/* The same shape out of small counts: protection leaves none. */
	int64_t small[16];

	memcpy(small, values, sizeof(small));
	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		small[(cells[i][0] - 1) * 4 + cells[i][1] - 1] = 3;
	s = fresh();
	add_table(s, 4, 4, false, small);
	protect(s);
	ck_assert_uint_eq(leaks(s, NULL), 0);
	suppress_system_free(s);
}
END_TEST

/* Of two hidden trusts each knows the other by its own count. */
START_TEST(a_contributor_learns_nothing)
{
	static const int64_t values[] = { 3, 40, 9, 30, 50, 60, 70, 80 };
	struct suppress_system *s = fresh();
	uint32_t first = add_table(s, 4, 2, true, values), found = 0;

	suppress_system_hide(s, node(s, first, 1, 1));
	suppress_system_hide(s, node(s, first, 1, 2));
	suppress_system_hide(s, node(s, first, 2, 1));
	suppress_system_hide(s, node(s, first, 2, 2));
	ck_assert_uint_eq(leaks(s, NULL), 0);
	for (size_t i = 0; i < s->insiders_len; i++)
		found += leaks(s, &s->insiders[i]);
	ck_assert_uint_ge(found, 1);
	suppress_system_free(s);

	s = fresh();
	first = add_table(s, 4, 2, true, values);
	ck_assert_uint_eq(protect(s).insiders, 4);
	for (size_t i = 0; i < s->insiders_len; i++)
		ck_assert_uint_eq(leaks(s, &s->insiders[i]), 0);
	ck_assert_uint_ge(hidden(s, first, 1, 1) + hidden(s, first, 2, 1) + hidden(s, first, 3, 1) +
				  hidden(s, first, 4, 1),
			  3);
	suppress_system_free(s);
}
END_TEST

/* What was published stays; where nothing else may be hidden there is no pattern. */
START_TEST(what_was_published_binds)
{
	static const int64_t values[] = { 3, 50, 47, 60, 70, 80, 90, 20, 30 };
	struct suppress_system *s = fresh();
	uint32_t first = add_table(s, 3, 3, false, values), where = 0;
	struct suppress_figures f;
	struct err err = { 0 };

	suppress_system_set_flags(s, node(s, first, 2, 2), SUPPRESS_PUBLISHED | SUPPRESS_FORCED);
	suppress_system_set_flags(s, node(s, first, 3, 3), SUPPRESS_PUBLISHED | SUPPRESS_HELD);
	f = protect(s);
	ck_assert(!hidden(s, first, 2, 2));
	ck_assert(hidden(s, first, 3, 3));
	ck_assert_uint_eq(f.held, 1);
	suppress_system_free(s);

	s = fresh();
	first = add_table(s, 3, 3, false, values);
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++)
		if (i != node(s, first, 1, 1))
			suppress_system_set_flags(s, i, SUPPRESS_PUBLISHED | SUPPRESS_FORCED);
	ck_assert_int_eq(suppress_protect(s, &f, &where, &err), RC_CONFLICT);
	ck_assert_str_eq(err.code, "no-safe-pattern");
	suppress_system_free(s);
}
END_TEST

static uint64_t state;

static uint32_t random_below(uint32_t n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(state >> 33) % n;
}

/* Skewed as real tables are: many small cells beside large ones. */
static int64_t random_count(void)
{
	uint32_t kind = random_below(10);

	return kind < 3 ? random_below(5) : kind < 6 ? random_below(20) : random_below(400);
}

static struct suppress_system *random_cube(uint32_t seed)
{
	struct suppress_system *s = fresh();
	struct suppress_dimension *d[] = { flat(4 + seed % 4, true), flat(2 + seed % 3, false),
					   flat(3, false) };
	uint32_t first, at[3];

	state = seed;
	ck_assert_int_eq(suppress_grid_add(s, d, 3, &first), RC_OK);
	for (at[0] = 1; at[0] <= 4 + seed % 4; at[0]++)
		for (at[1] = 1; at[1] <= 2 + seed % 3; at[1]++)
			for (at[2] = 1; at[2] <= 3; at[2]++)
				suppress_system_set_value(s, suppress_grid_node(s, first, at),
							  random_count());
	suppress_grid_fill(s, first);
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++)
		if (random_below(5))
			suppress_system_set_flags(s, i, SUPPRESS_PUBLISHED);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	ck_assert_uint_eq(suppress_system_not_additive(s), SUPPRESS_NONE);
	return s;
}

START_TEST(random_tables_leak_to_nobody)
{
	for (uint32_t seed = 1; seed <= 150; seed++) {
		struct suppress_system *s = random_cube(seed), *again = random_cube(seed);
		struct suppress_figures f = protect(s);

		ck_assert_uint_eq(leaks(s, NULL), 0);
		for (size_t i = 0; i < s->insiders_len; i++)
			ck_assert_uint_eq(leaks(s, &s->insiders[i]), 0);
		ck_assert_uint_eq(f.hidden, f.primary + f.secondary + f.held);
		protect(again);
		for (uint32_t i = 0; i < suppress_system_nodes(s); i++) {
			unsigned published = suppress_system_flags(s, i) & SUPPRESS_PUBLISHED;

			ck_assert_int_eq(suppress_system_hidden(s, i),
					 suppress_system_hidden(again, i));
			if (published && suppress_system_value(s, i) < 5)
				ck_assert(suppress_system_hidden(s, i));
		}
		suppress_system_free(s);
		suppress_system_free(again);
	}
}
END_TEST

START_TEST(unsound_hierarchies_are_refused)
{
	struct suppress_dimension *d = NULL;
	uint32_t a, b, c, culprit = SUPPRESS_NONE;
	struct err err = { 0 };

	ck_assert_int_eq(suppress_dimension_new(false, &d), RC_OK);
	ck_assert_int_eq(suppress_dimension_category(d, &a), RC_OK);
	ck_assert_int_eq(suppress_dimension_category(d, &b), RC_OK);
	ck_assert_int_eq(suppress_dimension_category(d, &c), RC_OK);
	ck_assert_int_eq(suppress_dimension_group(d, a, &b, 1), RC_OK);
	ck_assert_int_eq(suppress_dimension_group(d, b, &a, 1), RC_OK);
	ck_assert_int_eq(suppress_dimension_finish(d, &culprit, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "hierarchy-cycle");
	suppress_dimension_free(d);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("suppress");
	TCase *tc = tcase_create("suppress");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, nothing_small_nothing_hidden);
	tcase_add_test(tc, a_difference_gives_nothing_back);
	tcase_add_test(tc, a_bridge_is_found_and_mended);
	tcase_add_test(tc, a_contributor_learns_nothing);
	tcase_add_test(tc, what_was_published_binds);
	tcase_add_test(tc, random_tables_leak_to_nobody);
	tcase_add_test(tc, unsound_hierarchies_are_refused);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
