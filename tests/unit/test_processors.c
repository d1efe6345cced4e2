/* Processors in the register and in its snapshot: who may act for whom, to the
 * millisecond; and that nothing of it is ever forgotten. */
#include "control/control.h"
#include "tenant/tenants.h"
#include "unit.h"

#include <dirent.h>
#include <sqlite3.h>

#define OWNER "999000001"
#define OTHER "999000002"
#define COMPANY "999000003"

static char folder[256], path[300];
static struct control *control;
static struct tenants *tenants;
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

static void add_tenant(const char *orgnr, const char *kind)
{
	struct control_tenant tenant = {
		.orgnr = orgnr, .name = "Helse Ås", .kind = kind, .phase = CONTROL_ACTIVE
	};

	ck_assert_rc(control_tenant_add(control, &tenant, &by, &err), RC_OK);
}

static void set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/varde-processors-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/control.db", folder);
	ck_assert_rc(control_open(path, NULL, &control, &err), RC_OK);
	add_tenant(OWNER, "hf");
	add_tenant(OTHER, "municipality");
	add_tenant(COMPANY, "processor");
	ck_assert_rc(tenants_new(control, &tenants, &err), RC_OK);
}

static void tear_down(void)
{
	char name[600];
	DIR *dir;

	tenants_free(tenants);
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

static enum rc add(const char *owner, const char *processor, unsigned rights, int64_t from,
		   int64_t to)
{
	const struct control_processor p = { .owner = owner,
					     .processor = processor,
					     .rights = rights,
					     .valid_from = from,
					     .valid_to = to };

	return control_processor_add(control, &p, &by, &err);
}

static enum rc end(const char *owner, const char *processor, int64_t at, const char *reason)
{
	struct control_action now = by;

	now.at = at;
	now.reason = reason;
	return control_processor_end(control, owner, processor, &now, &err);
}

static bool may(const char *owner, const char *processor, unsigned rights, int64_t at)
{
	struct tenant_snapshot *snapshot;
	bool yes;

	ck_assert_rc(tenants_reload(tenants, &err), RC_OK);
	snapshot = tenants_hold(tenants);
	yes = tenant_is_processor(snapshot, owner, processor, rights, at);
	tenant_snapshot_drop(snapshot);
	return yes;
}

static size_t logged(void)
{
	struct control_actions actions = { 0 };
	size_t n;

	ck_assert_rc(control_actions(control, 0, 1000, &actions, &err), RC_OK);
	n = actions.len;
	control_actions_release(&actions);
	return n;
}

START_TEST(comes_back_as_it_was_added)
{
	struct control_processors list = { 0 };
	size_t before = logged();

	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND | CONTROL_READ, 1000, 2000), RC_OK);
	ck_assert_rc(add(OTHER, COMPANY, CONTROL_SEND, 1000, 0), RC_OK);
	ck_assert_rc(add(OTHER, OWNER, CONTROL_READ, 1000, 0), RC_OK);
	ck_assert_uint_eq(logged(), before + 3);
	ck_assert_rc(control_processor_list(control, NULL, &list, &err), RC_OK);
	ck_assert_uint_eq(list.len, 3);
	ck_assert_str_eq(list.list[0].owner, OWNER);
	ck_assert_str_eq(list.list[0].processor, COMPANY);
	ck_assert_str_eq(control_rights_name(list.list[0].rights), "send,read");
	ck_assert_int_eq(list.list[0].valid_from, 1000);
	ck_assert_int_eq(list.list[0].valid_to, 2000);
	ck_assert_int_eq(list.list[0].added_at, 5000);
	ck_assert_int_eq(list.list[0].ended_at, 0);
	ck_assert_str_eq(list.list[1].processor, OWNER);
	ck_assert_int_eq(list.list[2].valid_to, 0);
	control_processors_release(&list);
	ck_assert_rc(control_processor_list(control, OWNER, &list, &err), RC_OK);
	ck_assert_uint_eq(list.len, 2); /* on either side */
	control_processors_release(&list);
}
END_TEST

START_TEST(what_cannot_be_is_refused_and_not_logged)
{
	size_t before = logged();

	ck_assert_rc(add("999000009", COMPANY, CONTROL_SEND, 1, 0), RC_NOT_FOUND);
	ck_assert_str_eq(err.where, "999000009");
	ck_assert_rc(add(OWNER, "999000009", CONTROL_SEND, 1, 0), RC_NOT_FOUND);
	ck_assert_str_eq(err.where, "999000009");
	ck_assert_rc(add(COMPANY, OWNER, CONTROL_SEND, 1, 0), RC_INVALID);
	ck_assert_str_eq(err.code, "processor-owner");
	ck_assert_rc(add(OWNER, OWNER, CONTROL_SEND, 1, 0), RC_INVALID);
	ck_assert_rc(add(OWNER, COMPANY, 0, 1, 0), RC_INVALID);
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 5, 5), RC_INVALID);
	ck_assert_rc(end(OWNER, COMPANY, 5000, "never was"), RC_NOT_FOUND);
	ck_assert_str_eq(err.code, "processor-unknown");
	ck_assert_uint_eq(logged(), before);
}
END_TEST

START_TEST(one_right_once_at_a_time)
{
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 1000, 2000), RC_OK);
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 1999, 3000), RC_CONFLICT);
	ck_assert_str_eq(err.code, "processor-exists");
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND | CONTROL_READ, 500, 1001), RC_CONFLICT);
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 500, 0), RC_CONFLICT);
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 1, 1000), RC_OK);
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 2000, 0), RC_OK);
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 9000, 0), RC_CONFLICT);
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_READ, 1500, 2500), RC_OK);
	ck_assert_rc(add(OTHER, COMPANY, CONTROL_SEND, 1000, 2000), RC_OK);
	for (int64_t at = 1; at < 9999; at += 499)
		ck_assert(may(OWNER, COMPANY, CONTROL_SEND, at));
	ck_assert(!may(OWNER, COMPANY, CONTROL_READ, 1499));
	ck_assert(may(OWNER, COMPANY, CONTROL_READ, 1500));
	ck_assert(may(OWNER, COMPANY, CONTROL_READ, 2499));
	ck_assert(!may(OWNER, COMPANY, CONTROL_READ, 2500));
}
END_TEST

START_TEST(rights_to_the_millisecond)
{
	static const unsigned masks[] = { CONTROL_SEND, CONTROL_READ, CONTROL_SEND | CONTROL_READ };

	ck_assert(!may(OWNER, COMPANY, CONTROL_SEND | CONTROL_READ, 1500));
	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		static const char *const owners[] = { OWNER, OTHER, "999000005" };

		if (i == 2)
			add_tenant(owners[i], "hf");
		ck_assert_rc(add(owners[i], COMPANY, masks[i], 1000, 2000), RC_OK);
		for (unsigned right = CONTROL_SEND; right <= CONTROL_READ; right++) {
			bool given = masks[i] & right;

			ck_assert(!may(owners[i], COMPANY, right, 999));
			ck_assert(may(owners[i], COMPANY, right, 1000) == given);
			ck_assert(may(owners[i], COMPANY, right, 1999) == given);
			ck_assert(!may(owners[i], COMPANY, right, 2000));
			ck_assert(!may(COMPANY, owners[i], right, 1500));
			ck_assert(!may(owners[i], owners[i], right, 1500));
		}
		ck_assert(may(owners[i], COMPANY, CONTROL_SEND | CONTROL_READ, 1500));
	}
	ck_assert(!may(OWNER, OTHER, CONTROL_SEND, 1500));
	ck_assert(!may("999000009", COMPANY, CONTROL_SEND, 1500));
}
END_TEST

START_TEST(an_end_is_for_good_and_kept)
{
	struct control_processors list = { 0 };

	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 1000, 2000), RC_OK);
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_READ, 1000, 0), RC_OK);
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 9000, 0), RC_OK);
	ck_assert_rc(add(OTHER, COMPANY, CONTROL_READ, 1000, 0), RC_OK);
	ck_assert_rc(end(OWNER, COMPANY, 3000, "contract over"), RC_OK);
	ck_assert(may(OWNER, COMPANY, CONTROL_READ, 2999));
	ck_assert(!may(OWNER, COMPANY, CONTROL_READ, 3000));
	ck_assert(!may(OWNER, COMPANY, CONTROL_SEND, 9500));
	ck_assert(may(OTHER, COMPANY, CONTROL_READ, 3000));
	ck_assert_rc(end(OWNER, COMPANY, 3001, "again"), RC_NOT_FOUND);
	ck_assert_rc(control_processor_list(control, OWNER, &list, &err), RC_OK);
	ck_assert_uint_eq(list.len, 3);
	ck_assert_int_eq(list.list[0].ended_at, 0); /* had run out before */
	ck_assert_int_eq(list.list[1].ended_at, 3000);
	ck_assert_str_eq(list.list[1].end_reason, "contract over");
	ck_assert_int_eq(list.list[2].ended_at, 3000);
	control_processors_release(&list);
	ck_assert_rc(add(OWNER, COMPANY, CONTROL_READ, 3000, 0), RC_OK);
	ck_assert(may(OWNER, COMPANY, CONTROL_READ, 3000));
}
END_TEST

START_TEST(a_request_sees_one_state)
{
	struct tenant_snapshot *held;

	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 1000, 0), RC_OK);
	ck_assert_rc(tenants_reload(tenants, &err), RC_OK);
	held = tenants_hold(tenants);
	ck_assert_rc(end(OWNER, COMPANY, 3000, "contract over"), RC_OK);
	ck_assert(!may(OWNER, COMPANY, CONTROL_SEND, 4000));
	ck_assert(tenant_is_processor(held, OWNER, COMPANY, CONTROL_SEND, 4000));
	ck_assert(tenant_find(held, OWNER)->owns_reports);
	ck_assert(!tenant_find(held, COMPANY)->owns_reports);
	tenant_snapshot_drop(held);
}
END_TEST

START_TEST(a_data_owner_stays_one)
{
	struct control_tenant tenant = { .orgnr = OWNER, .name = "x", .kind = "processor" };

	ck_assert_rc(control_tenant_set(control, &tenant, &by, &err), RC_CONFLICT);
	ck_assert_str_eq(err.code, "kind-owner");
	tenant.kind = "rhf";
	ck_assert_rc(control_tenant_set(control, &tenant, &by, &err), RC_OK);
	tenant.orgnr = COMPANY;
	tenant.kind = "hf"; /* and one that did not may become one */
	ck_assert_rc(control_tenant_set(control, &tenant, &by, &err), RC_OK);
	ck_assert_rc(add(COMPANY, OTHER, CONTROL_SEND, 1, 0), RC_OK);
}
END_TEST

START_TEST(rights_have_names)
{
	unsigned rights = 0;

	ck_assert_rc(control_rights_parse("read,send", &rights), RC_OK);
	ck_assert_str_eq(control_rights_name(rights), "send,read");
	ck_assert_rc(control_rights_parse("read", &rights), RC_OK);
	ck_assert_uint_eq(rights, CONTROL_READ);
	ck_assert_rc(control_rights_parse("", &rights), RC_INVALID);
	ck_assert_rc(control_rights_parse("send,", &rights), RC_INVALID);
	ck_assert_rc(control_rights_parse("write", &rights), RC_INVALID);
}
END_TEST

/* What another program would have to do to rewrite history. */
START_TEST(the_file_itself_refuses_to_forget)
{
	static const char *const attempts[] = {
		"DELETE FROM processor",
		"UPDATE processor SET valid_to = 9999",
		"UPDATE processor SET owner = '" OTHER "'",
		"UPDATE processor SET read = 1",
		"UPDATE processor SET ended_at = NULL, end_reason = NULL",
		"UPDATE processor SET end_reason = 'another'",
		"INSERT INTO processor (owner, processor, send, read, valid_from, added_at) "
		"VALUES ('" OWNER "', '" COMPANY "', 0, 0, 1, 1)",
		"INSERT INTO processor (owner, processor, send, read, valid_from, added_at, "
		"ended_at) "
		"VALUES ('" OWNER "', '" COMPANY "', 1, 0, 1, 1, 2)",
	};
	sqlite3 *db = NULL;

	ck_assert_rc(add(OWNER, COMPANY, CONTROL_SEND, 1000, 2000), RC_OK);
	ck_assert_rc(end(OWNER, COMPANY, 1500, "contract over"), RC_OK);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++)
		ck_assert_msg(sqlite3_exec(db, attempts[i], NULL, NULL, NULL) == SQLITE_CONSTRAINT,
			      "%s", attempts[i]);
	sqlite3_close(db);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("processors");
	TCase *tc = tcase_create("processors");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, comes_back_as_it_was_added);
	tcase_add_test(tc, what_cannot_be_is_refused_and_not_logged);
	tcase_add_test(tc, one_right_once_at_a_time);
	tcase_add_test(tc, rights_to_the_millisecond);
	tcase_add_test(tc, an_end_is_for_good_and_kept);
	tcase_add_test(tc, a_request_sees_one_state);
	tcase_add_test(tc, a_data_owner_stays_one);
	tcase_add_test(tc, rights_have_names);
	tcase_add_test(tc, the_file_itself_refuses_to_forget);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
