/* Own views: what may be asked, and run charts: the median, and what counts as a pattern. */
#include "count/period.h"
#include "own/asked.h"
#include "own/runchart.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define NOW period_begins_ms(PERIOD_MONTH(2026, 11)) + 1

/* --- run charts --------------------------------------------------------------------------- */

/* "3 4 - 5": a dash is no figure. Answers "median 2x above 0-7/8 …". */
static const char *judged(const char *text)
{
	static const char *const kinds[] = { "above", "below", "up", "down" };
	static char out[400];
	struct runchart_point points[120] = { 0 };
	struct runchart chart;
	size_t n = 0, at;
	char *end;

	for (; *text; n++) {
		points[n].known = *text != '-';
		points[n].value = (int32_t)strtol(text + !points[n].known, &end, 10);
		text = points[n].known ? end : text + 1;
		text += strspn(text, " ");
	}
	ck_assert_int_eq(runchart_judge(points, n, &chart), RC_OK);
	at = (size_t)(chart.judged ? snprintf(out, sizeof(out), "%d/2", (int)chart.twice_median)
				   : snprintf(out, sizeof(out), "few %zu", chart.points));
	for (size_t i = 0; i < chart.signals_len; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at, " %s %zu-%zu/%zu",
				       kinds[chart.signals[i].kind], chart.signals[i].first,
				       chart.signals[i].last, chart.signals[i].points);
	return out;
}

START_TEST(few_points_are_not_judged)
{
	ck_assert_str_eq(judged(""), "few 0");
	ck_assert_str_eq(judged("1 2 3 4 5 6 7 8 9 10 11"), "few 11");
	ck_assert_str_eq(judged("1 2 3 4 5 6 7 8 9 10 11 -"), "few 11");
	ck_assert_str_eq(judged("5 5 5 5 5 5 5 5 5 5 5 5"), "10/2");
	ck_assert_str_eq(judged("1 2 1 2 1 2 1 2 1 2 1 2"), "3/2");
}
END_TEST

START_TEST(shifts)
{
	ck_assert_str_eq(judged("9 8 9 8 9 8 9 1 2 1 2 1 2 1"), "10/2");
	ck_assert_str_eq(judged("9 8 9 8 9 8 9 8 1 2 1 2 1 2 1 2"),
			 "10/2 above 0-7/8 below 8-15/8");
	/* On the median: neither counts nor breaks. */
	ck_assert_str_eq(judged("9 8 9 8 5 9 8 9 8 1 2 1 2 1 2 1 5"), "10/2 above 0-8/8");
	/* No figure breaks. */
	ck_assert_str_eq(judged("9 8 9 8 - 9 8 9 8 1 2 1 2 1 2 1 2 9"), "16/2 below 9-16/8");
	ck_assert_str_eq(judged("0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 3"), "0/2");
}
END_TEST

START_TEST(trends)
{
	ck_assert_str_eq(judged("5 9 1 2 3 4 5 0 9 0 9 5 5 5"), "10/2");
	ck_assert_str_eq(judged("5 9 1 2 3 4 5 6 0 9 0 9 5 5"), "10/2 up 2-7/6");
	ck_assert_str_eq(judged("9 0 9 8 7 7 6 5 4 0 9 1 6 7 0"), "12/2 down 2-9/7");
	ck_assert_str_eq(judged("9 0 9 8 7 - 6 5 4 0 9 1 6 7 0"), "12/2");
	/* A turning point ends one and begins the next. */
	ck_assert_str_eq(judged("1 2 3 4 5 6 5 4 3 2 1 0"), "6/2 up 0-5/6 down 5-11/7");
}
END_TEST

/* Twenty-four months of pure chance: how often a chart cries wolf. */
START_TEST(seldom_false)
{
	uint64_t state = 1;
	int charts = 4000, alarms = 0;

	for (int c = 0; c < charts; c++) {
		struct runchart_point points[24];
		struct runchart chart;

		for (size_t i = 0; i < 24; i++) {
			int n = 0;

			/* About Poisson with mean 12: 1200 chances of one in a hundred. */
			for (int k = 0; k < 1200; k++) {
				state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
				n += (state >> 33) % 100 == 0;
			}
			points[i] = (struct runchart_point){ true, n };
		}
		ck_assert_int_eq(runchart_judge(points, 24, &chart), RC_OK);
		alarms += chart.signals_len != 0;
	}
	printf("%d of %d charts of chance have a signal\n", alarms, charts);
	ck_assert_int_lt(alarms, charts * 6 / 100);
}
END_TEST

/* --- what is asked --------------------------------------------------------------------------- */

START_TEST(spans)
{
	struct own_asked asked = { 0 };
	const char *where;

	ck_assert_int_eq(own_asked_finish(&asked, NOW, &where), RC_OK);
	ck_assert_int_eq(asked.from, PERIOD_MONTH(2024, 12));
	ck_assert_int_eq(asked.to, PERIOD_MONTH(2026, 11));
	ck_assert_uint_eq(own_asked_periods(&asked), 24);

	/* Whole periods, the last of which still runs. */
	asked = (struct own_asked){ .period = OWN_QUARTER };
	ck_assert_int_eq(own_asked_finish(&asked, NOW, &where), RC_OK);
	ck_assert_int_eq(asked.from, PERIOD_MONTH(2024, 10));
	ck_assert_int_eq(asked.to, PERIOD_MONTH(2026, 12));
	ck_assert_uint_eq(own_asked_periods(&asked), 9);
	ck_assert_int_eq(own_asked_period(&asked, 8), PERIOD_MONTH(2026, 10));

	asked = (struct own_asked){ .from = PERIOD_MONTH(2026, 12) };
	ck_assert_int_eq(own_asked_finish(&asked, NOW, &where), RC_INVALID);
	ck_assert_str_eq(where, "from");
	asked = (struct own_asked){ .to = PERIOD_MONTH(2026, 12) };
	ck_assert_int_eq(own_asked_finish(&asked, NOW, &where), RC_INVALID);
	ck_assert_str_eq(where, "to");
}
END_TEST

START_TEST(words)
{
	struct own_asked asked = { 0 };

	ck_assert_int_eq(own_asked_set(&asked, "by", "severity,unit"), RC_OK);
	ck_assert(asked.by_severity && asked.by_unit && !asked.by_type);
	ck_assert_int_eq(own_asked_set(&asked, "by", "unit"), RC_INVALID);
	ck_assert_int_eq(own_asked_set(&asked, "by", "type,"), RC_INVALID);
	ck_assert_int_eq(own_asked_set(&asked, "by", "typ"), RC_INVALID);
	ck_assert_int_eq(own_asked_set(&asked, "clock", "event"), RC_OK);
	ck_assert_int_eq(asked.clock, COUNTED_EVENT);
	ck_assert_int_eq(own_asked_set(&asked, "clock", "Event"), RC_INVALID);
	ck_assert_int_eq(own_asked_set(&asked, "from", "2026-1"), RC_INVALID);
	ck_assert_int_eq(own_asked_set(&asked, "organisation", "x"), RC_NOT_FOUND);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("own");
	TCase *tc = tcase_create("own");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, few_points_are_not_judged);
	tcase_add_test(tc, shifts);
	tcase_add_test(tc, trends);
	tcase_add_test(tc, seldom_false);
	tcase_add_test(tc, spans);
	tcase_add_test(tc, words);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
