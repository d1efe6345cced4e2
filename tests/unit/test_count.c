/* Counts: months and their texts, lines and back, and which month a report counts in. */
#include "base/clock.h"
#include "count/counted.h"
#include "count/freeze.h"
#include "count/period.h"
#include "unit.h"

#include <string.h>

#define M(year, month) PERIOD_MONTH(year, month)
#define HF "310000019"
#define OTHER "310000078"

/* --- periods ---------------------------------------------------------------------- */

START_TEST(periods_are_read_and_written)
{
	char text[PERIOD_TEXT_SIZE];
	int32_t month = 0;

	ck_assert_int_eq(period_parse_month("2026-01", &month), RC_OK);
	ck_assert_int_eq(month, M(2026, 1));
	ck_assert_str_eq(period_month_text(month, text), "2026-01");
	ck_assert_str_eq(period_month_code(M(2025, 12), text), "2025M12");
	ck_assert_str_eq(period_quarter_code(M(2026, 3), text), "2026K1");
	ck_assert_str_eq(period_quarter_code(M(2026, 4), text), "2026K2");
	ck_assert_str_eq(period_year_code(M(2025, 12), text), "2025");
	ck_assert_int_eq(period_parse_month("2026-13", &month), RC_INVALID);
	ck_assert_int_eq(period_parse_month("2026-00", &month), RC_INVALID);
	ck_assert_int_eq(period_parse_month("2026-1", &month), RC_INVALID);
	ck_assert_int_eq(period_parse_month("2026-01-01", &month), RC_INVALID);
	ck_assert_int_eq(period_parse_year("26", &month), RC_INVALID);
	ck_assert_int_eq(period_parse_year("2026", &month), RC_OK);
}
END_TEST

static int64_t ms(const char *text)
{
	int64_t at = 0;

	ck_assert_int_eq(clock_parse(text, strlen(text), &at), RC_OK);
	return at;
}

START_TEST(months_begin_at_norwegian_midnight)
{
	ck_assert_int_eq(period_begins_ms(M(2026, 1)), ms("2026-01-01T00:00:00+01:00"));
	ck_assert_int_eq(period_begins_ms(M(2026, 4)), ms("2026-04-01T00:00:00+02:00"));
	ck_assert_int_eq(period_begins_ms(M(2026, 10)), ms("2026-10-01T00:00:00+02:00"));
	ck_assert_int_eq(period_begins_ms(M(2026, 11)), ms("2026-11-01T00:00:00+01:00"));
	ck_assert_int_eq(period_at(ms("2026-03-31T23:59:59+02:00")), M(2026, 3));
	ck_assert_int_eq(period_at(ms("2026-03-31T22:00:00Z")), M(2026, 4));
	ck_assert_int_eq(period_at(ms("2025-12-31T23:00:00Z")), M(2026, 1));
	for (int32_t m = M(1971, 1); m < M(2100, 1); m++) {
		ck_assert_int_eq(period_at(period_begins_ms(m)), m);
		ck_assert_int_eq(period_at(period_begins_ms(m) - 1), m - 1);
	}
	ck_assert_int_eq(period_last_quarter_end(ms("2026-04-01T00:00:00+02:00")), M(2026, 3));
	ck_assert_int_eq(period_last_quarter_end(ms("2026-03-31T23:59:59+02:00")), M(2025, 12));
}
END_TEST

/* --- rows ----------------------------------------------------------------------------- */

static struct counted *fresh(const char *as_of)
{
	struct counted *c = NULL;

	ck_assert_int_eq(counted_new(&c), RC_OK);
	c->as_of_ms = ms(as_of);
	return c;
}

static void organisation(struct counted *c, const char *orgnr, int32_t start, bool active,
			 int64_t upto)
{
	const struct counted_organisation o = { .orgnr = orgnr,
						.name = "Helse Test HF",
						.kind = "hf",
						.region = "helse_vest",
						.coverage_start = start,
						.active = active,
						.upto_seq = upto };

	ck_assert_int_eq(counted_add_organisation(c, &o), RC_OK);
}

static void reports(struct counted *c, const char *orgnr, int32_t month, int64_t n)
{
	const struct counted_row row = { .orgnr = orgnr,
					 .period = month,
					 .event_class = "incident",
					 .event_type = "fall_accident",
					 .severity = "mild",
					 .place = "ward",
					 .n = n };

	ck_assert_int_eq(counted_add(c, &row), RC_OK);
}

/* Sum of an organisation's rows of a state in a period. */
static int64_t sum(const struct counted *c, const char *orgnr, enum counted_state state,
		   int32_t period, int late)
{
	int64_t n = 0;

	for (size_t i = 0; i < c->rows_len; i++) {
		const struct counted_row *r = &c->rows[i];

		if (!strcmp(r->orgnr, orgnr) && r->state == state && r->period == period &&
		    (late < 0 || r->late == late))
			n += r->n;
	}
	return n;
}

static int64_t total(const struct counted *c)
{
	int64_t n = 0;

	for (size_t i = 0; i < c->rows_len; i++)
		n += c->rows[i].n;
	return n;
}

static struct counted *freeze(const struct counted *previous, const struct counted *base,
			      int32_t closing)
{
	struct counted *out = NULL;
	struct err err = { 0 };

	ck_assert_int_eq(counted_freeze(previous, base, closing, &out, &err), RC_OK);
	return out;
}

START_TEST(equal_rows_become_one)
{
	struct counted *c = fresh("2026-04-20T00:00:00Z");

	reports(c, HF, M(2026, 2), 3);
	reports(c, HF, M(2026, 1), 2);
	reports(c, HF, M(2026, 2), 4);
	counted_sort(c);
	ck_assert_uint_eq(c->rows_len, 2);
	ck_assert_int_eq(c->rows[0].period, M(2026, 1));
	ck_assert_int_eq(c->rows[1].n, 7);
	counted_free(c);
}
END_TEST

START_TEST(lines_come_back)
{
	CLEANUP(buf_release) struct buf text = buf_capped(100000), again = buf_capped(100000);
	struct counted *c = fresh("2026-04-20T00:00:00Z"), *back = NULL;
	struct err err = { 0 };

	c->closed = M(2026, 3);
	organisation(c, HF, M(2025, 1), true, 99);
	organisation(c, OTHER, 0, false, 0);
	reports(c, HF, M(2026, 2), 3);
	reports(c, HF, M(2026, 1), 2);
	ck_assert_int_eq(counted_write(c, &text), RC_OK);
	ck_assert_int_eq(counted_read(buf_text(&text), text.len, &back, &err), RC_OK);
	ck_assert_int_eq(back->closed, M(2026, 3));
	ck_assert_int_eq(back->as_of_ms, c->as_of_ms);
	ck_assert_int_eq(counted_organisation(back, HF)->upto_seq, 99);
	ck_assert_int_eq(counted_organisation(back, OTHER)->coverage_start, 0);
	ck_assert_int_eq(counted_write(back, &again), RC_OK);
	ck_assert_str_eq(buf_text(&text), buf_text(&again));
	counted_free(back);
	/* torn at any line, or with a figure changed: refused */
	for (size_t len = 0; len < text.len; len += 7)
		ck_assert_int_eq(counted_read(buf_text(&text), len, &back, &err), RC_INVALID);
	*strstr(text.data, "\"n\":3") = ' ';
	ck_assert_int_eq(counted_read(buf_text(&text), text.len, &back, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "counts-malformed");
	counted_free(c);
}
END_TEST

/* --- the months ---------------------------------------------------------------------------- */

START_TEST(first_release_takes_months_from_coverage_on)
{
	struct counted *base = fresh("2026-04-20T00:00:00Z"), *c;

	organisation(base, HF, M(2026, 1), true, 50);
	reports(base, HF, M(2025, 12), 1);
	reports(base, HF, M(2026, 1), 2);
	reports(base, HF, M(2026, 3), 4);
	reports(base, HF, M(2026, 4), 8);
	c = freeze(NULL, base, M(2026, 3));
	ck_assert_int_eq(sum(c, HF, COUNTED_BEFORE, M(2025, 12), 0), 1);
	ck_assert_int_eq(sum(c, HF, COUNTED_ROW, M(2026, 1), 0), 2);
	ck_assert_int_eq(sum(c, HF, COUNTED_ROW, M(2026, 3), 0), 4);
	ck_assert_int_eq(sum(c, HF, COUNTED_PENDING, M(2026, 4), 0), 8);
	ck_assert_int_eq(total(c), 15);
	ck_assert_int_eq(counted_organisation(c, HF)->upto_seq, 50);
	counted_free(c);
	counted_free(base);
}
END_TEST

/* January to March are closed; then come two quarters' worth of everything. */
START_TEST(late_reports_land_in_the_first_open_month)
{
	struct counted *base = fresh("2026-04-20T00:00:00Z"), *first, *second;

	organisation(base, HF, M(2026, 1), true, 50);
	reports(base, HF, M(2026, 2), 10);
	reports(base, HF, M(2026, 4), 3); /* waits */
	first = freeze(NULL, base, M(2026, 3));
	counted_free(base);

	base = fresh("2026-07-20T00:00:00Z");
	organisation(base, HF, M(2026, 1), true, 90);
	reports(base, HF, M(2026, 1), 1);  /* closed, first open month April: three on */
	reports(base, HF, M(2026, 3), 2);  /* closed, one month on */
	reports(base, HF, M(2025, 12), 4); /* before coverage */
	reports(base, HF, M(2026, 4), 8);
	reports(base, HF, M(2026, 6), 16);
	reports(base, HF, M(2026, 7), 32);
	second = freeze(first, base, M(2026, 6));
	ck_assert_int_eq(sum(second, HF, COUNTED_ROW, M(2026, 2), 0), 10); /* frozen */
	ck_assert_int_eq(sum(second, HF, COUNTED_ROW, M(2026, 4), 1), 3);  /* 1 and 2, late */
	ck_assert_int_eq(sum(second, HF, COUNTED_ROW, M(2026, 4), 0),
			 11); /* 8, and 3 that waited */
	ck_assert_int_eq(sum(second, HF, COUNTED_BEFORE, M(2025, 12), 0), 4);
	ck_assert_int_eq(sum(second, HF, COUNTED_ROW, M(2026, 6), 0), 16);
	ck_assert_int_eq(sum(second, HF, COUNTED_PENDING, M(2026, 7), 0), 32);
	ck_assert_int_eq(total(second), 10 + 3 + 63);
	counted_free(base);

	base = fresh("2026-10-20T00:00:00Z");
	organisation(base, HF, M(2026, 1), true, 95);
	reports(base, HF, M(2026, 3), 5); /* first open month July: four on */
	counted_free(first);
	first = freeze(second, base, M(2026, 9));
	ck_assert_int_eq(sum(first, HF, COUNTED_TOO_LATE, M(2026, 3), 0), 5);
	ck_assert_int_eq(sum(first, HF, COUNTED_ROW, M(2026, 7), 0), 32);
	ck_assert_int_eq(total(first), 10 + 3 + 63 + 5);
	counted_free(base);
	counted_free(first);
	counted_free(second);
}
END_TEST

START_TEST(the_suspended_wait)
{
	struct counted *base = fresh("2026-04-20T00:00:00Z"), *first, *second, *third;

	organisation(base, HF, M(2026, 1), true, 50);
	reports(base, HF, M(2026, 2), 10);
	reports(base, HF, M(2026, 4), 3);
	first = freeze(NULL, base, M(2026, 3));
	counted_free(base);
	base = fresh("2026-07-20T00:00:00Z");
	organisation(base, HF, M(2026, 1), false, 50);
	second = freeze(first, base, M(2026, 6));
	ck_assert_int_eq(sum(second, HF, COUNTED_ROW, M(2026, 2), 0), 10);
	ck_assert_int_eq(sum(second, HF, COUNTED_PENDING, M(2026, 4), 0), 3);
	counted_free(base);
	/* Back again: April is closed by now, and July, three months on, is open. */
	base = fresh("2026-10-20T00:00:00Z");
	organisation(base, HF, M(2026, 1), true, 60);
	third = freeze(second, base, M(2026, 9));
	ck_assert_int_eq(sum(third, HF, COUNTED_ROW, M(2026, 7), 1), 3);
	ck_assert_int_eq(total(third), 13);
	counted_free(base);
	counted_free(first);
	counted_free(second);
	counted_free(third);
}
END_TEST

static void events(struct counted *c, int32_t year, int64_t n)
{
	const struct counted_row row = { .clock = COUNTED_EVENT,
					 .orgnr = HF,
					 .period = year,
					 .registered_year = year + 1,
					 .event_class = "incident",
					 .n = n };

	ck_assert_int_eq(counted_add(c, &row), RC_OK);
}

START_TEST(a_final_year_is_made_once)
{
	struct counted *base = fresh("2026-04-20T00:00:00Z"), *first, *second;

	organisation(base, HF, 0, true, 50);
	events(base, 2025, 7);
	first = freeze(NULL, base, M(2026, 3));
	ck_assert_int_eq(sum(first, HF, COUNTED_ROW, 2025, 0), 7);
	counted_free(base);
	base = fresh("2027-04-20T00:00:00Z");
	organisation(base, HF, 0, true, 50);
	events(base, 2025, 9);
	events(base, 2026, 4);
	second = freeze(first, base, M(2027, 3));
	ck_assert_int_eq(sum(second, HF, COUNTED_ROW, 2025, 0), 7);
	ck_assert_int_eq(sum(second, HF, COUNTED_ROW, 2026, 0), 4);
	counted_free(base);
	counted_free(first);
	counted_free(second);
}
END_TEST

static void reviews(struct counted *c, int32_t year, const char *review, int64_t n)
{
	const struct counted_row row = { .clock = COUNTED_REVIEW,
					 .orgnr = HF,
					 .period = year,
					 .event_class = "incident",
					 .review = review,
					 .factors = "",
					 .n = n };

	c->reviews_from = year;
	ck_assert_int_eq(counted_add(c, &row), RC_OK);
}

START_TEST(reviews_go_with_their_final_year)
{
	CLEANUP(buf_release) struct buf text = buf_capped(100000);
	struct counted *base = fresh("2026-04-20T00:00:00Z"), *first, *second, *back = NULL;
	struct err err = { 0 };

	/* A final year from before reviews were counted: it stays without them. */
	organisation(base, HF, 0, true, 50);
	events(base, 2025, 7);
	first = freeze(NULL, base, M(2026, 3));
	ck_assert_int_eq(first->reviews_from, 0);
	reviews(base, 2025, "overdue", 3);
	second = freeze(first, base, M(2026, 3));
	ck_assert_int_eq(second->reviews_from, 0);
	ck_assert_int_eq(total(second), 7);
	counted_free(second);
	counted_free(base);

	base = fresh("2027-04-20T00:00:00Z");
	organisation(base, HF, 0, true, 50);
	events(base, 2026, 4);
	reviews(base, 2026, "overdue", 1);
	reviews(base, 2026, "started", 2);
	second = freeze(first, base, M(2027, 3));
	ck_assert_int_eq(second->reviews_from, 2026);
	ck_assert_int_eq(total(second), 7 + 4 + 3);
	ck_assert_int_eq(counted_write(second, &text), RC_OK);
	ck_assert_int_eq(counted_read(buf_text(&text), text.len, &back, &err), RC_OK);
	ck_assert_int_eq(back->reviews_from, 2026);
	ck_assert_uint_eq(back->rows_len, 4);
	ck_assert_str_eq(back->rows[2].review, "overdue");
	ck_assert_str_eq(back->rows[3].review, "started");
	counted_free(first);
	first = freeze(back, base, M(2027, 3));
	ck_assert_int_eq(total(first), 7 + 4 + 3);
	counted_free(back);
	/* A state stands in rows of reviews, and in no others. */
	memcpy(strstr(text.data, "\"clock\":\"review\""), "\"clock\":\"event\" ", 16);
	ck_assert_int_eq(counted_read(buf_text(&text), text.len, &back, &err), RC_INVALID);
	counted_free(base);
	counted_free(first);
	counted_free(second);
}
END_TEST

START_TEST(releases_go_forward)
{
	struct counted *base = fresh("2026-04-20T00:00:00Z"), *first, *again, *back = NULL;
	struct err err = { 0 };

	organisation(base, HF, M(2026, 1), true, 50);
	reports(base, HF, M(2026, 2), 10);
	first = freeze(NULL, base, M(2026, 3));
	ck_assert_int_eq(counted_freeze(first, base, M(2025, 12), &back, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "release-order");
	/* No month opens: what comes waits. */
	again = freeze(first, base, M(2026, 3));
	ck_assert_int_eq(sum(again, HF, COUNTED_ROW, M(2026, 2), 0), 10);
	ck_assert_int_eq(sum(again, HF, COUNTED_PENDING, M(2026, 2), 0), 10);
	counted_free(base);
	counted_free(first);
	counted_free(again);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("count");
	TCase *tc = tcase_create("count");

	tcase_add_test(tc, periods_are_read_and_written);
	tcase_add_test(tc, months_begin_at_norwegian_midnight);
	tcase_add_test(tc, equal_rows_become_one);
	tcase_add_test(tc, lines_come_back);
	tcase_add_test(tc, first_release_takes_months_from_coverage_on);
	tcase_add_test(tc, late_reports_land_in_the_first_open_month);
	tcase_add_test(tc, the_suspended_wait);
	tcase_add_test(tc, a_final_year_is_made_once);
	tcase_add_test(tc, reviews_go_with_their_final_year);
	tcase_add_test(tc, releases_go_forward);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
