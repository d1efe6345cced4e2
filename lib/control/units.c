#include "control/internal.h"

static enum rc read_unit(sqlite3_stmt *stmt, void *record)
{
	struct control_unit *unit = record;
	bool failed = false;

	unit->orgnr = db_dup(stmt, 0, &failed);
	unit->tenant = db_dup(stmt, 1, &failed);
	unit->name = db_dup(stmt, 2, &failed);
	unit->added_at = sqlite3_column_int64(stmt, 3);
	unit->removed_at = sqlite3_column_int64(stmt, 4);
	return failed ? RC_NOMEM : RC_OK;
}

static void release_unit(void *record)
{
	struct control_unit *unit = record;

	control_free_text(unit->orgnr);
	control_free_text(unit->tenant);
	control_free_text(unit->name);
}

void control_units_release(struct control_units *units)
{
	control_free_all(units->list, units->len, sizeof(*units->list), release_unit);
	*units = (struct control_units){ 0 };
}

enum rc control_unit_add(struct control *control, const struct control_unit *unit,
			 const struct control_action *by, struct err *reterr)
{
	bool added = false;
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = control_need_tenant(control, unit->tenant, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_UNIT_ADD);
		db_bind_text(stmt, 1, unit->orgnr);
		db_bind_text(stmt, 2, unit->tenant);
		db_bind_text(stmt, 3, unit->name);
		sqlite3_bind_int64(stmt, 4, by->at);
		rc = control_change(control, stmt, &added, reterr);
	}
	if (!rc && !added)
		rc = err_set(reterr, RC_CONFLICT, "unit-exists", unit->orgnr,
			     "the unit is registered already");
	return control_leave(control, by, rc, reterr);
}

enum rc control_unit_remove(struct control *control, const char *orgnr,
			    const struct control_action *by, struct err *reterr)
{
	bool removed = false;
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(&control->db, C_UNIT_REMOVE);
	db_bind_text(stmt, 1, orgnr);
	sqlite3_bind_int64(stmt, 2, by->at);
	rc = control_change(control, stmt, &removed, reterr);
	if (!rc && !removed)
		rc = err_set(reterr, RC_NOT_FOUND, "unit-unknown", orgnr, "no such unit");
	return control_leave(control, by, rc, reterr);
}

enum rc control_unit_list(struct control *control, const char *tenant, struct control_units *ret,
			  struct err *reterr)
{
	static const struct control_reader reader = { C_UNIT_LIST, sizeof(*ret->list), read_unit,
						      release_unit };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, tenant, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}
