#include "control/internal.h"

static enum rc read_municipality(sqlite3_stmt *stmt, void *record)
{
	struct control_municipality *m = record;
	bool failed = false;

	m->tenant = db_dup(stmt, 0, &failed);
	m->number = db_dup(stmt, 1, &failed);
	m->own = sqlite3_column_int(stmt, 2) != 0;
	m->added_at = sqlite3_column_int64(stmt, 3);
	return failed ? RC_NOMEM : RC_OK;
}

static void release_municipality(void *record)
{
	struct control_municipality *m = record;

	control_free_text(m->tenant);
	control_free_text(m->number);
}

void control_municipalities_release(struct control_municipalities *municipalities)
{
	control_free_all(municipalities->list, municipalities->len, sizeof(*municipalities->list),
			 release_municipality);
	*municipalities = (struct control_municipalities){ 0 };
}

/* A tenant is one municipality at most: who becomes it takes over from the one before. */
static enum rc disown_others(struct control *control, const char *tenant, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, C_MUNICIPALITY_DISOWN);

	db_bind_text(stmt, 1, tenant);
	return control_change(control, stmt, NULL, reterr);
}

enum rc control_municipality_add(struct control *control,
				 const struct control_municipality *municipality,
				 const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = control_need_tenant(control, municipality->tenant, reterr);
	if (!rc && municipality->own)
		rc = disown_others(control, municipality->tenant, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_MUNICIPALITY_ADD);
		db_bind_text(stmt, 1, municipality->tenant);
		db_bind_text(stmt, 2, municipality->number);
		sqlite3_bind_int(stmt, 3, municipality->own);
		sqlite3_bind_int64(stmt, 4, by->at);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}

enum rc control_municipality_remove(struct control *control, const char *tenant, const char *number,
				    const struct control_action *by, struct err *reterr)
{
	bool removed = false;
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = control_need_tenant(control, tenant, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_MUNICIPALITY_REMOVE);
		db_bind_text(stmt, 1, tenant);
		db_bind_text(stmt, 2, number);
		rc = control_change(control, stmt, &removed, reterr);
	}
	if (!rc && !removed)
		rc = err_set(reterr, RC_NOT_FOUND, "municipality-unlisted", number,
			     "the tenant does not have this municipality on its list");
	return control_leave(control, by, rc, reterr);
}

enum rc control_municipality_list(struct control *control, const char *tenant,
				  struct control_municipalities *ret, struct err *reterr)
{
	static const struct control_reader reader = { C_MUNICIPALITY_LIST, sizeof(*ret->list),
						      read_municipality, release_municipality };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, tenant, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}
