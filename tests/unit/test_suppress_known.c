/* What follows from known counts is known, and several grids of the same
 * organisations have the same insiders, once. */
#include "suppress/grid.h"
#include "suppress/protect.h"
#include "unit.h"

#define KNOWN_AND_SHOWN (SUPPRESS_KNOWN | SUPPRESS_PUBLISHED)

START_TEST(sums_of_known_counts_are_known)
{
	struct suppress_system *s = NULL;
	const uint32_t ab[] = { 0, 1 }, cd[] = { 3, 4 };
	uint32_t first;

	/* 2 = 0 + 1 and 5 = 3 + 4, with 5 = 2: all but 3 and 4 follows from 0 and 1. */
	ck_assert_int_eq(suppress_system_new(5, &s), RC_OK);
	ck_assert_int_eq(suppress_system_add(s, 6, &first), RC_OK);
	suppress_system_set_value(s, 0, 2);
	suppress_system_set_value(s, 2, 2);
	suppress_system_set_value(s, 3, 1);
	suppress_system_set_value(s, 4, 1);
	suppress_system_set_flags(s, 0, KNOWN_AND_SHOWN);
	suppress_system_set_flags(s, 1, KNOWN_AND_SHOWN);
	suppress_system_set_flags(s, 3, SUPPRESS_PUBLISHED);
	suppress_system_set_flags(s, 5, SUPPRESS_UNVALUED);
	ck_assert_int_eq(suppress_system_equation(s, 2, ab, NULL, 2, false), RC_OK);
	ck_assert_int_eq(suppress_system_equation(s, 5, cd, NULL, 2, false), RC_OK);
	ck_assert_int_eq(suppress_system_equation(s, 5, &ab[1], NULL, 1, false), RC_OK);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	ck_assert(suppress_system_flags(s, 2) & SUPPRESS_KNOWN);
	ck_assert(suppress_system_flags(s, 5) & SUPPRESS_KNOWN);
	ck_assert(!(suppress_system_flags(s, 5) & SUPPRESS_UNVALUED));
	ck_assert_int_eq(suppress_system_value(s, 5), 0);
	ck_assert(!(suppress_system_flags(s, 3) & SUPPRESS_KNOWN));
	ck_assert(!(suppress_system_flags(s, 4) & SUPPRESS_KNOWN));
	suppress_system_free(s);
}
END_TEST

static uint32_t organisations_by(struct suppress_system *s, uint32_t others)
{
	struct suppress_dimension *d[2] = { 0 };
	uint32_t list[16], total, culprit, first;
	const uint32_t sizes[] = { 6, others };

	for (size_t k = 0; k < 2; k++) {
		ck_assert_int_eq(suppress_dimension_new(k == 0, &d[k]), RC_OK);
		ck_assert_int_eq(suppress_dimension_category(d[k], &total), RC_OK);
		for (uint32_t i = 0; i < sizes[k]; i++)
			ck_assert_int_eq(suppress_dimension_category(d[k], &list[i]), RC_OK);
		ck_assert_int_eq(suppress_dimension_group(d[k], total, list, sizes[k]), RC_OK);
		ck_assert_int_eq(suppress_dimension_finish(d[k], &culprit, NULL), RC_OK);
	}
	ck_assert_int_eq(suppress_grid_add(s, d, 2, &first), RC_OK);
	return first;
}

START_TEST(two_grids_have_their_insiders_once)
{
	struct suppress_system *s = NULL;
	struct suppress_figures figures;
	struct err err = { 0 };
	uint32_t where;

	ck_assert_int_eq(suppress_system_new(5, &s), RC_OK);
	organisations_by(s, 3);
	organisations_by(s, 4);
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++)
		suppress_system_set_value(s, i, 100);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	ck_assert_int_eq(suppress_protect(s, &figures, &where, &err), RC_OK);
	ck_assert_uint_eq(figures.insiders, 6);
	suppress_system_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("suppress_known");
	TCase *tc = tcase_create("suppress_known");

	tcase_add_test(tc, sums_of_known_counts_are_known);
	tcase_add_test(tc, two_grids_have_their_insiders_once);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
