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
	if (!add && !control_wipe_log(control))
		return err_set(reterr, RC_BUSY, "register-busy", NULL,
			       "removed, but the register's log could not be emptied: again later");
	return RC_OK;
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
