/* Schemas, codes and rules as one state: read whole, kept in parts where they break, and
 * each holder sees its own to the end. */
#include "unit.h"

#include "base/cleanup.h"
#include "codes/codes.h"
#include "config/config.h"
#include "documents/documents.h"
#include "rulebook/rulebook.h"
#include "rules/catalogue.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define DAY INT64_C(86400000)

static char folder[] = "/tmp/varde-rulebook-XXXXXX";
static struct config *config;
static struct rulebooks *books;

static const char conf[] =
	"[varde]\nenvironment = test\nservice = varde-test\nexternal_url = http://x\n"
	"data = data\ncredentials = secrets\nschemas = schemas\n"
	"[issuer demo]\nprofile = maskinporten\nissuer = http://i/\nalgorithms = RS256\njwks = "
	"k.json\n";

static void write_conf(const char *more)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/varde.conf", folder);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "%s%s", conf, more);
	fclose(f);
}

static void write_text(const char *name, const char *text)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/schemas/%s", folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void copy_schemas(void)
{
	char command[500];

	snprintf(command, sizeof(command), "cp -r " VARDE_SCHEMA_DIR " %s/schemas", folder);
	ck_assert_int_eq(system(command), 0);
}

static void set_up(void)
{
	struct err err = { 0 };
	char path[200];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	copy_schemas();
	write_conf("");
	snprintf(path, sizeof(path), "%s/varde.conf", folder);
	ck_assert_int_eq(config_load(path, &config, &err), RC_OK);
	ck_assert_msg(rulebooks_new(config, 1, &books, &err) == RC_OK, "%s %s", err.where,
		      err.text);
}

static void tear_down(void)
{
	char command[200];

	rulebooks_free(books);
	config_free(config);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static struct rulebook *reload(size_t faults)
{
	struct rulebook *book;

	ck_assert_int_eq(rulebooks_reload(books, 2, NULL), RC_OK);
	book = rulebooks_hold(books);
	ck_assert_msg(book->faults_all == faults, "%zu faults, the first %s %s", book->faults_all,
		      book->faults[0].code, book->faults[0].where);
	return book;
}

static const struct document_type *find(const struct rulebook *book, const char *name)
{
	return documents_find(book->documents, name);
}

START_TEST(a_holder_sees_one_state)
{
	struct rulebook *before = rulebooks_hold(books), *after;

	write_conf("[reports]\naccept = incident-report/1.1\n");
	after = reload(0);
	ck_assert_ptr_ne(before, after);
	ck_assert(find(before, "incident-report/1.0")->accepted);
	ck_assert(!find(after, "incident-report/1.0")->accepted);
	ck_assert(find(after, "incident-report/1.1")->accepted);
	ck_assert_int_eq(after->read_at, 2);
	ck_assert_ptr_eq(rulebook_share(after), after);
	rulebook_drop(after);
	rulebook_drop(after);
	rulebooks_free(books); /* whoever holds one still has it */
	books = NULL;
	ck_assert(codes_has(before->codes, "harm", "mild"));
	rulebook_drop(before);
	rulebook_drop(NULL);
}
END_TEST

START_TEST(what_breaks_stays_as_it_was)
{
	struct rulebook *first = rulebooks_hold(books), *book;

	write_text("codes/harm.json", "{");
	write_text("rules.json", "{");
	write_text("statistics/programme.json", "{");
	write_text("incident-report/1.0.json", "{");
	book = reload(4);
	ck_assert_ptr_eq(book->codes, first->codes);
	ck_assert_ptr_eq(book->rules, first->rules);
	ck_assert_ptr_eq(book->programme, first->programme);
	ck_assert(find(book, "incident-report/1.0")->kept);
	ck_assert(find(book, "incident-report/1.0")->accepted);
	ck_assert_str_eq(find(book, "incident-report/1.0")->text,
			 find(first, "incident-report/1.0")->text);
	ck_assert(!find(book, "incident-report/1.1")->kept);
	rulebook_drop(first);
	rulebook_drop(book);
	book = reload(4); /* and is the same after many tries */
	ck_assert(find(book, "incident-report/1.0")->kept);
	rulebook_drop(book);
}
END_TEST

START_TEST(configuration_counts_when_it_is_whole)
{
	static const char ending[] = "[schema incident-report/1.0]\ndeprecated = 1970-01-03\n"
				     "sunset = 1970-01-05\nsuccessor = incident-report/1.1\n";
	const struct document_type *type;
	struct rulebook *book;

	write_conf(ending);
	rulebook_drop(reload(0));
	write_conf("nonsense\n");
	book = reload(1);
	type = find(book, "incident-report/1.0");
	ck_assert_int_eq(document_state(type, 2 * DAY - 1), DOCUMENT_OPEN);
	ck_assert_int_eq(document_state(type, 2 * DAY), DOCUMENT_DEPRECATED);
	ck_assert_int_eq(document_state(type, 4 * DAY - 1), DOCUMENT_DEPRECATED);
	ck_assert_int_eq(document_state(type, 4 * DAY), DOCUMENT_RETIRED);
	ck_assert_str_eq(type->successor, "incident-report/1.1");
	ck_assert(document_is_taken(type, 4 * DAY - 1) && !document_is_taken(type, 4 * DAY));
	ck_assert_str_eq(document_state_name(document_state(type, 4 * DAY)), "retired");
	rulebook_drop(book);
	write_conf("[reports]\naccept = incident-report/1.1\n"
		   "[schema incident-report/1.0]\ndeprecated = 1970-01-03\n");
	book = reload(0);
	ck_assert_int_eq(document_state(find(book, "incident-report/1.0"), 3 * DAY),
			 DOCUMENT_CLOSED);
	rulebook_drop(book);
}
END_TEST

START_TEST(each_schema_has_its_versions_of_lists)
{
	struct rulebook *book = rulebooks_hold(books);
	json_t *old = json_loads(find(book, "incident-report/1.0")->code_versions, 0, NULL);
	json_t *new = json_loads(find(book, "incident-report/1.1")->code_versions, 0, NULL);
	json_t *all = json_loads(codes_versions(book->codes), 0, NULL);

	ck_assert(json_equal(new, all));
	ck_assert_uint_eq(json_object_size(old), json_object_size(all));
	ck_assert_str_eq(json_string_value(json_object_get(old, "detection_point")), "1.0");
	json_object_set(old, "detection_point", json_object_get(all, "detection_point"));
	ck_assert(json_equal(old, all));
	json_decref(old);
	json_decref(new);
	json_decref(all);
	rulebook_drop(book);
}
END_TEST

static void *look(void *stop)
{
	while (!__atomic_load_n((bool *)stop, __ATOMIC_ACQUIRE)) {
		CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(books);
		const struct document_type *type = find(book, "incident-report/1.1");

		if (!type || !type->accepted || !codes_has(book->codes, "harm", "mild") ||
		    !rules_version(book->rules))
			return book;
	}
	return NULL;
}

START_TEST(readers_and_reloads_at_once)
{
	pthread_t threads[4];
	bool stop = false;

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, look, &stop), 0);
	for (int turn = 0; turn < 6; turn++) {
		write_text("codes/harm_psychological.json", turn % 2 ? "{" : "[]");
		rulebook_drop(reload(1));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *wrong = NULL;

		pthread_join(threads[i], &wrong);
		ck_assert_ptr_null(wrong);
	}
}
END_TEST

START_TEST(at_start_all_must_be_whole)
{
	static const struct {
		const char *file, *code;
	} needed[] = {
		{ "codes/harm.json", "codes-invalid" },
		{ "rules.json", "rules-invalid" },
		{ "incident-report/1.0.json", "invalid-json" },
	};
	struct rulebooks *none = NULL;
	struct err err = { 0 };
	char path[300];

	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		write_text(needed[i].file, "{");
		ck_assert_int_ne(rulebooks_new(config, 1, &none, &err), RC_OK);
		ck_assert_str_eq(err.code, needed[i].code);
		snprintf(path, sizeof(path), "rm -r %s/schemas", folder);
		ck_assert_int_eq(system(path), 0);
		copy_schemas();
	}
	write_text("incident-report/9.9.json", "{");
	ck_assert_int_eq(rulebooks_new(config, 1, &none, &err), RC_OK);
	rulebooks_free(none);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rulebook");
	TCase *tc = tcase_create("rulebook");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_holder_sees_one_state);
	tcase_add_test(tc, what_breaks_stays_as_it_was);
	tcase_add_test(tc, configuration_counts_when_it_is_whole);
	tcase_add_test(tc, each_schema_has_its_versions_of_lists);
	tcase_add_test(tc, readers_and_reloads_at_once);
	tcase_add_test(tc, at_start_all_must_be_whole);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
