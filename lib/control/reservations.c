/* The list of those who reserve themselves, as hashes: this room has neither key nor number. */
#include "control/internal.h"

static enum rc read_hash(sqlite3_stmt *stmt, void *record)
{
	return db_fixed(stmt, 0, record, CONTROL_RESERVATION_SIZE);
}

static void release_hash(void *record)
{
	(void)record;
}

/* What was removed is not to stand in the log either. */
static enum rc wipe(struct control *control, struct err *reterr)
{
	return control_wipe_log(control)
		       ? RC_OK
		       : err_set(reterr, RC_BUSY, "register-busy", NULL,
				 "removed, but the register's log could not be emptied: again "
				 "later");
}

enum rc control_reservation_clear(struct control *control, const char *setting,
				  const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = control_change(control, db_stmt(&control->db, C_RESERVATION_CLEAR), NULL, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_SETTING_DROP);
		db_bind_text(stmt, 1, setting);
		rc = control_change(control, stmt, NULL, reterr);
	}
	rc = control_leave(control, by, rc, reterr);
	return rc ? rc : wipe(control, reterr);
}

enum rc control_reservation_change(struct control *control,
				   unsigned char (*hashes)[CONTROL_RESERVATION_SIZE], size_t n,
				   bool add, const struct control_action *by, size_t *ret_changed,
				   struct err *reterr)
{
	enum rc rc = control_enter(control, by, reterr);
	size_t done = 0;

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < n; i++) {
		sqlite3_stmt *stmt =
			db_stmt(&control->db, add ? C_RESERVATION_ADD : C_RESERVATION_REMOVE);
		bool changed = false;

		db_bind_bytes(stmt, 1, hashes[i], CONTROL_RESERVATION_SIZE);
		rc = control_change(control, stmt, &changed, reterr);
		done += changed;
	}
	rc = control_leave(control, by, rc, reterr);
	if (rc)
		return rc;
	*ret_changed = done;
	return add ? RC_OK : wipe(control, reterr);
}

enum rc control_reservation_list(struct control *control,
				 unsigned char (**ret)[CONTROL_RESERVATION_SIZE], size_t *ret_len,
				 struct err *reterr)
{
	static const struct control_reader reader = { C_RESERVATION_LIST, CONTROL_RESERVATION_SIZE,
						      read_hash, release_hash };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, NULL, &list, ret_len, reterr);

	if (!rc)
		*ret = list;
	return rc;
}
