/* The writers, with real files: grouping, fairness, bounds, answers, drain. */
#include "writer_fixture.h"

#include <pthread.h>

START_TEST(lone_job_goes_at_once)
{
	struct writer_options o = options();
	struct writer_status status;
	struct test_job t;

	start(&o);
	job_init(&t, 1, "a");
	ck_assert_rc(writer_submit(writer, ORGNR, &t.job), RC_OK);
	wait_answers(1);
	ck_assert_int_eq(t.rc, RC_OK);
	ck_assert_int_eq(t.outcome, STORE_NEW);
	ck_assert_int_eq(t.seq, 1);
	writer_status(writer, ORGNR, &status);
	ck_assert_uint_eq(status.commits, 1);
	ck_assert_uint_eq(status.items, 1);
	ck_assert_uint_eq(status.queued, 0);
	ck_assert_uint_eq(status.queued_bytes, 0);
	ck_assert_int_eq(status.last_commit_at, 77000);
	writer_status(writer, OTHER_ORGNR, &status);
	ck_assert_uint_eq(status.commits, 0);
}
END_TEST

START_TEST(what_waits_goes_as_one_group_within_limits)
{
	static struct test_job t[601];
	struct writer_options o = options();
	struct writer_status status;

	start(&o);
	close_gate();
	job_init(&t[0], 1, "a");
	ck_assert_rc(writer_submit(writer, ORGNR, &t[0].job), RC_OK);
	wait_at_gate();
	for (int i = 1; i <= 600; i++) {
		job_init(&t[i], i + 1, "a");
		ck_assert_rc(writer_submit(writer, ORGNR, &t[i].job), RC_OK);
	}
	writer_status(writer, NULL, &status);
	ck_assert_uint_eq(status.queued, 601);
	ck_assert_int_eq(answered, 0);
	open_gate();
	wait_answers(601);
	writer_status(writer, NULL, &status);
	ck_assert_uint_eq(status.commits, 4); /* 1, 256, 256, 88 */
	ck_assert_uint_eq(status.items, 601);
	ck_assert_int_eq(groups, 4);
	for (int i = 0; i <= 600; i++) {
		ck_assert_int_eq(t[i].seq, i + 1);
		ck_assert_int_eq(t[i].place, i + 1);
	}
}
END_TEST

START_TEST(group_closes_at_bytes)
{
	static struct test_job t[10];
	struct writer_options o = options();
	struct writer_status status;

	job_init(&t[0], 1, "a");
	o.group_bytes = 3 * (t[0].job.item.clear_len + t[0].job.item.secret_len) + 20;
	start(&o);
	close_gate();
	ck_assert_rc(writer_submit(writer, ORGNR, &t[0].job), RC_OK);
	wait_at_gate();
	for (int i = 1; i <= 9; i++) {
		job_init(&t[i], i + 1, "a");
		ck_assert_rc(writer_submit(writer, ORGNR, &t[i].job), RC_OK);
	}
	open_gate();
	wait_answers(10);
	writer_status(writer, ORGNR, &status);
	ck_assert_uint_eq(status.commits, 4); /* 1, 3, 3, 3 */
}
END_TEST

START_TEST(full_queue_is_busy_for_its_tenant_only)
{
	static struct test_job t[5], extra, other;
	struct writer_options o = options();
	struct writer_job *many[2] = { &extra.job, &other.job };
	struct writer_status status;

	o.queue_items = 5;
	start(&o);
	close_gate();
	for (int i = 0; i < 5; i++) {
		job_init(&t[i], i + 1, "a");
		ck_assert_rc(writer_submit(writer, ORGNR, &t[i].job), RC_OK);
		if (i == 0)
			wait_at_gate();
	}
	job_init(&extra, 9, "a");
	ck_assert_rc(writer_submit(writer, ORGNR, &extra.job), RC_BUSY);
	job_init(&other, 1, "a");
	ck_assert_rc(writer_submit_many(writer, ORGNR, many, 2), RC_BUSY);
	ck_assert_rc(writer_submit(writer, OTHER_ORGNR, &other.job), RC_OK);
	open_gate();
	wait_answers(6);
	ck_assert_int_eq(other.rc, RC_OK);
	ck_assert_int_eq(extra.place, 0);
	writer_status(writer, ORGNR, &status);
	ck_assert_uint_eq(status.refused, 3);
	ck_assert_uint_eq(status.items, 5);
	ck_assert_rc(writer_submit(writer, ORGNR, &extra.job), RC_OK);
	wait_answers(7);
	ck_assert_int_eq(extra.seq, 6);
}
END_TEST

START_TEST(tenants_take_turns)
{
	static struct test_job t[700], quiet;
	struct writer_options o = options();

	start(&o);
	close_gate();
	for (int i = 0; i < 700; i++) {
		job_init(&t[i], i + 1, "a");
		ck_assert_rc(writer_submit(writer, ORGNR, &t[i].job), RC_OK);
		if (i == 0)
			wait_at_gate();
	}
	job_init(&quiet, 1, "a");
	ck_assert_rc(writer_submit(writer, OTHER_ORGNR, &quiet.job), RC_OK);
	open_gate();
	wait_answers(701);
	/* After the group at the gate and one more, not after all 700. */
	ck_assert_int_eq(quiet.place, 1 + 256 + 1);
}
END_TEST

START_TEST(parallel_retries_make_one_row)
{
	enum { N = 64 };
	static struct test_job t[N];
	struct writer_options o = options();
	int new = 0, repeated = 0;

	start(&o);
	close_gate();
	for (int i = 0; i < N; i++) {
		job_init(&t[i], 1, "a");
		ck_assert_rc(writer_submit(writer, ORGNR, &t[i].job), RC_OK);
		if (i == 10)
			open_gate();
	}
	wait_answers(N);
	for (int i = 0; i < N; i++) {
		ck_assert_int_eq(t[i].rc, RC_OK);
		ck_assert_int_eq(t[i].seq, 1);
		new += t[i].outcome == STORE_NEW;
		repeated += t[i].outcome == STORE_REPEATED;
	}
	ck_assert_int_eq(new, 1);
	ck_assert_int_eq(repeated, N - 1);
}
END_TEST

struct sender {
	pthread_t thread;
	struct test_job jobs[50];
	int first;
};

static void *send_all(void *arg)
{
	static const char *const tenants[] = { "999000001", "999000002", "999000003" };
	struct sender *s = arg;

	for (int i = 0; i < 50; i++) {
		/* Every report is sent by two threads. */
		job_init(&s->jobs[i], s->first + i, "a");
		ck_assert_rc(writer_submit(writer, tenants[i % 3], &s->jobs[i].job), RC_OK);
	}
	return NULL;
}

START_TEST(many_threads_many_tenants)
{
	static struct sender senders[8];
	struct writer_options o = options();
	struct writer_status status;

	o.threads = 2;
	start(&o);
	for (int i = 0; i < 8; i++) {
		senders[i].first = 1 + i / 2 * 50;
		ck_assert_int_eq(pthread_create(&senders[i].thread, NULL, send_all, &senders[i]),
				 0);
	}
	for (int i = 0; i < 8; i++)
		pthread_join(senders[i].thread, NULL);
	wait_answers(400);
	writer_status(writer, NULL, &status);
	ck_assert_uint_eq(status.items, 200);
	ck_assert_uint_eq(status.tenants, 3);
}
END_TEST

START_TEST(unknown_tenant_gets_not_found)
{
	struct writer_options o = options();
	struct test_job t;
	struct writer_status status;

	start(&o);
	job_init(&t, 1, "a");
	ck_assert_rc(writer_submit(writer, "111000001", &t.job), RC_OK);
	wait_answers(1);
	ck_assert_int_eq(t.rc, RC_NOT_FOUND);
	ck_assert_rc(writer_open(writer, "111000001", &err), RC_NOT_FOUND);
	writer_status(writer, NULL, &status);
	ck_assert_uint_eq(status.quarantined, 0);
}
END_TEST

START_TEST(events_go_through_the_same_sequence)
{
	struct writer_options o = options();
	struct test_job t;
	int64_t seq = 0;

	start(&o);
	ck_assert_rc(writer_open(writer, ORGNR, &err), RC_OK);
	ck_assert_rc(writer_event(writer, ORGNR, &(struct store_event){ .at = 5, .name = "opened", .detail = "{}", .operator = "kari" }, &seq, &err),
		     RC_OK);
	ck_assert_int_eq(seq, 1);
	job_init(&t, 1, "a");
	ck_assert_rc(writer_submit(writer, ORGNR, &t.job), RC_OK);
	wait_answers(1);
	ck_assert_int_eq(t.seq, 2);
	ck_assert_rc(writer_event(writer, ORGNR, &(struct store_event){ .at = 5, .name = "bad", .detail = "no json", .operator = "kari" }, &seq, &err),
		     RC_INVALID);
	ck_assert_rc(writer_event(writer, ORGNR, &(struct store_event){ .at = 6, .name = "closed", .detail = "{}", .operator = "kari" }, &seq, &err),
		     RC_OK);
	ck_assert_int_eq(seq, 3);
}
END_TEST

static void *end_trial(void *arg)
{
	enum rc *ret = arg;

	*ret = writer_trial_end(writer, ORGNR, NULL);
	return NULL;
}

START_TEST(a_trial_ends_when_all_that_was_taken_is_done)
{
	struct test_job t[6] = { 0 };
	struct writer_job *many[2];
	struct writer_options o = options();
	struct writer_status status;
	enum rc rc = RC_NOMEM;
	pthread_t thread;

	o.group_items = 1;
	start(&o);
	for (int i = 0; i < 6; i++) {
		job_init(&t[i], i, "{}");
		t[i].job.trial = i != 4;
	}
	close_gate();
	for (int i = 0; i < 3; i++)
		ck_assert_rc(writer_submit(writer, ORGNR, &t[i].job), RC_OK);
	wait_at_gate();
	ck_assert_int_eq(pthread_create(&thread, NULL, end_trial, &rc), 0);
	open_gate();
	pthread_join(thread, NULL);
	ck_assert_rc(rc, RC_OK);
	writer_status(writer, ORGNR, &status);
	ck_assert_uint_eq(status.items, 3);
	ck_assert_uint_eq(status.queued, 0);
	/* from now on nothing of a trial, alone or among others; others as ever */
	ck_assert_rc(writer_submit(writer, ORGNR, &t[3].job), RC_BUSY);
	many[0] = &t[4].job;
	many[1] = &t[3].job;
	ck_assert_rc(writer_submit_many(writer, ORGNR, many, 2), RC_BUSY);
	ck_assert_rc(writer_submit(writer, OTHER_ORGNR, &t[5].job), RC_OK);
	ck_assert_rc(writer_submit(writer, ORGNR, &t[4].job), RC_OK);
	writer_trial_resume(writer, ORGNR);
	ck_assert_rc(writer_submit(writer, ORGNR, &t[3].job), RC_OK);
	wait_answers(6);
	ck_assert_int_eq(t[3].outcome, STORE_NEW);
}
END_TEST

START_TEST(batch_is_taken_whole_and_in_order)
{
	static struct test_job t[10];
	struct writer_options o = options();
	struct writer_job *jobs[10];

	o.queue_items = 9;
	start(&o);
	for (int i = 0; i < 10; i++) {
		job_init(&t[i], i + 1, "a");
		jobs[i] = &t[i].job;
	}
	ck_assert_rc(writer_submit_many(writer, ORGNR, jobs, 10), RC_LIMIT);
	ck_assert_rc(writer_submit_many(writer, ORGNR, jobs, 9), RC_OK);
	wait_answers(9);
	for (int i = 0; i < 9; i++)
		ck_assert_int_eq(t[i].seq, i + 1);
	ck_assert_int_eq(groups, 1);
}
END_TEST

static void *drain(void *arg)
{
	(void)arg;
	writer_drain(writer);
	return NULL;
}

START_TEST(drain_finishes_what_was_accepted)
{
	static struct test_job t[300], late;
	struct writer_options o = options();
	struct store *store = NULL;
	struct store_stat stat;
	pthread_t thread;
	char path[300];

	start(&o);
	close_gate();
	for (int i = 0; i < 300; i++) {
		job_init(&t[i], i + 1, "a");
		ck_assert_rc(writer_submit(writer, ORGNR, &t[i].job), RC_OK);
	}
	wait_at_gate();
	ck_assert_int_eq(pthread_create(&thread, NULL, drain, NULL), 0);
	job_init(&late, 999, "a");
	/* Until the drain has begun a late job is accepted, and then also finished. */
	enum rc rc = writer_submit(writer, ORGNR, &late.job);
	int accepted = rc == RC_OK ? 301 : 300;

	ck_assert(rc == RC_OK || rc == RC_BUSY);
	open_gate();
	pthread_join(thread, NULL);
	ck_assert_int_eq(answered, accepted);
	ck_assert_rc(writer_submit(writer, ORGNR, &t[0].job), RC_BUSY);
	ck_assert_rc(writer_event(writer, ORGNR, &(struct store_event){ .at = 5, .name = "x", .detail = "{}", .operator = "k" }, NULL, &err), RC_BUSY);
	snprintf(path, sizeof(path), "%s/%s.db", folder, ORGNR);
	ck_assert_rc(store_open(path, ORGNR, NULL, &store, &err), RC_OK);
	ck_assert_rc(store_check(store, &err), RC_OK);
	ck_assert_rc(store_stat(store, &stat, &err), RC_OK);
	ck_assert_int_eq(stat.documents, accepted);
	store_free(store);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("writer");
	TCase *tc = tcase_create("writer");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, lone_job_goes_at_once);
	tcase_add_test(tc, what_waits_goes_as_one_group_within_limits);
	tcase_add_test(tc, group_closes_at_bytes);
	tcase_add_test(tc, full_queue_is_busy_for_its_tenant_only);
	tcase_add_test(tc, tenants_take_turns);
	tcase_add_test(tc, parallel_retries_make_one_row);
	tcase_add_test(tc, many_threads_many_tenants);
	tcase_add_test(tc, unknown_tenant_gets_not_found);
	tcase_add_test(tc, events_go_through_the_same_sequence);
	tcase_add_test(tc, a_trial_ends_when_all_that_was_taken_is_done);
	tcase_add_test(tc, batch_is_taken_whole_and_in_order);
	tcase_add_test(tc, drain_finishes_what_was_accepted);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
