/* Where a review stands, and what its factors look like. */
#include "codes/codes.h"
#include "review/state.h"
#include "review/views.h"
#include "unit.h"

#include "base/cleanup.h"
#include "base/clock.h"

#define SCHEMAS VARDE_SCHEMA_DIR

static int64_t day(const char *date)
{
	int64_t days;

	ck_assert_int_eq(clock_parse_date(date, 10, &days), RC_OK);
	return days * 86400000;
}

START_TEST(due_is_three_months_on_at_most_the_months_end)
{
	static const char *const pairs[][2] = {
		{ "2026-03-12", "2026-06-12" }, { "2025-11-30", "2026-02-28" },
		{ "2023-11-30", "2024-02-29" }, { "2026-10-31", "2027-01-31" },
		{ "2026-01-31", "2026-04-30" }, { "2026-12-01", "2027-03-01" },
	};
	char due[11];

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		ck_assert(review_due_after(pairs[i][0], due));
		ck_assert_str_eq(due, pairs[i][1]);
	}
	ck_assert(!review_due_after("2026-02-30", due));
	ck_assert(!review_due_after("2026-03", due));
	ck_assert(!review_due_after(NULL, due));
	ck_assert_str_eq(due, "");
}
END_TEST

/* What the report says, what the review says, today; and what follows. */
static const struct {
	const char *report, *review, *today;
	enum review_status status;
	const char *due;
	bool late;
} states[] = {
	{ "{}", NULL, "2030-01-01", REVIEW_NONE, "", false },
	{ "{'review_due':'2026-05-01'}", NULL, "2026-05-01", REVIEW_NONE, "2026-05-01", false },
	{ "{'review_due':'2026-05-01'}", NULL, "2026-05-02", REVIEW_OVERDUE, "2026-05-01", false },
	{ "{'notification':{'sent_date':'2026-03-12'},'review_due':'2026-05-01'}", NULL,
	  "2026-06-12", REVIEW_NONE, "2026-06-12", false },
	{ "{'notification':{'sent_date':'2026-03-12'}}", "{'status':'started'}", "2026-06-12",
	  REVIEW_STARTED, "2026-06-12", false },
	{ "{'notification':{'sent_date':'2026-03-12'}}", "{'status':'started'}", "2026-06-13",
	  REVIEW_OVERDUE, "2026-06-12", false },
	{ "{'notification':{'sent_date':'2026-03-12'}}",
	  "{'status':'completed','completed_date':'2026-06-12'}", "2030-01-01", REVIEW_COMPLETED,
	  "2026-06-12", false },
	{ "{'notification':{'sent_date':'2026-03-12'}}",
	  "{'status':'completed','completed_date':'2026-06-13'}", "2030-01-01", REVIEW_COMPLETED,
	  "2026-06-12", true },
	{ "{'notification':{'sent_date':'2026-03-12'}}",
	  "{'status':'completed','completed_date':'2026-06-01','report_sent_date':'2026-06-20'}",
	  "2030-01-01", REVIEW_COMPLETED, "2026-06-12", true },
	{ "{'notification':{'sent_date':'2026-03-12'}}", "{'status':'not_carried_out'}",
	  "2030-01-01", REVIEW_NOT_CARRIED_OUT, "2026-06-12", false },
	{ "{}", "{'status':'completed','completed_date':'2026-06-13'}", "2030-01-01",
	  REVIEW_COMPLETED, "", false },
	{ "{'notification':{'sent_date':'soon'},'review_due':7}", "{'status':'who knows'}",
	  "2030-01-01", REVIEW_NONE, "", false },
};

static json_t *load(const char *text)
{
	json_t *json;
	char *copy = text ? strdup(text) : NULL;

	for (char *c = copy; c && *c; c++)
		*c = *c == '\'' ? '"' : *c;
	json = copy ? json_loads(copy, 0, NULL) : NULL;
	ck_assert(!text || json);
	free(copy);
	return json;
}

START_TEST(a_state_follows_from_dates)
{
	json_t *report = load(states[_i].report), *review = load(states[_i].review);
	struct review_state state =
		review_state_of(report, review, day(states[_i].today) + 12 * 3600000);

	ck_assert_str_eq(review_status_name(state.status), review_status_name(states[_i].status));
	ck_assert_str_eq(state.due, states[_i].due);
	ck_assert_int_eq(state.late, states[_i].late);
	json_decref(report);
	json_decref(review);
}
END_TEST

static void expect_view(const struct codes *codes, const char *review, const char *view)
{
	json_t *given = load(review), *want = load(view), *made = review_systems_view(given, codes);
	char *text = json_dumps(made, 0);

	ck_assert_msg(json_equal(made, want), "%s", text);
	free(text);
	json_decref(given);
	json_decref(want);
	json_decref(made);
}

START_TEST(one_list_through_three_lenses)
{
	struct codes *codes = NULL;
	struct err err = { 0 };

	ck_assert_int_eq(codes_load(SCHEMAS "/codes", &codes, &err), RC_OK);
	/* the last has no level: AcciMap goes by what the factor is usual on */
	expect_view(codes,
		    "{'contributing_factors':["
		    "{'factor':'task','level':'work_people','interaction_with':[{'sequence':2}]},"
		    "{'factor':'task','level':'company'},"
		    "{'factor':'resources_prioritising'}]}",
		    "{'coded':'coded','factors':3,'levels':2,'families':2,'interactions':1,"
		    "'seips':{'tasks':2,'organisation':1,'external_environment':1},"
		    "'london_protocol':{'task':2,'organisation_management':1},"
		    "'accimap':{'5':1,'3':2,'2':1}}");
	expect_view(codes, "{}",
		    "{'coded':'not_coded','factors':0,'levels':0,'families':0,'interactions':0,"
		    "'seips':{},'london_protocol':{},'accimap':{}}");
	expect_view(codes, "{'contributing_factors':[{'factor':'not_yet_known'}]}",
		    "{'coded':'not_coded','factors':0,'levels':0,'families':0,'interactions':0,"
		    "'seips':{},'london_protocol':{},'accimap':{}}");
	expect_view(codes, "{'contributing_factors':[{'factor':'none_found'}]}",
		    "{'coded':'none_found','factors':0,'levels':0,'families':0,'interactions':0,"
		    "'seips':{},'london_protocol':{},'accimap':{}}");
	codes_free(codes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("review");
	TCase *tc = tcase_create("review");

	tcase_add_test(tc, due_is_three_months_on_at_most_the_months_end);
	tcase_add_loop_test(tc, a_state_follows_from_dates, 0, ARRAY_LEN(states));
	tcase_add_test(tc, one_list_through_three_lenses);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
