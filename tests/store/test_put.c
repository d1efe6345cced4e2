/* What put_batch promises, outcome by outcome. */
#include "fixture.h"

static char folder[256], path[300];
static struct store *store;
static struct test_sealer sealer;
static struct err err;

static void set_up(void)
{
	make_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/t.db", folder);
	test_sealer_init(&sealer);
	ck_assert_rc(store_open(path, ORGNR, NULL, &store, &err), RC_OK);
}

static void tear_down(void)
{
	ck_assert_rc(store_check(store, &err), RC_OK);
	store_free(store);
	remove_folder(folder);
}

static struct store_result put(int report, int64_t revision, const char *content)
{
	struct test_document d;
	struct store_result result;

	document_init(&d, report, revision, content);
	ck_assert_rc(put_one(store, &sealer, &d, &result, &err), RC_OK);
	return result;
}

static void expect(int report, int64_t revision, const char *content, enum store_outcome outcome,
		   int64_t seq, int64_t current)
{
	struct store_result result = put(report, revision, content);

	ck_assert_int_eq(result.outcome, outcome);
	ck_assert_int_eq(result.receipt.seq, seq);
	ck_assert_int_eq(result.current_revision, current);
	store_result_release(&result);
}

START_TEST(new_has_its_receipt)
{
	struct test_document d;
	struct store_result r;

	document_init(&d, 1, 1, "a");
	d.item.warnings = "[{\"code\":\"w\"}]";
	ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
	ck_assert_int_eq(r.outcome, STORE_NEW);
	ck_assert_int_eq(r.rc, RC_OK);
	ck_assert_int_eq(r.receipt.seq, 1);
	ck_assert_int_eq(r.receipt.revision, 1);
	ck_assert_str_eq(r.receipt.report_id, d.report_id);
	ck_assert_str_eq(r.receipt.schema, "incident-report/1.0");
	ck_assert_str_eq(r.receipt.warnings, "[{\"code\":\"w\"}]");
	ck_assert_int_eq(r.receipt.received_at, d.item.received_at);
	ck_assert_int_eq(r.receipt.first_received_at, d.item.received_at);
	ck_assert_mem_eq(r.receipt.digest, d.item.digest, STORE_DIGEST_SIZE);
	ck_assert_mem_eq(r.current_digest, d.item.digest, STORE_DIGEST_SIZE);
	store_result_release(&r);
}
END_TEST

START_TEST(repeat_gives_first_receipt_and_is_not_sealed)
{
	struct test_document d;
	struct store_result r;

	expect(1, 1, "a", STORE_NEW, 1, 1);
	document_init(&d, 1, 1, "a");
	d.item.received_at += 500;
	d.item.digest[0] ^= 1; /* signed again */
	d.item.warnings = "[{\"code\":\"other\"}]";
	ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
	ck_assert_int_eq(r.outcome, STORE_REPEATED);
	ck_assert_int_eq(r.receipt.seq, 1);
	ck_assert_int_eq(r.receipt.received_at, d.item.received_at - 500);
	ck_assert_str_eq(r.receipt.warnings, "[]");
	ck_assert_int_ne(r.receipt.digest[0], d.item.digest[0]);
	store_result_release(&r);
	ck_assert_int_eq(sealer.begun, 1);
	ck_assert_int_eq(sealer.sealed, 1);
	ck_assert_int_eq(sealer.ended, 1);
}
END_TEST

START_TEST(every_conflict_by_name)
{
	expect(1, 2, "a", STORE_SKIPPED, 0, 0);
	expect(1, 1, "a", STORE_NEW, 1, 1);
	expect(1, 1, "b", STORE_OTHER_CONTENT, 0, 1);
	expect(1, 3, "c", STORE_SKIPPED, 0, 1);
	expect(1, 2, "c", STORE_NEW, 2, 2);
	expect(1, 1, "x", STORE_STALE, 0, 2);
	expect(1, 1, "a", STORE_REPEATED, 1, 2);
	expect(1, 2, "c", STORE_REPEATED, 2, 2);
	ck_assert_int_eq(sealer.begun, 2);
	ck_assert_int_eq(sealer.ended, 2);
}
END_TEST

/* What may only be a repeat is recognised, and else leaves nothing. */
START_TEST(only_repeats_are_recognised)
{
	static const struct {
		int report;
		int64_t revision;
		const char *content;
		enum store_outcome outcome;
		int64_t seq;
	} tried[] = {
		{ 1, 1, "a", STORE_REPEATED, 1 },     { 1, 2, "b", STORE_REPEATED, 2 },
		{ 1, 1, "x", STORE_NOT_REPEATED, 0 }, { 1, 2, "x", STORE_NOT_REPEATED, 0 },
		{ 1, 3, "c", STORE_NOT_REPEATED, 0 }, { 1, 4, "c", STORE_NOT_REPEATED, 0 },
		{ 2, 1, "a", STORE_NOT_REPEATED, 0 },
	};
	struct store_stat stat;

	expect(1, 1, "a", STORE_NEW, 1, 1);
	expect(1, 2, "b", STORE_NEW, 2, 2);
	for (size_t i = 0; i < ARRAY_LEN(tried); i++) {
		struct test_document d;
		struct store_result r;

		document_init(&d, tried[i].report, tried[i].revision, tried[i].content);
		d.item.only_repeat = true;
		d.item.clear = "";
		d.item.clear_len = 0;
		ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
		ck_assert_int_eq(r.outcome, tried[i].outcome);
		ck_assert_int_eq(r.receipt.seq, tried[i].seq);
		store_result_release(&r);
	}
	ck_assert_rc(store_stat(store, &stat, &err), RC_OK);
	ck_assert_int_eq(stat.documents, 2);
	ck_assert_int_eq(sealer.begun, 2);
}
END_TEST

START_TEST(conflict_carries_current_digest)
{
	struct test_document second;
	struct store_result r;

	expect(1, 1, "a", STORE_NEW, 1, 1);
	expect(1, 2, "b", STORE_NEW, 2, 2);
	document_init(&second, 1, 2, "b");
	r = put(1, 7, "c");
	ck_assert_int_eq(r.outcome, STORE_SKIPPED);
	ck_assert_mem_eq(r.current_digest, second.item.digest, STORE_DIGEST_SIZE);
	store_result_release(&r);
}
END_TEST

START_TEST(supersedes_is_checked_when_present)
{
	struct test_document first, d;
	struct store_result r;

	expect(1, 1, "a", STORE_NEW, 1, 1);
	document_init(&first, 1, 1, "a");
	document_init(&d, 1, 2, "b");
	d.item.supersedes =
		"sha-256:0000000000000000000000000000000000000000000000000000000000000000";
	ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
	ck_assert_int_eq(r.outcome, STORE_SUPERSEDES);
	ck_assert_int_eq(r.current_revision, 1);
	store_result_release(&r);
	d.item.supersedes = store_digest_text(first.item.digest, d.supersedes);
	ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
	ck_assert_int_eq(r.outcome, STORE_NEW);
	ck_assert_int_eq(r.receipt.first_received_at, first.item.received_at);
	store_result_release(&r);
	document_init(&d, 2, 1, "b");
	d.item.supersedes = store_digest_text(first.item.digest, d.supersedes);
	ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
	ck_assert_int_eq(r.outcome, STORE_SUPERSEDES);
	store_result_release(&r);
}
END_TEST

START_TEST(kinds_have_their_own_keys)
{
	struct test_document d;
	struct store_result r;

	expect(1, 1, "a", STORE_NEW, 1, 1);
	document_init(&d, 1, 1, "review");
	d.item.kind = "review";
	d.item.schema = "review/1.0";
	ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
	ck_assert_int_eq(r.outcome, STORE_NEW);
	ck_assert_int_eq(r.receipt.seq, 2);
	store_result_release(&r);
}
END_TEST

START_TEST(same_local_case_is_a_possible_duplicate)
{
	static const char *const ids[] = { "case-1", "case-1", "case-2", NULL };
	static const bool duplicate[] = { false, true, false, false };

	for (int i = 0; i < 4; i++) {
		struct test_document d;
		struct store_result r;

		document_init(&d, i + 1, 1, "a");
		d.item.local_case_id = ids[i];
		ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
		ck_assert_int_eq(r.outcome, STORE_NEW);
		ck_assert_int_eq(r.receipt.possible_duplicate, duplicate[i]);
		store_result_release(&r);
		/* The first receipt again, also in this. */
		ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
		ck_assert_int_eq(r.outcome, STORE_REPEATED);
		ck_assert_int_eq(r.receipt.possible_duplicate, duplicate[i]);
		store_result_release(&r);
		/* A report is no duplicate of itself. */
		document_init(&d, i + 1, 2, "b");
		d.item.local_case_id = i == 3 ? "case-9" : ids[i];
		ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_OK);
		ck_assert_int_eq(r.outcome, STORE_NEW);
		if (i == 0 || i > 1)
			ck_assert(!r.receipt.possible_duplicate);
		store_result_release(&r);
	}
}
END_TEST

START_TEST(later_items_of_a_batch_see_the_earlier)
{
	struct test_document d[6];
	const struct store_item *items[6];
	struct store_result r[6];
	static const enum store_outcome want[] = { STORE_NEW, STORE_REPEATED, STORE_OTHER_CONTENT,
						   STORE_NEW, STORE_STALE,    STORE_NEW };
	static const int64_t seq[] = { 1, 1, 0, 2, 0, 3 };

	document_init(&d[0], 1, 1, "a");
	document_init(&d[1], 1, 1, "a");
	document_init(&d[2], 1, 1, "b");
	document_init(&d[3], 1, 2, "c");
	document_init(&d[4], 1, 1, "d");
	document_init(&d[5], 2, 1, "e");
	for (int i = 0; i < 6; i++)
		items[i] = &d[i].item;
	ck_assert_rc(store_put_batch(store, items, 6, &sealer.sealer, r, &err), RC_OK);
	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq(r[i].outcome, want[i]);
		ck_assert_int_eq(r[i].receipt.seq, seq[i]);
		store_result_release(&r[i]);
	}
	ck_assert_int_eq(sealer.begun, 1);
	ck_assert_int_eq(sealer.sealed, 3);
	ck_assert_int_eq(sealer.ended, 1);
}
END_TEST

START_TEST(bad_item_fails_alone)
{
	struct test_document d[4];
	const struct store_item *items[4];
	struct store_result r[4];

	for (int i = 0; i < 4; i++) {
		document_init(&d[i], i + 1, 1, "a");
		items[i] = &d[i].item;
	}
	d[0].item.report_id = "NOT-A-UUID";
	sealer.fail_report = d[2].report_id;
	sealer.fail_seal = RC_LIMIT;
	ck_assert_rc(store_put_batch(store, items, 4, &sealer.sealer, r, &err), RC_OK);
	ck_assert_int_eq(r[0].outcome, STORE_FAILED);
	ck_assert_int_eq(r[0].rc, RC_INVALID);
	ck_assert_int_eq(r[1].outcome, STORE_NEW);
	ck_assert_int_eq(r[1].receipt.seq, 1);
	ck_assert_int_eq(r[2].outcome, STORE_FAILED);
	ck_assert_int_eq(r[2].rc, RC_LIMIT);
	ck_assert_int_eq(r[3].outcome, STORE_NEW);
	ck_assert_int_eq(r[3].receipt.seq, 2);
	for (int i = 0; i < 4; i++)
		store_result_release(&r[i]);
}
END_TEST

START_TEST(failing_sealer_stores_nothing_and_uses_no_seq)
{
	struct test_document d;
	struct store_result r;

	document_init(&d, 1, 1, "a");
	sealer.fail_begin = RC_NOT_FOUND;
	ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_NOT_FOUND);
	ck_assert_int_eq(sealer.ended, 0);
	sealer.fail_begin = RC_OK;
	sealer.fail_report = d.report_id;
	sealer.fail_seal = RC_IO;
	ck_assert_rc(put_one(store, &sealer, &d, &r, &err), RC_IO);
	ck_assert_int_eq(sealer.ended, 1);
	sealer.fail_report = NULL;
	expect(1, 1, "a", STORE_NEW, 1, 1);
}
END_TEST

START_TEST(events_share_the_sequence)
{
	struct store_stat stat;
	int64_t seq = 0;

	expect(1, 1, "a", STORE_NEW, 1, 1);
	ck_assert_rc(store_put_event(store,
				     &(struct store_event){ .at = 5000,
							    .name = "tenant-suspended",
							    .detail = "{}",
							    .operator= "kari",
							    .reason = "test" },
				     &seq, &err),
		     RC_OK);
	ck_assert_int_eq(seq, 2);
	ck_assert_rc(store_put_event(store, &(struct store_event){ .at = 1, .name = "x", .detail = "not json", .operator = "kari" }, &seq, &err),
		     RC_INVALID);
	expect(2, 1, "a", STORE_NEW, 3, 1);
	ck_assert_rc(store_stat(store, &stat, &err), RC_OK);
	ck_assert_int_eq(stat.last_seq, 3);
	ck_assert_int_eq(stat.documents, 2);
	ck_assert_int_eq(stat.reports, 2);
	ck_assert_int_eq(stat.last_commit_at, 1021);
	ck_assert_int_gt(stat.file_bytes + stat.wal_bytes, 0);
}
END_TEST

START_TEST(stays_when_reopened)
{
	expect(1, 1, "a", STORE_NEW, 1, 1);
	store_free(store);
	ck_assert_rc(store_open(path, ORGNR, NULL, &store, &err), RC_OK);
	expect(1, 1, "a", STORE_REPEATED, 1, 1);
	expect(2, 1, "a", STORE_NEW, 2, 1);
}
END_TEST

START_TEST(another_tenants_file_is_refused)
{
	struct store *other = NULL;
	struct store_view *view = NULL;

	ck_assert_rc(store_open(path, OTHER_ORGNR, NULL, &other, &err), RC_CORRUPT);
	ck_assert_str_eq(err.code, "database-owner");
	ck_assert_rc(store_view_open(path, OTHER_ORGNR, NULL, &view, &err), RC_CORRUPT);
	ck_assert_ptr_null(other);
	ck_assert_ptr_null(view);
}
END_TEST

START_TEST(checkpoint_moves_the_log)
{
	int64_t pages = -1;
	struct store_stat stat;

	for (int i = 1; i <= 20; i++)
		expect(i, 1, "a", STORE_NEW, i, 1);
	ck_assert_int_gt(store_wal_pages(store), 0);
	ck_assert_rc(store_checkpoint(store, &pages, &err), RC_OK);
	ck_assert_int_eq(pages, 0);
	ck_assert_rc(store_checkpoint_truncate(store, &err), RC_OK);
	ck_assert_rc(store_stat(store, &stat, &err), RC_OK);
	ck_assert_int_eq(stat.wal_bytes, 0);
	ck_assert_int_eq(stat.documents, 20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store_put");
	TCase *tc = tcase_create("put");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, new_has_its_receipt);
	tcase_add_test(tc, repeat_gives_first_receipt_and_is_not_sealed);
	tcase_add_test(tc, every_conflict_by_name);
	tcase_add_test(tc, only_repeats_are_recognised);
	tcase_add_test(tc, conflict_carries_current_digest);
	tcase_add_test(tc, supersedes_is_checked_when_present);
	tcase_add_test(tc, kinds_have_their_own_keys);
	tcase_add_test(tc, same_local_case_is_a_possible_duplicate);
	tcase_add_test(tc, later_items_of_a_batch_see_the_earlier);
	tcase_add_test(tc, bad_item_fails_alone);
	tcase_add_test(tc, failing_sealer_stores_nothing_and_uses_no_seq);
	tcase_add_test(tc, events_share_the_sequence);
	tcase_add_test(tc, stays_when_reopened);
	tcase_add_test(tc, another_tenants_file_is_refused);
	tcase_add_test(tc, checkpoint_moves_the_log);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
