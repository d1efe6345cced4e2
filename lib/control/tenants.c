#include "control/internal.h"

static const char *const phase_names[] = {
	[CONTROL_INVITED] = "invited",     [CONTROL_TEST] = "test",     [CONTROL_ACTIVE] = "active",
	[CONTROL_SUSPENDED] = "suspended", [CONTROL_CLOSED] = "closed",
};

/* [from][to]; a suspended tenant goes back only to what it was (below). */
static const bool moves[ARRAY_LEN(phase_names)][ARRAY_LEN(phase_names)] = {
	[CONTROL_INVITED] = { [CONTROL_TEST] = true,
			      [CONTROL_ACTIVE] = true,
			      [CONTROL_CLOSED] = true },
	[CONTROL_TEST] = { [CONTROL_ACTIVE] = true,
			   [CONTROL_SUSPENDED] = true,
			   [CONTROL_CLOSED] = true },
	[CONTROL_ACTIVE] = { [CONTROL_SUSPENDED] = true, [CONTROL_CLOSED] = true },
	[CONTROL_SUSPENDED] = { [CONTROL_TEST] = true,
				[CONTROL_ACTIVE] = true,
				[CONTROL_CLOSED] = true },
};

const char *control_phase_name(enum control_phase phase)
{
	return phase_names[phase];
}

enum rc control_phase_parse(const char *name, enum control_phase *ret)
{
	for (size_t i = 0; name && i < ARRAY_LEN(phase_names); i++) {
		if (strcmp(name, phase_names[i]) == 0) {
			*ret = (enum control_phase)i;
			return RC_OK;
		}
	}
	return RC_INVALID;
}

static enum rc read_tenant(sqlite3_stmt *stmt, void *record)
{
	struct control_tenant *tenant = record;
	bool failed = false;

	tenant->orgnr = db_dup(stmt, 0, &failed);
	tenant->name = db_dup(stmt, 1, &failed);
	tenant->kind = db_dup(stmt, 2, &failed);
	tenant->parent = db_dup(stmt, 3, &failed);
	tenant->contact = db_dup(stmt, 4, &failed);
	tenant->coverage_start = db_dup(stmt, 9, &failed);
	tenant->submissions_per_minute = sqlite3_column_int64(stmt, 10);
	tenant->reads_per_minute = sqlite3_column_int64(stmt, 11);
	tenant->profile = db_dup(stmt, 12, &failed);
	tenant->notification_help = sqlite3_column_int(stmt, 13) != 0;
	tenant->created_at = sqlite3_column_int64(stmt, 7);
	tenant->phase_since = sqlite3_column_int64(stmt, 8);
	if (control_phase_parse(db_text(stmt, 5), &tenant->phase) ||
	    control_phase_parse(db_text(stmt, 6), &tenant->resume_phase))
		return RC_CORRUPT;
	return failed ? RC_NOMEM : RC_OK;
}

void control_tenant_release(struct control_tenant *tenant)
{
	control_free_text(tenant->orgnr);
	control_free_text(tenant->name);
	control_free_text(tenant->kind);
	control_free_text(tenant->parent);
	control_free_text(tenant->contact);
	control_free_text(tenant->coverage_start);
	control_free_text(tenant->profile);
	*tenant = (struct control_tenant){ 0 };
}

static void release_tenant(void *record)
{
	control_tenant_release(record);
}

void control_tenants_release(struct control_tenants *tenants)
{
	control_free_all(tenants->list, tenants->len, sizeof(*tenants->list), release_tenant);
	*tenants = (struct control_tenants){ 0 };
}

/* What holds between tenants: the kind is known, the parent not below it. */
static enum rc check_place(struct control *control, const struct control_tenant *tenant,
			   struct err *reterr)
{
	struct db *db = &control->db;
	sqlite3_stmt *stmt = db_stmt(db, C_KIND_KNOWN);
	int64_t yes = 0;
	enum rc rc;

	db_bind_text(stmt, 1, tenant->kind);
	rc = db_int(db, stmt, &yes, reterr);
	if (!rc && !yes)
		rc = err_set(reterr, RC_INVALID, "kind-unknown", NULL, "no such kind of tenant");
	if (rc || !tenant->parent)
		return rc;
	stmt = db_stmt(db, C_PARENT_LOOP);
	db_bind_text(stmt, 1, tenant->orgnr);
	db_bind_text(stmt, 2, tenant->parent);
	rc = db_int(db, stmt, &yes, reterr);
	if (!rc && yes)
		rc = err_set(reterr, RC_INVALID, "parent-cycle", tenant->orgnr,
			     "the parent stands below the tenant");
	return rc;
}

static void bind_tenant(sqlite3_stmt *stmt, const struct control_tenant *tenant)
{
	db_bind_text(stmt, 1, tenant->orgnr);
	db_bind_text(stmt, 2, tenant->name);
	db_bind_text(stmt, 3, tenant->kind);
	db_bind_text(stmt, 4, tenant->parent);
	db_bind_text(stmt, 5, tenant->contact);
}

enum rc control_tenant_add(struct control *control, const struct control_tenant *tenant,
			   const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = control_need_tenant(control, tenant->orgnr, NULL);
	if (rc == RC_OK)
		rc = err_set(reterr, RC_CONFLICT, "tenant-exists", tenant->orgnr,
			     "the tenant is registered already");
	else if (rc == RC_NOT_FOUND)
		rc = check_place(control, tenant, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_TENANT_ADD);
		bind_tenant(stmt, tenant);
		db_bind_text(stmt, 6, control_phase_name(tenant->phase));
		sqlite3_bind_int64(stmt, 7, by->at);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}

/* What a data owner reported stays its own: no new kind may take it away. */
static enum rc keep_owner(struct control *control, const struct control_tenant *tenant,
			  struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, C_KIND_DISOWNS);
	int64_t disowns = 0;
	enum rc rc;

	db_bind_text(stmt, 1, tenant->orgnr);
	db_bind_text(stmt, 2, tenant->kind);
	rc = db_int(&control->db, stmt, &disowns, reterr);
	if (!rc && disowns)
		rc = err_set(reterr, RC_CONFLICT, "kind-owner", tenant->orgnr,
			     "a data owner does not become a kind that owns no reports");
	return rc;
}

enum rc control_tenant_set(struct control *control, const struct control_tenant *tenant,
			   const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = control_need_tenant(control, tenant->orgnr, reterr);
	if (!rc)
		rc = check_place(control, tenant, reterr);
	if (!rc)
		rc = keep_owner(control, tenant, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_TENANT_SET);
		bind_tenant(stmt, tenant);
		db_bind_text(stmt, 6, tenant->coverage_start);
		control_bind_number(stmt, 7, tenant->submissions_per_minute);
		control_bind_number(stmt, 8, tenant->reads_per_minute);
		sqlite3_bind_int(stmt, 9, tenant->notification_help);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}

/* Within enter and leave. */
static enum rc get_tenant(struct control *control, const char *orgnr, struct control_tenant *ret,
			  struct err *reterr)
{
	CLEANUP(control_tenant_release) struct control_tenant tenant = { 0 };
	sqlite3_stmt *stmt = db_stmt(&control->db, C_TENANT_GET);
	enum rc rc;

	db_bind_text(stmt, 1, orgnr);
	rc = db_step(&control->db, stmt, reterr);
	if (rc == RC_NOT_FOUND)
		err_set(reterr, rc, "tenant-unknown", orgnr, "no such tenant");
	if (rc)
		return rc;
	rc = read_tenant(stmt, &tenant);
	sqlite3_reset(stmt);
	if (rc)
		return err_set(reterr, rc, "database-damaged", orgnr, "a tenant cannot be read");
	*ret = tenant;
	tenant = (struct control_tenant){ 0 };
	return RC_OK;
}

enum rc control_tenant_get(struct control *control, const char *orgnr, struct control_tenant *ret,
			   struct err *reterr)
{
	enum rc rc = control_enter(control, NULL, reterr);

	return rc ? rc
		  : control_leave(control, NULL, get_tenant(control, orgnr, ret, reterr), reterr);
}

enum rc control_tenant_list(struct control *control, struct control_tenants *ret,
			    struct err *reterr)
{
	static const struct control_reader reader = { C_TENANT_LIST, sizeof(*ret->list),
						      read_tenant, release_tenant };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, NULL, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}

static bool may_move(const struct control_tenant *tenant, enum control_phase to)
{
	if (!moves[tenant->phase][to])
		return false;
	return tenant->phase != CONTROL_SUSPENDED || to == CONTROL_CLOSED ||
	       to == tenant->resume_phase;
}

enum rc control_tenant_phase(struct control *control, const char *orgnr, enum control_phase to,
			     const struct control_action *by, struct err *reterr)
{
	CLEANUP(control_tenant_release) struct control_tenant tenant = { 0 };
	enum control_phase resume = to;
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = get_tenant(control, orgnr, &tenant, reterr);
	if (!rc && tenant.phase == to) {
		db_rollback(&control->db);
		return control_leave(control, NULL, RC_OK, reterr);
	}
	if (!rc && !may_move(&tenant, to))
		rc = err_set(reterr, RC_CONFLICT, "phase-move", orgnr, "%s cannot become %s",
			     control_phase_name(tenant.phase), control_phase_name(to));
	if (!rc) {
		if (to == CONTROL_SUSPENDED)
			resume = tenant.phase;
		stmt = db_stmt(&control->db, C_TENANT_PHASE);
		db_bind_text(stmt, 1, orgnr);
		db_bind_text(stmt, 2, control_phase_name(to));
		db_bind_text(stmt, 3, control_phase_name(resume));
		sqlite3_bind_int64(stmt, 4, by->at);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}

/* Whether its kind owns reports. Within enter and leave. */
static enum rc need_owner(struct control *control, const char *orgnr, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, C_OWNS_REPORTS);
	int64_t owns = 0;
	enum rc rc;

	db_bind_text(stmt, 1, orgnr);
	rc = db_int(&control->db, stmt, &owns, reterr);
	if (!rc && !owns)
		rc = err_set(reterr, RC_CONFLICT, "tenant-not-owner", orgnr,
			     "a tenant that owns no reports shares none");
	return rc;
}

enum rc control_tenant_profile(struct control *control, const char *orgnr, const char *profile,
			       const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = control_need_tenant(control, orgnr, reterr);
	if (!rc)
		rc = need_owner(control, orgnr, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_TENANT_PROFILE);
		db_bind_text(stmt, 1, orgnr);
		db_bind_text(stmt, 2, profile);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}

/* --- kinds ------------------------------------------------------------------------ */

static enum rc read_kind(sqlite3_stmt *stmt, void *record)
{
	struct control_kind *kind = record;
	bool failed = false;

	kind->code = db_dup(stmt, 0, &failed);
	kind->name_nb = db_dup(stmt, 1, &failed);
	kind->name_en = db_dup(stmt, 2, &failed);
	kind->report_kind = db_dup(stmt, 3, &failed);
	kind->owns_reports = sqlite3_column_int(stmt, 4) != 0;
	return failed ? RC_NOMEM : RC_OK;
}

static void release_kind(void *record)
{
	struct control_kind *kind = record;

	control_free_text(kind->code);
	control_free_text(kind->name_nb);
	control_free_text(kind->name_en);
	control_free_text(kind->report_kind);
}

void control_kinds_release(struct control_kinds *kinds)
{
	control_free_all(kinds->list, kinds->len, sizeof(*kinds->list), release_kind);
	*kinds = (struct control_kinds){ 0 };
}

enum rc control_kind_list(struct control *control, struct control_kinds *ret, struct err *reterr)
{
	static const struct control_reader reader = { C_KIND_LIST, sizeof(*ret->list), read_kind,
						      release_kind };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, NULL, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}
