#include "control/internal.h"

static enum rc read_release(sqlite3_stmt *stmt, void *record)
{
	struct control_release *r = record;
	bool failed = false;

	r->number = sqlite3_column_int64(stmt, 0);
	r->name = db_dup(stmt, 1, &failed);
	r->as_of = sqlite3_column_int64(stmt, 2);
	r->closed = db_dup(stmt, 3, &failed);
	r->manifest_hash = db_dup(stmt, 4, &failed);
	r->counts_hash = db_dup(stmt, 5, &failed);
	r->built_at = sqlite3_column_int64(stmt, 6);
	r->promoted_at = sqlite3_column_int64(stmt, 7);
	r->withdrawn_at = sqlite3_column_int64(stmt, 8);
	r->withdraw_reason = db_dup(stmt, 9, &failed);
	return failed ? RC_NOMEM : RC_OK;
}

static void release_release(void *record)
{
	struct control_release *r = record;

	control_free_text(r->name);
	control_free_text(r->closed);
	control_free_text(r->manifest_hash);
	control_free_text(r->counts_hash);
	control_free_text(r->withdraw_reason);
}

void control_releases_release(struct control_releases *releases)
{
	control_free_all(releases->list, releases->len, sizeof(*releases->list), release_release);
	*releases = (struct control_releases){ 0 };
}

enum rc control_release_list(struct control *control, struct control_releases *ret,
			     struct err *reterr)
{
	static const struct control_reader reader = { C_RELEASE_LIST, sizeof(*ret->list),
						      read_release, release_release };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, NULL, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}

/* Within enter and leave. */
static enum rc run_named(struct control *control, enum control_stmt which, const char *name,
			 bool *ret_changed, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, which);

	db_bind_text(stmt, 1, name);
	return control_change(control, stmt, ret_changed, reterr);
}

enum rc control_release_add(struct control *control, const struct control_release *release,
			    const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	bool added = false;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = run_named(control, C_RELEASE_DROP_UNPUBLISHED, release->name, NULL, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_RELEASE_ADD);
		db_bind_text(stmt, 1, release->name);
		sqlite3_bind_int64(stmt, 2, release->as_of);
		db_bind_text(stmt, 3, release->closed);
		db_bind_text(stmt, 4, release->manifest_hash);
		db_bind_text(stmt, 5, release->counts_hash);
		sqlite3_bind_int64(stmt, 6, by->at);
		rc = control_change(control, stmt, &added, reterr);
	}
	if (!rc && !added)
		rc = err_set(reterr, RC_CONFLICT, "release-exists", release->name,
			     "a release of this name has been published");
	return control_leave(control, by, rc, reterr);
}

enum rc control_release_promote(struct control *control, const char *name,
				const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	bool changed = false;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(&control->db, C_RELEASE_PROMOTE);
	db_bind_text(stmt, 1, name);
	sqlite3_bind_int64(stmt, 2, by->at);
	rc = control_change(control, stmt, &changed, reterr);
	if (!rc && !changed)
		rc = err_set(reterr, RC_CONFLICT, "release-state", name,
			     "no release of this name waits to be promoted");
	return control_leave(control, by, rc, reterr);
}

enum rc control_release_withdraw(struct control *control, const char *name,
				 const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	bool changed = false;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(&control->db, C_RELEASE_WITHDRAW);
	db_bind_text(stmt, 1, name);
	sqlite3_bind_int64(stmt, 2, by->at);
	db_bind_text(stmt, 3, by->reason);
	rc = control_change(control, stmt, &changed, reterr);
	if (!rc && !changed)
		rc = err_set(reterr, RC_CONFLICT, "release-state", name,
			     "no release of this name is published");
	return control_leave(control, by, rc, reterr);
}
