#include "control/internal.h"

static enum rc read_custodian(sqlite3_stmt *stmt, void *record)
{
	struct control_custodian *custodian = record;
	bool failed = false;

	custodian->kid = db_dup(stmt, 0, &failed);
	custodian->label = db_dup(stmt, 2, &failed);
	custodian->orgnr = db_dup(stmt, 3, &failed);
	custodian->proof = db_dup(stmt, 4, &failed);
	custodian->added_at = sqlite3_column_int64(stmt, 5);
	custodian->retired_at = sqlite3_column_int64(stmt, 6);
	if (db_fixed(stmt, 1, custodian->public_key, sizeof(custodian->public_key)))
		return RC_CORRUPT;
	return failed ? RC_NOMEM : RC_OK;
}

static void release_custodian(void *record)
{
	struct control_custodian *custodian = record;

	control_free_text(custodian->kid);
	control_free_text(custodian->label);
	control_free_text(custodian->orgnr);
	control_free_text(custodian->proof);
}

void control_custodians_release(struct control_custodians *custodians)
{
	control_free_all(custodians->list, custodians->len, sizeof(*custodians->list),
			 release_custodian);
	*custodians = (struct control_custodians){ 0 };
}

/* What retiring needs to know. RC_NOT_FOUND "kid-unknown". */
static enum rc look_up(struct control *control, const char *kid, bool *ret_institute,
		       bool *ret_retired, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, C_CUSTODIAN_GET);
	enum rc rc;

	db_bind_text(stmt, 1, kid);
	rc = db_step(&control->db, stmt, reterr);
	if (rc == RC_NOT_FOUND)
		err_set(reterr, rc, "kid-unknown", NULL, "no such custodian");
	if (rc)
		return rc;
	*ret_institute = sqlite3_column_type(stmt, 0) == SQLITE_NULL;
	*ret_retired = sqlite3_column_type(stmt, 1) != SQLITE_NULL;
	sqlite3_reset(stmt);
	return RC_OK;
}

enum rc control_custodian_add(struct control *control, const struct control_custodian *custodian,
			      const struct control_action *by, struct err *reterr)
{
	bool institute, retired;
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	if (custodian->orgnr)
		rc = control_need_tenant(control, custodian->orgnr, reterr);
	if (!rc) {
		rc = look_up(control, custodian->kid, &institute, &retired, NULL);
		if (rc == RC_OK)
			rc = err_set(reterr, RC_CONFLICT, "kid-exists", NULL,
				     "a custodian with this kid is registered");
		else if (rc == RC_NOT_FOUND)
			rc = RC_OK;
	}
	if (!rc) {
		stmt = db_stmt(&control->db, C_CUSTODIAN_ADD);
		db_bind_text(stmt, 1, custodian->kid);
		db_bind_bytes(stmt, 2, custodian->public_key, sizeof(custodian->public_key));
		db_bind_text(stmt, 3, custodian->label);
		db_bind_text(stmt, 4, custodian->orgnr);
		db_bind_text(stmt, 5, custodian->proof);
		sqlite3_bind_int64(stmt, 6, by->at);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}

/* Without a custodian of the institute nothing could be sealed. */
static enum rc may_retire(struct control *control, const char *kid, struct err *reterr)
{
	bool institute = false, retired = false;
	int64_t serving = 0;
	enum rc rc = look_up(control, kid, &institute, &retired, reterr);

	if (rc)
		return rc;
	if (retired)
		return err_set(reterr, RC_CONFLICT, "already-retired", NULL,
			       "the custodian is retired already");
	rc = db_int(&control->db, db_stmt(&control->db, C_CUSTODIAN_SERVING), &serving, reterr);
	if (!rc && institute && serving <= 1)
		rc = err_set(reterr, RC_CONFLICT, "last-custodian", NULL,
			     "the institute's last custodian cannot retire");
	return rc;
}

enum rc control_custodian_retire(struct control *control, const char *kid,
				 const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = may_retire(control, kid, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_CUSTODIAN_RETIRE);
		db_bind_text(stmt, 1, kid);
		sqlite3_bind_int64(stmt, 2, by->at);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}

enum rc control_custodian_list(struct control *control, struct control_custodians *ret,
			       struct err *reterr)
{
	static const struct control_reader reader = { C_CUSTODIAN_LIST, sizeof(*ret->list),
						      read_custodian, release_custodian };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, NULL, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}
