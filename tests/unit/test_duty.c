/* The notification helper: each condition by itself, dates over weeks and short months. */
#include "base/cleanup.h"
#include "duty/duty.h"
#include "unit.h"

#include <string.h>

static json_t *report_of(const char *text)
{
	json_t *report = json_loads(text, JSON_DECODE_ANY, NULL);

	ck_assert_msg(report != NULL, "%s", text);
	return report;
}

/* "likely: outcome-death /harm/actual, …" */
static void judged(const char *report_text, const char *expected)
{
	json_t *report = report_of(report_text);
	char told[600];
	struct duty d;

	duty_judge(report, &d);
	snprintf(told, sizeof(told), "%s:", duty_assessment_name(d.assessment));
	for (size_t i = 0; i < d.len; i++)
		snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s %s %s", i ? "," : "",
			 duty_reason_code(d.reasons[i].reason), d.reasons[i].pointer);
	ck_assert_str_eq(told, expected);
	json_decref(report);
}

#define DEATH "\"event_class\":\"incident\",\"harm\":{\"actual\":\"death\"}"
#define LINKED(word) "\"patients\":[{\"harm_physical\":\"death\",\"causal_link\":\"" word "\"}]"
#define TOLD(members) "\"notification\":{" members "}"

START_TEST(outcome)
{
	static const struct {
		const char *report, *expected;
	} cases[] = {
		{ "{" DEATH "," LINKED("caused") "," TOLD("\"unexpected\":\"yes\"") "}",
		  "likely: outcome-death /harm/actual, cause-service /patients/0/causal_link, "
		  "unexpected "
		  "/notification/unexpected" },
		{ "{\"event_class\":\"incident\",\"harm\":{\"actual\":\"severe\"}," LINKED(
			  "caused") "," TOLD("\"unexpected\":\"yes\"") "}",
		  "likely: outcome-death /patients/0/harm_physical, cause-service "
		  "/patients/0/causal_link, unexpected /notification/unexpected" },
		{ "{\"harm\":{\"actual\":\"severe\"},\"patients\":[{\"causal_link\":\"probable\"}]"
		  "," TOLD("\"unexpected\":\"yes\"") "}",
		  "possible: outcome-severe /harm/actual, cause-service /patients/0/causal_link, "
		  "unexpected /notification/unexpected" },
		{ "{\"harm\":{\"actual\":\"moderate\"},\"patients\":[{},{\"harm_psychological\":"
		  "\"severe\","
		  "\"causal_link\":\"probable\"}]}",
		  "possible: outcome-severe /patients/1/harm_psychological, cause-service "
		  "/patients/1/causal_link, expectation-unknown /notification/unexpected" },
		{ "{\"harm\":{\"actual\":\"mild\"},\"patients\":[{\"causal_link\":\"caused\"}]"
		  "," TOLD("\"criteria\":[\"very_serious_harm\"],\"unexpected\":\"yes\"") "}",
		  "likely: outcome-criterion /notification/criteria, cause-service "
		  "/patients/0/causal_link, unexpected /notification/unexpected" },
		{ "{\"event_class\":\"incident\",\"harm\":{\"actual\":\"moderate\"}}",
		  "unlikely: outcome-less /harm/actual" },
		{ "{\"event_class\":\"incident\",\"harm\":{\"actual\":\"none\"}}",
		  "unlikely: outcome-less /harm/actual" },
		{ "{\"event_class\":\"near_miss\",\"harm\":{\"actual\":\"unknown\"}}",
		  "unlikely: outcome-not-reached /event_class" },
		{ "{\"event_class\":\"hazard\",\"harm\":{\"actual\":\"none\",\"potential\":"
		  "\"death\"}}",
		  "unlikely: outcome-not-reached /event_class" },
		/* said to be near, but somebody died: better to look */
		{ "{\"event_class\":\"near_miss\",\"harm\":{\"actual\":\"death\"}}",
		  "possible: outcome-death /harm/actual, cause-unknown /patients, "
		  "expectation-unknown "
		  "/notification/unexpected" },
		{ "{\"event_class\":\"incident\",\"harm\":{\"actual\":\"unknown\"}}",
		  "cannot_tell: outcome-unknown /harm/actual, cause-unknown /patients, "
		  "expectation-unknown /notification/unexpected" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		judged(cases[i].report, cases[i].expected);
}
END_TEST

START_TEST(cause)
{
	static const struct {
		const char *report, *expected;
	} cases[] = {
		{ "{" DEATH "," LINKED("possible") "," TOLD("\"unexpected\":\"yes\"") "}",
		  "possible: outcome-death /harm/actual, cause-possible /patients/0/causal_link, "
		  "unexpected /notification/unexpected" },
		{ "{" DEATH "," LINKED("unrelated") "," TOLD("\"unexpected\":\"yes\"") "}",
		  "unlikely: cause-unrelated /patients/0/causal_link" },
		{ "{" DEATH "," LINKED("unknown") "}",
		  "possible: outcome-death /harm/actual, cause-unknown /patients/0/causal_link, "
		  "expectation-unknown /notification/unexpected" },
		/* of several, the one who died counts; of several who died, the closest link */
		{ "{" DEATH
		  ",\"patients\":[{\"causal_link\":\"caused\"},{\"harm_physical\":\"death\","
		  "\"causal_link\":\"unrelated\"}]}",
		  "unlikely: cause-unrelated /patients/1/causal_link" },
		{ "{" DEATH
		  ",\"patients\":[{\"harm_physical\":\"death\",\"causal_link\":\"unrelated\"},{"
		  "\"harm_physical\":\"severe\",\"causal_link\":\"possible\"}]}",
		  "possible: outcome-death /harm/actual, cause-possible /patients/1/causal_link, "
		  "expectation-unknown /notification/unexpected" },
		{ "{" DEATH "," LINKED("unrelated") "," TOLD(
			  "\"criteria\":[\"patient_harmed_other\"],\"unexpected\":\"yes\"") "}",
		  "likely: outcome-death /harm/actual, cause-patient /notification/criteria, "
		  "unexpected "
		  "/notification/unexpected" },
		{ "{" DEATH ",\"event_type\":\"patient_behaviour\"}",
		  "possible: outcome-death /harm/actual, cause-behaviour /event_type, "
		  "expectation-unknown /notification/unexpected" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		judged(cases[i].report, cases[i].expected);
}
END_TEST

START_TEST(expectation_and_the_senders_word)
{
	static const struct {
		const char *report, *expected;
	} cases[] = {
		{ "{" DEATH "," LINKED("caused") "," TOLD("\"unexpected\":\"no\"") "}",
		  "unlikely: expected /notification/unexpected" },
		{ "{" DEATH "," LINKED("caused") "," TOLD("\"unexpected\":\"unknown\"") "}",
		  "possible: outcome-death /harm/actual, cause-service /patients/0/causal_link, "
		  "expectation-unknown /notification/unexpected" },
		{ "{" DEATH
		  "," LINKED("caused") "," TOLD("\"unexpected\":\"yes\",\"notifiable\":\"no\"") "}",
		  "likely: outcome-death /harm/actual, cause-service /patients/0/causal_link, "
		  "unexpected "
		  "/notification/unexpected, sender-says-no /notification/notifiable" },
		{ "{\"event_class\":\"hazard\"," TOLD(
			  "\"unexpected\":\"no\",\"notifiable\":\"yes\"") "}",
		  "unlikely: outcome-not-reached /event_class, expected /notification/unexpected, "
		  "sender-says-yes /notification/notifiable" },
		{ "{" DEATH "," LINKED("caused") "," TOLD(
			  "\"unexpected\":\"yes\",\"notifiable\":\"yes\"") "}",
		  "likely: outcome-death /harm/actual, cause-service /patients/0/causal_link, "
		  "unexpected "
		  "/notification/unexpected" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		judged(cases[i].report, cases[i].expected);
}
END_TEST

static void dated(const char *event, const char *sent, const char *earliest, const char *report)
{
	json_t *doc = json_pack("{s:{ss} s:{ss}}", "event", "date", event, "notification",
				"sent_date", sent);
	struct duty_dates d;

	duty_dates(doc, &d);
	ck_assert_str_eq(d.earliest, earliest);
	ck_assert_str_eq(d.report, report);
	ck_assert_str_eq(d.event, *earliest ? event : "");
	ck_assert_str_eq(d.sent, *report ? sent : "");
	json_decref(doc);
}

START_TEST(dates)
{
	/* a week of event days; 2026-11-22 and -29 are Sundays */
	static const char *const week[][2] = {
		{ "2026-11-16", "2026-11-21" }, { "2026-11-17", "2026-11-23" },
		{ "2026-11-18", "2026-11-24" }, { "2026-11-19", "2026-11-25" },
		{ "2026-11-20", "2026-11-26" }, { "2026-11-21", "2026-11-27" },
		{ "2026-11-22", "2026-11-27" }, { "2026-11-23", "2026-11-28" },
	};

	for (size_t i = 0; i < ARRAY_LEN(week); i++)
		dated(week[i][0], "", week[i][1], "");
	dated("2026-12-30", "2026-01-15", "2027-01-05", "2026-04-15");
	dated("1969-12-30", "2025-11-30", "1970-01-05", "2026-02-28"); /* clamped */
	dated("2024-02-27", "2023-11-30", "2024-03-04", "2024-02-29"); /* a leap year */
	dated("2026-11", "2026-10-31", "", "2027-01-31");
	dated("2026", "2026-12-31", "", "2027-03-31");
	dated("2026-02-30", "2026-13-01", "", "");
	dated("", "2026-08-31", "", "2026-11-30");
}
END_TEST

START_TEST(any_shape)
{
	static const char *const shapes[] = {
		"null",
		"5",
		"\"x\"",
		"[]",
		"{}",
		"[{}]",
		"{\"patients\":5,\"harm\":[],\"event\":\"x\"}",
		"{\"patients\":[5,null,[],{\"harm_physical\":5}],\"notification\":{\"criteria\":{}}"
		"}",
		"{\"patients\":{\"0\":{}},\"notification\":{\"criteria\":[5,null,\"x\"],\"sent_"
		"date\":5}}",
	};

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		json_t *report = report_of(shapes[i]), *told = duty_json(report, "nb");

		judged(shapes[i],
		       json_object_get(report, "patients") &&
				       json_is_array(json_object_get(report, "patients"))
			       ? "cannot_tell: outcome-unknown /harm/actual, cause-unknown "
				 "/patients/0/causal_link, expectation-unknown "
				 "/notification/unexpected"
			       : "cannot_tell: outcome-unknown /harm/actual, cause-unknown "
				 "/patients, expectation-unknown /notification/unexpected");
		ck_assert_ptr_nonnull(told);
		json_decref(told);
		json_decref(report);
	}
}
END_TEST

/* Every reason has its own words in both languages. */
START_TEST(words)
{
	for (unsigned i = 0; i < DUTY_REASONS; i++)
		for (unsigned k = 0; k < i; k++)
			ck_assert_str_ne(duty_reason_code((enum duty_reason)i),
					 duty_reason_code((enum duty_reason)k));
	json_t *report = report_of("{" DEATH "}");
	json_t *nb = duty_json(report, "nb"), *en = duty_json(report, "en");

	for (size_t i = 0; i < 3; i++)
		ck_assert(!json_equal(json_array_get(json_object_get(nb, "reasons"), i),
				      json_array_get(json_object_get(en, "reasons"), i)));
	ck_assert(!json_equal(json_object_get(nb, "message"), json_object_get(en, "message")));
	json_decref(report);
	json_decref(nb);
	json_decref(en);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("duty");
	TCase *tc = tcase_create("duty");

	tcase_add_test(tc, outcome);
	tcase_add_test(tc, cause);
	tcase_add_test(tc, expectation_and_the_senders_word);
	tcase_add_test(tc, dates);
	tcase_add_test(tc, any_shape);
	tcase_add_test(tc, words);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
