/* Projects, openings and municipalities in the register, and what is open when. */
#include "base/clock.h"
#include "control/control.h"
#include "count/period.h"
#include "tenant/basis.h"
#include "unit.h"

#include <dirent.h>

static char folder[256], path[300];
static struct control *control;
static struct tenants *tenants;
static struct err err;

static const struct control_action by = { .at = 7, .operator= "kari", .command = "x" };

static void set_up(void)
{
	struct control_tenant tenant = { .orgnr = "310000124",
					 .name = "Kommunen",
					 .kind = "municipality",
					 .phase = CONTROL_TEST };

	snprintf(folder, sizeof(folder), "/tmp/varde-projects-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/control.db", folder);
	ck_assert_int_eq(control_open(path, NULL, &control, &err), RC_OK);
	ck_assert_int_eq(control_tenant_add(control, &tenant, &by, &err), RC_OK);
	ck_assert_int_eq(tenants_new(control, &tenants, &err), RC_OK);
}

static void tear_down(void)
{
	char name[600];
	DIR *dir;

	tenants_free(tenants);
	control_free(control);
	dir = opendir(folder);
	for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		snprintf(name, sizeof(name), "%s/%s", folder, e->d_name);
		unlink(name);
	}
	closedir(dir);
	ck_assert_int_eq(rmdir(folder), 0);
}

static enum rc add(const char *code, const char *from, const char *to)
{
	struct control_project project = { .code = code,
					   .name = "Navn",
					   .decision = "Vedtak",
					   .purpose = "Læring",
					   .retention = "To år",
					   .valid_from = from,
					   .valid_to = to };

	return control_project_add(control, &project, &by, &err);
}

static enum rc open_to(const char *code, const char *kind, const char *from, const char *to)
{
	struct control_opening opening = { code, kind, from, to };

	return control_opening_set(control, &opening, &by, &err);
}

/* What holds at that moment, and "opens/closed" of it. */
static enum tenant_basis at(bool production, const char *kind, const char *moment, char days[24])
{
	struct tenant_basis_days d;
	struct tenant_snapshot *snapshot;
	enum tenant_basis basis;
	int64_t ms;

	ck_assert_int_eq(clock_parse(moment, strlen(moment), &ms), RC_OK);
	ck_assert_int_eq(tenants_reload(tenants, &err), RC_OK);
	snapshot = tenants_hold(tenants);
	basis = tenant_basis_at(snapshot, production, kind, ms, &d);
	snprintf(days, 24, "%s/%s", d.opens ? d.opens : "", d.closed ? d.closed : "");
	tenant_snapshot_drop(snapshot);
	return basis;
}

START_TEST(nothing_registered)
{
	char days[24];

	ck_assert_int_eq(at(false, "hf", "2026-01-01T00:00:00Z", days), TENANT_BASIS_OPEN);
	ck_assert_int_eq(at(true, "hf", "2026-01-01T00:00:00Z", days), TENANT_BASIS_NONE);
	ck_assert_str_eq(days, "/");
}
END_TEST

/* A day begins and ends at midnight in Norway, in winter and in summer. */
START_TEST(days_are_norways)
{
	static const struct {
		const char *moment;
		enum tenant_basis basis;
		const char *days;
	} cases[] = {
		{ "2025-12-31T22:59:59Z", TENANT_BASIS_NONE, "2026-01-01/" },
		{ "2025-12-31T23:00:00Z", TENANT_BASIS_NOT_OPEN, "2026-04-01/" },
		{ "2026-03-31T21:59:59.999Z", TENANT_BASIS_NOT_OPEN, "2026-04-01/" },
		{ "2026-03-31T22:00:00Z", TENANT_BASIS_OPEN, "/" },
		{ "2026-06-30T21:59:59.999Z", TENANT_BASIS_OPEN, "/" },
		{ "2026-06-30T22:00:00Z", TENANT_BASIS_NOT_OPEN, "/2026-06-30" },
		{ "2026-12-31T22:59:59Z", TENANT_BASIS_NOT_OPEN, "/2026-06-30" },
		{ "2026-12-31T23:00:00Z", TENANT_BASIS_NONE, "/2026-12-31" },
	};
	char days[24];

	ck_assert_int_eq(add("a", "2026-01-01", "2026-12-31"), RC_OK);
	ck_assert_int_eq(open_to("a", "municipality", "2026-04-01", "2026-06-30"), RC_OK);
	ck_assert_int_eq(open_to("a", "hf", "2020-01-01", NULL), RC_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ck_assert_int_eq(at(i % 2, "municipality", cases[i].moment, days), cases[i].basis);
		ck_assert_str_eq(days, cases[i].days);
	}
	ck_assert_int_eq(at(true, "hf", "2025-06-01T00:00:00Z", days), TENANT_BASIS_NONE);
	ck_assert_int_eq(at(true, "hf", "2026-01-01T00:00:00Z", days), TENANT_BASIS_OPEN);
	ck_assert_int_eq(at(true, "county", "2026-05-01T00:00:00Z", days), TENANT_BASIS_NOT_OPEN);
	ck_assert_str_eq(days, "/");
}
END_TEST

START_TEST(one_of_several_is_enough)
{
	char days[24];

	ck_assert_int_eq(add("a", "2026-01-01", "2026-03-31"), RC_OK);
	ck_assert_int_eq(add("b", "2026-03-01", NULL), RC_OK);
	ck_assert_int_eq(add("c", "2020-01-01", "2020-12-31"), RC_OK);
	ck_assert_int_eq(open_to("a", "hf", "2026-01-01", NULL), RC_OK);
	ck_assert_int_eq(open_to("b", "hf", "2026-05-01", NULL), RC_OK);
	ck_assert_int_eq(open_to("c", "hf", "2020-01-01", NULL), RC_OK);
	ck_assert_int_eq(at(true, "hf", "2026-02-01T00:00:00Z", days), TENANT_BASIS_OPEN);
	ck_assert_int_eq(at(true, "hf", "2026-04-10T00:00:00Z", days), TENANT_BASIS_NOT_OPEN);
	ck_assert_str_eq(days, "2026-05-01/2026-03-31");
	ck_assert_int_eq(at(true, "hf", "2026-05-02T00:00:00Z", days), TENANT_BASIS_OPEN);
	ck_assert_int_eq(at(true, "hf", "2025-02-01T00:00:00Z", days), TENANT_BASIS_NONE);
	ck_assert_str_eq(days, "2026-01-01/2020-12-31");
}
END_TEST

static const char *ends(const char *kind, const char *moment, char out[11])
{
	struct tenant_snapshot *snapshot;
	const char *last = NULL;
	int64_t ms;

	ck_assert_int_eq(clock_parse(moment, strlen(moment), &ms), RC_OK);
	ck_assert_int_eq(tenants_reload(tenants, &err), RC_OK);
	snapshot = tenants_hold(tenants);
	out[0] = '\0';
	if (tenant_basis_ends(snapshot, kind, ms, &last))
		snprintf(out, 11, "%s", last);
	tenant_snapshot_drop(snapshot);
	return out;
}

START_TEST(where_it_ends)
{
	char out[11];

	ck_assert_int_eq(add("a", "2026-01-01", "2026-12-31"), RC_OK);
	ck_assert_int_eq(add("b", "2027-01-01", "2027-12-31"), RC_OK);
	ck_assert_int_eq(add("c", "2026-06-01", "2027-06-30"), RC_OK);
	ck_assert_int_eq(open_to("a", "hf", "2026-01-01", NULL), RC_OK);
	ck_assert_str_eq(ends("hf", "2026-03-01T00:00:00Z", out), "2026-12-31");
	ck_assert_int_eq(open_to("b", "hf", "2027-01-02", NULL), RC_OK);
	ck_assert_str_eq(ends("hf", "2026-03-01T00:00:00Z", out),
			 "2026-12-31"); /* a day is missing */
	ck_assert_int_eq(open_to("b", "hf", "2027-01-01", "2027-02-03"), RC_OK);
	ck_assert_str_eq(ends("hf", "2026-03-01T00:00:00Z", out), "2027-02-03");
	ck_assert_int_eq(open_to("c", "hf", "2026-12-01", NULL), RC_OK);
	ck_assert_str_eq(ends("hf", "2026-03-01T00:00:00Z", out), "2027-06-30");
	ck_assert_str_eq(ends("hf", "2025-03-01T00:00:00Z", out), ""); /* not open now */
	ck_assert_int_eq(add("d", "2027-07-01", NULL), RC_OK);
	ck_assert_int_eq(open_to("d", "hf", "2027-01-01", NULL), RC_OK);
	ck_assert_str_eq(ends("hf", "2026-03-01T00:00:00Z", out), ""); /* no end */
}
END_TEST

START_TEST(what_the_register_refuses)
{
	ck_assert_int_eq(add("a", "2026-01-01", NULL), RC_OK);
	ck_assert_int_eq(add("a", "2026-01-01", NULL), RC_CONFLICT);
	ck_assert_str_eq(err.code, "project-exists");
	ck_assert_int_eq(add("A b", "2026-01-01", NULL), RC_INVALID);
	ck_assert_int_eq(add("b", "2026-01-01", "2025-12-31"), RC_INVALID);
	ck_assert_int_eq(add("b", "1. januar", NULL), RC_INVALID);
	ck_assert_int_eq(open_to("a", "sykehus", "2026-01-01", NULL), RC_INVALID);
	ck_assert_str_eq(err.code, "kind-unknown");
	ck_assert_int_eq(open_to("a", "processor", "2026-01-01", NULL), RC_INVALID);
	ck_assert_int_eq(open_to("z", "hf", "2026-01-01", NULL), RC_NOT_FOUND);
	ck_assert_str_eq(err.code, "project-unknown");
	ck_assert_int_eq(open_to("a", "hf", "2026-01-02", "2026-01-01"), RC_INVALID);
}
END_TEST

/* Each change is in the log, and what failed is not. */
START_TEST(logged)
{
	struct control_actions actions = { 0 };

	ck_assert_int_eq(add("a", "2026-01-01", NULL), RC_OK);
	ck_assert_int_eq(add("a", "2026-01-01", NULL), RC_CONFLICT);
	ck_assert_int_eq(open_to("a", "hf", "2026-01-01", NULL), RC_OK);
	ck_assert_int_eq(open_to("a", "x", "2026-01-01", NULL), RC_INVALID);
	ck_assert_int_eq(control_actions(control, 0, 10, &actions, &err), RC_OK);
	ck_assert_uint_eq(actions.len, 3); /* the tenant, the project, the opening */
	control_actions_release(&actions);
}
END_TEST

static enum rc municipality(const char *number, bool own)
{
	struct control_municipality m = { .tenant = "310000124", .number = number, .own = own };

	return control_municipality_add(control, &m, &by, &err);
}

START_TEST(municipalities)
{
	struct control_municipality stranger = { .tenant = "310000019", .number = "3420" };
	struct control_municipalities list = { 0 };
	struct tenant_snapshot *snapshot;
	const struct tenant *tenant;

	ck_assert_int_eq(municipality("3421", false), RC_OK);
	ck_assert_int_eq(municipality("3420", true), RC_OK);
	ck_assert_int_eq(municipality("3422", true), RC_OK); /* takes over */
	ck_assert_int_eq(municipality("342", false), RC_INVALID);
	ck_assert_int_eq(control_municipality_add(control, &stranger, &by, &err), RC_NOT_FOUND);
	ck_assert_int_eq(control_municipality_list(control, NULL, &list, &err), RC_OK);
	ck_assert_uint_eq(list.len, 3);
	ck_assert_str_eq(list.list[2].number, "3422");
	ck_assert(!list.list[0].own && !list.list[1].own && list.list[2].own);
	ck_assert_int_eq(list.list[0].added_at, 7);
	control_municipalities_release(&list);
	ck_assert_int_eq(control_municipality_remove(control, "310000124", "3421", &by, &err),
			 RC_OK);
	ck_assert_int_eq(control_municipality_remove(control, "310000124", "3421", &by, &err),
			 RC_NOT_FOUND);
	ck_assert_int_eq(tenants_reload(tenants, &err), RC_OK);
	snapshot = tenants_hold(tenants);
	tenant = tenant_find(snapshot, "310000124");
	ck_assert_uint_eq(tenant->municipalities_len, 2);
	ck_assert_str_eq(tenant->municipalities[0].number, "3420");
	tenant_snapshot_drop(snapshot);
}
END_TEST

START_TEST(day_texts)
{
	char day[PERIOD_DAY_SIZE];

	ck_assert_str_eq(period_day_text(INT64_C(1767222000000) - 1, day), "2025-12-31");
	ck_assert_str_eq(period_day_text(INT64_C(1767222000000), day), "2026-01-01"); /* 23:00Z */
	ck_assert_str_eq(period_day_text(INT64_C(1782856800000) - 1, day), "2026-06-30");
	ck_assert_str_eq(period_day_text(INT64_C(1782856800000), day), "2026-07-01"); /* 22:00Z */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("projects");
	TCase *tc = tcase_create("projects");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, nothing_registered);
	tcase_add_test(tc, days_are_norways);
	tcase_add_test(tc, one_of_several_is_enough);
	tcase_add_test(tc, where_it_ends);
	tcase_add_test(tc, what_the_register_refuses);
	tcase_add_test(tc, logged);
	tcase_add_test(tc, municipalities);
	tcase_add_test(tc, day_texts);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
