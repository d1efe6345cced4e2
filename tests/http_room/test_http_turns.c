/* Whose turn it is: in turn by flow, whatever each of them brings, and with threads. */
#include "unit.h"

#include "base/cleanup.h"
#include "http/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define JOBS 64

struct job {
	struct turns_job turn; /* first */
	char name[16];
};

static struct job jobs[JOBS];
static size_t made;

static struct turns turns;

static void up(void)
{
	made = 0;
	turns_init(&turns, 2);
}

static void down(void)
{
	ck_assert_uint_eq(turns.waiting, 0);
	for (size_t i = 0; i < TURNS_TABLE; i++)
		ck_assert_ptr_null(turns.table[i]); /* nothing is remembered of who has gone */
	turns_release(&turns);
}

static struct job *make(enum turns_ring ring, const char *flow, const char *name)
{
	struct job *job = &jobs[made++];

	ck_assert_uint_lt(made, JOBS);
	job->turn = (struct turns_job){ .ring = ring, .flow = flow };
	snprintf(job->name, sizeof(job->name), "%s", name);
	return job;
}

static void add(const char *flow, const char *name)
{
	ck_assert_int_eq(turns_add(&turns, &make(TURNS_KNOWN, flow, name)->turn), RC_OK);
}

static void add_stranger(const char *flow, const char *name)
{
	ck_assert_int_eq(turns_add(&turns, &make(TURNS_STRANGER, flow, name)->turn), RC_OK);
}

/* Everything that waits, done one by one; their names in order. */
static const char *all(void)
{
	static char text[512];
	struct turns_flow *flow;
	struct turns_job *job;

	text[0] = '\0';
	while ((job = turns_next(&turns, &flow))) {
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", *text ? " " : "",
			 ((struct job *)job)->name);
		turns_done(&turns, flow);
	}
	return text;
}

START_TEST(one_of_each_in_turn)
{
	add("a", "a1");
	add("a", "a2");
	add("a", "a3");
	add("b", "b1");
	add("c", "c1");
	add("b", "b2");
	ck_assert_str_eq(all(), "a1 b1 c1 a2 b2 a3");
}
END_TEST

START_TEST(who_comes_late_is_served_soon)
{
	struct turns_flow *flow;
	char name[16];

	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		add("a", name);
	}
	ck_assert_ptr_nonnull(turns_next(&turns, &flow));
	add("b", "b");
	turns_done(&turns, flow);
	ck_assert_ptr_nonnull(turns_next(&turns, &flow)); /* was in the ring already */
	turns_done(&turns, flow);
	ck_assert_int_eq(strncmp(all(), "b a2 a3 ", 8), 0);
}
END_TEST

START_TEST(strangers_share_one_half)
{
	add_stranger("1", "s1");
	add_stranger("2", "s2");
	add_stranger("3", "s3");
	add_stranger("4", "s4");
	add("a", "a1");
	add("a", "a2");
	add("b", "b1");
	ck_assert_str_eq(all(), "a1 s1 b1 s2 a2 s3 s4");
	/* of the same name, and yet somebody else */
	add_stranger("a", "s5");
	add_stranger("a", "s6");
	add("a", "a3");
	add("a", "a4");
	ck_assert_str_eq(all(), "a3 s5 a4 s6");
}
END_TEST

START_TEST(never_more_of_one_than_it_may_have)
{
	struct turns_flow *out[4];

	for (int i = 0; i < 4; i++)
		add("a", "a");
	ck_assert_ptr_nonnull(turns_next(&turns, &out[0]));
	ck_assert_ptr_nonnull(turns_next(&turns, &out[1]));
	ck_assert_ptr_null(turns_next(&turns, &out[2]));
	add("b", "b");
	ck_assert_str_eq(((struct job *)turns_next(&turns, &out[3]))->name, "b");
	ck_assert_ptr_null(turns_next(&turns, &out[2]));
	turns_done(&turns, out[0]);
	ck_assert_ptr_nonnull(turns_next(&turns, &out[0]));
	ck_assert_ptr_null(turns_next(&turns, &out[2]));
	turns_done(&turns, out[3]);
	turns_done(&turns, out[1]);
	turns_done(&turns, out[0]);
	ck_assert_str_eq(all(), "a");
}
END_TEST

/* Long work goes on in the order in which it began, and fresh jobs go in between. */
START_TEST(what_is_put_back)
{
	char order[256] = "";
	struct turns_flow *flow;
	struct turns_job *job;
	int pieces[2] = { 4, 1 }; /* of L1 and L2 once they have begun */

	turns_release(&turns);
	turns_init(&turns, 1);
	add("a", "L1");
	add("a", "L2");
	add("a", "f1");
	add("b", "b1");
	add("a", "f2");
	add("b", "b2");
	while ((job = turns_next(&turns, &flow))) {
		const char *name = ((struct job *)job)->name;

		snprintf(order + strlen(order), sizeof(order) - strlen(order), "%s ", name);
		if (*name == 'L' && pieces[name[1] - '1']-- > 0)
			ck_assert_int_eq(turns_put_back(&turns, job), RC_OK);
		turns_done(&turns, flow);
	}
	ck_assert_str_eq(order, "L1 b1 L1 b2 L2 L1 f1 L1 f2 L1 L2 ");
}
END_TEST

START_TEST(long_names_are_cut)
{
	static const char text[] = "0123456789012345678901234567890123456789012345678901234567890";

	add(text, "a1");
	add(text, "a2");
	add("b", "b1");
	ck_assert_str_eq(all(), "a1 b1 a2");
}
END_TEST

/* --- with threads ------------------------------------------------------------------- */

#define WORKERS 4
#define PER_FLOW 2000
#define FLOWS 3

struct crowd {
	struct pool *pool;
	atomic_uint inside[FLOWS], most[FLOWS], done;
};

struct piece {
	struct pool_job job; /* first */
	struct crowd *crowd;
	unsigned flow, pieces;
};

static void work(struct pool_job *job)
{
	struct piece *mine = (struct piece *)job;
	struct crowd *crowd = mine->crowd;
	unsigned flow = mine->flow, now = atomic_fetch_add(&crowd->inside[flow], 1) + 1;

	if (now > atomic_load(&crowd->most[flow]))
		atomic_store(&crowd->most[flow], now);
	atomic_fetch_sub(&crowd->inside[flow], 1);
	if (mine->pieces--) {
		ck_assert_int_eq(pool_put_back(crowd->pool, job), RC_OK);
		return;
	}
	atomic_fetch_add(&crowd->done, 1);
}

START_TEST(every_job_is_done_whatever_happens)
{
	static const char *const names[FLOWS] = { "a", "b", "c" };
	struct piece *pieces = calloc(PER_FLOW * FLOWS, sizeof(*pieces));
	struct crowd crowd = { 0 };

	ck_assert_ptr_nonnull(pieces);
	ck_assert_int_eq(pool_new(WORKERS, 2, PER_FLOW * FLOWS, &crowd.pool), RC_OK);
	for (unsigned i = 0; i < PER_FLOW * FLOWS; i++) {
		pieces[i] = (struct piece){ .job = { .turn = { .flow = names[i % FLOWS] },
						     .run = work },
					    .crowd = &crowd,
					    .flow = i % FLOWS,
					    .pieces = i % 4 };
		ck_assert_int_eq(pool_submit(crowd.pool, &pieces[i].job), RC_OK);
	}
	pool_free(crowd.pool); /* while most of them still wait, and pieces are put back */
	ck_assert_uint_eq(atomic_load(&crowd.done), PER_FLOW * FLOWS);
	for (unsigned i = 0; i < FLOWS; i++)
		ck_assert_uint_le(atomic_load(&crowd.most[i]), 2);
	free(pieces);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("turns");
	TCase *t = tcase_create("turns"), *p = tcase_create("pool");

	tcase_add_checked_fixture(t, up, down);
	tcase_add_test(t, one_of_each_in_turn);
	tcase_add_test(t, who_comes_late_is_served_soon);
	tcase_add_test(t, strangers_share_one_half);
	tcase_add_test(t, never_more_of_one_than_it_may_have);
	tcase_add_test(t, what_is_put_back);
	tcase_add_test(t, long_names_are_cut);
	tcase_add_test(p, every_job_is_done_whatever_happens);
	suite_add_tcase(suite, t);
	suite_add_tcase(suite, p);
	return run_suite(suite);
}
