/* The writers when files fail: one tenant's quarantine, its recovery, a full disk. */
#include "fault_vfs.h"
#include "writer_fixture.h"

#include <sqlite3.h>

static struct writer_options faulty_options(void)
{
	static const struct store_options faulty = { .vfs = FAULT_VFS };
	struct writer_options o = options();

	fault_vfs_register();
	o.store = &faulty;
	o.retry_ms = 1;
	return o;
}

START_TEST(failed_sync_quarantines_one_tenant_until_it_is_well)
{
	static struct test_job t;
	struct writer_options o = faulty_options();
	struct writer_status status;

	start(&o);
	ck_assert_rc(send_one(ORGNR, &t, 1), RC_OK);
	ck_assert_rc(send_one(OTHER_ORGNR, &t, 1), RC_OK);
	fault_arm(FAULT_SYNC | FAULT_OPEN, 1, true, SQLITE_IOERR_FSYNC, ORGNR);
	ck_assert_rc(send_one(ORGNR, &t, 2), RC_IO);
	wait_faults(1);
	writer_status(writer, NULL, &status);
	ck_assert_uint_eq(status.quarantined, 1);
	ck_assert_uint_eq(status.failed_groups, 1);
	ck_assert_rc(send_one(ORGNR, &t, 3), RC_IO);
	ck_assert_rc(writer_event(writer, ORGNR, &(struct store_event){ .at = 1, .name = "x", .detail = "{}", .operator = "k" }, NULL, &err), RC_IO);
	ck_assert_rc(send_one(OTHER_ORGNR, &t, 2), RC_OK);
	ck_assert_int_eq(t.seq, 2);
	ck_assert_int_eq(recoveries_noticed, 0);
	fault_disarm();
	wait_recoveries(1);
	writer_status(writer, ORGNR, &status);
	ck_assert_uint_eq(status.quarantined, 0);
	ck_assert_rc(send_one(ORGNR, &t, 2), RC_OK);
	/* Not acknowledged, yet its frames may have been kept. */
	ck_assert(t.outcome == STORE_NEW || t.outcome == STORE_REPEATED);
	ck_assert_int_eq(t.seq, 2);
}
END_TEST

START_TEST(waiting_jobs_of_a_quarantined_tenant_get_io)
{
	enum { N = 400 };
	static struct test_job t[N];
	struct writer_options o = faulty_options();

	start(&o);
	close_gate();
	for (int i = 0; i < N; i++) {
		job_init(&t[i], i + 1, "a");
		ck_assert_rc(writer_submit(writer, ORGNR, &t[i].job), RC_OK);
	}
	wait_at_gate();
	fault_arm(FAULT_SYNC, 1, true, SQLITE_IOERR_FSYNC, ORGNR);
	open_gate();
	wait_answers(N);
	fault_disarm();
	for (int i = 0; i < N; i++)
		ck_assert_rc(t[i].rc, RC_IO);
	wait_recoveries(1);
	ck_assert_rc(send_one(ORGNR, &t[0], N), RC_OK);
}
END_TEST

START_TEST(full_disk_is_no_quarantine)
{
	static struct test_job t;
	struct writer_options o = faulty_options();
	struct writer_status status;

	start(&o);
	ck_assert_rc(send_one(ORGNR, &t, 1), RC_OK);
	fault_arm(FAULT_WRITE, 1, true, SQLITE_FULL, ORGNR);
	ck_assert_rc(send_one(ORGNR, &t, 2), RC_FULL);
	ck_assert_rc(send_one(ORGNR, &t, 2), RC_FULL);
	ck_assert_rc(send_one(OTHER_ORGNR, &t, 2), RC_OK);
	fault_disarm();
	ck_assert_rc(send_one(ORGNR, &t, 2), RC_OK);
	ck_assert_int_eq(t.outcome, STORE_NEW);
	ck_assert_int_eq(t.seq, 2);
	writer_status(writer, ORGNR, &status);
	ck_assert_uint_eq(status.quarantined, 0);
	ck_assert_int_eq(faults_noticed, 0);
}
END_TEST

START_TEST(file_that_cannot_be_opened_recovers)
{
	static struct test_job t;
	struct writer_options o = faulty_options();

	start(&o);
	fault_arm(FAULT_OPEN, 1, true, SQLITE_CANTOPEN, ORGNR);
	ck_assert_rc(send_one(ORGNR, &t, 1), RC_IO);
	wait_faults(1);
	fault_disarm();
	wait_recoveries(1);
	ck_assert_rc(send_one(ORGNR, &t, 1), RC_OK);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("writer_fault");
	TCase *tc = tcase_create("fault");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, failed_sync_quarantines_one_tenant_until_it_is_well);
	tcase_add_test(tc, waiting_jobs_of_a_quarantined_tenant_get_io);
	tcase_add_test(tc, full_disk_is_no_quarantine);
	tcase_add_test(tc, file_that_cannot_be_opened_recovers);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
