/* Counting by what clear parts say: first and last revisions, ranges of seq, groups. */
#include "fixture.h"
#include "store/count.h"

static char folder[256], path[300];
static struct store *store;
static struct store_view *view;
static struct test_sealer sealer;
static struct err err;

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

/* {"type":TYPE,"event":{"date":DATE},"list":[…]}; a NULL leaves its member out. */
static void put(const char *kind, int report, int64_t revision, const char *type, const char *date)
{
	struct test_document d;
	struct store_result result;
	char clear[200];

	snprintf(clear, sizeof(clear), "{\"n\":%d%s%s%s%s%s%s}", report, type ? ",\"type\":\"" : "",
		 type ? type : "", type ? "\"" : "", date ? ",\"event\":{\"date\":\"" : "",
		 date ? date : "", date ? "\"}" : "");
	document_init(&d, report, revision, type ? type : "-");
	d.item.kind = kind;
	d.item.clear = clear;
	d.item.clear_len = strlen(clear);
	ck_assert_rc(put_one(store, &sealer, &d, &result, &err), RC_OK);
	ck_assert_int_eq(result.outcome, STORE_NEW);
	store_result_release(&result);
}

static char got[1000];

static enum rc see(void *ctx, const char *const *members, const char *const *starts, int64_t n)
{
	size_t at = strlen(got);

	(void)ctx;
	snprintf(got + at, sizeof(got) - at, "%s/%s/%s=%d ", members[0] ? members[0] : "-",
		 members[1] ? members[1] : "-", starts[0] ? starts[0] : "-", (int)n);
	return RC_OK;
}

static struct store_count by_type_and_month(enum store_count_basis basis)
{
	return (struct store_count){ .kind = "incident-report",
				     .basis = basis,
				     .upto_seq = INT64_MAX,
				     .unless_kind = "withdrawal",
				     .members = { "$.type" },
				     .starts = { { "$.event.date", 7 } } };
}

static const char *counted(const struct store_count *what)
{
	got[0] = '\0';
	ck_assert_rc(store_count(view, what, see, NULL, &err), RC_OK);
	return got;
}

START_TEST(groups_and_counts)
{
	struct store_count what = by_type_and_month(STORE_COUNT_FIRST);

	ck_assert_str_eq(counted(&what), "");
	put("incident-report", 1, 1, "fall", "2026-01-03");
	put("incident-report", 2, 1, "fall", "2026-01-30");
	put("incident-report", 3, 1, "fall", "2026-02-01");
	put("incident-report", 4, 1, "drug", "2026-01-03");
	put("incident-report", 5, 1, NULL, "2026-01-03");
	put("incident-report", 6, 1, "fall", NULL);
	put("review", 1, 1, "fall", "2026-01-03");
	ck_assert_str_eq(counted(&what), "drug/-/2026-01=1 fall/-/-=1 fall/-/2026-01=2 "
					 "fall/-/2026-02=1 -/-/2026-01=1 ");
	what.starts[0].path = NULL;
	ck_assert_str_eq(counted(&what), "drug/-/-=1 fall/-/-=4 -/-/-=1 ");
	what.members[1] = "$.event.date";
	ck_assert_str_eq(counted(&what), "drug/2026-01-03/-=1 fall/2026-01-03/-=1 "
					 "fall/2026-01-30/-=1 fall/2026-02-01/-=1 fall/-/-=1 "
					 "-/2026-01-03/-=1 ");
}
END_TEST

START_TEST(first_and_last_revision)
{
	struct store_count first = by_type_and_month(STORE_COUNT_FIRST);
	struct store_count last = by_type_and_month(STORE_COUNT_LAST);

	put("incident-report", 1, 1, "fall", "2026-01-03"); /* seq 1 */
	put("incident-report", 2, 1, "fall", "2026-01-03");
	put("incident-report", 1, 2, "drug", "2025-12-31"); /* seq 3 */
	put("incident-report", 1, 3, "other", "2025-12-31");
	ck_assert_str_eq(counted(&first), "fall/-/2026-01=2 ");
	ck_assert_str_eq(counted(&last), "fall/-/2026-01=1 other/-/2025-12=1 ");
	last.upto_seq = 3;
	ck_assert_str_eq(counted(&last), "drug/-/2025-12=1 fall/-/2026-01=1 ");
	last.upto_seq = 2;
	ck_assert_str_eq(counted(&last), "fall/-/2026-01=2 ");
	first.after_seq = 1;
	ck_assert_str_eq(counted(&first), "fall/-/2026-01=1 ");
	first.upto_seq = 1;
	ck_assert_str_eq(counted(&first), "");
}
END_TEST

/* A report whose newest revision lies in a later piece counts there alone. */
START_TEST(pieces_add_up)
{
	struct store_count last = by_type_and_month(STORE_COUNT_LAST);

	put("incident-report", 1, 1, "fall", "2026-01-03"); /* seq 1 */
	put("incident-report", 2, 1, "fall", "2026-01-03");
	put("incident-report", 1, 2, "drug", "2025-12-31"); /* seq 3 */
	put("withdrawal", 2, 1, "entered_in_error", NULL);
	last.through_seq = 2;
	ck_assert_str_eq(counted(&last), "");
	last.after_seq = 2;
	last.through_seq = 4;
	ck_assert_str_eq(counted(&last), "drug/-/2025-12=1 ");
	last.upto_seq = 2;
	ck_assert_str_eq(counted(&last), "");
	last.after_seq = 0;
	ck_assert_str_eq(counted(&last), "fall/-/2026-01=2 ");
}
END_TEST

START_TEST(withdrawn_are_left_out_from_their_withdrawal_on)
{
	struct store_count last = by_type_and_month(STORE_COUNT_LAST);

	put("incident-report", 1, 1, "fall", "2026-01-03");
	put("incident-report", 2, 1, "fall", "2026-01-03");
	put("withdrawal", 1, 1, "entered_in_error", NULL); /* seq 3 */
	ck_assert_str_eq(counted(&last), "fall/-/2026-01=1 ");
	last.upto_seq = 2;
	ck_assert_str_eq(counted(&last), "fall/-/2026-01=2 ");
	last.upto_seq = 3;
	last.unless_kind = NULL;
	ck_assert_str_eq(counted(&last), "fall/-/2026-01=2 ");
}
END_TEST

static enum rc see_beside(void *ctx, const char *clear, const char *beside)
{
	size_t at = strlen(got);

	(void)ctx;
	snprintf(got + at, sizeof(got) - at, "%s%s%s ", clear, beside ? "+" : "",
		 beside ? beside : "");
	return RC_OK;
}

static const char *beside(const struct store_beside *what)
{
	got[0] = '\0';
	ck_assert_rc(store_beside(view, what, see_beside, NULL, &err), RC_OK);
	return got;
}

#define FALL(n, date) "{\"n\":" n ",\"type\":\"fall\",\"event\":{\"date\":\"" date "\"}}"
#define REVIEW(n, status) "{\"n\":" n ",\"type\":\"" status "\"}"

START_TEST(the_newest_of_both_as_of_a_cut_off)
{
	struct store_beside what = { .kind = "incident-report",
				     .has = "$.event.date",
				     .beside_kind = "review",
				     .unless_kind = "withdrawal",
				     .upto_seq = INT64_MAX };

	ck_assert_str_eq(beside(&what), "");
	put("incident-report", 1, 1, "fall", "2026-01-03"); /* seq 1 */
	put("incident-report", 2, 1, "fall", NULL);         /* has no date until seq 7 */
	put("incident-report", 3, 1, "fall", "2026-01-05");
	put("review", 1, 1, "started", NULL); /* seq 4 */
	put("review", 2, 1, "started", NULL);
	put("review", 1, 2, "completed", NULL); /* seq 6 */
	put("incident-report", 2, 2, "fall", "2026-01-04");
	put("withdrawal", 3, 1, "entered_in_error", NULL); /* seq 8 */
	put("incident-report", 1, 2, "fall", NULL);
	ck_assert_str_eq(beside(&what), FALL("2", "2026-01-04") "+" REVIEW("2", "started") " ");
	what.upto_seq = 8;
	ck_assert_str_eq(beside(&what),
			 FALL("1", "2026-01-03") "+" REVIEW("1", "completed") " " FALL(
				 "2", "2026-01-04") "+" REVIEW("2", "started") " ");
	what.upto_seq = 5;
	ck_assert_str_eq(beside(&what), FALL("1", "2026-01-03") "+" REVIEW("1", "started") " " FALL(
						"3", "2026-01-05") " ");
	what.upto_seq = 3;
	ck_assert_str_eq(beside(&what), FALL("1", "2026-01-03") " " FALL("3", "2026-01-05") " ");
	what.has = "no path";
	ck_assert_rc(store_beside(view, &what, see_beside, NULL, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "count-path");
}
END_TEST

static enum rc stop(void *ctx, const char *const *members, const char *const *starts, int64_t n)
{
	(void)members;
	(void)starts;
	(void)n;
	++*(int *)ctx;
	return RC_LIMIT;
}

START_TEST(callers_stop_and_bad_paths)
{
	struct store_count what = by_type_and_month(STORE_COUNT_FIRST);
	int calls = 0;

	put("incident-report", 1, 1, "fall", "2026-01-03");
	put("incident-report", 2, 1, "drug", "2026-01-03");
	ck_assert_rc(store_count(view, &what, stop, &calls, &err), RC_LIMIT);
	ck_assert_int_eq(calls, 1);
	what.members[0] = "no path";
	ck_assert_rc(store_count(view, &what, see, NULL, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "count-path");
	/* and the view is as good as before */
	what.members[0] = "$.type";
	ck_assert_str_eq(counted(&what), "drug/-/2026-01=1 fall/-/2026-01=1 ");
}
END_TEST

START_TEST(cut_off_by_time)
{
	int64_t seq = -1;

	ck_assert_rc(store_seq_at(view, INT64_MAX, &seq, &err), RC_OK);
	ck_assert_int_eq(seq, 0);
	put("incident-report", 1, 1, "fall", NULL); /* received at 1011 */
	put("incident-report", 2, 1, "fall", NULL); /* 1021 */
	put("incident-report", 1, 2, "drug", NULL); /* 1012: came a moment late to its commit */
	ck_assert_rc(store_seq_at(view, 1010, &seq, &err), RC_OK);
	ck_assert_int_eq(seq, 0);
	ck_assert_rc(store_seq_at(view, 1011, &seq, &err), RC_OK);
	ck_assert_int_eq(seq, 1);
	ck_assert_rc(store_seq_at(view, 1021, &seq, &err), RC_OK);
	ck_assert_int_eq(seq, 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store_count");
	TCase *tc = tcase_create("count");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, groups_and_counts);
	tcase_add_test(tc, first_and_last_revision);
	tcase_add_test(tc, pieces_add_up);
	tcase_add_test(tc, the_newest_of_both_as_of_a_cut_off);
	tcase_add_test(tc, withdrawn_are_left_out_from_their_withdrawal_on);
	tcase_add_test(tc, callers_stop_and_bad_paths);
	tcase_add_test(tc, cut_off_by_time);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
