#include "rules_fixture.h"

/* Any JSON value in any place: no crash, and nothing of it in a finding. */

#define PLANT "Kari Nordmann"

static json_t *odd(unsigned which)
{
	switch (which) {
	case 0: return json_null();
	case 1: return json_true();
	case 2: return json_integer(-1);
	case 3: return json_integer(INT64_MAX);
	case 4: return json_real(1e300);
	case 5: return json_string("");
	case 6: return json_string(PLANT);
	case 7: return json_array();
	case 8: return json_object();
	case 9: return json_pack("[[[]], {s:[{s:{}}]}, s, i, n]", PLANT, PLANT, PLANT, 7);
	case 10:
		return json_pack("{s:{s:[s]}, s:s, s:s, s:s}", PLANT, "value", PLANT, "value",
				 PLANT, "date", PLANT, "number", PLANT);
	case 11: return json_string("0000-00-00T00:00:00Z");
	case 12: return json_string("9999-12-31T23:59:59.999999999-23:59");
	default: return NULL;
	}
}
#define ODD 13

static void check_odd(const json_t *doc)
{
	struct findings found = { 0 };

	rules_check(rules, &context, "incident-report", doc, &found);
	ck_assert_int_eq(found.failed, RC_OK);
	for (size_t i = 0; i < found.len; i++) {
		ck_assert_ptr_null(strstr(found.list[i].pointer, "Kari"));
		ck_assert(!found.list[i].detail || !strstr(found.list[i].detail, "Kari"));
	}
	findings_release(&found);
}

/* Puts every odd value in every place below `value`. */
static void distort(const json_t *doc, json_t *value)
{
	const char *name;
	json_t *member;
	void *next;
	size_t i;

	json_object_foreach_safe(value, next, name, member)
	{
		json_incref(member);
		for (unsigned k = 0; k < ODD; k++) {
			json_object_set_new(value, name, odd(k));
			check_odd(doc);
		}
		json_object_set(value, name, member);
		distort(doc, member);
		json_decref(member);
	}
	json_array_foreach(value, i, member)
	{
		json_incref(member);
		for (unsigned k = 0; k < ODD; k++) {
			json_array_set_new(value, i, odd(k));
			check_odd(doc);
		}
		json_array_set(value, i, member);
		distort(doc, member);
		json_decref(member);
	}
}

START_TEST(no_shape_is_too_odd)
{
	json_t *doc = changed(
		"{\"event\":{\"discovered_date\":\"2025\"},\"notification\":{\"sent_date\":\"2025-"
		"12-01\"},\"review_due\":\"2026-01-01\","
		"\"related_reports\":[{\"organisation\":\"983887406\"}],\"event_type_code\":{"
		"\"code_system_version\":\"1.1\"},"
		"\"harm\":{\"actual_code\":{\"code_system_version\":\"1.1\"}},\"involved_systems\":"
		"{\"blood_cells_organs\":true},"
		"\"organisation\":{\"unit_number\":\"310000078\",\"municipality_number\":\"3201\"},"
		"\"patients\":[{\"identifier\":{\"type\":\"fnr\",\"value\":\"15898512379\"},"
		"\"birth_date\":\"1940\","
		"\"municipality_number\":\"3201\",\"diagnosis\":[{\"system\":\"icd-10\","
		"\"version\":\"2025\"}]}],"
		"\"reporter\":{\"identifier\":{\"type\":\"fnr\",\"value\":\"15898512379\"}},"
		"\"medications\":[{}],\"devices\":[{}]}");

	distort(doc, doc);
	for (unsigned k = 0; k < ODD; k++) {
		json_t *value = odd(k);

		check_odd(value);
		json_decref(value);
	}
	json_decref(doc);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rules shapes");
	TCase *t = tcase_create("rules shapes");

	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_checked_fixture(t, stand_afresh, NULL);
	tcase_add_test(t, no_shape_is_too_odd);
	suite_add_tcase(s, t);
	return run_suite(s);
}
