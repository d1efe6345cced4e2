#include "rules_fixture.h"

/* --- each rule fires where it should, and nothing else does ---------------------- */

enum where { TEST, PRODUCTION, PRODUCTION_IN_TEST_PHASE, OF_SEVERAL, OF_OSLO };

#define ID(type, value)                                                                            \
	"{\"patients\":[{\"sequence\":1,\"identifier\":{\"type\":\"" type "\",\"value\":\"" value  \
	"\"}}]}"
#define AT(number) "{\"patients\":[{\"municipality_number\":\"" number "\"}]}"
#define DIAGNOSIS(system, version)                                                                 \
	"{\"patients\":[{\"diagnosis\":[{\"system\":\"" system "\",\"version\":\"" version         \
	"\",\"code\":\"A00\"}]}]}"
#define PLACE(number) "{\"organisation\":{\"municipality_number\":\"" number "\"}}"
#define DISTRICT(municipality, number)                                                             \
	"{\"organisation\":{\"municipality_number\":\"" municipality                               \
	"\",\"district_number\":\"" number "\"}}"
#define EVENT(date)                                                                                \
	"{\"event\":{\"date\":\"" date                                                             \
	"\"},\"source\":{\"registered_at\":\"2026-01-15T12:00:00Z\"}}"

static const struct example {
	const char *change;   /* merged into the sound report */
	const char *expected; /* findings: "E code pointer" or "W …", with " (detail)", joined by ";
				 " */
	enum where where;
} examples[] = {
	{ "{}", "", TEST },
	/* organisation */
	{ "{\"organisation\":{\"number\":\"310000018\"}}",
	  "E organisation-number-check /organisation/number", TEST },
	{ "{\"organisation\":{\"number\":\"310000078\"}}", "", TEST },
	{ "{\"organisation\":{\"number\":\"983887406\"}}",
	  "E organisation-not-yours /organisation/number", TEST },
	{ "{\"organisation\":{\"number\":\"31000001\"}}", "", TEST },
	{ "{\"organisation\":{\"number\":310000018}}", "", TEST },
	{ "{\"organisation\":{\"unit_number\":\"310000078\"}}", "", TEST },
	{ "{\"organisation\":{\"unit_number\":\"310000079\"}}",
	  "W unit-number-check /organisation/unit_number", TEST },
	{ "{\"related_reports\":[{\"organisation\":\"983887406\"},{\"organisation\":\"983887407\"}]"
	  "}",
	  "W unit-number-check /related_reports/1/organisation", TEST },
	{ "{\"report_kind\":\"municipality\"}", "W report-kind-unexpected /report_kind (hf)",
	  TEST },
	{ "{\"report_kind\":7}", "", TEST },
	/* dates */
	{ EVENT("2025-02-30"), "E date-impossible /event/date", TEST },
	{ EVENT("2025-13"), "E date-impossible /event/date", TEST },
	{ EVENT("2024-02-29"), "", TEST },
	{ EVENT("2025-02-29"), "E date-impossible /event/date", TEST },
	{ EVENT("2026-01-15"), "", TEST },
	{ EVENT("2026-01-16"),
	  "E date-in-future /event/date; W registered-before-event /source/registered_at", TEST },
	{ EVENT("2026-01"), "", TEST },
	{ EVENT("2026"), "", TEST },
	{ EVENT("2027"),
	  "E date-in-future /event/date; W registered-before-event /source/registered_at", TEST },
	{ EVENT("1900-01-01"), "", TEST },
	{ EVENT("1899-12-31"), "E date-before-1900 /event/date", TEST },
	{ EVENT("3. november"), "", TEST },
	{ "{\"event\":{\"discovered_date\":\"2025-11-03\"}}", "", TEST },
	{ "{\"event\":{\"discovered_date\":\"2025\"}}", "", TEST },
	{ "{\"event\":{\"discovered_date\":\"2025-11-02\"}}",
	  "W discovered-before-event /event/discovered_date", TEST },
	{ "{\"event\":{\"discovered_date\":\"2025-10\"}}",
	  "W discovered-before-event /event/discovered_date", TEST },
	{ "{\"event\":{\"date\":\"2025-11-01\",\"discovered_date\":\"2025-10\"}}",
	  "W discovered-before-event /event/discovered_date", TEST },
	{ "{\"event\":{\"date\":\"2025-01-01\",\"discovered_date\":\"2024-12\"}}",
	  "W discovered-before-event /event/discovered_date", TEST },
	{ "{\"event\":{\"discovered_date\":\"2026-02\"}}",
	  "E date-in-future /event/discovered_date", TEST },
	{ "{\"source\":{\"registered_at\":\"2026-01-15T12:05:00Z\"}}", "", TEST },
	{ "{\"source\":{\"registered_at\":\"2026-01-15T12:05:01Z\"}}",
	  "E date-in-future /source/registered_at", TEST },
	{ "{\"source\":{\"registered_at\":\"2026-01-15T13:05:00+01:00\"}}", "", TEST },
	{ "{\"source\":{\"registered_at\":\"2025-11-31T13:05:00+01:00\"}}",
	  "E date-impossible /source/registered_at", TEST },
	{ "{\"source\":{\"registered_at\":\"2025-11-03T00:10:00+01:00\"}}", "", TEST },
	{ "{\"source\":{\"registered_at\":\"2025-11-02T23:10:00Z\"}}",
	  "W registered-before-event /source/registered_at", TEST },
	{ "{\"source\":{\"registered_at\":\"1899-11-02T23:10:00Z\"}}",
	  "E date-before-1900 /source/registered_at; W registered-before-event "
	  "/source/registered_at",
	  TEST },
	{ "{\"source\":{\"exported_at\":\"2026-01-15T12:06:00Z\"}}",
	  "W exported-in-future /source/exported_at", TEST },
	{ "{\"notification\":{\"sent_date\":\"2025-11-02\"}}",
	  "W notified-before-event /notification/sent_date", TEST },
	{ "{\"notification\":{\"sent_date\":\"2026-01-17\"}}",
	  "E date-in-future /notification/sent_date", TEST },
	{ "{\"notification\":{\"sent_date\":\"2025-11-05\"},\"review_due\":\"2026-02-05\","
	  "\"meeting_offered_date\":\"2026-03-01\"}",
	  "", TEST },
	{ "{\"review_due\":\"2026-02-29\",\"meeting_offered_date\":\"2025-11-31\"}",
	  "E date-impossible /meeting_offered_date; E date-impossible /review_due", TEST },
	{ "{\"patients\":[{\"birth_date\":\"1940-06-31\"},{\"birth_date\":\"1940-06\"},{\"birth_"
	  "date\":\"1899\"},{\"birth_date\":\"2027\"}]}",
	  "W birth-date-unlikely /patients/0/birth_date; W birth-date-unlikely "
	  "/patients/2/birth_date; "
	  "W birth-date-unlikely /patients/3/birth_date",
	  TEST },
	/* person numbers where they belong */
	{ ID("fnr", "15898512379"), "", TEST },
	{ ID("fnr", "15898512379"), "", PRODUCTION_IN_TEST_PHASE },
	{ ID("fnr", "15898512379"), "E person-number-synthetic /patients/0/identifier/value",
	  PRODUCTION },
	{ ID("fnr", "02013299997"), "E person-number-real /patients/0/identifier/value", TEST },
	{ ID("fnr", "02013299997"), "E person-number-real /patients/0/identifier/value",
	  PRODUCTION_IN_TEST_PHASE },
	{ ID("fnr", "02013299997"), "", PRODUCTION },
	{ ID("fnr", "15898512387"), "", TEST }, /* 2032 rule, synthetic */
	{ ID("fnr", "30108299939"), "W person-number-2032 /patients/0/identifier/value",
	  PRODUCTION },
	{ ID("fnr", "15898512378"), "W person-number-check /patients/0/identifier/value", TEST },
	{ ID("fnr", "29820190015"), "W person-number-date /patients/0/identifier/value", TEST },
	{ ID("fnr", "00000000000"), "W person-number-date /patients/0/identifier/value",
	  PRODUCTION },
	{ ID("dnr", "65898512333"), "", TEST },
	{ ID("fnr", "65898512333"), "W person-number-type /patients/0/identifier/type", TEST },
	{ ID("none", "15898512379"), "W person-number-type /patients/0/identifier/type", TEST },
	{ ID("fhnr", "81234567802"), "", TEST },
	{ ID("fhnr", "81234567802"), "", PRODUCTION },
	{ ID("fhnr", "81234567803"), "W person-number-check /patients/0/identifier/value",
	  PRODUCTION },
	{ ID("fnr", "14498512357"), "E person-number-local /patients/0/identifier/value", TEST },
	{ ID("fnr", "14498512357"), "E person-number-local /patients/0/identifier/value",
	  PRODUCTION },
	{ ID("fnr", "1589851237"), "", TEST },
	{ "{\"reporter\":{\"identifier\":{\"type\":\"fnr\",\"value\":\"14498512357\"}}}",
	  "E person-number-local /reporter/identifier/value", TEST },
	/* and where they do not */
	{ "{\"source\":{\"local_case_id\":\"AVV 158985 12379\"}}",
	  "E person-number-in-clear /source/local_case_id", TEST },
	{ "{\"source\":{\"local_case_id\":\"15898512378\"}}",
	  "E person-number-in-clear /source/local_case_id", TEST },
	{ "{\"source\":{\"local_case_id\":\"32898512378\"}}", "", TEST },
	{ "{\"report_id\":\"6ba7b810-9dad-41d1-80b4-a15898512379\"}", "", TEST },
	{ "{\"supersedes\":\"sha-256:"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa15898512379\"}",
	  "", TEST },
	{ "{\"supersedes\":\"15898512379\"}", "E person-number-in-clear /supersedes", TEST },
	{ "{\"revision\":15898512379}", "E person-number-in-clear /revision", TEST },
	{ "{\"revision\":1825050120}", "E person-number-in-clear /revision",
	  TEST }, /* 01825050120 */
	{ "{\"patients\":[{\"age_band\":\"01.82.50-50120\"}]}",
	  "E person-number-in-clear /patients/0/age_band", TEST },
	{ "{\"contributing_factors\":[\"task\",\"15898512379\"]}",
	  "E person-number-in-clear /contributing_factors/1", TEST },
	{ "{\"narrative\":{\"description\":\"Pasient 15898512379 falt.\"}}", "", TEST },
	{ "{\"patients\":[{\"name\":\"15898512379\"}],\"reporter\":{\"phone\":\"15898512379\"}}",
	  "", TEST },
	{ "{\"15898512379\":\"15898512379\"}", "", TEST }, /* unknown: the schema refuses it */
	/* what the report says it is */
	{ "{\"patients\":[]}", "E incident-without-patient /patients", TEST },
	{ "{\"patients\":[],\"event_class\":\"near_miss\"}",
	  "E near-miss-without-potential-harm /harm/potential", TEST },
	{ "{\"patients\":[],\"event_class\":\"near_miss\",\"harm\":{\"potential\":\"unknown\"}}",
	  "", TEST },
	{ "{\"event_class\":\"near_miss\"}", "", TEST },
	{ "{\"patients\":[],\"event_class\":\"near_miss\",\"harm\":3}", "", TEST },
	{ "{\"patients\":[],\"event_class\":\"hazard\"}",
	  "W hazard-without-potential-harm /harm/potential", TEST },
	{ "{\"patients\":[],\"event_class\":\"hazard\",\"harm\":{\"potential\":\"death\"}}", "",
	  TEST },
	{ "{\"event_type\":\"medication_blood\"}", "W medication-without-medicine /medications",
	  TEST },
	{ "{\"event_type\":\"medication_blood\",\"medications\":[]}",
	  "W medication-without-medicine /medications", TEST },
	{ "{\"event_type\":\"medication_blood\",\"medications\":[{\"stage\":\"prescribe\"}]}", "",
	  TEST },
	{ "{\"event_type\":\"medication_blood\",\"involved_systems\":{\"blood_cells_organs\":true}"
	  "}",
	  "", TEST },
	{ "{\"event_type\":\"medical_device\"}", "W device-missing /devices", TEST },
	{ "{\"event_type\":\"medical_device\",\"devices\":[{\"problem\":\"wrong\"}]}", "", TEST },
	/* municipalities by date: Bærum 0219, 3024, 3201; Ålesund 1507 divided in 2024 */
	{ AT("3201"), "", TEST },
	{ AT("9999"), "W municipality-unknown /patients/0/municipality_number", TEST },
	{ AT("999"), "", TEST },
	{ AT("0219"), "W municipality-moved /patients/0/municipality_number (3201)", TEST },
	{ AT("1507"), "W municipality-split /patients/0/municipality_number (1508, 1580)", TEST },
	{ "{\"event\":{\"date\":\"2021-06-01\"},\"patients\":[{\"municipality_number\":\"3024\"},{"
	  "\"municipality_number\":\"3201\"}]}",
	  "W municipality-moved /patients/1/municipality_number (3024)", TEST },
	{ "{\"event\":{\"date\":\"2023\"},\"patients\":[{\"municipality_number\":\"1507\"}]}", "",
	  TEST },
	{ "{\"event\":{\"date\":\"1998-05-01\"},\"patients\":[{\"municipality_number\":\"9999\"}]}",
	  "", TEST },
	{ "{\"event\":3,\"patients\":[{\"municipality_number\":\"0219\"},{\"municipality_number\":"
	  "\"9999\"}]}",
	  "W municipality-unknown /patients/1/municipality_number", TEST },
	{ "{\"organisation\":{\"municipality_number\":\"0219\"}}",
	  "W municipality-moved /organisation/municipality_number (3201)", TEST },
	/* the owner's municipalities: Bærum 3201 and a part of the divided 1507; or Oslo alone */
	{ PLACE("3201"), "", OF_SEVERAL },
	{ PLACE("1580"), "", OF_SEVERAL },
	{ PLACE("3203"), "E municipality-not-yours /organisation/municipality_number", OF_SEVERAL },
	{ PLACE("0219"), "W municipality-moved /organisation/municipality_number (3201)",
	  OF_SEVERAL },
	{ PLACE("1507"), "W municipality-split /organisation/municipality_number (1508, 1580)",
	  OF_SEVERAL },
	{ PLACE("1508"), "E municipality-not-yours /organisation/municipality_number", OF_SEVERAL },
	{ PLACE("9999"),
	  "W municipality-unknown /organisation/municipality_number; "
	  "E municipality-not-yours /organisation/municipality_number",
	  OF_SEVERAL },
	{ PLACE("999"), "", OF_SEVERAL },
	{ "{\"organisation\":{\"municipality_number\":3203}}", "", OF_SEVERAL },
	{ "{\"event\":{\"date\":\"1998\"},\"organisation\":{\"municipality_number\":\"0219\"}}", "",
	  OF_SEVERAL },
	{ "{\"event\":{\"date\":\"1998\"},\"organisation\":{\"municipality_number\":\"0220\"}}",
	  "E municipality-not-yours /organisation/municipality_number", OF_SEVERAL },
	{ "{\"report_kind\":\"municipality\"}",
	  "W report-kind-unexpected /report_kind (hf); "
	  "W municipality-missing /organisation/municipality_number",
	  OF_SEVERAL },
	/* districts */
	{ DISTRICT("0301", "17"), "", TEST },
	{ DISTRICT("0301", "18"), "W district-elsewhere /organisation/district_number", TEST },
	{ DISTRICT("0301", "030101"), "", TEST },
	{ DISTRICT("0301", "460101"), "W district-elsewhere /organisation/district_number", TEST },
	{ DISTRICT("3201", "01"), "W district-elsewhere /organisation/district_number", TEST },
	{ DISTRICT("4601", "120108"), "", TEST },
	{ DISTRICT("99", "460108"), "", TEST },
	{ DISTRICT("0301", "3"), "", TEST },
	{ DISTRICT("0301", "xx"), "", TEST },
	{ "{\"organisation\":{\"district_number\":\"17\"}}",
	  "W district-elsewhere /organisation/district_number", TEST },
	{ "{\"organisation\":{\"district_number\":\"17\"}}", "", OF_OSLO },
	{ "{\"organisation\":{\"district_number\":\"17\"}}",
	  "W district-elsewhere /organisation/district_number", OF_SEVERAL },
	{ "{\"organisation\":{\"district_number\":\"460108\"}}",
	  "W district-elsewhere /organisation/district_number", OF_OSLO },
	/* versions of code systems */
	{ DIAGNOSIS("icd-10", "2025"), "", TEST },
	{ DIAGNOSIS("icd-10", "1988"), "W code-version-unknown /patients/0/diagnosis/0/version",
	  TEST },
	{ DIAGNOSIS("snomed", "1988"), "", TEST },
	{ "{\"event_type_code\":{\"code\":\"2.1\",\"code_system_version\":\"1.1\"}}", "", TEST },
	{ "{\"event_type_code\":{\"code_system_version\":\"9\"},\"harm\":{\"actual_code\":{\"code_"
	  "system_version\":\"9\"}}}",
	  "W code-version-unknown /event_type_code/code_system_version; "
	  "W code-version-unknown /harm/actual_code/code_system_version",
	  TEST },
};

/* `arg` is the list, ended by NULL; nobody asks beyond that. */
static const char *nth(size_t i, void *arg)
{
	const char *const *list = arg;

	return list[i];
}

static void stand_in(enum where where)
{
	static const char *several[] = { "1580", "3201", NULL }, *oslo[] = { "0301", NULL };

	context.municipality = where >= OF_SEVERAL ? nth : NULL;
	context.municipality_arg = where == OF_OSLO ? (void *)oslo : (void *)several;
	context.production = where == PRODUCTION || where == PRODUCTION_IN_TEST_PHASE;
	context.phase = where == PRODUCTION_IN_TEST_PHASE ? RULES_PHASE_TEST : RULES_PHASE_ACTIVE;
}

static void describe(const struct findings *f, struct buf *out)
{
	for (size_t i = 0; i < f->len; i++) {
		buf_addf(out, "%s%c %s %s", i ? "; " : "",
			 f->list[i].severity == FINDING_ERROR ? 'E' : 'W', f->list[i].code,
			 f->list[i].pointer);
		if (f->list[i].detail)
			buf_addf(out, " (%s)", f->list[i].detail);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "b; a" and "a; b" say the same. */
static void sorted(const char *joined, char *out, size_t size)
{
	char copy[1024], *parts[16], *at = copy;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", joined);
	out[0] = '\0';
	for (; at; n++) {
		char *next = strstr(at, "; ");

		ck_assert_uint_lt(n, ARRAY_LEN(parts));
		parts[n] = at;
		if (next)
			*next = '\0';
		at = next ? next + 2 : NULL;
	}
	qsort(parts, n, sizeof(parts[0]), by_text);
	for (size_t i = 0, len = 0; i < n; i++)
		len += (size_t)snprintf(out + len, size - len, "%s\n", parts[i]);
}

static void expect(const struct example *e)
{
	json_t *doc = changed(e->change);
	struct buf seen = buf_capped(4096);
	struct findings found = { 0 };
	char want[1024], got[1024];

	stand_in(e->where);
	rules_check(rules, &context, "incident-report", doc, &found);
	describe(&found, &seen);
	sorted(e->expected, want, sizeof(want));
	sorted(buf_text(&seen), got, sizeof(got));
	ck_assert_msg(!strcmp(want, got), "%s (%d)\nwanted:\n%sgot:\n%s", e->change, (int)e->where,
		      want, got);
	buf_release(&seen);
	findings_release(&found);
	json_decref(doc);
}

START_TEST(each_rule_fires_where_it_should)
{
	for (size_t i = 0; i < ARRAY_LEN(examples); i++)
		expect(&examples[i]);
}
END_TEST

/* What only a review can have wrong. */
static const struct {
	const char *review;
	enum rule rule;
	const char *pointer; /* NULL: nothing is wrong */
} reviews[] = {
	{ "{'started_date':'2025-11-03','completed_date':'2025-11-03'}", RULE_COUNT, NULL },
	{ "{'started_date':'2025-11-03','completed_date':'2025-11-02'}",
	  RULE_REVIEW_ENDED_BEFORE_START, "/completed_date" },
	{ "{'decided_date':'2025-02-30'}", RULE_DATE_IMPOSSIBLE, "/decided_date" },
	{ "{'report_sent_date':'2027-01-01'}", RULE_DATE_IN_FUTURE, "/report_sent_date" },
	{ "{'contributing_factors':[{'sequence':1,'interaction_with':[{'sequence':2}]},"
	  "{'sequence':2}]}",
	  RULE_COUNT, NULL },
	{ "{'contributing_factors':[{'sequence':1,'interaction_with':[{'sequence':1}]}]}",
	  RULE_INTERACTION_UNKNOWN, "/contributing_factors/0/interaction_with/0/sequence" },
	{ "{'contributing_factors':[7,{'interaction_with':[{'sequence':2},{'sequence':'x'}]}]}",
	  RULE_INTERACTION_UNKNOWN, "/contributing_factors/1/interaction_with/0/sequence" },
};

START_TEST(reviews_have_rules_of_their_own)
{
	char *text = strdup(reviews[_i].review);
	struct findings found = { 0 };
	json_t *doc;

	for (char *c = text; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	doc = json_loads(text, 0, NULL);
	stand_in(TEST);
	rules_check(rules, &context, "review", doc, &found);
	ck_assert_uint_eq(found.len, reviews[_i].pointer ? 1 : 0);
	if (found.len) {
		ck_assert_str_eq(found.list[0].code, rule_code(reviews[_i].rule));
		ck_assert_str_eq(found.list[0].pointer, reviews[_i].pointer);
	}
	findings_release(&found);
	json_decref(doc);
	free(text);
}
END_TEST

/* Every rule of the catalogue is met by an example above, but for the one that
 * the store finds and those of profiles (test_profile.c), which come last. */
START_TEST(every_rule_has_an_example)
{
	bool met[RULE_COUNT] = { false };

	for (size_t i = 0; i < ARRAY_LEN(reviews); i++)
		if (reviews[i].pointer)
			met[reviews[i].rule] = true;

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		json_t *doc = changed(examples[i].change);
		struct findings found = { 0 };

		stand_in(examples[i].where);
		rules_check(rules, &context, "incident-report", doc, &found);
		for (size_t k = 0; k < found.len; k++)
			met[rule_by_code(found.list[k].code)] = true;
		findings_release(&found);
		json_decref(doc);
	}
	for (unsigned r = 0; r < RULE_POSSIBLE_DUPLICATE; r++)
		ck_assert_msg(met[r], "%s has no example", rule_code((enum rule)r));
}
END_TEST

START_TEST(without_owner_marks_or_codes_less_is_said)
{
	json_t *doc = changed(
		"{\"organisation\":{\"number\":\"983887406\"},\"supersedes\":\"15898512379\","
		"\"patients\":[{\"municipality_number\":\"9999\"}]}");
	struct findings found = { 0 };

	context.owner = NULL;
	context.is_unit = NULL;
	context.marks = NULL;
	context.codes = NULL;
	rules_check(rules, &context, "incident-report", doc, &found);
	ck_assert_uint_eq(found.len, 0);
	context.owner = "310000019";
	rules_check(rules, &context, "incident-report", doc, &found);
	ck_assert_uint_eq(found.len, 1);
	findings_release(&found);
	json_decref(doc);
}
END_TEST

START_TEST(rules_keep_to_their_kinds_of_document)
{
	json_t *doc = changed("{\"organisation\":{\"number\":\"310000018\"},\"patients\":[]}");
	struct findings found = { 0 };

	rules_check(rules, &context, "review", doc, &found);
	ck_assert_uint_eq(found.len, 1);
	ck_assert_str_eq(found.list[0].code, "organisation-number-check");
	findings_release(&found);
	rules_check(rules, &context, "something-else", doc, &found);
	ck_assert_uint_eq(found.len, 0);
	findings_release(&found);
	json_decref(doc);
}
END_TEST

/* In Norwegian summer time the new day begins at 22:00 UTC. */
START_TEST(tomorrow_begins_in_norway)
{
	static const struct {
		const char *now;
		bool ahead;
	} nights[] = { { "2026-07-14T21:54:59Z", true },
		       { "2026-07-14T21:55:00Z", false },
		       { "2026-07-14T22:00:00Z", false } };
	json_t *doc = changed("{\"event\":{\"date\":\"2026-07-15\"},\"source\":{\"registered_at\":"
			      "\"2026-07-15T00:00:00+02:00\"}}");

	for (size_t i = 0; i < ARRAY_LEN(nights); i++) {
		struct findings found = { 0 };

		ck_assert_int_eq(clock_parse(nights[i].now, strlen(nights[i].now), &context.now_ms),
				 RC_OK);
		rules_check(rules, &context, "incident-report", doc, &found);
		ck_assert(findings_has(&found, "/event/date", "date-in-future") == nights[i].ahead);
		findings_release(&found);
	}
	json_decref(doc);
}
END_TEST

/* From the day that the operator sets, 2032's check digits are as good. */
START_TEST(the_rule_of_2032_comes_into_force)
{
	json_t *doc = changed(ID("fnr", "30108299939"));
	struct findings found = { 0 };

	stand_in(PRODUCTION);
	context.person_numbers_2032_from = clock_days(2026, 1, 15);
	rules_check(rules, &context, "incident-report", doc, &found);
	ck_assert_uint_eq(found.len, 0);
	json_decref(doc);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rules");
	TCase *t = tcase_create("rules");

	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_checked_fixture(t, stand_afresh, NULL);
	tcase_add_test(t, each_rule_fires_where_it_should);
	tcase_add_loop_test(t, reviews_have_rules_of_their_own, 0, ARRAY_LEN(reviews));
	tcase_add_test(t, every_rule_has_an_example);
	tcase_add_test(t, without_owner_marks_or_codes_less_is_said);
	tcase_add_test(t, rules_keep_to_their_kinds_of_document);
	tcase_add_test(t, tomorrow_begins_in_norway);
	tcase_add_test(t, the_rule_of_2032_comes_into_force);
	suite_add_tcase(s, t);
	return run_suite(s);
}
