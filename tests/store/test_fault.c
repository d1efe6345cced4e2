/* Every write, sync, truncate and open fails once, and from then on, at every
 * place a scenario has: what was acknowledged is there afterwards, the file is
 * whole, and when the fault has gone everything works. */
#include "fault_vfs.h"
#include "fixture.h"

#include <sqlite3.h>

enum { BATCHES = 4, PER_BATCH = 2, REPORTS = BATCHES * PER_BATCH };

static const struct store_options faulty = { .vfs = FAULT_VFS };
static struct err err;

/* What the caller was told. */
struct told {
	int64_t seq[REPORTS + 1]; /* of acknowledged reports, else 0 */
	int64_t event_seq;
	bool full, io; /* seen anywhere */
};

static void note(struct told *told, enum rc rc)
{
	told->full |= rc == RC_FULL;
	told->io |= rc == RC_IO;
	ck_assert_msg(rc == RC_OK || rc == RC_FULL || rc == RC_IO, "%s", rc_name(rc));
}

/* One batch of new reports, numbered from `batch` * PER_BATCH + 1, with a repeat of the first. */
static enum rc put_batch(struct store *store, struct test_sealer *sealer, int batch,
			 struct told *told)
{
	struct test_document d[PER_BATCH + 1];
	const struct store_item *items[PER_BATCH + 1];
	struct store_result results[PER_BATCH + 1];
	enum rc rc;

	for (int i = 0; i <= PER_BATCH; i++) {
		document_init(&d[i], batch * PER_BATCH + 1 + i % PER_BATCH, 1, "a");
		items[i] = &d[i].item;
	}
	rc = store_put_batch(store, items, PER_BATCH + 1, &sealer->sealer, results, &err);
	note(told, rc);
	for (int i = 0; !rc && i <= PER_BATCH; i++) {
		if (i < PER_BATCH && results[i].outcome == STORE_NEW)
			told->seq[batch * PER_BATCH + 1 + i] = results[i].receipt.seq;
		store_result_release(&results[i]);
	}
	ck_assert_int_eq(sealer->begun, sealer->ended);
	return rc;
}

/* Opens, puts, checkpoints, closes; reopens when the store says it must be. */
static void scenario(const char *path, struct told *told)
{
	struct test_sealer sealer;
	struct store *store = NULL;

	test_sealer_init(&sealer);
	for (int batch = 0; batch < BATCHES; batch++) {
		enum rc rc = RC_OK;

		if (!store) {
			rc = store_open(path, ORGNR, &faulty, &store, &err);
			note(told, rc);
		}
		if (!rc)
			rc = put_batch(store, &sealer, batch, told);
		if (!rc && batch == 1) {
			rc = store_put_event(store, &(struct store_event){ .at = 1, .name = "x", .detail = "{}", .operator = "k" }, &told->event_seq,
					     &err);
			note(told, rc);
		}
		if (!rc && batch >= 2) {
			rc = store_checkpoint(store, NULL, &err);
			note(told, rc);
		}
		if (store && !store_usable(store)) {
			store_free(store);
			store = NULL;
		}
	}
	store_free(store);
}

/* Without faults: everything told is there, the rest can be put now. */
static void inspect(const char *path, const struct told *told)
{
	struct test_sealer sealer;
	struct store *store = NULL;
	struct store_stat stat;

	test_sealer_init(&sealer);
	ck_assert_rc(store_open(path, ORGNR, NULL, &store, &err), RC_OK);
	ck_assert_rc(store_check(store, &err), RC_OK);
	for (int report = 1; report <= REPORTS; report++) {
		struct test_document d;
		struct store_result r;

		document_init(&d, report, 1, "a");
		ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
		if (told->seq[report]) {
			ck_assert_int_eq(r.outcome, STORE_REPEATED);
			ck_assert_int_eq(r.receipt.seq, told->seq[report]);
		}
		store_result_release(&r);
	}
	ck_assert_rc(store_check(store, &err), RC_OK);
	ck_assert_rc(store_stat(store, &stat, &err), RC_OK);
	ck_assert_int_eq(stat.documents, REPORTS);
	store_free(store);
}

static const struct {
	const char *name;
	unsigned mask;
	int code;
} faults[] = {
	{ "sync", FAULT_SYNC, SQLITE_IOERR_FSYNC },
	{ "write", FAULT_WRITE, SQLITE_IOERR_WRITE },
	{ "truncate", FAULT_TRUNCATE, SQLITE_IOERR_TRUNCATE },
	{ "open", FAULT_OPEN, SQLITE_CANTOPEN },
	{ "full", FAULT_WRITE, SQLITE_FULL },
	{ "everything", FAULT_ALL, SQLITE_IOERR },
};

START_TEST(nth_call_fails)
{
	unsigned mask = faults[_i / 2].mask;
	int code = faults[_i / 2].code, n, failed = 1;
	bool persistent = _i % 2;

	fault_vfs_register();
	for (n = 1; failed; n++) {
		char folder[256], path[300];
		struct told told = { 0 };

		make_folder(folder, sizeof(folder));
		snprintf(path, sizeof(path), "%s/t.db", folder);
		fault_arm(mask, n, persistent, code, NULL);
		scenario(path, &told);
		failed = fault_disarm();
		/* A full disk is never called anything else. */
		if (code == SQLITE_FULL)
			ck_assert(!told.io);
		else
			ck_assert(!told.full);
		inspect(path, &told);
		remove_folder(folder);
		ck_assert_int_lt(n, 2000);
	}
	/* The scenario has places where this can fail, and all were tried. */
	if (mask != FAULT_TRUNCATE)
		ck_assert_int_gt(n, 3);
}
END_TEST

START_TEST(full_disk_recovers_without_reopening)
{
	char folder[256], path[300];
	struct told told = { 0 };
	struct test_sealer sealer;
	struct store *store = NULL;
	struct store_view *view = NULL;
	struct store_stat stat;

	fault_vfs_register();
	test_sealer_init(&sealer);
	make_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/t.db", folder);
	ck_assert_rc(store_open(path, ORGNR, &faulty, &store, &err), RC_OK);
	ck_assert_rc(put_batch(store, &sealer, 0, &told), RC_OK);
	fault_arm(FAULT_WRITE, 1, true, SQLITE_FULL, NULL);
	for (int i = 1; i < BATCHES; i++)
		ck_assert_rc(put_batch(store, &sealer, i, &told), RC_FULL);
	ck_assert(store_usable(store));
	/* Reading goes on. */
	ck_assert_rc(store_view_open(path, ORGNR, &faulty, &view, &err), RC_OK);
	ck_assert_rc(store_view_stat(view, &stat, &err), RC_OK);
	ck_assert_int_eq(stat.documents, PER_BATCH);
	store_view_free(view);
	fault_disarm();
	for (int i = 1; i < BATCHES; i++)
		ck_assert_rc(put_batch(store, &sealer, i, &told), RC_OK);
	ck_assert_int_eq(told.seq[REPORTS], REPORTS); /* no number was used up */
	store_free(store);
	inspect(path, &told);
	remove_folder(folder);
}
END_TEST

START_TEST(failed_sync_ends_the_use_of_a_store)
{
	char folder[256], path[300];
	struct told told = { 0 };
	struct test_sealer sealer;
	struct store *store = NULL;

	fault_vfs_register();
	test_sealer_init(&sealer);
	make_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/t.db", folder);
	ck_assert_rc(store_open(path, ORGNR, &faulty, &store, &err), RC_OK);
	fault_arm(FAULT_SYNC, 1, false, SQLITE_IOERR_FSYNC, NULL);
	ck_assert_rc(put_batch(store, &sealer, 0, &told), RC_IO);
	ck_assert_int_eq(fault_disarm(), 1);
	ck_assert(!store_usable(store));
	ck_assert_rc(put_batch(store, &sealer, 1, &told), RC_IO);
	ck_assert_rc(store_checkpoint(store, NULL, &err), RC_IO);
	store_free(store);
	inspect(path, &told);
	remove_folder(folder);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store_fault");
	TCase *tc = tcase_create("fault");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, nth_call_fails, 0, 2 * (int)ARRAY_LEN(faults));
	tcase_add_test(tc, full_disk_recovers_without_reopening);
	tcase_add_test(tc, failed_sync_ends_the_use_of_a_store);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
