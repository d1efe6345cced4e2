/* A report's end, and what is left when content is erased: through the store's verbs,
 * and in the bytes of its files. */
#include "fixture.h"

#include <string.h>

#define ALL INT64_MAX

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

/* A document of any kind, with the place that its kind has in a report's life. */
static enum store_outcome put(const char *kind, int report, int64_t revision, const char *content)
{
	struct test_document d;
	struct store_result result;
	enum store_outcome outcome;

	document_init(&d, report, revision, content);
	d.item.kind = kind;
	if (strcmp(kind, "incident-report") != 0)
		d.item.about = "incident-report";
	if (strcmp(kind, "withdrawal") != 0)
		d.item.ended_by = "withdrawal";
	d.item.erases = strcmp(content, "erase") == 0;
	ck_assert_rc(put_one(store, &sealer, &d, &result, &err), RC_OK);
	outcome = result.outcome;
	ck_assert_int_eq(result.receipt.seq != 0,
			 outcome == STORE_NEW || outcome == STORE_REPEATED);
	store_result_release(&result);
	return outcome;
}

static struct store_erased erase(const char *report_id, int64_t from, int64_t upto,
				 bool sealed_only)
{
	const struct store_erase what = { .report_id = report_id,
					  .from_seq = from,
					  .upto_seq = upto,
					  .sealed_only = sealed_only };
	const struct store_event event = {
		.at = 77, .name = "erased", .detail = "{}", .operator= "kari" };
	struct store_erased erased;

	ck_assert_rc(store_erase(store, &what, 1, &event, &erased, &err), RC_OK);
	return erased;
}

/* Whether the bytes of `text` stand anywhere in the file or its log. */
static bool on_disk(const char *text)
{
	static const char *const ends[] = { "", "-wal" };
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		char name[320];
		char *bytes = NULL;
		size_t size = 0;
		FILE *file, *whole;
		int c;

		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		file = fopen(name, "r");
		if (!file)
			continue;
		whole = open_memstream(&bytes, &size);
		while ((c = getc(file)) != EOF)
			putc(c, whole);
		fclose(file);
		fclose(whole);
		found |= memmem(bytes, size, text, strlen(text)) != NULL;
		free(bytes);
	}
	return found;
}

static struct store_row row_of(const char *kind, int report)
{
	struct test_document d;
	struct store_view *view = NULL;
	struct store_row row;

	document_init(&d, report, 1, "");
	ck_assert_rc(store_view_open(path, ORGNR, NULL, &view, &err), RC_OK);
	ck_assert_rc(store_get(view, kind, d.report_id, 0, &row, &err), RC_OK);
	store_view_free(view);
	return row;
}

START_TEST(about_what_is_not_here_is_refused)
{
	ck_assert_int_eq(put("review", 1, 1, "r"), STORE_ABSENT);
	ck_assert_int_eq(put("withdrawal", 1, 1, "w"), STORE_ABSENT);
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_NEW);
	ck_assert_int_eq(put("review", 1, 1, "r"), STORE_NEW);
	ck_assert_int_eq(put("review", 2, 1, "r"), STORE_ABSENT);
}
END_TEST

START_TEST(after_the_end_nothing_new)
{
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_NEW);
	ck_assert_int_eq(put("review", 1, 1, "r"), STORE_NEW);
	ck_assert_int_eq(put("withdrawal", 1, 1, "w"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 1, 2, "b"), STORE_ENDED);
	ck_assert_int_eq(put("incident-report", 1, 7, "b"), STORE_ENDED);
	ck_assert_int_eq(put("review", 1, 2, "s"), STORE_ENDED);
	/* what was acknowledged stays so */
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_REPEATED);
	ck_assert_int_eq(put("incident-report", 1, 1, "x"), STORE_OTHER_CONTENT);
	ck_assert_int_eq(put("review", 1, 1, "r"), STORE_REPEATED);
	ck_assert_int_eq(put("withdrawal", 1, 1, "w"), STORE_REPEATED);
	ck_assert_int_eq(put("withdrawal", 1, 2, "w2"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 2, 1, "a"), STORE_NEW);
}
END_TEST

START_TEST(an_erasing_document_takes_the_others_content)
{
	struct store_row row;

	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 1, 2, "b"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 2, 1, "other"), STORE_NEW);
	ck_assert_int_eq(put("review", 1, 1, "r"), STORE_NEW);
	ck_assert_int_eq(put("withdrawal", 1, 1, "erase"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_ERASED);
	ck_assert_int_eq(put("incident-report", 1, 2, "b"), STORE_ERASED);
	ck_assert_int_eq(put("incident-report", 1, 3, "c"), STORE_ERASED);
	ck_assert_int_eq(put("review", 1, 1, "r"), STORE_ERASED);
	ck_assert_int_eq(put("review", 1, 2, "s"), STORE_ERASED);
	ck_assert_int_eq(put("withdrawal", 1, 2, "w"), STORE_ERASED);
	ck_assert_int_eq(put("withdrawal", 1, 1, "erase"), STORE_REPEATED);
	ck_assert_int_eq(put("incident-report", 2, 1, "other"), STORE_REPEATED);
	row = row_of("incident-report", 1);
	ck_assert_int_eq(row.revision, 2);
	ck_assert_int_eq(row.seq, 2);
	ck_assert_uint_eq(row.clear_len, 0);
	ck_assert_ptr_null(row.local_case_id);
	ck_assert_int_gt(row.erased_at, 0);
	store_row_release(&row);
	row = row_of("withdrawal", 1);
	ck_assert_int_eq(row.erased_at, 0);
	ck_assert_uint_gt(row.clear_len, 0);
	store_row_release(&row);
}
END_TEST

/* Many rows, so that pages split, overflow and are used again. */
START_TEST(erased_bytes_are_gone_from_the_files)
{
	char clear[4000], secret[4000], local[40];
	struct test_document d;
	struct store_result result;
	struct store_erased erased;
	struct test_document first;

	for (int i = 1; i <= 400; i++) {
		document_init(&d, i, 1, "");
		snprintf(local, sizeof(local), "LOCAL-%04d", i);
		snprintf(clear, sizeof(clear), "{\"clear\":\"CLEAR-%04d%*s\"}", i, i * 9, "");
		snprintf(secret, sizeof(secret), "SECRET-%04d%*s", i, i * 7, "");
		d.item.clear = clear;
		d.item.clear_len = strlen(clear);
		d.item.secret = secret;
		d.item.secret_len = strlen(secret);
		d.item.local_case_id = local;
		ck_assert_rc(put_one(store, &sealer, &d, &result, &err), RC_OK);
		ck_assert_int_eq(result.outcome, STORE_NEW);
		store_result_release(&result);
	}
	for (int i = 1; i <= 400; i += 57) {
		char turned[16];

		snprintf(clear, sizeof(clear), "CLEAR-%04d", i);
		snprintf(local, sizeof(local), "LOCAL-%04d", i);
		snprintf(secret, sizeof(secret), "SECRET-%04d", i);
		for (size_t k = 0; k <= strlen(secret); k++)
			turned[k] = (char)(secret[k] ? ~secret[k] : 0);
		ck_assert(on_disk(clear) && on_disk(local) && on_disk(turned));
		document_init(&first, i, 1, "");
		erased = erase(first.report_id, 1, ALL, false);
		ck_assert_int_eq(erased.documents, 1);
		ck_assert_rc(store_wipe_log(store, &err), RC_OK);
		ck_assert_msg(!on_disk(clear), "%s is still there", clear);
		ck_assert_msg(!on_disk(local), "%s is still there", local);
		ck_assert_msg(!on_disk(turned), "%s is still there", secret);
		ck_assert(on_disk(first.report_id)); /* the tombstone */
	}
	ck_assert(on_disk("CLEAR-0002") && on_disk("LOCAL-0399"));
}
END_TEST

START_TEST(a_log_that_is_read_is_wiped_later)
{
	struct store_view *view = NULL;

	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_NEW);
	ck_assert_rc(store_view_open(path, ORGNR, NULL, &view, &err), RC_OK);
	ck_assert_rc(store_wipe_log(store, &err), RC_OK); /* idle views are no readers */
	store_view_free(view);
}
END_TEST

START_TEST(sealed_only_leaves_the_clear_row)
{
	struct test_document d;
	struct store_erased erased;
	struct store_row row;

	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 2, 1, "b"), STORE_NEW);
	document_init(&d, 1, 1, "a");
	/* a report's id with another's seq erases nothing */
	ck_assert_int_eq(erase(d.report_id, 2, 2, true).documents, 0);
	erased = erase(d.report_id, 1, 1, true);
	ck_assert_int_eq(erased.documents, 1);
	ck_assert_int_eq(erased.seq, 4);
	ck_assert_int_eq(erase(d.report_id, 1, 1, true).documents, 0);
	row = row_of("incident-report", 1);
	ck_assert_uint_gt(row.clear_len, 0);
	ck_assert_int_eq(row.erased_at, 77);
	store_row_release(&row);
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_REPEATED);
	ck_assert_int_eq(put("incident-report", 1, 2, "c"), STORE_NEW);
	/* the clear part can still follow */
	ck_assert_int_eq(erase(d.report_id, 1, ALL, false).documents, 2);
}
END_TEST

START_TEST(a_range_takes_every_document_in_it)
{
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 2, 1, "b"), STORE_NEW);
	ck_assert_int_eq(put("review", 2, 1, "r"), STORE_NEW);
	ck_assert_int_eq(erase(NULL, 1, 2, false).documents, 2);
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_ERASED);
	ck_assert_int_eq(put("review", 2, 2, "s"), STORE_ERASED);
	ck_assert_int_eq(put("review", 2, 1, "r"), STORE_REPEATED);
	ck_assert_int_eq(put("incident-report", 3, 1, "c"), STORE_NEW);
}
END_TEST

static enum rc note_kind(void *ctx, const struct store_row *row)
{
	char *out = ctx;

	snprintf(out + strlen(out), 200 - strlen(out), "%s %d ", row->kind, (int)row->revision);
	return RC_OK;
}

START_TEST(a_reports_life_is_the_current_of_each_kind)
{
	struct store_view *view = NULL;
	struct test_document d;
	char life[200] = "";

	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 1, 2, "b"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 2, 1, "b"), STORE_NEW);
	ck_assert_int_eq(put("review", 1, 1, "r"), STORE_NEW);
	ck_assert_int_eq(put("withdrawal", 1, 1, "w"), STORE_NEW);
	ck_assert_rc(store_view_open(path, ORGNR, NULL, &view, &err), RC_OK);
	document_init(&d, 1, 1, "");
	ck_assert_rc(store_life(view, d.report_id, note_kind, life, &err), RC_OK);
	ck_assert_str_eq(life, "incident-report 2 review 1 withdrawal 1 ");
	life[0] = '\0';
	document_init(&d, 9, 1, "");
	ck_assert_rc(store_life(view, d.report_id, note_kind, life, &err), RC_OK);
	ck_assert_str_eq(life, "");
	store_view_free(view);
}
END_TEST

/* Everything so far was a trial. */
static struct store_erased end_trial(int64_t at)
{
	const struct store_erase what = { .from_seq = 1, .upto_seq = ALL };
	const struct store_event event = {
		.at = at, .name = STORE_TRIAL_ERASED, .detail = "{}", .operator= "kari" };
	struct store_erased erased;

	ck_assert_rc(store_erase(store, &what, 1, &event, &erased, &err), RC_OK);
	return erased;
}

static enum rc count_report(void *ctx, const char *report_id, int64_t at)
{
	(void)report_id;
	(void)at;
	++*(int *)ctx;
	return RC_OK;
}

static int erased_reports(void)
{
	struct store_view *view = NULL;
	int n = 0;

	ck_assert_rc(store_view_open(path, ORGNR, NULL, &view, &err), RC_OK);
	ck_assert_rc(
		store_erased_reports(view, "incident-report", "withdrawal", count_report, &n, &err),
		RC_OK);
	store_view_free(view);
	return n;
}

START_TEST(after_a_trial_a_report_begins_with_its_next_revision)
{
	struct store_row row;

	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 1, 2, "b"), STORE_NEW);
	ck_assert_int_eq(put("review", 1, 1, "r"), STORE_NEW);
	ck_assert_int_eq(put("withdrawal", 1, 1, "w"), STORE_NEW);
	ck_assert_int_eq(end_trial(901).documents, 4);
	ck_assert_int_eq(put("review", 1, 2, "r"), STORE_ABSENT); /* of no report */
	ck_assert_int_eq(put("withdrawal", 1, 2, "w"), STORE_ABSENT);
	/* a sender that begins with 1 is told where to go on */
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_OTHER_CONTENT);
	ck_assert_int_eq(put("incident-report", 1, 2, "b"), STORE_OTHER_CONTENT);
	ck_assert_int_eq(put("incident-report", 1, 4, "b"), STORE_SKIPPED);
	ck_assert_int_eq(put("incident-report", 1, 3, "b"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 1, 3, "b"), STORE_REPEATED);
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_STALE);
	row = row_of("incident-report", 1);
	ck_assert_int_eq(row.revision, 3);
	ck_assert_int_eq(row.first_received_at, row.received_at);
	store_row_release(&row);
	/* and lives as any other, to its own end */
	ck_assert_int_eq(put("review", 1, 2, "r"), STORE_NEW);
	ck_assert_int_eq(put("withdrawal", 1, 2, "w"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 1, 4, "c"), STORE_ENDED);
	ck_assert_int_eq(erased_reports(), 0); /* nothing was erased by law */
}
END_TEST

START_TEST(what_was_erased_before_a_trial_ended_stays_so)
{
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_NEW);
	ck_assert_int_eq(put("withdrawal", 1, 1, "erase"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 2, 1, "b"), STORE_NEW);
	ck_assert_int_eq(end_trial(902).documents, 2); /* the withdrawal, the other report */
	ck_assert_int_eq(put("incident-report", 1, 1, "a"), STORE_ERASED);
	ck_assert_int_eq(put("incident-report", 1, 2, "a"), STORE_ERASED);
	ck_assert_int_eq(put("incident-report", 2, 2, "b"), STORE_NEW);
	ck_assert_int_eq(put("withdrawal", 2, 1, "erase"), STORE_NEW);
	ck_assert_int_eq(put("incident-report", 2, 3, "b"), STORE_ERASED);
	ck_assert_int_eq(erased_reports(), 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("life");
	TCase *tc = tcase_create("life");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, about_what_is_not_here_is_refused);
	tcase_add_test(tc, after_the_end_nothing_new);
	tcase_add_test(tc, an_erasing_document_takes_the_others_content);
	tcase_add_test(tc, erased_bytes_are_gone_from_the_files);
	tcase_add_test(tc, a_log_that_is_read_is_wiped_later);
	tcase_add_test(tc, sealed_only_leaves_the_clear_row);
	tcase_add_test(tc, a_range_takes_every_document_in_it);
	tcase_add_test(tc, a_reports_life_is_the_current_of_each_kind);
	tcase_add_test(tc, after_a_trial_a_report_begins_with_its_next_revision);
	tcase_add_test(tc, what_was_erased_before_a_trial_ended_stays_so);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
