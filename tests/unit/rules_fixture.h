/* What the tests of the rules share: the rules, code lists and marks of the
 * source tree, a context to stand in, a sound report to change. */
#ifndef VARDE_TESTS_RULES_FIXTURE_H
#define VARDE_TESTS_RULES_FIXTURE_H

#include "unit.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "rules/check.h"

#include <string.h>

#define RULES_FILE VARDE_SCHEMA_DIR "/rules.json"
#define REPORT_SCHEMA VARDE_SCHEMA_DIR "/incident-report/1.0.json"
#define NOW "2026-01-15T12:00:00Z"

/* A report that nothing can be said about; every test changes some of it. */
static const char sound_report[] =
	"{\"schema_version\":\"1.0\",\"report_id\":\"6ba7b810-9dad-41d1-80b4-00c04fd430c8\","
	"\"revision\":1,"
	"\"report_kind\":\"hf\",\"source\":{\"system_name\":\"eqs\",\"local_case_id\":\"AVV-2025/"
	"1234\","
	"\"registered_at\":\"2025-11-04T08:00:00+01:00\",\"exported_at\":\"2026-01-15T11:59:00Z\"},"
	"\"organisation\":{\"number\":\"310000019\"},\"event_class\":\"incident\",\"event_type\":"
	"\"fall_accident\","
	"\"event\":{\"date\":\"2025-11-03\",\"precision\":\"day\"},\"place\":\"ward\",\"harm\":{"
	"\"actual\":\"mild\"},"
	"\"patients\":[{\"sequence\":1,\"age_band\":\"80_89\",\"sex\":\"female\"}],\"reporter\":{"
	"\"role\":\"nurse\"}}";

static struct rules *rules;
static struct codes *codes;
static struct marks *marks;
static __attribute__((unused)) struct rules_context context;

static inline bool only_the_unit(const char *number, void *arg)
{
	return !strcmp(number, arg);
}

static inline json_t *load_file(const char *path)
{
	json_t *value = json_load_file(path, 0, NULL);

	ck_assert_msg(value != NULL, "%s", path);
	return value;
}

/* Loaded once for all tests of a program. */
static inline void setup(void)
{
	json_t *schema = load_file(REPORT_SCHEMA);
	struct err err = { 0 };

	ck_assert_msg(rules_load(RULES_FILE, &rules, &err) == RC_OK, "%s: %s", err.where, err.text);
	ck_assert_msg(codes_load(VARDE_SCHEMA_DIR "/codes", &codes, &err) == RC_OK, "%s: %s",
		      err.where, err.text);
	ck_assert_msg(marks_new(schema, &marks, &err) == RC_OK, "%s: %s", err.where, err.text);
	json_decref(schema);
}

/* A test installation, before each test. */
static inline __attribute__((unused)) void stand_afresh(void)
{
	static char unit[] = "310000078";

	context = (struct rules_context){
		.phase = RULES_PHASE_ACTIVE,
		.owner = "310000019",
		.report_kind = "hf",
		.is_unit = only_the_unit,
		.is_unit_arg = unit,
		.person_numbers_2032_from = clock_days(2032, 1, 1),
		.marks = marks,
		.codes = codes,
	};
	ck_assert_int_eq(clock_parse(NOW, strlen(NOW), &context.now_ms), RC_OK);
}

static inline void teardown(void)
{
	rules_free(rules);
	codes_free(codes);
	marks_free(marks);
}

/* The sound report with `change` merged into it. */
static inline json_t *changed(const char *change)
{
	json_t *doc = json_loads(sound_report, 0, NULL), *patch = json_loads(change, 0, NULL);

	ck_assert_ptr_nonnull(doc);
	ck_assert_msg(patch != NULL, "%s", change);
	ck_assert_int_eq(json_object_update_recursive(doc, patch), 0);
	json_decref(patch);
	return doc;
}

#endif
