/* Token buckets and places: by injected time, at their edges, and from many threads. */
#include "unit.h"

#include "limits/places.h"
#include "limits/rates.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000)
#define NOW (INT64_C(86400) * SECOND)

static const struct rate one_a_second = { 60, 10 };

static struct rates *rates;

static void rates_up(void)
{
	ck_assert_int_eq(rates_new(1000, &rates), RC_OK);
}

static void rates_down(void)
{
	rates_free(rates);
}

static struct rate_level taken(const struct rate *rate, int64_t cost, int64_t now)
{
	struct rate_level level = { -1, -1 };

	ck_assert_int_eq(rates_take(rates, "a", 0, rate, cost, now, &level), RC_OK);
	return level;
}

static struct rate_level refused(const struct rate *rate, int64_t cost, int64_t now)
{
	struct rate_level level = { -1, -1 };

	ck_assert_int_eq(rates_take(rates, "a", 0, rate, cost, now, &level), RC_LIMIT);
	ck_assert_int_eq(level.remaining, 0);
	return level;
}

START_TEST(a_burst_then_the_rate)
{
	struct rate_level level;

	for (int64_t i = 9; i >= 0; i--) {
		level = taken(&one_a_second, 1, NOW);
		ck_assert_int_eq(level.remaining, i);
		ck_assert_int_eq(level.more_s, 1);
	}
	ck_assert_int_eq(refused(&one_a_second, 1, NOW).more_s, 1);
	ck_assert_int_eq(refused(&one_a_second, 1, NOW + SECOND - 1).more_s, 1);
	/* a refusal costs nothing: at the second there is one */
	ck_assert_int_eq(taken(&one_a_second, 1, NOW + SECOND).remaining, 0);
	refused(&one_a_second, 1, NOW + SECOND);
	/* never more than a burst, however long one waits */
	ck_assert_int_eq(taken(&one_a_second, 1, NOW + 1000 * SECOND).remaining, 9);
}
END_TEST

START_TEST(more_than_a_burst_is_owed)
{
	struct rate_level level = taken(&one_a_second, 1000, NOW);

	ck_assert_int_eq(level.remaining, 0);
	ck_assert_int_eq(level.more_s, 991);
	ck_assert_int_eq(refused(&one_a_second, 1, NOW + 990 * SECOND).more_s, 1);
	level = taken(&one_a_second, 1000, NOW + 991 * SECOND);
	ck_assert_int_eq(level.more_s, 1000);
	ck_assert_int_eq(rates_owe(rates, "a", 0, &one_a_second, 9, NOW + 991 * SECOND, &level),
			 RC_OK);
	ck_assert_int_eq(level.more_s, 1009);
}
END_TEST

/* Whatever rate and time: who waits as long as it is told gets one. */
START_TEST(the_wait_is_enough)
{
	static const struct rate all[] = {
		{ 1, 1 },        { 7, 3 },     { 60, 10 },
		{ 61, 1 },       { 6000, 1 },  { 999, 1000 },
		{ 1000000, 10 }, { 59, 1000 }, { RATE_PER_MINUTE_MAX, 1 }
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		int64_t now = NOW * (int64_t)(i + 1) + 123457, next = all[i].burst * 3 + 1;

		for (int round = 0; round < 50; round++) {
			struct rate_level level = taken(&all[i], next, now), after;

			ck_assert_int_ge(level.more_s, 0);
			if (level.more_s > 1)
				refused(&all[i], 1, now + (level.more_s - 1) * SECOND);
			now += level.more_s * SECOND;
			after = taken(&all[i], 0, now);
			ck_assert_int_ge(after.remaining, level.remaining + 1);
			next = round % 5 + 1;
		}
	}
}
END_TEST

START_TEST(names_and_kinds_are_apart)
{
	struct rate_level level;

	taken(&one_a_second, 10, NOW);
	refused(&one_a_second, 1, NOW);
	ck_assert_int_eq(rates_take(rates, "a", 1, &one_a_second, 1, NOW, &level), RC_OK);
	ck_assert_int_eq(level.remaining, 9);
	ck_assert_int_eq(rates_take(rates, "b", 0, &one_a_second, 1, NOW, &level), RC_OK);
	ck_assert_int_eq(level.remaining, 9);
}
END_TEST

START_TEST(a_clock_set_back_neither_gives_nor_takes)
{
	taken(&one_a_second, 12, NOW); /* three seconds until one is left */
	ck_assert_int_eq(refused(&one_a_second, 1, NOW).more_s, 3);
	ck_assert_int_eq(refused(&one_a_second, 1, NOW - 3600 * SECOND).more_s, 3);
	ck_assert_int_eq(refused(&one_a_second, 1, NOW - 3598 * SECOND).more_s, 1);
	ck_assert_int_eq(taken(&one_a_second, 1, NOW - 3597 * SECOND).remaining, 0);
	ck_assert_int_eq(refused(&one_a_second, 1, 0).more_s, 1);
	ck_assert_int_eq(taken(&one_a_second, 1, SECOND).remaining, 0);
}
END_TEST

START_TEST(no_number_runs_over)
{
	static const struct rate slow = { 1, RATE_BURST_MAX };
	struct rate_level level;

	level = taken(&slow, 1, NOW);
	ck_assert_int_eq(level.remaining, RATE_BURST_MAX - 1);
	ck_assert_int_eq(level.more_s, 60);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(rates_owe(rates, "a", 0, &slow, INT64_MAX, NOW, &level), RC_OK);
	ck_assert_int_eq(level.remaining, 0);
	ck_assert_int_gt(level.more_s, 0);
	refused(&slow, 1, INT64_MAX / 2000);
}
END_TEST

START_TEST(the_window_and_the_burst_say_the_rate)
{
	ck_assert_int_eq(rate_window_s(&one_a_second), 10);
	ck_assert_int_eq(rate_window_s(&(struct rate){ 6000, 10000 }), 100);
	ck_assert_int_eq(rate_window_s(&(struct rate){ RATE_PER_MINUTE_MAX, 1 }), 1);
	ck_assert_int_eq(rate_window_s(&(struct rate){ 1, RATE_BURST_MAX }), RATE_BURST_MAX * 60);
}
END_TEST

START_TEST(a_table_that_is_full)
{
	struct rates *few = NULL;
	struct rate_level level;
	char name[LIMITS_NAME_SIZE + 8];
	int busy = 0;

	ck_assert_int_eq(rates_new(1, &few), RC_OK);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "%d", i);
		busy += rates_take(few, name, 0, &one_a_second, 1, NOW, &level) == RC_BUSY;
	}
	ck_assert_int_eq(busy, 12); /* one bucket of eight */
	/* those it remembers are not forgotten for a newcomer */
	ck_assert_int_eq(rates_take(few, "0", 0, &one_a_second, 1, NOW, &level), RC_OK);
	ck_assert_int_eq(level.remaining, 8);
	/* and one that is full again, so as good as new, makes room */
	ck_assert_int_eq(rates_take(few, "new", 0, &one_a_second, 1, NOW + SECOND, &level), RC_OK);
	ck_assert_int_eq(rates_take(few, "0", 0, &one_a_second, 1, NOW + SECOND, &level), RC_OK);
	ck_assert_int_eq(level.remaining, 8);
	memset(name, 'x', sizeof(name));
	name[LIMITS_NAME_SIZE] = '\0';
	ck_assert_int_eq(rates_take(few, name, 0, &one_a_second, 1, NOW, &level), RC_BUSY);
	ck_assert_int_eq(rates_take(few, "", 0, &one_a_second, 1, NOW, &level), RC_BUSY);
	rates_free(few);
	ck_assert_int_eq(rates_new(0, &few), RC_INVALID);
	ck_assert_int_eq(rates_new((size_t)1 << 21, &few), RC_INVALID);
}
END_TEST

/* --- places ------------------------------------------------------------------- */

static enum rc enter(struct places *places, const char *name, int64_t bytes, struct place **ret)
{
	*ret = NULL;
	return places_enter(places, name, bytes, ret);
}

START_TEST(so_many_of_each_and_of_all)
{
	CLEANUP(places_freep) struct places *places = NULL;
	struct place *held[3], *other, *none;

	ck_assert_int_eq(places_new(&(struct places_caps){ 5, 3, 0 }, &places), RC_OK);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(enter(places, "a", 0, &held[i]), RC_OK);
	ck_assert_int_eq(enter(places, "a", 0, &none), RC_LIMIT);
	ck_assert_ptr_null(none);
	ck_assert_int_eq(enter(places, "b", 0, &other), RC_OK);
	ck_assert_int_eq(places_taken(places), 4);
	place_leave(held[0]);
	ck_assert_int_eq(enter(places, "c", 0, &held[0]), RC_OK);
	ck_assert_int_eq(enter(places, "a", 0, &none), RC_OK);
	ck_assert_int_eq(places_taken(places), 5);
	ck_assert_int_eq(enter(places, "d", 0, &(struct place *){ NULL }), RC_BUSY);
	ck_assert_int_eq(enter(places, "a", 0, &(struct place *){ NULL }), RC_LIMIT);
	place_leave(none);
	place_leave(other);
	for (int i = 0; i < 3; i++)
		place_leave(held[i]);
	place_leave(NULL);
	ck_assert_int_eq(places_taken(places), 0);
}
END_TEST

START_TEST(so_many_bytes_of_each)
{
	CLEANUP(places_freep) struct places *places = NULL;
	struct place *a, *b, *none;

	ck_assert_int_eq(places_new(&(struct places_caps){ 9, 0, 100 }, &places), RC_OK);
	ck_assert_int_eq(enter(places, "a", 60, &a), RC_OK);
	ck_assert_int_eq(enter(places, "a", 41, &none), RC_LIMIT);
	ck_assert_int_eq(enter(places, "a", INT64_MAX, &none), RC_LIMIT);
	ck_assert_int_eq(enter(places, "b", 100, &b), RC_OK);
	place_leave(b);
	ck_assert_int_eq(enter(places, "a", 40, &b), RC_OK);
	place_leave(a);
	place_leave(b);
	/* what is larger than all of it comes in alone */
	ck_assert_int_eq(enter(places, "a", 1000, &a), RC_OK);
	ck_assert_int_eq(enter(places, "a", 0, &none), RC_LIMIT);
	place_leave(a);
}
END_TEST

START_TEST(caps_that_are_none)
{
	struct places *places = NULL;

	ck_assert_int_eq(places_new(&(struct places_caps){ 0, 0, 0 }, &places), RC_INVALID);
	ck_assert_int_eq(places_new(&(struct places_caps){ -1, 0, 0 }, &places), RC_INVALID);
	ck_assert_int_eq(places_new(&(struct places_caps){ 1 << 20, 0, 0 }, &places), RC_INVALID);
	ck_assert_int_eq(places_new(&(struct places_caps){ 1, -1, 0 }, &places), RC_INVALID);
	ck_assert_int_eq(places_new(&(struct places_caps){ 1, 1, -1 }, &places), RC_INVALID);
	ck_assert_ptr_null(places);
}
END_TEST

#define THREADS 8
#define ROUNDS 20000

struct crowd {
	struct places *places;
	struct rates *rates;
	int64_t inside, most, granted; /* atomic */
};

static void *jostle(void *arg)
{
	static const struct rate rate = { 60, 1000 };
	struct crowd *crowd = arg;
	struct rate_level level;
	struct place *place;
	char name[16];

	for (int i = 0; i < ROUNDS; i++) {
		snprintf(name, sizeof(name), "%d", i % 3);
		if (rates_take(crowd->rates, name, 0, &rate, 1, NOW, &level) == RC_OK)
			__atomic_add_fetch(&crowd->granted, 1, __ATOMIC_RELAXED);
		if (enter(crowd->places, name, 1, &place))
			continue;
		if (__atomic_add_fetch(&crowd->inside, 1, __ATOMIC_RELAXED) > 4)
			__atomic_store_n(&crowd->most, 5, __ATOMIC_RELAXED);
		__atomic_sub_fetch(&crowd->inside, 1, __ATOMIC_RELAXED);
		place_leave(place);
	}
	return NULL;
}

START_TEST(many_threads_at_once)
{
	struct crowd crowd = { 0 };
	pthread_t threads[THREADS];

	ck_assert_int_eq(places_new(&(struct places_caps){ 4, 2, 0 }, &crowd.places), RC_OK);
	ck_assert_int_eq(rates_new(16, &crowd.rates), RC_OK);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, jostle, &crowd), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(crowd.most, 0);
	ck_assert_int_eq(crowd.granted, 3 * 1000); /* three names, one burst each */
	ck_assert_int_eq(places_taken(crowd.places), 0);
	places_free(crowd.places);
	rates_free(crowd.rates);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("limits");
	TCase *r = tcase_create("rates"), *p = tcase_create("places");

	tcase_add_checked_fixture(r, rates_up, rates_down);
	tcase_add_test(r, a_burst_then_the_rate);
	tcase_add_test(r, more_than_a_burst_is_owed);
	tcase_add_test(r, the_wait_is_enough);
	tcase_add_test(r, names_and_kinds_are_apart);
	tcase_add_test(r, a_clock_set_back_neither_gives_nor_takes);
	tcase_add_test(r, no_number_runs_over);
	tcase_add_test(r, the_window_and_the_burst_say_the_rate);
	tcase_add_test(r, a_table_that_is_full);
	tcase_add_test(p, so_many_of_each_and_of_all);
	tcase_add_test(p, so_many_bytes_of_each);
	tcase_add_test(p, caps_that_are_none);
	tcase_add_test(p, many_threads_at_once);
	suite_add_tcase(suite, r);
	suite_add_tcase(suite, p);
	return run_suite(suite);
}
