#include "unit.h"

#include "base/buf.h"
#include "base/clock.h"
#include "codes/codes.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static struct codes *codes;

static void load(void)
{
	struct err err = { 0 };

	ck_assert_msg(codes_load(VARDE_SCHEMA_DIR "/codes", &codes, &err) == RC_OK, "%s %s",
		      err.where, err.text);
}

static void unload(void)
{
	codes_free(codes);
	codes = NULL;
}

START_TEST(codes_and_labels)
{
	ck_assert(codes_has(codes, "event_type", "infection"));
	ck_assert(!codes_has(codes, "event_type", "Infection"));
	ck_assert(!codes_has(codes, "event_type", ""));
	ck_assert(!codes_has(codes, "no_such_list", "infection"));
	ck_assert(!codes_has(codes, NULL, NULL));
	ck_assert_str_eq(codes_label(codes, "event_class", "near_miss", "en"),
			 "near miss that did not reach the patient");
	ck_assert_str_eq(codes_label(codes, "sex", "female", "nb"), "kvinne");
	ck_assert_str_eq(codes_label(codes, "sex", "female", "fr"), "kvinne");
	ck_assert_str_eq(codes_label(codes, "sex", "female", NULL), "kvinne");
	ck_assert_str_eq(codes_label(codes, "municipality", "3201", "en"), "Bærum");
	ck_assert_ptr_null(codes_label(codes, "sex", "x", "nb"));
	ck_assert_ptr_null(codes_version(codes, "no_such_list"));
	ck_assert_str_eq(codes_version(codes, "sex"), "1.0");
}
END_TEST

START_TEST(lists_as_json)
{
	size_t len = 0, i;
	const char *text = codes_list_json(codes, "harm", &len);
	json_t *list = json_loadb(text, len, 0, NULL);
	json_t *index = json_loads(codes_index_json(codes, NULL), 0, NULL);
	json_t *versions = json_loads(codes_versions(codes), 0, NULL);
	const json_t *lists = json_object_get(index, "lists");

	ck_assert_str_eq(json_string_value(json_object_get(list, "list")), "harm");
	ck_assert_uint_eq(json_array_size(json_object_get(list, "codes")), 6);
	ck_assert_ptr_null(codes_list_json(codes, "../harm", NULL));
	ck_assert_uint_gt(json_array_size(lists), 30);
	ck_assert_uint_eq(json_array_size(lists), json_object_size(versions));
	for (i = 0; i < json_array_size(lists); i++) {
		const json_t *row = json_array_get(lists, i);
		const char *name = json_string_value(json_object_get(row, "list"));

		ck_assert_ptr_nonnull(codes_list_json(codes, name, NULL));
		ck_assert_str_eq(json_string_value(json_object_get(versions, name)),
				 codes_version(codes, name));
		ck_assert_int_gt(json_integer_value(json_object_get(row, "codes")), 0);
		ck_assert_ptr_nonnull(json_object_get(json_object_get(row, "title"), "nb"));
	}
	json_decref(list);
	json_decref(index);
	json_decref(versions);
}
END_TEST

static const struct {
	const char *code, *date;
	enum codes_municipality_kind kind;
	const char *candidates;
} places[] = {
	{ "0219", "2018-01-01", CODES_MUNICIPALITY_VALID, "" },
	{ "0219", "2019-12-31", CODES_MUNICIPALITY_VALID, "" },
	{ "0219", "2020-01-01", CODES_MUNICIPALITY_MOVED, "3024 " },
	{ "0219", "2023-12-31", CODES_MUNICIPALITY_MOVED, "3024 " },
	{ "0219", "2024-01-01", CODES_MUNICIPALITY_MOVED, "3201 " },
	{ "3024", "2022-06-01", CODES_MUNICIPALITY_VALID, "" },
	{ "3024", "2026-03-01", CODES_MUNICIPALITY_MOVED, "3201 " },
	{ "3024", "2019-06-01", CODES_MUNICIPALITY_MOVED, "0219 " },
	{ "3201", "2019-06-01", CODES_MUNICIPALITY_MOVED, "0219 " },
	{ "3201", "2040-01-01", CODES_MUNICIPALITY_VALID, "" },
	/* Ålesund: five became one in 2020, one became two in 2024. */
	{ "1507", "2026-01-01", CODES_MUNICIPALITY_SPLIT, "1508 1580 " },
	{ "1504", "2026-01-01", CODES_MUNICIPALITY_SPLIT, "1508 1580 " },
	{ "1508", "2021-01-01", CODES_MUNICIPALITY_MOVED, "1507 " },
	{ "1580", "2018-05-01", CODES_MUNICIPALITY_SPLIT, "1504 1523 1529 1534 1546 " },
	/* Tysfjord was divided between two. */
	{ "1850", "2020-01-01", CODES_MUNICIPALITY_SPLIT, "1806 1875 " },
	/* Finnøy went into Stavanger, which kept its number. */
	{ "1141", "2021-01-01", CODES_MUNICIPALITY_MOVED, "1103 " },
	{ "1103", "2018-01-01", CODES_MUNICIPALITY_VALID, "" },
	/* Trondheim was renumbered on 1 January 2018, then took in Klæbu. */
	{ "1601", "2018-01-01", CODES_MUNICIPALITY_MOVED, "5001 " },
	{ "1567", "2019-01-01", CODES_MUNICIPALITY_MOVED, "5061 " },
	{ "0301", "2017-01-01", CODES_MUNICIPALITY_VALID, "" },
	{ "0301", "2016-12-31", CODES_MUNICIPALITY_UNCOVERED, "" },
	{ "9999", "2020-01-01", CODES_MUNICIPALITY_UNKNOWN, "" },
	{ "301", "2020-01-01", CODES_MUNICIPALITY_UNKNOWN, "" },
	{ "", "2020-01-01", CODES_MUNICIPALITY_UNKNOWN, "" },
};

START_TEST(municipalities_move_and_split)
{
	struct codes_municipality_answer answer;
	struct buf named = buf_capped(200);
	int64_t days;
	size_t i;

	ck_assert_int_eq(clock_parse_date(places[_i].date, 10, &days), RC_OK);
	answer = codes_municipality_on(codes, places[_i].code, days);
	ck_assert_msg(answer.kind == places[_i].kind, "%s on %s: %d", places[_i].code,
		      places[_i].date, (int)answer.kind);
	for (i = 0; i < answer.len; i++)
		buf_addf(&named, "%s ", answer.candidates[i]);
	ck_assert_str_eq(buf_text(&named), places[_i].candidates);
	buf_release(&named);
}
END_TEST

START_TEST(every_number_has_an_answer_on_every_day)
{
	json_t *list = json_loads(codes_list_json(codes, "municipality", NULL), 0, NULL);
	const json_t *rows = json_object_get(list, "codes");
	static const int years[] = { 2017, 2018, 2019, 2020, 2023, 2024, 2030 };
	size_t i, y;

	for (i = 0; i < json_array_size(rows); i++) {
		const char *code =
			json_string_value(json_object_get(json_array_get(rows, i), "code"));

		for (y = 0; y < sizeof(years) / sizeof(years[0]); y++) {
			struct codes_municipality_answer answer =
				codes_municipality_on(codes, code, clock_days(years[y], 7, 1));

			ck_assert_int_le(answer.kind, CODES_MUNICIPALITY_SPLIT);
			ck_assert_uint_lt(answer.len, CODES_CANDIDATES_MAX);
			ck_assert_uint_ge(answer.len,
					  answer.kind == CODES_MUNICIPALITY_VALID ? 0 : 1);
		}
	}
	json_decref(list);
}
END_TEST

START_TEST(organisations_by_number)
{
	const struct codes_organisation *found = codes_organisation_by_number(codes, "993467049");
	size_t len = 0;

	ck_assert_ptr_nonnull(found);
	ck_assert_str_eq(found->nb, "Oslo universitetssykehus HF");
	ck_assert_str_eq(found->parent, "helse_sor_ost");
	ck_assert_str_eq(found->kind, "hf");
	ck_assert_ptr_null(codes_organisation_by_number(codes, "310000019"));
	ck_assert_ptr_nonnull(codes_organisations(codes, &len));
	ck_assert_uint_ge(len, 28);
}
END_TEST

/* --- files that are wrong --------------------------------------------------- */

#define HEAD(name)                                                                                 \
	"{\"list\":\"" name                                                                        \
	"\",\"version\":\"1.0\",\"valid_from\":\"2026-01-01\",\"source\":\"s\","                   \
	"\"title\":{\"nb\":\"a\",\"en\":\"b\"},"
#define ROW(code) "{\"code\":\"" code "\",\"nb\":\"a\",\"en\":\"b\",\"valid_from\":\"2026-01-01\"}"
#define PLACE(code, from, more)                                                                    \
	"{\"code\":\"" code "\",\"name\":\"a\",\"valid_from\":\"" from "\"" more "}"
#define TRUST(code, more)                                                                          \
	"{\"code\":\"" code                                                                        \
	"\",\"nb\":\"a\",\"en\":\"b\",\"kind\":\"hf\",\"valid_from\":\"2026-01-01\"" more "}"
#define COVERS "\"covers\":{\"from\":\"2017-01-01\"},"

static const struct {
	const char *file, *text, *says;
} wrong[] = {
	{ "a.json", "", "not JSON" },
	{ "a.json", "{\"list\":\"a\"", "not JSON" },
	{ "a.json", "[]", "not the name of the file" },
	{ "a.json", HEAD("b") "\"codes\":[" ROW("x") "]}", "not the name of the file" },
	{ "a.json", "{\"list\":\"a\",\"codes\":[" ROW("x") "]}", "version, source" },
	{ "a.json", HEAD("a") "\"codes\":[]}", "no codes" },
	{ "a.json", HEAD("a") "\"codes\":[1]}", "without code" },
	{ "a.json", HEAD("a") "\"codes\":[" ROW("x") "," ROW("y") "," ROW("x") "]}",
	  "stands twice: x" },
	{ "a.json",
	  HEAD("a") "\"codes\":[{\"code\":\"x\",\"nb\":\"a\",\"valid_from\":\"2026-01-01\"}]}",
	  "nb and en" },
	{ "a.json",
	  HEAD("a") "\"codes\":[{\"code\":\"x\",\"name\":\"a\",\"valid_from\":\"2026-02-30\"}]}",
	  "validity" },
	{ "a.json",
	  HEAD("a") "\"codes\":[{\"code\":\"x\",\"name\":\"a\",\"valid_from\":\"2026-01-01\","
		    "\"valid_to\":\"2025-01-01\"}]}",
	  "validity" },
	{ "organisation.json", HEAD("organisation") "\"codes\":[" ROW("x") "]}",
	  "unknown kind: x" },
	{ "organisation.json",
	  HEAD("organisation") "\"codes\":[" TRUST("x", ",\"parent\":\"y\"") "]}",
	  "parent is not listed: x" },
	{ "organisation.json",
	  HEAD("organisation") "\"codes\":[" TRUST("x", ",\"number\":\"31000001\"") "]}",
	  "not nine digits: x" },
	{ "organisation.json",
	  HEAD("organisation") "\"codes\":[" TRUST("x", ",\"number\":\"310000019\"") "," TRUST(
		  "y", ",\"number\":\"310000019\"") "]}",
	  "number that stands twice: y" },
	{ "list.json",
	  HEAD("list") "\"codes\":[{\"code\":\"a\",\"nb\":\"a\",\"en\":\"a\",\"valid_from\":"
		       "\"2026-01-01\",\"since\":\"9.0\"}]}",
	  "newer than its list: a" },
	{ "list.json",
	  HEAD("list") "\"codes\":[{\"code\":\"a\",\"nb\":\"a\",\"en\":\"a\",\"valid_from\":"
		       "\"2026-01-01\",\"since\":\"1\"}]}",
	  "since is no version: a" },
	{ "municipality.json",
	  HEAD("municipality") "\"codes\":[" PLACE("0001", "2017-01-01", "") "]}", "covers.from" },
	{ "municipality.json",
	  HEAD("municipality") COVERS
	  "\"codes\":[" PLACE("0001", "2017-01-01", ",\"valid_to\":\"2019-12-31\"") "]}",
	  "without predecessor or successor: 0001" },
	{ "municipality.json",
	  HEAD("municipality") COVERS "\"codes\":[" PLACE("0001", "2020-01-01", "") "]}",
	  "without predecessor or successor: 0001" },
	{ "municipality.json",
	  HEAD("municipality") COVERS "\"codes\":[" PLACE(
		  "0001", "2017-01-01",
		  "") "],"
		      "\"changes\":[{\"date\":\"2020-01-01\",\"from\":\"0001\",\"to\":\"0002\"}]}",
	  "not listed" },
	{ "municipality.json",
	  HEAD("municipality") COVERS "\"codes\":[" PLACE("0001", "2017-01-01", "") "," PLACE(
		  "0002", "2017-01-01",
		  "") "],"
		      "\"changes\":[{\"date\":\"2020-01-01\",\"from\":\"0001\",\"to\":\"0002\"}]}",
	  "another day" },
};

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	fclose(file);
}

static void remove_file(const char *dir, const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

static const char *version_with(const char *list, const char *words)
{
	json_t *json = json_loads(words, 0, NULL);
	const char *version = NULL;
	struct err err = { 0 };
	enum rc rc = codes_version_with(codes, list, json, &version, &err);

	json_decref(json);
	ck_assert_int_eq(rc, version ? RC_OK : RC_INVALID);
	ck_assert_str_eq(err.code, version ? "" : "codes-unknown");
	return version;
}

/* The whole list is its version; a part of it the one that had its youngest. */
START_TEST(versions_of_a_list_by_its_codes)
{
	ck_assert_str_eq(version_with("detection_point", "[\"before_care\",\"other\"]"), "1.0");
	ck_assert_str_eq(version_with("detection_point", "[\"alarm\",\"other\"]"), "1.1");
	ck_assert_str_eq(version_with("harm", "[\"none\",\"mild\",\"moderate\",\"severe\","
					      "\"death\",\"unknown\"]"),
			 codes_version(codes, "harm"));
	ck_assert_ptr_null(version_with("detection_point", "[\"before_care\",\"hunch\"]"));
	ck_assert_ptr_null(version_with("detection_point", "[1]"));
	ck_assert_ptr_null(version_with("detection_point", "[]"));
	ck_assert_ptr_null(version_with("no_such_list", "[\"a\"]"));
	ck_assert_int_lt(codes_version_compare("1.9", "1.10"), 0);
	ck_assert_int_gt(codes_version_compare("2.0", "1.10"), 0);
	ck_assert_int_eq(codes_version_compare("1.1", "1.1"), 0);
}
END_TEST

START_TEST(a_wrong_file_is_named)
{
	char dir[] = "/tmp/varde-codes-XXXXXX";
	struct codes *none = NULL;
	struct err err = { 0 };

	ck_assert_ptr_nonnull(mkdtemp(dir));
	write_file(dir, wrong[_i].file, wrong[_i].text);
	write_file(dir, "organisation_kind.json",
		   HEAD("organisation_kind") "\"codes\":[" ROW("hf") "]}");
	ck_assert_int_eq(codes_load(dir, &none, &err), RC_INVALID);
	ck_assert_ptr_null(none);
	ck_assert_str_eq(err.code, "codes-invalid");
	ck_assert_str_eq(err.where, wrong[_i].file);
	ck_assert_msg(strstr(err.text, wrong[_i].says) != NULL, "%s", err.text);
	remove_file(dir, wrong[_i].file);
	remove_file(dir, "organisation_kind.json");
	rmdir(dir);
}
END_TEST

START_TEST(a_folder_without_lists_is_refused)
{
	char dir[] = "/tmp/varde-codes-XXXXXX";
	struct codes *none = NULL;
	struct err err = { 0 };

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(codes_load(dir, &none, &err), RC_INVALID);
	rmdir(dir);
	ck_assert_int_eq(codes_load(dir, &none, &err), RC_NOT_FOUND);
	ck_assert_str_eq(err.code, "codes-unreadable");
	ck_assert_ptr_null(none);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("codes");
	TCase *good = tcase_create("lists"), *bad = tcase_create("faults");

	tcase_add_checked_fixture(good, load, unload);
	tcase_add_test(good, codes_and_labels);
	tcase_add_test(good, lists_as_json);
	tcase_add_test(good, versions_of_a_list_by_its_codes);
	tcase_add_loop_test(good, municipalities_move_and_split, 0,
			    (int)(sizeof(places) / sizeof(places[0])));
	tcase_add_test(good, every_number_has_an_answer_on_every_day);
	tcase_add_test(good, organisations_by_number);
	suite_add_tcase(suite, good);
	tcase_add_loop_test(bad, a_wrong_file_is_named, 0, (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(bad, a_folder_without_lists_is_refused);
	suite_add_tcase(suite, bad);
	return run_suite(suite);
}
