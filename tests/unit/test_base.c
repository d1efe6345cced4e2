#include "unit.h"

#include "base/b64.h"
#include "base/buf.h"
#include "base/clock.h"

#include <string.h>

START_TEST(buf_stops_at_its_cap)
{
	struct buf b = buf_capped(8);

	ck_assert_int_eq(buf_adds(&b, "1234"), RC_OK);
	ck_assert_int_eq(buf_adds(&b, "5678"), RC_OK);
	ck_assert_str_eq(buf_text(&b), "12345678");
	ck_assert_int_eq(buf_addc(&b, '9'), RC_LIMIT);
	ck_assert_int_eq(buf_rc(&b), RC_LIMIT);
	ck_assert_str_eq(buf_text(&b), "");
	ck_assert_int_eq(buf_adds(&b, "x"), RC_LIMIT);
	buf_clear(&b);
	ck_assert_int_eq(buf_addf(&b, "%d", 42), RC_OK);
	ck_assert_str_eq(buf_text(&b), "42");
	buf_release(&b);
}
END_TEST

START_TEST(b64_is_strict_and_round_trips)
{
	static const char *const bad[] = { "A",  "AA=", "AA==",  "AB",    "A A",
					   "A+", "A/",  "AAAAA", "AAB\n", "AAF" };
	unsigned char raw[64], back[64];
	size_t n, i, len;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(b64_decode(bad[i], strlen(bad[i]), back, &len) == RC_INVALID, "%s",
			      bad[i]);
	for (n = 0; n < sizeof(raw); n++)
		raw[n] = (unsigned char)(n * 37 + 251);
	for (n = 0; n < 40; n++) {
		struct buf b = buf_capped(100);

		ck_assert_int_eq(b64_encode(&b, raw, n), RC_OK);
		ck_assert_uint_eq(b.len, B64_ENCODED_LEN(n));
		ck_assert_int_eq(b64_decode(buf_text(&b), b.len, back, &len), RC_OK);
		ck_assert_uint_eq(len, n);
		ck_assert_mem_eq(raw, back, n);
		buf_release(&b);
	}
}
END_TEST

START_TEST(clock_reads_rfc3339)
{
	static const struct {
		const char *text, *same;
	} good[] = {
		{ "2026-11-22T21:51:31Z", "2026-11-22T21:51:31.000Z" },
		{ "2026-03-29T03:30:00+02:00", "2026-03-29T01:30:00.000Z" },
		{ "1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z" },
		{ "2024-02-29T00:00:00.12-00:30", "2024-02-29T00:30:00.120Z" },
		{ "1998-12-31T23:59:60Z", "1998-12-31T23:59:59.999Z" },
		{ "1998-12-31T15:59:60.123-08:00", "1998-12-31T23:59:59.999Z" },
		{ "0001-01-01t00:00:00z", "0001-01-01T00:00:00.000Z" },
		{ "9999-12-31T23:59:59.999+00:01", "9999-12-31T23:58:59.999Z" },
	};
	static const char *const bad[] = { "2026-11-22",
					   "2026-11-22T21:51:31",
					   "2026-02-29T00:00:00Z",
					   "2026-11-22T24:00:00Z",
					   "2026-11-22 21:51:31Z",
					   "2026-11-22T21:51:31.Z",
					   "2026-11-22T21:51:60Z",
					   "2026-11-22T21:51:31+24:00",
					   "2026-11-22T21:51:31+0100",
					   "0000-01-01T00:00:00+00:01",
					   "9999-12-31T23:59:59-00:01",
					   "" };
	char out[CLOCK_TEXT_SIZE];
	int64_t ms;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(clock_parse(good[i].text, strlen(good[i].text), &ms) == RC_OK, "%s",
			      good[i].text);
		ck_assert_str_eq(clock_format(ms, out), good[i].same);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(clock_parse(bad[i], strlen(bad[i]), &ms) == RC_INVALID, "%s", bad[i]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base");
	TCase *t = tcase_create("base");

	tcase_add_test(t, buf_stops_at_its_cap);
	tcase_add_test(t, b64_is_strict_and_round_trips);
	tcase_add_test(t, clock_reads_rfc3339);
	suite_add_tcase(s, t);
	return run_suite(s);
}
