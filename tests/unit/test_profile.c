/* Profiles as pure functions: files read strictly, documents of any shape looked at. */
#include "base/buf.h"
#include "codes/codes.h"
#include "config/config.h"
#include "documents/documents.h"
#include "minimise/profile.h"
#include "unit.h"

#include <string.h>
#include <sys/stat.h>

static struct documents *documents;
static struct err err;
static struct codes *codes;
static char folder[64], inner[80];

#define HEAD                                                                                       \
	"\"version\":\"1.0\",\"title\":{\"nb\":\"t\",\"en\":\"t\"},\"explanation\":{\"nb\":\"e\"," \
	"\"en\":\"e\"},\"kinds\":"
#define KIND(lists) "{\"incident-report\":{" lists "}}"

static void setup(void)
{
	static const struct config config; /* accepts none: which members there are is asked */
	struct documents_source source = { .folder = VARDE_SCHEMA_DIR, .config = &config };

	ck_assert_msg(!codes_load(VARDE_SCHEMA_DIR "/codes", &codes, &err), "%s", err.text);
	source.codes = codes;
	ck_assert_msg(!documents_load(&source, &documents, &err), "%s", err.text);
}

static void teardown(void)
{
	documents_free(documents);
	codes_free(codes);
}

static void write_file(const char *name, const char *text)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", inner, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static void make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/varde-profiles-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(inner, sizeof(inner), "%s/profiles", folder);
	ck_assert_int_eq(mkdir(inner, 0700), 0);
	write_file("full.json", "{\"name\":\"full\"," HEAD KIND("") "}");
}

static void drop_folder(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

/* One profile "mine" of these kinds, as a file. */
static struct profiles *load(const char *kinds)
{
	CLEANUP(buf_release) struct buf text = buf_capped(4096);
	struct profiles *ret = NULL;

	buf_addf(&text, "{\"name\":\"mine\"," HEAD "%s}", kinds);
	write_file("mine.json", buf_text(&text));
	ck_assert_msg(!profiles_load(folder, documents, &ret, &err), "%s", err.text);
	return ret;
}

/* "pointer code|…" of what the profile finds, in order. */
static void look(const struct profiles *profiles, const char *kind, const char *document,
		 const char *expected)
{
	json_t *doc = json_loads(document, JSON_DECODE_ANY, NULL);
	CLEANUP(buf_release) struct buf told = buf_capped(4096);
	struct findings found = { 0 };

	ck_assert_msg(doc != NULL, "%s", document);
	profile_check(profiles_find(profiles, "mine"), kind, "310000019", doc, &found);
	findings_sort(&found);
	for (size_t i = 0; i < found.len; i++) {
		ck_assert_int_eq(found.list[i].severity, FINDING_ERROR);
		ck_assert_str_eq(found.list[i].detail, "mine");
		buf_addf(&told, "%s%s %s", i ? "|" : "", found.list[i].pointer, found.list[i].code);
	}
	ck_assert_str_eq(buf_text(&told), expected);
	findings_release(&found);
	json_decref(doc);
}

START_TEST(finds_what_is_kept_back)
{
	struct profiles *p =
		load(KIND("\"forbid\":[\"/narrative\",\"/patients/*/diagnosis\",\"/patients/*/"
			  "identifier/value\"],"
			  "\"month\":[\"/event/date\"],\"owner\":[\"/organisation/number\"]"));

	look(p, "incident-report", "{}", "");
	look(p, "incident-report", "{\"narrative\":null}", "/narrative profile-member");
	look(p, "incident-report",
	     "{\"patients\":[{},{\"diagnosis\":[]},{\"identifier\":{\"value\":\"\"},\"diagnosis\":"
	     "0}]}",
	     "/patients/1/diagnosis profile-member|/patients/2/diagnosis profile-member|"
	     "/patients/2/identifier/value profile-member");
	look(p, "incident-report", "{\"event\":{\"date\":\"2025-11-03\"}}",
	     "/event/date profile-month");
	look(p, "incident-report", "{\"event\":{\"date\":\"2025-11\"}}", "");
	look(p, "incident-report", "{\"event\":{\"date\":\"2025\"}}", "");
	look(p, "incident-report", "{\"organisation\":{\"number\":\"310000019\"}}", "");
	look(p, "incident-report", "{\"organisation\":{\"number\":\"310000078\"}}",
	     "/organisation/number profile-owner");
	profiles_free(p);
}
END_TEST

START_TEST(other_shapes_are_the_schemas)
{
	struct profiles *p =
		load(KIND("\"forbid\":[\"/narrative/description\",\"/patients/*/name\"],"
			  "\"month\":[\"/event/date\"],\"owner\":[\"/organisation/number\"]"));
	static const char *const documents_of_other_shapes[] = {
		"null",
		"[]",
		"\"x\"",
		"5",
		"[{\"narrative\":{\"description\":\"x\"}}]",
		"{\"narrative\":[]}",
		"{\"narrative\":\"description\"}",
		"{\"patients\":{\"*\":{\"name\":1}}}",
		"{\"patients\":[[{\"name\":1}]]}",
		"{\"event\":{\"date\":20251103}}",
		"{\"organisation\":{\"number\":310000078}}",
		"{\"Narrative\":{\"description\":1}}",
	};

	for (size_t i = 0; i < ARRAY_LEN(documents_of_other_shapes); i++)
		look(p, "incident-report", documents_of_other_shapes[i], "");
	profiles_free(p);
}
END_TEST

START_TEST(a_kind_that_is_not_named_is_not_shared)
{
	struct profiles *p = load("{}");

	look(p, "incident-report", "{}", " profile-kind");
	look(p, "", "5", " profile-kind");
	profiles_free(p);
}
END_TEST

START_TEST(many_breaches_are_counted_and_a_hundred_kept)
{
	struct profiles *p = load(KIND("\"forbid\":[\"/patients/*/name\"]"));
	json_t *doc = json_pack("{s:[]}", "patients");
	struct findings found = { 0 };

	for (int i = 0; i < 1000; i++)
		json_array_append_new(json_object_get(doc, "patients"),
				      json_pack("{ss}", "name", "x"));
	profile_check(profiles_find(p, "mine"), "incident-report", "310000019", doc, &found);
	ck_assert_uint_eq(found.errors, 1000);
	ck_assert_uint_eq(found.len, FINDINGS_KEPT);
	ck_assert_int_eq(found.failed, RC_OK);
	findings_release(&found);
	json_decref(doc);
	profiles_free(p);
}
END_TEST

/* What is wrong is left out and named; the others serve. */
START_TEST(a_broken_file_is_left_out)
{
	static const struct {
		const char *kinds, *where;
	} broken[] = {
		{ "5", "mine" },
		{ "{\"incident-report\":5}", "mine: incident-report" },
		{ "{\"no-such\":{}}", "mine: no-such" },
		{ KIND("\"forbid\":5"), "mine: incident-report" },
		{ KIND("\"forbid\":[5]"), "mine: incident-report" },
		{ KIND("\"forbid\":[\"narrative\"]"), "mine: incident-report" },
		{ KIND("\"forbid\":[\"\"]"), "mine: incident-report" },
		{ KIND("\"forbid\":[\"/Narrative\"]"), "mine: incident-report" },
		{ KIND("\"forbid\":[\"/narative\"]"), "mine: /narative" },
		{ KIND("\"forbid\":[\"/narrative/\"]"), "mine: /narrative/" },
		{ KIND("\"forbid\":[\"/patients/name\"]"), "mine: /patients/name" },
		{ KIND("\"forbid\":[\"/narrative/*\"]"), "mine: /narrative/*" },
		{ KIND("\"forbid\":[\"/patients/*/name/x\"]"), "mine: /patients/*/name/x" },
		{ KIND("\"month\":[\"/event\"]"), "mine: /event" },
		{ KIND("\"owner\":[\"/organisation\"]"), "mine: /organisation" },
		{ KIND("\"allow\":[]"), "mine: allow" },
	};

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct profiles *p = load(broken[i].kinds);

		ck_assert_msg(!profiles_find(p, "mine"), "%s", broken[i].kinds);
		ck_assert_ptr_nonnull(profiles_find(p, PROFILE_FULL));
		ck_assert_ptr_nonnull(profiles_broken(p, 0));
		ck_assert_str_eq(profiles_broken(p, 0)->where, broken[i].where);
		ck_assert_str_eq(profiles_broken(p, 0)->code, "profile-invalid");
		ck_assert_ptr_null(profiles_broken(p, 1));
		profiles_free(p);
	}
}
END_TEST

START_TEST(heads_are_held_to_their_form)
{
	static const char *const heads[] = {
		"{\"name\":\"other\"," HEAD "{}}",
		"{\"name\":\"mine\",\"title\":{\"nb\":\"t\",\"en\":\"t\"},\"explanation\":{\"nb\":"
		"\"e\",\"en\":\"e\"},\"kinds\":{}}",
		"{\"name\":\"mine\",\"version\":\"1\",\"title\":{\"nb\":\"t\"},\"explanation\":{"
		"\"nb\":\"e\",\"en\":\"e\"},\"kinds\":{}}",
		"{\"name\":\"mine\",\"version\":\"1\",\"title\":{\"nb\":\"t\",\"en\":\"t\"},"
		"\"explanation\":{\"nb\":\"e\",\"en\":\"\"},\"kinds\":{}}",
		"{\"name\":\"mine\",\"more\":1," HEAD "{}}",
		"{\"name\":\"mine\",\"name\":\"mine\"," HEAD "{}}",
		"[]",
		"",
	};

	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		struct profiles *p = NULL;

		write_file("mine.json", heads[i]);
		ck_assert_int_eq(profiles_load(folder, documents, &p, &err), RC_OK);
		ck_assert_msg(!profiles_find(p, "mine"), "%s", heads[i]);
		ck_assert_ptr_nonnull(profiles_broken(p, 0));
		profiles_free(p);
	}
}
END_TEST

START_TEST(without_the_first_one_nothing_is_loaded)
{
	struct profiles *p = NULL;

	write_file("full.json", "{");
	ck_assert_int_eq(profiles_load(folder, documents, &p, &err), RC_NOT_FOUND);
	ck_assert_str_eq(err.code, "profile-missing");
	ck_assert_int_eq(profiles_load("/no/such", documents, &p, &err), RC_NOT_FOUND);
	ck_assert_ptr_null(p);
}
END_TEST

START_TEST(other_names_are_no_profiles)
{
	struct profiles *p;

	write_file("Mine.json", "{");
	write_file(".json", "{");
	write_file("mine.json~", "{");
	write_file("README.md", "{");
	p = load(KIND(""));
	ck_assert_ptr_null(profiles_broken(p, 0));
	ck_assert_str_eq(profile_name(profiles_at(p, 0)), "full");
	ck_assert_str_eq(profile_name(profiles_at(p, 1)), "mine");
	ck_assert_ptr_null(profiles_at(p, 2));
	ck_assert_ptr_null(profiles_find(p, "../full"));
	ck_assert_ptr_null(profiles_find(p, ""));
	profiles_free(p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("profile");
	TCase *tc = tcase_create("profile");

	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_add_checked_fixture(tc, make_folder, drop_folder);
	tcase_add_test(tc, finds_what_is_kept_back);
	tcase_add_test(tc, other_shapes_are_the_schemas);
	tcase_add_test(tc, a_kind_that_is_not_named_is_not_shared);
	tcase_add_test(tc, many_breaches_are_counted_and_a_hundred_kept);
	tcase_add_test(tc, a_broken_file_is_left_out);
	tcase_add_test(tc, heads_are_held_to_their_form);
	tcase_add_test(tc, without_the_first_one_nothing_is_loaded);
	tcase_add_test(tc, other_names_are_no_profiles);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
