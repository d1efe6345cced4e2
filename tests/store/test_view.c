/* Reading beside the writer, and the files a program must refuse. */
#include "fixture.h"

#include <sqlite3.h>

static char folder[256], path[300];
static struct store *store;
static struct store_view *view;
static struct test_sealer sealer;
static struct err err;

static void put(int report, int64_t revision, const char *content)
{
	struct test_document d;
	struct store_result result;

	document_init(&d, report, revision, content);
	d.item.signing_kid = report % 2 ? "key-odd" : "key-even";
	ck_assert_rc(put_one(store, &sealer, &d, &result, &err), RC_OK);
	ck_assert_int_eq(result.outcome, STORE_NEW);
	store_result_release(&result);
}

static void set_up(void)
{
	make_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/t.db", folder);
	test_sealer_init(&sealer);
	ck_assert_rc(store_open(path, ORGNR, NULL, &store, &err), RC_OK);
	ck_assert_rc(store_view_open(path, ORGNR, NULL, &view, &err), RC_OK);
}

static void tear_down(void)
{
	store_view_free(view);
	view = NULL;
	store_free(store);
	store = NULL;
	remove_folder(folder);
}

START_TEST(get_gives_exact_bytes)
{
	struct test_document d;
	struct store_row row;
	struct store_receipt receipt;

	put(1, 1, "æøå 🏥");
	put(1, 2, "b");
	document_init(&d, 1, 1, "æøå 🏥");
	ck_assert_rc(store_get(view, "incident-report", d.report_id, 1, &row, &err), RC_OK);
	ck_assert_uint_eq(row.clear_len, d.item.clear_len);
	ck_assert_str_eq(row.clear, d.clear);
	ck_assert_int_eq(row.current_revision, 2);
	ck_assert_mem_eq(row.digest, d.item.digest, STORE_DIGEST_SIZE);
	ck_assert_str_eq(row.code_versions, "{\"L1\":\"1.0\"}");
	ck_assert_ptr_null(row.supersedes);
	ck_assert_rc(store_row_receipt(&row, &receipt), RC_OK);
	ck_assert_int_eq(receipt.seq, 1);
	ck_assert_str_eq(receipt.schema, "incident-report/1.0");
	store_receipt_release(&receipt);
	store_row_release(&row);
	ck_assert_rc(store_get(view, "incident-report", d.report_id, 0, &row, &err), RC_OK);
	ck_assert_int_eq(row.revision, 2);
	ck_assert_int_eq(row.first_received_at, d.item.received_at);
	store_row_release(&row);
	ck_assert_rc(store_get(view, "incident-report", d.report_id, 3, &row, &err), RC_NOT_FOUND);
	ck_assert_rc(store_get(view, "review", d.report_id, 1, &row, &err), RC_NOT_FOUND);
}
END_TEST

struct seen {
	int64_t seq[64], revision[64];
	int n, stop_at;
};

static enum rc see(void *ctx, const struct store_row *row)
{
	struct seen *seen = ctx;

	seen->seq[seen->n] = row->seq;
	seen->revision[seen->n++] = row->revision;
	return seen->n == seen->stop_at ? RC_LIMIT : RC_OK;
}

START_TEST(lists_in_order_and_stops)
{
	struct seen seen = { 0 };
	struct test_document d;

	put(1, 1, "a");
	put(2, 1, "b");
	ck_assert_rc(store_put_event(store, &(struct store_event){ .at = 1, .name = "x", .detail = "{}", .operator = "k" }, NULL, &err), RC_OK);
	put(1, 2, "c");
	ck_assert_rc(store_list_since(view, 0, 100, see, &seen, &err), RC_OK);
	ck_assert_int_eq(seen.n, 3);
	ck_assert_int_eq(seen.seq[2], 4);
	seen = (struct seen){ 0 };
	ck_assert_rc(store_list_since(view, 1, 1, see, &seen, &err), RC_OK);
	ck_assert_int_eq(seen.n, 1);
	ck_assert_int_eq(seen.seq[0], 2);
	seen = (struct seen){ .stop_at = 1 };
	ck_assert_rc(store_list_since(view, 0, 100, see, &seen, &err), RC_LIMIT);
	ck_assert_int_eq(seen.n, 1);
	document_init(&d, 1, 1, "a");
	seen = (struct seen){ 0 };
	ck_assert_rc(store_revisions(view, "incident-report", d.report_id, see, &seen, &err),
		     RC_OK);
	ck_assert_int_eq(seen.n, 2);
	ck_assert_int_eq(seen.revision[0], 1);
	ck_assert_int_eq(seen.revision[1], 2);
	/* A view that was stopped half-way holds no read mark. */
	ck_assert_rc(store_checkpoint_truncate(store, &err), RC_OK);
}
END_TEST

struct exported {
	char trace[256];
	unsigned char group[STORE_GROUP_ID_SIZE];
	int groups, items;
};

static enum rc on_group(void *ctx, const struct store_group *group)
{
	struct exported *e = ctx;

	memcpy(e->group, group->id, sizeof(e->group));
	ck_assert_uint_eq(group->version, 1);
	ck_assert_uint_eq(group->wraps_len, 2);
	ck_assert_str_eq(group->wraps[0].kid, "custodian-1");
	ck_assert_uint_eq(group->wraps[1].box_len, 3);
	e->groups++;
	snprintf(e->trace + strlen(e->trace), 8, "G");
	return RC_OK;
}

static enum rc on_item(void *ctx, const struct store_sealed_row *item)
{
	struct exported *e = ctx;

	ck_assert_mem_eq(item->group, e->group, sizeof(e->group));
	ck_assert_int_eq((char)~item->ciphertext[0], 'e');
	e->items++;
	snprintf(e->trace + strlen(e->trace), 8, "%d", (int)item->seq);
	return RC_OK;
}

static bool only_first_report(void *ctx, const char *report_id)
{
	(void)ctx;
	return report_id[35] == '1';
}

START_TEST(export_gives_groups_before_their_items)
{
	struct test_document d[3];
	const struct store_item *items[3];
	struct store_result results[3];
	struct exported e = { 0 };
	struct store_export what = { .ctx = &e, .group = on_group, .item = on_item };

	put(4, 1, "a");
	for (int i = 0; i < 3; i++) {
		document_init(&d[i], i + 1, 1, "a");
		items[i] = &d[i].item;
	}
	ck_assert_rc(store_put_batch(store, items, 3, &sealer.sealer, results, &err), RC_OK);
	for (int i = 0; i < 3; i++)
		store_result_release(&results[i]);
	put(1, 2, "b");
	ck_assert_rc(store_export(view, &what, &err), RC_OK);
	ck_assert_str_eq(e.trace, "G1G234G5");
	e = (struct exported){ 0 };
	what.since = 3;
	ck_assert_rc(store_export(view, &what, &err), RC_OK);
	ck_assert_str_eq(e.trace, "G4G5");
	e = (struct exported){ 0 };
	what.since = 0;
	what.wanted = only_first_report;
	ck_assert_rc(store_export(view, &what, &err), RC_OK);
	ck_assert_str_eq(e.trace, "G2G5");
}
END_TEST

static enum rc on_kid(void *ctx, const char *kid)
{
	snprintf((char *)ctx + strlen(ctx), 32, "%s ", kid);
	return RC_OK;
}

static enum rc on_event(void *ctx, const struct store_event *event)
{
	ck_assert_str_eq(event->detail, "{}");
	ck_assert_str_eq(event->operator, "kari");
	ck_assert_ptr_null(event->reason);
	*(int64_t *)ctx = event->seq;
	return RC_OK;
}

START_TEST(summaries)
{
	struct store_stat stat;
	char kids[128] = "";
	int64_t seq = 0;

	ck_assert_rc(store_view_stat(view, &stat, &err), RC_OK);
	ck_assert_int_eq(stat.last_seq, 0);
	put(1, 1, "a");
	put(2, 1, "b");
	put(3, 1, "c");
	put(3, 2, "d");
	ck_assert_rc(store_put_event(store, &(struct store_event){ .at = 99, .name = "x", .detail = "{}", .operator = "kari" }, NULL, &err), RC_OK);
	ck_assert_rc(store_view_stat(view, &stat, &err), RC_OK);
	ck_assert_int_eq(stat.documents, 4);
	ck_assert_int_eq(stat.reports, 3);
	ck_assert_int_eq(stat.last_seq, 5);
	ck_assert_int_eq(stat.last_commit_at, 99);
	ck_assert_rc(store_signing_kids(view, on_kid, kids, &err), RC_OK);
	ck_assert_str_eq(kids, "key-even key-odd ");
	ck_assert_rc(store_events_since(view, 0, 10, on_event, &seq, &err), RC_OK);
	ck_assert_int_eq(seq, 5);
}
END_TEST

START_TEST(pool_lends_and_keeps_few)
{
	CLEANUP(store_views_freep) struct store_views *views = NULL;
	struct store_view *a = NULL, *b = NULL, *c = NULL;
	char none[300];

	ck_assert_rc(store_views_new(1, NULL, &views), RC_OK);
	ck_assert_rc(store_views_borrow(views, path, ORGNR, &a, &err), RC_OK);
	ck_assert_rc(store_views_borrow(views, path, ORGNR, &b, &err), RC_OK);
	ck_assert_ptr_ne(a, b);
	store_views_return(views, a);
	ck_assert_rc(store_views_borrow(views, path, ORGNR, &c, &err), RC_OK);
	ck_assert_ptr_eq(a, c);
	store_views_return(views, b);
	store_views_return(views, c); /* closes b */
	ck_assert_rc(store_views_borrow(views, path, OTHER_ORGNR, &a, &err), RC_CORRUPT);
	store_views_drop(views, path);
	snprintf(none, sizeof(none), "%s/none.db", folder);
	ck_assert_rc(store_views_borrow(views, none, ORGNR, &a, &err), RC_NOT_FOUND);
	ck_assert_int_ne(access(none, F_OK), 0);
}
END_TEST

static void other_program(const char *sql)
{
	sqlite3 *db = NULL;

	store_view_free(view);
	store_free(store);
	view = NULL;
	store = NULL;
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

START_TEST(newer_file_is_refused_and_untouched)
{
	put(1, 1, "a");
	other_program("PRAGMA user_version = 99");
	ck_assert_rc(store_open(path, ORGNR, NULL, &store, &err), RC_UNSUPPORTED);
	ck_assert_str_eq(err.code, "database-newer");
	ck_assert_ptr_nonnull(strstr(err.text, "99"));
	ck_assert_rc(store_view_open(path, ORGNR, NULL, &view, &err), RC_UNSUPPORTED);
	other_program("PRAGMA user_version = 2");
	ck_assert_rc(store_open(path, ORGNR, NULL, &store, &err), RC_OK);
}
END_TEST

START_TEST(foreign_and_broken_files_are_refused)
{
	FILE *file;

	other_program("PRAGMA application_id = 7");
	ck_assert_rc(store_open(path, ORGNR, NULL, &store, &err), RC_CORRUPT);
	ck_assert_str_eq(err.code, "database-kind");
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < 5000; i++)
		fputs("this is no database ", file);
	fclose(file);
	ck_assert_rc(store_open(path, ORGNR, NULL, &store, &err), RC_CORRUPT);
	ck_assert_rc(store_view_open(path, ORGNR, NULL, &view, &err), RC_CORRUPT);
}
END_TEST

START_TEST(check_finds_what_was_tampered_with)
{
	static const char *const sql[] = {
		"INSERT INTO event VALUES (9, 'x', '{}', 'k', NULL, 1)", /* a gap */
		"DELETE FROM event",
		"DROP TRIGGER document_fixed; UPDATE document SET revision = 7 WHERE seq = 1",
		"DROP TRIGGER document_stays; UPDATE document SET revision = 1 WHERE seq = 1; "
		"DELETE FROM sealed WHERE seq = 1",
	};
	static const enum rc want[] = { RC_CORRUPT, RC_OK, RC_CORRUPT, RC_CORRUPT };

	put(1, 1, "a");
	put(2, 1, "b");
	for (size_t i = 0; i < ARRAY_LEN(sql); i++) {
		if (i == 1)
			other_program("DROP TRIGGER event_stays");
		other_program(sql[i]);
		ck_assert_rc(store_open(path, ORGNR, NULL, &store, &err), RC_OK);
		ck_assert_rc(store_check(store, &err), want[i]);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store_view");
	TCase *tc = tcase_create("view");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, get_gives_exact_bytes);
	tcase_add_test(tc, lists_in_order_and_stops);
	tcase_add_test(tc, export_gives_groups_before_their_items);
	tcase_add_test(tc, summaries);
	tcase_add_test(tc, pool_lends_and_keeps_few);
	tcase_add_test(tc, newer_file_is_refused_and_untouched);
	tcase_add_test(tc, foreign_and_broken_files_are_refused);
	tcase_add_test(tc, check_finds_what_was_tampered_with);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
