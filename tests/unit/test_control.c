#include "control/control.h"
#include "unit.h"

#include <dirent.h>
#include <sqlite3.h>

#define HF "999000001"
#define HF2 "999000002"
#define TOWN "999000003"

static char folder[256], path[300];
static struct control *control;
static struct err err;
static const struct control_action by = {
	.at = 5000, .operator= "kari", .uid = 1000, .command = "test", .reason = "because"
};

#define ck_assert_rc(expr, want)                                                                   \
	do {                                                                                       \
		enum rc rc_ = (expr);                                                              \
		ck_assert_msg(rc_ == (want), "%s: %s, not %s (%s)", #expr, rc_name(rc_),           \
			      rc_name(want), err.text);                                            \
	} while (0)

static void add_tenant(const char *orgnr, enum control_phase phase)
{
	struct control_tenant tenant = { .orgnr = orgnr,
					 .name = "Helse Ås",
					 .kind = "hf",
					 .phase = phase,
					 .contact = "post@example.org" };

	ck_assert_rc(control_tenant_add(control, &tenant, &by, &err), RC_OK);
}

static void set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/varde-control-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/control.db", folder);
	ck_assert_rc(control_open(path, NULL, &control, &err), RC_OK);
}

static void tear_down(void)
{
	char name[600];
	DIR *dir;

	ck_assert_rc(control_check(control, &err), RC_OK);
	control_free(control);
	dir = opendir(folder);
	for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		snprintf(name, sizeof(name), "%s/%s", folder, e->d_name);
		unlink(name);
	}
	closedir(dir);
	ck_assert_int_eq(rmdir(folder), 0);
}

static int64_t logged(void)
{
	struct control_actions actions = { 0 };
	int64_t n;

	ck_assert_rc(control_actions(control, 0, 1000, &actions, &err), RC_OK);
	n = (int64_t)actions.len;
	for (int64_t i = 0; i < n; i++)
		ck_assert_int_eq(actions.list[i].id, i + 1);
	control_actions_release(&actions);
	return n;
}

START_TEST(tenant_comes_back_as_it_was_added)
{
	struct control_tenant tenant = { 0 };
	struct control_tenants list = { 0 };

	add_tenant(HF2, CONTROL_ACTIVE);
	add_tenant(HF, CONTROL_TEST);
	ck_assert_rc(control_tenant_get(control, HF, &tenant, &err), RC_OK);
	ck_assert_str_eq(tenant.name, "Helse Ås");
	ck_assert_str_eq(tenant.kind, "hf");
	ck_assert_ptr_null(tenant.parent);
	ck_assert_str_eq(tenant.contact, "post@example.org");
	ck_assert_int_eq(tenant.phase, CONTROL_TEST);
	ck_assert_int_eq(tenant.created_at, 5000);
	tenant.parent = strdup(HF2);
	ck_assert_rc(control_tenant_set(control, &tenant, &by, &err), RC_OK);
	control_tenant_release(&tenant);
	ck_assert_rc(control_tenant_list(control, &list, &err), RC_OK);
	ck_assert_uint_eq(list.len, 2);
	ck_assert_str_eq(list.list[0].parent, HF2);
	ck_assert_str_eq(list.list[1].orgnr, HF2);
	control_tenants_release(&list);
	ck_assert_int_eq(logged(), 3);
}
END_TEST

START_TEST(bad_tenants_are_refused_and_not_logged)
{
	struct control_tenant tenant = { .orgnr = HF, .name = "x", .kind = "hf" };
	struct control_tenant parent = { .orgnr = HF2, .name = "y", .kind = "rhf" };

	ck_assert_rc(control_tenant_add(control, &tenant, &by, &err), RC_OK);
	ck_assert_rc(control_tenant_add(control, &tenant, &by, &err), RC_CONFLICT);
	ck_assert_str_eq(err.code, "tenant-exists");
	tenant.parent = HF2;
	ck_assert_rc(control_tenant_set(control, &tenant, &by, &err), RC_OK);
	parent.parent = HF;
	ck_assert_rc(control_tenant_add(control, &parent, &by, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "parent-cycle");
	parent.parent = NULL;
	parent.kind = "castle";
	ck_assert_rc(control_tenant_add(control, &parent, &by, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "kind-unknown");
	parent.kind = "hf";
	parent.orgnr = "12345678x";
	ck_assert_rc(control_tenant_add(control, &parent, &by, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "bad-value");
	tenant.orgnr = HF2;
	ck_assert_rc(control_tenant_set(control, &tenant, &by, &err), RC_NOT_FOUND);
	ck_assert_int_eq(logged(), 2);
}
END_TEST

START_TEST(phase_moves_follow_the_table)
{
	static const enum control_phase all[] = { CONTROL_INVITED, CONTROL_TEST, CONTROL_ACTIVE,
						  CONTROL_SUSPENDED, CONTROL_CLOSED };
	/* [from][to] for from = invited, test, active, suspended (from active), closed */
	static const char *const want[] = { "=yyny", "n=yyy", "nn=yy", "nny=y", "nnnn=" };

	for (size_t from = 0; from < 5; from++) {
		for (size_t to = 0; to < 5; to++) {
			struct control_tenant t = { 0 };
			char orgnr[10];
			enum rc rc;

			snprintf(orgnr, sizeof(orgnr), "9990001%zu%zu", from, to);
			add_tenant(orgnr, from == 3 ? CONTROL_ACTIVE : all[from]);
			if (from == 3)
				ck_assert_rc(
					control_tenant_phase(control, orgnr, all[3], &by, &err),
					RC_OK);
			rc = control_tenant_phase(control, orgnr, all[to], &by, &err);
			ck_assert_msg((rc == RC_OK) == (want[from][to] != 'n'), "%zu to %zu: %s",
				      from, to, rc_name(rc));
			ck_assert_rc(control_tenant_get(control, orgnr, &t, &err), RC_OK);
			ck_assert_int_eq(t.phase, rc == RC_OK ? all[to] : all[from]);
			control_tenant_release(&t);
		}
	}
	ck_assert_rc(control_tenant_phase(control, TOWN, CONTROL_ACTIVE, &by, &err), RC_NOT_FOUND);
}
END_TEST

START_TEST(suspended_test_tenant_resumes_to_test)
{
	struct control_tenant t = { 0 };

	add_tenant(HF, CONTROL_TEST);
	ck_assert_rc(control_tenant_phase(control, HF, CONTROL_SUSPENDED, &by, &err), RC_OK);
	ck_assert_rc(control_tenant_phase(control, HF, CONTROL_ACTIVE, &by, &err), RC_CONFLICT);
	ck_assert_str_eq(err.code, "phase-move");
	ck_assert_rc(control_tenant_get(control, HF, &t, &err), RC_OK);
	ck_assert_int_eq(t.resume_phase, CONTROL_TEST);
	ck_assert_rc(control_tenant_phase(control, HF, t.resume_phase, &by, &err), RC_OK);
	control_tenant_release(&t);
}
END_TEST

START_TEST(kinds_are_data)
{
	struct control_kinds kinds = { 0 };
	bool hf = false;

	ck_assert_rc(control_kind_list(control, &kinds, &err), RC_OK);
	for (size_t i = 0; i < kinds.len; i++)
		if (strcmp(kinds.list[i].code, "hf") == 0)
			hf = strcmp(kinds.list[i].name_nb, "Helseforetak") == 0;
	ck_assert(hf);
	control_kinds_release(&kinds);
}
END_TEST

START_TEST(units_belong_to_one_tenant)
{
	struct control_unit unit = { .orgnr = "999000011", .tenant = HF, .name = "Sykehuset" };
	struct control_units list = { 0 };

	ck_assert_rc(control_unit_add(control, &unit, &by, &err), RC_NOT_FOUND);
	add_tenant(HF, CONTROL_ACTIVE);
	add_tenant(HF2, CONTROL_ACTIVE);
	ck_assert_rc(control_unit_add(control, &unit, &by, &err), RC_OK);
	ck_assert_rc(control_unit_add(control, &unit, &by, &err), RC_CONFLICT);
	unit.tenant = HF2;
	ck_assert_rc(control_unit_add(control, &unit, &by, &err), RC_CONFLICT);
	ck_assert_rc(control_unit_remove(control, unit.orgnr, &by, &err), RC_OK);
	ck_assert_rc(control_unit_remove(control, unit.orgnr, &by, &err), RC_NOT_FOUND);
	ck_assert_rc(control_unit_add(control, &unit, &by, &err), RC_CONFLICT);
	unit.tenant = HF;
	ck_assert_rc(control_unit_add(control, &unit, &by, &err), RC_OK);
	ck_assert_rc(control_unit_list(control, NULL, &list, &err), RC_OK);
	ck_assert_uint_eq(list.len, 1);
	ck_assert_int_eq(list.list[0].removed_at, 0);
	control_units_release(&list);
	ck_assert_rc(control_unit_list(control, HF2, &list, &err), RC_OK);
	ck_assert_uint_eq(list.len, 0);
	control_units_release(&list);
}
END_TEST

START_TEST(kid_is_unique_in_the_register)
{
	struct control_key key = { .kid = "k1",
				   .orgnr = HF,
				   .alg = "ES256",
				   .jwk = "{\"kty\":\"EC\"}",
				   .source = "jwk",
				   .valid_from = 1,
				   .valid_to = 9 };
	struct control_key got = { 0 };
	struct control_keys keys = { 0 };

	ck_assert_rc(control_key_add(control, &key, &by, &err), RC_NOT_FOUND);
	add_tenant(HF, CONTROL_ACTIVE);
	add_tenant(HF2, CONTROL_ACTIVE);
	ck_assert_rc(control_key_add(control, &key, &by, &err), RC_OK);
	key.orgnr = HF2;
	ck_assert_rc(control_key_add(control, &key, &by, &err), RC_CONFLICT);
	ck_assert_str_eq(err.code, "kid-exists");
	key.kid = "k2";
	key.valid_to = 0;
	ck_assert_rc(control_key_add(control, &key, &by, &err), RC_OK);
	key.kid = "k3";
	key.valid_to = key.valid_from;
	key.valid_from = 5;
	ck_assert_rc(control_key_add(control, &key, &by, &err), RC_INVALID);
	ck_assert_rc(control_key_revoke(control, "k1", &by, &err), RC_OK);
	ck_assert_rc(control_key_revoke(control, "k1", &by, &err), RC_CONFLICT);
	ck_assert_rc(control_key_revoke(control, "k9", &by, &err), RC_NOT_FOUND);
	ck_assert_rc(control_key_get(control, "k1", &got, &err), RC_OK);
	ck_assert_int_eq(got.revoked_at, 5000);
	ck_assert_str_eq(got.revoke_reason, "because");
	ck_assert_int_eq(got.valid_to, 9);
	control_key_release(&got);
	ck_assert_rc(control_key_list(control, NULL, &keys, &err), RC_OK);
	ck_assert_uint_eq(keys.len, 2);
	ck_assert_int_eq(keys.list[1].valid_to, 0);
	control_keys_release(&keys);
	ck_assert_rc(control_key_list(control, HF2, &keys, &err), RC_OK);
	ck_assert_uint_eq(keys.len, 1);
	control_keys_release(&keys);
}
END_TEST

START_TEST(last_custodian_stays)
{
	struct control_custodian c = {
		.kid = "c1", .public_key = { 1 }, .label = "Safe 1", .proof = "{}"
	};
	struct control_custodians list = { 0 };

	add_tenant(HF, CONTROL_ACTIVE);
	ck_assert_rc(control_custodian_add(control, &c, &by, &err), RC_OK);
	ck_assert_rc(control_custodian_add(control, &c, &by, &err), RC_CONFLICT);
	c.kid = "c2";
	ck_assert_rc(control_custodian_add(control, &c, &by, &err), RC_INVALID); /* the same key */
	c.public_key[0] = 2;
	c.orgnr = HF;
	ck_assert_rc(control_custodian_add(control, &c, &by, &err), RC_OK);
	ck_assert_rc(control_custodian_retire(control, "c1", &by, &err), RC_CONFLICT);
	ck_assert_str_eq(err.code, "last-custodian");
	ck_assert_rc(control_custodian_retire(control, "c2", &by, &err), RC_OK);
	ck_assert_rc(control_custodian_retire(control, "c2", &by, &err), RC_CONFLICT);
	ck_assert_rc(control_custodian_retire(control, "c7", &by, &err), RC_NOT_FOUND);
	c.kid = "c3";
	c.public_key[0] = 3;
	c.orgnr = NULL;
	ck_assert_rc(control_custodian_add(control, &c, &by, &err), RC_OK);
	ck_assert_rc(control_custodian_retire(control, "c1", &by, &err), RC_OK);
	ck_assert_rc(control_custodian_list(control, &list, &err), RC_OK);
	ck_assert_uint_eq(list.len, 3);
	ck_assert_str_eq(list.list[1].orgnr, HF);
	ck_assert_int_eq(list.list[1].public_key[0], 2);
	ck_assert_int_eq(list.list[2].retired_at, 0);
	control_custodians_release(&list);
}
END_TEST

START_TEST(settings_and_log)
{
	struct control_actions actions = { 0 };
	char *value = NULL;

	ck_assert_rc(control_setting_get(control, "environment", &value, &err), RC_NOT_FOUND);
	ck_assert_rc(control_setting_set(control, "environment", "test", &by, &err), RC_OK);
	ck_assert_rc(control_setting_get(control, "environment", &value, &err), RC_OK);
	ck_assert_str_eq(value, "test");
	free(value);
	ck_assert_rc(control_log(control, &by, &err), RC_OK);
	ck_assert_rc(control_actions(control, 1, 10, &actions, &err), RC_OK);
	ck_assert_uint_eq(actions.len, 1);
	ck_assert_str_eq(actions.list[0].operator, "kari");
	ck_assert_int_eq(actions.list[0].uid, 1000);
	control_actions_release(&actions);
}
END_TEST

static void other_program(const char *sql)
{
	sqlite3 *db = NULL;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

START_TEST(newer_or_foreign_file_is_refused)
{
	struct control *second = NULL;

	control_free(control);
	control = NULL;
	other_program("PRAGMA user_version = 99");
	ck_assert_rc(control_open(path, NULL, &second, &err), RC_UNSUPPORTED);
	ck_assert_str_eq(err.code, "database-newer");
	ck_assert_ptr_nonnull(strstr(err.text, "99"));
	other_program("PRAGMA user_version = 1; PRAGMA application_id = 7");
	ck_assert_rc(control_open(path, NULL, &second, &err), RC_CORRUPT);
	ck_assert_str_eq(err.code, "database-kind");
	ck_assert_ptr_null(second);
	unlink(path);
	ck_assert_rc(control_open(path, NULL, &control, &err), RC_OK);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("control");
	TCase *tc = tcase_create("control");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, tenant_comes_back_as_it_was_added);
	tcase_add_test(tc, bad_tenants_are_refused_and_not_logged);
	tcase_add_test(tc, phase_moves_follow_the_table);
	tcase_add_test(tc, suspended_test_tenant_resumes_to_test);
	tcase_add_test(tc, kinds_are_data);
	tcase_add_test(tc, units_belong_to_one_tenant);
	tcase_add_test(tc, kid_is_unique_in_the_register);
	tcase_add_test(tc, last_custodian_stays);
	tcase_add_test(tc, settings_and_log);
	tcase_add_test(tc, newer_or_foreign_file_is_refused);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
