/* The publication programme: the real one is sound, and unsound ones are named. */
#include "base/file.h"
#include "release/programme.h"
#include "unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *schemas(void)
{
	static char path[4096];
	const char *source = getenv("VARDE_SOURCE");

	snprintf(path, sizeof(path), "%s/schemas", source ? source : ".");
	return path;
}

START_TEST(the_real_one_is_sound)
{
	CLEANUP(programme_freep) struct programme *p = NULL;
	const struct programme_table *tables;
	struct err err = { 0 };
	size_t n;
	bool mandatory;

	ck_assert_int_eq(programme_load(schemas(), &p, &err), RC_OK);
	ck_assert_int_eq(programme_threshold(p), 5);
	tables = programme_tables(p, &n);
	ck_assert_uint_ge(n, 20);
	for (size_t i = 0; i < n; i++) {
		const struct programme_table *t = &tables[i];

		ck_assert_str_ne(t->label[PUBLISHED_NB], t->label[PUBLISHED_EN]);
		for (size_t d = 0; d < t->dimensions_len; d++)
			ck_assert_str_ne(programme_dimension_label(
						 p, programme_dimension_code(t->dimensions[d]),
						 PUBLISHED_EN),
					 "");
		for (size_t j = 0; j < t->notes_len; j++) {
			ck_assert_str_ne(programme_note(p, t->notes[j], PUBLISHED_NB, &mandatory),
					 "");
			ck_assert_str_ne(programme_note(p, t->notes[j], PUBLISHED_EN, &mandatory),
					 "");
		}
		/* The headline is never the sum of the classes: every table says so. */
		ck_assert_str_eq(t->notes[0], "class");
	}
	ck_assert_str_eq(programme_note(p, "no such", PUBLISHED_NB, &mandatory), "");
	ck_assert_str_ne(programme_contents_label(p, "Meldinger", PUBLISHED_NB), "");
}
END_TEST

static const char good[] =
	"{\"programme\":\"1\",\"threshold\":5,\"notes\":{\"n\":{\"nb\":\"a\",\"en\":\"b\"}},"
	"\"tables\":[{\"id\":\"T1\",\"part\":\"hospital\",\"audience\":\"public\","
	"\"unit\":\"Monthly\",\"regions\":[\"nation\",\"rhf\"],\"dimensions\":[\"Sted\"],"
	"\"label\":{\"nb\":\"x\",\"en\":\"y\"},\"notes\":[\"n\"]}]}";

/* The good one with one text replaced by another. */
static enum rc load_with(const char *from, const char *to, struct err *err)
{
	char dir[] = "/tmp/varde-programme-XXXXXX", path[200], text[2000];
	const char *at = strstr(good, from);
	struct programme *p = NULL;
	enum rc rc;

	ck_assert_ptr_nonnull(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/statistics", dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/statistics/programme.json", dir);
	ck_assert_int_eq(file_replace(path, text, strlen(text), 0600, NULL), RC_OK);
	rc = programme_load(dir, &p, err);
	programme_free(p);
	unlink(path);
	snprintf(path, sizeof(path), "%s/statistics", dir);
	rmdir(path);
	rmdir(dir);
	return rc;
}

START_TEST(unsound_ones_are_named)
{
	static const struct {
		const char *from, *to, *text;
	} cases[] = {
		{ "hospital", "clinic", "no such part" },
		{ "Monthly", "Windows", "no such unit in this part" },
		{ "public", "press", "no such audience" },
		{ "\"rhf\"", "\"county\"", "no such regions in this part" },
		{ "\"rhf\"", "\"hf\"", "single organisations are for the sector" },
		{ "Sted", "Registreringsaar", "no such dimensions in this part" },
		{ "[\"Sted\"]", "[\"Sted\",\"Sted\"]", "no such dimensions in this part" },
		{ "[\"n\"]", "[\"m\"]", "no such note" },
		{ ":5", ":2", "it has tables, a version and a threshold from 3" },
	};
	struct err err = { 0 };

	ck_assert_int_eq(load_with("x", "x", &err), RC_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ck_assert_int_eq(load_with(cases[i].from, cases[i].to, &err), RC_INVALID);
		ck_assert_str_eq(err.code, "programme-invalid");
		ck_assert_str_eq(err.text, cases[i].text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("programme");
	TCase *tc = tcase_create("programme");

	tcase_add_test(tc, the_real_one_is_sound);
	tcase_add_test(tc, unsound_ones_are_named);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
