#include "rules_fixture.h"

static void expect_refused(json_t *data, const char *where)
{
	struct rules *loaded = NULL;
	struct err err = { 0 };

	ck_assert_int_eq(rules_new(data, &loaded, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "rules-invalid");
	ck_assert_str_eq(err.where, where);
	json_decref(data);
}

static json_t *rule_data(json_t *data, size_t at)
{
	return json_array_get(json_object_get(data, "rules"), at);
}

START_TEST(data_and_program_have_the_same_rules)
{
	json_t *data = load_file(RULES_FILE);
	const char *first = json_string_value(json_object_get(rule_data(data, 0), "code"));
	char code[64];

	snprintf(code, sizeof(code), "%s", first);
	json_array_remove(json_object_get(data, "rules"), 0);
	expect_refused(data, code);

	data = load_file(RULES_FILE);
	json_array_append(json_object_get(data, "rules"), rule_data(data, 0));
	expect_refused(data, code);

	data = load_file(RULES_FILE);
	json_object_set_new(rule_data(data, 0), "code", json_string("made-up"));
	expect_refused(data, "made-up");
}
END_TEST

START_TEST(data_of_another_shape_is_refused)
{
	static const char *const required[] = { "applies", "severity", "nb", "en", "why" };
	static const char *const top[] = { "rules", "schema_messages", "code_versions", "version" };
	static const char *const texts[] = {
		"", "a ] b", "a [ b", "[[a]]", "{detail}", "[{name}]"
	};
	char code[64];

	for (size_t i = 0; i < ARRAY_LEN(required); i++) {
		json_t *data = load_file(RULES_FILE);

		snprintf(code, sizeof(code), "%s",
			 json_string_value(json_object_get(rule_data(data, 2), "code")));
		json_object_set_new(rule_data(data, 2), required[i], json_integer(1));
		expect_refused(data, code);
	}
	for (size_t i = 0; i < ARRAY_LEN(top); i++) {
		json_t *data = load_file(RULES_FILE);

		json_object_set_new(data, top[i], json_integer(1));
		expect_refused(data, top[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		json_t *data = load_file(RULES_FILE);

		json_object_set_new(
			json_object_get(json_object_get(data, "schema_messages"), "schema-type"),
			"en", json_string(texts[i]));
		expect_refused(data, "schema-type");
	}
	expect_refused(json_array(), "rules");
}
END_TEST

START_TEST(severity_may_follow_the_phase)
{
	json_t *data = load_file(RULES_FILE);
	struct rules *loaded = NULL;
	enum rule rule =
		rule_by_code(json_string_value(json_object_get(rule_data(data, 0), "code")));

	json_object_set_new(rule_data(data, 0), "severity",
			    json_pack("{s:s, s:s}", "test", "warning", "active", "error"));
	ck_assert_int_eq(rules_new(data, &loaded, NULL), RC_OK);
	ck_assert_int_eq(rules_severity(loaded, rule, RULES_PHASE_TEST), FINDING_WARNING);
	ck_assert_int_eq(rules_severity(loaded, rule, RULES_PHASE_ACTIVE), FINDING_ERROR);
	rules_free(loaded);
	json_object_set_new(rule_data(data, 0), "severity",
			    json_pack("{s:s, s:s}", "test", "warning", "active", "grave"));
	expect_refused(data, rule_code(rule));
}
END_TEST

static void expect_message(const char *code, enum rules_language language, const char *detail,
			   const char *text)
{
	struct buf out = buf_capped(2000);

	ck_assert_int_eq(rules_message(rules, code, language, detail, &out), RC_OK);
	ck_assert_str_eq(buf_text(&out), text);
	buf_release(&out);
}

START_TEST(messages_have_their_detail)
{
	struct buf out = buf_capped(2000), small = buf_capped(5);

	expect_message("schema-enum", RULES_NB, NULL, "Verdien er ikke i kodelisten.");
	expect_message("schema-enum", RULES_NB, "[\"hf\"]",
		       "Verdien er ikke i kodelisten. Gyldige verdier: hf.");
	expect_message("schema-enum", RULES_EN, "[\"hf\",\"municipality\"]",
		       "The value is not in the code list. Valid values: hf, municipality.");
	expect_message("schema-type", RULES_EN, "\"string\"",
		       "The value has the wrong type. Right type: string.");
	expect_message("schema-pattern", RULES_NB, "[{detail}]",
		       "Verdien er ikke skrevet slik feltet krever. Feltet skal være: [{detail}].");
	expect_message("schema-required", RULES_NB, "x", "Feltet mangler.");
	expect_message(
		"municipality-moved", RULES_EN, "3201",
		"The municipality number was not in force on the date of the event. 3201 was.");
	expect_message("schema-unheard-of", RULES_EN, NULL,
		       "The value does not follow the schema.");
	ck_assert_int_eq(rules_message(rules, "unheard-of", RULES_EN, NULL, &out), RC_NOT_FOUND);
	ck_assert_int_eq(rules_message(rules, "schema-enum", RULES_EN, NULL, &small), RC_LIMIT);
}
END_TEST

START_TEST(every_rule_speaks_both_languages)
{
	for (unsigned r = 0; r < RULE_COUNT; r++) {
		struct buf nb = buf_capped(2000), en = buf_capped(2000);
		enum rule rule = (enum rule)r;

		ck_assert_uint_eq(rule_by_code(rule_code(rule)), rule);
		ck_assert_int_eq(rules_message(rules, rule_code(rule), RULES_NB, "x", &nb), RC_OK);
		ck_assert_int_eq(rules_message(rules, rule_code(rule), RULES_EN, "x", &en), RC_OK);
		ck_assert_str_ne(buf_text(&nb), buf_text(&en));
		ck_assert_ptr_null(strpbrk(buf_text(&nb), "[]{}"));
		ck_assert_ptr_null(strpbrk(buf_text(&en), "[]{}"));
		ck_assert_str_ne(rules_why(rules, rule, RULES_NB),
				 rules_why(rules, rule, RULES_EN));
		buf_release(&nb);
		buf_release(&en);
	}
	ck_assert_str_eq(rules_version(rules), "1.0");
}
END_TEST

START_TEST(a_file_that_is_not_there_or_no_json_is_said)
{
	struct rules *loaded = NULL;
	struct err err = { 0 };

	ck_assert_int_eq(rules_load(VARDE_SCHEMA_DIR "/no-such.json", &loaded, &err), RC_NOT_FOUND);
	ck_assert_str_eq(err.code, "rules-unreadable");
	ck_assert_int_eq(rules_load("/proc/self/status", &loaded, &err), RC_INVALID);
	ck_assert_ptr_null(loaded);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rules catalogue");
	TCase *t = tcase_create("rules catalogue");

	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_test(t, data_and_program_have_the_same_rules);
	tcase_add_test(t, data_of_another_shape_is_refused);
	tcase_add_test(t, severity_may_follow_the_phase);
	tcase_add_test(t, messages_have_their_detail);
	tcase_add_test(t, every_rule_speaks_both_languages);
	tcase_add_test(t, a_file_that_is_not_there_or_no_json_is_said);
	suite_add_tcase(s, t);
	return run_suite(s);
}
