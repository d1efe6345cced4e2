/* A register of version 1, as an installation has it, under this program. */
#include "base/embedded.h"
#include "control/control.h"
#include "unit.h"

#include <dirent.h>
#include <sqlite3.h>

static char folder[256], path[300];
static struct err err;

static void run(sqlite3 *db, const char *sql)
{
	char *message = NULL;

	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &message) == SQLITE_OK, "%s", message);
}

static const char *step(const char *name)
{
	for (const struct embedded_file *f = embedded_migrations; f->path; f++)
		if (!strcmp(f->path, name))
			return f->text;
	return NULL;
}

static void set_up(void)
{
	sqlite3 *db = NULL;

	snprintf(folder, sizeof(folder), "/tmp/varde-migration-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/control.db", folder);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	run(db, step("migrations/control/0001_register.sql"));
	run(db, "PRAGMA application_id = 1448232003; PRAGMA user_version = 1;"
		"INSERT INTO tenant VALUES ('999000001', 'Helse Ås', 'hf', NULL, NULL, 'active', "
		"'active', 1, 1);"
		"INSERT INTO signing_key (kid, orgnr, alg, jwk, source, valid_from, added_at) "
		"VALUES ('old', '999000001', 'ES256', '{}', 'jwk', 1, 1);"
		"INSERT INTO action (at, operator, uid, command) VALUES (1, 'kari', 0, 'x')");
	sqlite3_close(db);
}

static void tear_down(void)
{
	char name[600];
	DIR *dir = opendir(folder);

	for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		snprintf(name, sizeof(name), "%s/%s", folder, e->d_name);
		unlink(name);
	}
	closedir(dir);
	ck_assert_int_eq(rmdir(folder), 0);
}

static void open_register(struct control **ret)
{
	ck_assert_msg(control_open(path, NULL, ret, &err) == RC_OK, "%s", err.text);
}

static void check_old_rows(struct control *control)
{
	struct control_actions actions = { 0 };
	struct control_tenants list = { 0 };
	struct control_key key = { 0 };
	struct control_kinds kinds = { 0 };

	ck_assert_int_eq(control_check(control, &err), RC_OK);
	ck_assert_int_eq(control_tenant_list(control, &list, &err), RC_OK);
	ck_assert_uint_eq(list.len, 1);
	ck_assert_int_eq(list.list[0].phase, CONTROL_ACTIVE);
	control_tenants_release(&list);
	ck_assert_int_eq(control_key_get(control, "old", &key, &err), RC_OK);
	ck_assert_ptr_null(key.proven); /* nobody asked for a proof then */
	ck_assert_ptr_null(key.proof);
	control_key_release(&key);
	ck_assert_int_eq(control_actions(control, 0, 10, &actions, &err), RC_OK);
	ck_assert_uint_eq(actions.len, 1);
	control_actions_release(&actions);
	ck_assert_int_eq(control_kind_list(control, &kinds, &err), RC_OK);
	for (size_t i = 0; i < kinds.len; i++)
		ck_assert(kinds.list[i].owns_reports ==
			  (strcmp(kinds.list[i].code, "processor") != 0));
	ck_assert_uint_eq(kinds.len, 7);
	control_kinds_release(&kinds);
}

START_TEST(keeps_its_rows_and_takes_new_ones)
{
	const struct control_action by = {
		.at = 5000, .operator= "kari", .uid = 1000, .command = "test"
	};
	const struct control_tenant company = {
		.orgnr = "999000003", .name = "IKT", .kind = "processor", .phase = CONTROL_ACTIVE
	};
	const struct control_processor p = { .owner = "999000001",
					     .processor = "999000003",
					     .rights = CONTROL_SEND,
					     .valid_from = 1 };
	struct control_processors list = { 0 };
	struct control *control = NULL;

	open_register(&control);
	check_old_rows(control);
	ck_assert_int_eq(control_tenant_add(control, &company, &by, &err), RC_OK);
	ck_assert_int_eq(control_processor_add(control, &p, &by, &err), RC_OK);
	control_free(control);
	open_register(&control); /* a second start has nothing left to migrate */
	ck_assert_int_eq(control_processor_list(control, NULL, &list, &err), RC_OK);
	ck_assert_uint_eq(list.len, 1);
	control_processors_release(&list);
	control_free(control);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("control_migration");
	TCase *tc = tcase_create("control_migration");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, keeps_its_rows_and_takes_new_ones);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
