/* The validator against the official JSON Schema Test Suite, as far as it is
 * here, and against our own cases in the same shape. No case is left out. */
#include "unit.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "schema/schema.h"

#include <fts.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define REMOTES_BASE "http://localhost:1234"
#define BASE_URI "https://test.example/case"

static char suite_dir[4200], remotes_dir[4200];

static void decref(json_t **json)
{
	json_decref(*json);
}

static void add_remotes(struct schema_registry *r)
{
	char *roots[] = { remotes_dir, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	ck_assert_ptr_nonnull(tree);
	while ((entry = fts_read(tree))) {
		char uri[8192];
		json_t *json;

		if (entry->fts_info != FTS_F)
			continue;
		json = json_load_file(entry->fts_path, JSON_DECODE_ANY, NULL);
		snprintf(uri, sizeof(uri), REMOTES_BASE "%s",
			 entry->fts_path + strlen(remotes_dir));
		ck_assert_int_eq(schema_registry_add(r, uri, json, NULL), RC_OK);
		json_decref(json);
	}
	fts_close(tree);
}

/* Both forms must agree, and findings must be there exactly when it is invalid. */
static bool is_valid(const struct schema *s, const json_t *data, bool formats)
{
	const struct schema_options options = { .assert_formats = formats };
	CLEANUP(findings_release) struct findings found = { 0 };
	enum rc rc = schema_check(s, data, &options, &found);

	ck_assert_int_eq(rc, schema_accepts(s, data, &options));
	ck_assert(rc == RC_OK ? found.errors == 0 : found.errors > 0);
	return rc == RC_OK;
}

struct tally {
	unsigned cases, wrong;
};

static void run_tests(const char *file, const json_t *group, const struct schema *s, bool formats,
		      struct tally *t)
{
	const json_t *tests = json_object_get(group, "tests");

	for (size_t i = 0; i < json_array_size(tests); i++) {
		const json_t *test = json_array_get(tests, i);
		bool valid = json_is_true(json_object_get(test, "valid"));

		t->cases++;
		if (s && is_valid(s, json_object_get(test, "data"), formats) == valid)
			continue;
		t->wrong++;
		fprintf(stderr, "%s: %s: %s: should be %s\n", file,
			json_string_value(json_object_get(group, "description")),
			json_string_value(json_object_get(test, "description")),
			valid ? "valid" : "invalid");
	}
}

static void run_group(const char *file, const json_t *group, bool formats, bool remotes,
		      struct tally *t)
{
	CLEANUP(schema_registry_freep) struct schema_registry *r = NULL;
	CLEANUP(schema_freep) struct schema *s = NULL;
	const char *about = json_string_value(json_object_get(group, "description"));
	struct err err = { 0 };
	enum rc rc;

	ck_assert_int_eq(schema_registry_new(NULL, &r, &err), RC_OK);
	if (remotes)
		add_remotes(r);
	rc = schema_registry_add(r, BASE_URI, json_object_get(group, "schema"), &err);
	if (!rc)
		rc = schema_compile(r, BASE_URI, &s, &err);
	if (json_is_true(json_object_get(group, "unusable"))) {
		t->cases++;
		t->wrong += !rc;
		ck_assert(!rc || *err.code);
		if (!rc)
			fprintf(stderr, "%s: %s: compiled\n", file, about);
		return;
	}
	if (rc)
		fprintf(stderr, "%s: %s: %s %s %s\n", file, about, err.code, err.where, err.text);
	run_tests(file, group, s, formats || json_is_true(json_object_get(group, "formats")), t);
}

static void run_file(const char *path, bool formats, bool remotes, struct tally *t)
{
	CLEANUP(decref)
	json_t *groups = json_load_file(path, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	ck_assert_msg(json_is_array(groups), "%s", path);
	for (size_t i = 0; i < json_array_size(groups); i++)
		run_group(path, json_array_get(groups, i), formats, remotes, t);
}

START_TEST(official_suite)
{
	char *roots[] = { suite_dir, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	struct tally t = { 0 };
	FTSENT *entry;

	ck_assert_ptr_nonnull(tree);
	while ((entry = fts_read(tree)))
		if (entry->fts_info == FTS_F)
			run_file(entry->fts_path, strstr(entry->fts_path, "/optional/format/"),
				 true, &t);
	fts_close(tree);
	printf("official suite: %u cases, %u wrong\n", t.cases, t.wrong);
	ck_assert_uint_gt(t.cases, 500);
	ck_assert_uint_eq(t.wrong, 0);
}
END_TEST

START_TEST(own_cases)
{
	const char *source = getenv("VARDE_SOURCE");
	char path[4200];
	struct tally t = { 0 };

	snprintf(path, sizeof(path), "%s/tests/schema/own-cases.json", source ? source : ".");
	run_file(path, false, false, &t);
	printf("own cases: %u, %u wrong\n", t.cases, t.wrong);
	ck_assert_uint_gt(t.cases, 500);
	ck_assert_uint_eq(t.wrong, 0);
}
END_TEST

int main(void)
{
	const char *data = test_data("json-schema-test-suite");
	Suite *suite = suite_create("schema");
	TCase *cases = tcase_create("cases");
	int status;

	tcase_set_timeout(cases, 120);
	tcase_add_test(cases, own_cases);
	if (data) {
		snprintf(suite_dir, sizeof(suite_dir), "%s/draft2020-12", data);
		snprintf(remotes_dir, sizeof(remotes_dir), "%s/remotes", data);
		tcase_add_test(cases, official_suite);
	}
	suite_add_tcase(suite, cases);
	status = run_suite(suite);
	return status || data ? status : TEST_SKIPPED;
}
