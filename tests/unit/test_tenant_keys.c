/* When a registered key may have signed: to the millisecond, and never once revoked. */
#include "tenant/tenants.h"
#include "unit.h"

static bool valid(int64_t from, int64_t to, int64_t revoked, int64_t at, int64_t now)
{
	const struct control_key row = { .valid_from = from,
					 .valid_to = to,
					 .revoked_at = revoked };
	const struct tenant_key key = { .row = &row };

	return tenant_key_valid_at(&key, at, now);
}

START_TEST(dates_are_those_of_the_signature)
{
	ck_assert(!valid(1000, 2000, 0, 999, 1500));
	ck_assert(valid(1000, 2000, 0, 1000, 1500));
	ck_assert(valid(1000, 2000, 0, 1999, 1500));
	ck_assert(!valid(1000, 2000, 0, 2000, 1500));
	ck_assert(valid(1000, 2000, 0, 1500, 9000)); /* signed in time, sent later */
	ck_assert(valid(1000, 0, 0, INT64_MAX, 1500));
}
END_TEST

START_TEST(revocation_is_by_our_clock)
{
	ck_assert(valid(1000, 2000, 1600, 1500, 1599));
	ck_assert(!valid(1000, 2000, 1600, 1500, 1600)); /* who holds it writes iat himself */
	ck_assert(!valid(1000, 0, 1600, 1000, 9000));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tenant_keys");
	TCase *tc = tcase_create("tenant_keys");

	tcase_add_test(tc, dates_are_those_of_the_signature);
	tcase_add_test(tc, revocation_is_by_our_clock);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
