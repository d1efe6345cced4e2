/* What bounds give away though additions and subtractions do not; how it is mended, and
 * what is said where it cannot be. */
#include "suppress_tables.h"

#include "suppress/steps.h"

/* Rows 0 and 12, columns 0 and 12: counts are not negative, so all four follow. */
START_TEST(what_is_not_negative_gives_away)
{
	static const int64_t values[] = { 0, 0, 40, 0, 12, 40, 40, 40, 40 };
	static const uint32_t cells[] = { 5, 6, 9, 10 };
	struct suppress_system *s = table(3, 3, false, values);
	struct suppress_audit a;

	hide_all(s, cells, 4);
	a = audit(s);
	ck_assert_uint_eq(a.recoverable, 0);
	ck_assert_uint_eq(a.single, 4);
	ck_assert_uint_eq(a.narrow, 4);
	ck_assert_uint_eq(a.small, 3);
	ck_assert_uint_eq(a.revealed, 3);
	ck_assert_uint_eq(a.hidden, 4);
	protect(s);
	suppress_system_free(s);
}
END_TEST

/* Rows 2 and 20: the first is 0 to 2, and so is each beside it, in its own way. */
START_TEST(narrow_is_not_single)
{
	static const int64_t values[] = { 1, 1, 40, 10, 10, 40, 40, 40, 40 };
	static const uint32_t cells[] = { 5, 6, 9, 10 };
	struct suppress_system *s = table(3, 3, false, values);
	struct suppress_audit a;

	hide_all(s, cells, 4);
	a = audit(s);
	ck_assert_uint_eq(a.recoverable, 0);
	ck_assert_uint_eq(a.single, 0);
	ck_assert_uint_eq(a.narrow, 4);
	ck_assert_uint_eq(a.revealed, 2);
	protect(s);
	suppress_system_free(s);
}
END_TEST

/* What one attacker was seen not to know after scaling alone. */
static void scaled(const struct suppress_system *s, int64_t *ret_low, int64_t *ret_high)
{
	CLEANUP(view_release) struct view v = { 0 };
	CLEANUP(witness_release) struct witness seen = { 0 };

	view_begin(&v, s, NULL);
	ck_assert_int_eq(view_look(&v), RC_OK);
	ck_assert_uint_ne(v.column_of[5], SUPPRESS_NONE);
	ck_assert_int_eq(witness_init(s, &seen), RC_OK);
	ck_assert_int_eq(scale_all(&v, &seen), RC_OK);
	*ret_low = suppress_system_value(s, 5) - seen.below[5];
	*ret_high = suppress_system_value(s, 5) + seen.above[5];
}

/* Where nothing is shown any multiple fits; one shown figure binds all that it is tied to. */
START_TEST(nothing_shown_may_be_nothing)
{
	static const int64_t values[] = { 3, 0, 0, 1, 0, 2, 0, 0, 4 };
	struct suppress_system *s = table(3, 3, false, values);
	int64_t low, high;

	for (uint32_t i = 1; i < suppress_system_nodes(s); i++)
		suppress_system_hide(s, i);
	scaled(s, &low, &high);
	ck_assert_int_eq(low, 3);
	ck_assert_int_eq(high, 3);
	suppress_system_hide(s, 0);
	scaled(s, &low, &high);
	ck_assert_int_eq(low, 0);
	ck_assert_int_eq(high, 15);
	suppress_system_free(s);
}
END_TEST

/* Three trusts, one type hidden: 20, 0 and 0 under a total of 20. The first one sees
 * that nothing is left for the others; an outsider sees nothing. */
START_TEST(an_insider_uses_bounds_too)
{
	static const int64_t values[] = { 20, 30, 40, 0, 30, 40, 0, 30, 40 };
	static const uint32_t cells[] = { 5, 6, 9, 10, 13, 14 };
	struct suppress_system *s = table(3, 3, true, values);
	struct suppress_audit a;

	hide_all(s, cells, 6);
	a = audit(s);
	ck_assert_uint_eq(a.recoverable, 0);
	ck_assert_uint_eq(a.single, 0);
	ck_assert_uint_eq(a.narrow, 0);
	ck_assert_uint_eq(a.insiders, 3);
	ck_assert_uint_eq(a.insiders_succeed, 1);
	ck_assert_uint_eq(a.insiders_worst, 2);
	protect(s);
	suppress_system_free(s);
}
END_TEST

/* A small count that is not published, one of two in a line whose other members were
 * published before; the way out is beside the other one. */
START_TEST(repair_looks_beyond_its_own_lines)
{
	static const uint32_t left[] = { 1, 2 }, right[] = { 2, 4, 5 };
	struct suppress_system *s = NULL;
	uint32_t first;

	ck_assert_int_eq(suppress_system_new(5, &s), RC_OK);
	ck_assert_int_eq(suppress_system_add(s, 6, &first), RC_OK);
	/* 0 = 1 + 2: 53 = 3 + 50; 3 = 2 + 4 + 5: 130 = 50 + 30 + 50 */
	static const int64_t values[] = { 53, 3, 50, 130, 30, 50 };
	for (uint32_t i = 0; i < 6; i++) {
		suppress_system_set_value(s, i, values[i]);
		suppress_system_set_flags(s, i, SUPPRESS_PUBLISHED);
	}
	suppress_system_set_flags(s, 0, SUPPRESS_PUBLISHED | SUPPRESS_FORCED);
	suppress_system_set_flags(s, 1, 0);
	suppress_system_set_flags(s, 2, 0);
	ck_assert_int_eq(suppress_system_equation(s, 0, left, NULL, 2, false), RC_OK);
	ck_assert_int_eq(suppress_system_equation(s, 3, right, NULL, 3, false), RC_OK);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	ck_assert_uint_eq(audit(s).recoverable, 1);
	ck_assert_uint_eq(protect(s).secondary, 1);
	ck_assert(suppress_system_hidden(s, 4));
	suppress_system_free(s);
}
END_TEST

START_TEST(a_refusal_tells_the_cause)
{
	static const int64_t values[] = { 3, 50, 60, 70 };
	struct suppress_system *s = table(2, 2, false, values);
	struct suppress_figures f = { 0 };
	struct err err = { 0 };
	uint32_t where = 0;

	for (uint32_t i = 0; i < 9; i++)
		if (i != 4)
			suppress_system_set_flags(s, i, SUPPRESS_PUBLISHED | SUPPRESS_FORCED);
	ck_assert_int_eq(suppress_protect(s, &f, &where, &err), RC_CONFLICT);
	ck_assert_str_eq(err.code, "no-safe-pattern");
	ck_assert_uint_eq(where, 4);
	ck_assert_uint_ne(f.cause, SUPPRESS_NONE);
	ck_assert(suppress_system_flags(s, f.cause) & SUPPRESS_FORCED);
	suppress_system_free(s);
}
END_TEST

/* Each of two trusts finds the other, but there is nothing to find: both are large and
 * neither was to be published. With one of them small, the line is not left so. */
START_TEST(two_large_unpublished_may_stand)
{
	int64_t values[] = { 40, 60, 80, 90, 70, 50 };
	struct suppress_system *s = table(3, 2, true, values);

	suppress_system_set_flags(s, 4, 0);
	suppress_system_set_flags(s, 7, 0);
	ck_assert_uint_eq(protect(s).hidden, 0);
	suppress_system_free(s);
	values[0] = 4;
	s = table(3, 2, true, values);
	suppress_system_set_flags(s, 4, 0);
	suppress_system_set_flags(s, 7, 0);
	ck_assert_uint_gt(audit(s).insiders_succeed, 0);
	ck_assert_uint_gt(protect(s).hidden, 0);
	suppress_system_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("suppress_bounds");
	TCase *tc = tcase_create("suppress_bounds");

	tcase_add_test(tc, what_is_not_negative_gives_away);
	tcase_add_test(tc, narrow_is_not_single);
	tcase_add_test(tc, nothing_shown_may_be_nothing);
	tcase_add_test(tc, an_insider_uses_bounds_too);
	tcase_add_test(tc, repair_looks_beyond_its_own_lines);
	tcase_add_test(tc, a_refusal_tells_the_cause);
	tcase_add_test(tc, two_large_unpublished_may_stand);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
