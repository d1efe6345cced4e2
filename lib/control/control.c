#include "control/internal.h"
#include "migrate/migrate.h"

static const struct migrate_set migrations = { .name = "control", .application_id = 0x56524443 };

enum rc control_open(const char *path, const char *vfs, struct control **ret, struct err *reterr)
{
	CLEANUP(control_freep) struct control *control = calloc(1, sizeof(*control));
	enum rc rc;

	if (!control)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for the register");
	pthread_mutex_init(&control->lock, NULL);
	control->broken = true;
	rc = db_open(&control->db, path, vfs, DB_WRITER, reterr);
	if (!rc)
		rc = migrate_run(&control->db, &migrations, reterr);
	if (!rc)
		rc = db_prepare(&control->db, control_sql, C_END, reterr);
	if (rc) {
		err_at(reterr, path);
		return rc;
	}
	/* Small and rarely written: the engine's own threshold is right here. */
	sqlite3_wal_autocheckpoint(control->db.handle, 100);
	(void)!control_wipe_log(control); /* an end without warning may have left something */
	control->broken = false;
	*ret = TAKE_PTR(control);
	return RC_OK;
}

void control_free(struct control *control)
{
	if (!control)
		return;
	db_close(&control->db, !control->broken);
	pthread_mutex_destroy(&control->lock);
	free(control);
}

enum rc control_log_within(struct control *control, const struct control_action *by,
			   struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, C_ACTION_ADD);

	sqlite3_bind_int64(stmt, 1, by->at);
	db_bind_text(stmt, 2, by->operator);
	sqlite3_bind_int64(stmt, 3, by->uid);
	db_bind_text(stmt, 4, by->command);
	db_bind_text(stmt, 5, by->reason);
	db_bind_text(stmt, 6, by->detail);
	return control_change(control, stmt, NULL, reterr);
}

enum rc control_begin(struct control *control, struct err *reterr)
{
	if (control->broken)
		return err_set(reterr, RC_IO, "register-broken", NULL,
			       "an earlier write failed; the register must be reopened");
	return db_begin(&control->db, reterr);
}

/* Whoever reads from outside is not waited for, since others want the lock: it is done with
 * the next change instead. Lock held, no transaction open. */
static void wipe_log(struct control *control)
{
	struct sqlite3 *db = control->db.handle;

	sqlite3_busy_timeout(db, 0);
	control->unwiped = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL,
						     NULL) != SQLITE_OK;
	sqlite3_busy_timeout(db, DB_BUSY_MS);
}

enum rc control_finish(struct control *control, enum rc rc, struct err *reterr)
{
	if (!rc)
		rc = db_commit(&control->db, reterr);
	if (rc) {
		control->broken = rc == RC_IO || rc == RC_CORRUPT;
		db_rollback(&control->db);
	} else if (control->unwiped) {
		wipe_log(control);
	}
	return rc;
}

enum rc control_enter(struct control *control, const struct control_action *by, struct err *reterr)
{
	enum rc rc = RC_OK;

	pthread_mutex_lock(&control->lock);
	if (by)
		rc = control_begin(control, reterr);
	if (rc)
		pthread_mutex_unlock(&control->lock);
	return rc;
}

enum rc control_leave(struct control *control, const struct control_action *by, enum rc rc,
		      struct err *reterr)
{
	if (by) {
		if (!rc)
			rc = control_log_within(control, by, reterr);
		rc = control_finish(control, rc, reterr);
	}
	pthread_mutex_unlock(&control->lock);
	return rc;
}

enum rc control_change(struct control *control, sqlite3_stmt *stmt, bool *ret_changed,
		       struct err *reterr)
{
	enum rc rc = db_run(&control->db, stmt, reterr);

	if (rc == RC_INVALID)
		return err_set(reterr, rc, "bad-value", NULL,
			       "the register does not take this value");
	if (!rc && ret_changed)
		*ret_changed = sqlite3_changes(control->db.handle) > 0;
	return rc;
}

enum rc control_need_tenant(struct control *control, const char *orgnr, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, C_TENANT_GET);
	enum rc rc;

	db_bind_text(stmt, 1, orgnr);
	rc = db_step(&control->db, stmt, reterr);
	sqlite3_reset(stmt);
	if (rc == RC_NOT_FOUND)
		err_set(reterr, rc, "tenant-unknown", orgnr, "no such tenant");
	return rc;
}

static enum rc read_all(struct control *control, sqlite3_stmt *stmt,
			const struct control_reader *reader, void **ret_list, size_t *ret_len,
			struct err *reterr)
{
	char *list = NULL;
	size_t len = 0, size = 0;
	enum rc rc;

	while ((rc = db_step(&control->db, stmt, reterr)) == RC_OK) {
		if (len == size) {
			size_t more = size ? size * 2 : 8;
			char *grown = reallocarray(list, more, reader->size);

			if (!grown) {
				rc = err_set(reterr, RC_NOMEM, "no-memory", NULL,
					     "no memory for a list");
				break;
			}
			list = grown;
			size = more;
		}
		memset(list + len * reader->size, 0, reader->size);
		rc = reader->read(stmt, list + len * reader->size);
		len++;
		if (rc) {
			err_set(reterr, rc, "database-damaged", NULL, "a row cannot be read");
			break;
		}
	}
	sqlite3_reset(stmt);
	if (rc != RC_NOT_FOUND) {
		control_free_all(list, len, reader->size, reader->release);
		return rc;
	}
	*ret_list = list;
	*ret_len = len;
	return RC_OK;
}

enum rc control_list(struct control *control, const struct control_reader *reader, const char *arg,
		     void **ret_list, size_t *ret_len, struct err *reterr)
{
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, NULL, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(&control->db, reader->stmt);
	if (arg)
		db_bind_text(stmt, 1, arg);
	rc = read_all(control, stmt, reader, ret_list, ret_len, reterr);
	return control_leave(control, NULL, rc, reterr);
}

void control_free_all(void *list, size_t len, size_t size, void (*release)(void *record))
{
	for (size_t i = 0; i < len; i++)
		release((char *)list + i * size);
	free(list);
}

void control_bind_number(sqlite3_stmt *stmt, int i, int64_t at)
{
	if (at)
		sqlite3_bind_int64(stmt, i, at);
	else
		sqlite3_bind_null(stmt, i);
}

void control_free_text(const char *text)
{
	free((void *)(uintptr_t)text);
}

bool control_wipe_log(struct control *control)
{
	bool done;

	pthread_mutex_lock(&control->lock);
	wipe_log(control);
	done = !control->unwiped;
	pthread_mutex_unlock(&control->lock);
	return done;
}

enum rc control_check(struct control *control, struct err *reterr)
{
	struct db *db = &control->db;
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, NULL, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(db, C_QUICK_CHECK);
	rc = db_step(db, stmt, reterr);
	if (!rc && strcmp(db_text(stmt, 0), "ok") != 0)
		rc = err_set(reterr, RC_CORRUPT, "database-damaged", NULL,
			     "the structure is damaged");
	sqlite3_reset(stmt);
	if (!rc) {
		stmt = db_stmt(db, C_FOREIGN_KEY_CHECK);
		rc = db_step(db, stmt, reterr);
		sqlite3_reset(stmt);
		if (rc == RC_OK)
			rc = err_set(reterr, RC_CORRUPT, "database-damaged", NULL,
				     "a row refers to one that is not there");
		else if (rc == RC_NOT_FOUND)
			rc = RC_OK;
	}
	return control_leave(control, NULL, rc, reterr);
}

/* --- action log ------------------------------------------------------------------- */

enum rc control_log(struct control *control, const struct control_action *by, struct err *reterr)
{
	enum rc rc = control_enter(control, by, reterr);

	return rc ? rc : control_leave(control, by, RC_OK, reterr);
}

static enum rc read_action(sqlite3_stmt *stmt, void *record)
{
	struct control_action *action = record;
	bool failed = false;

	action->id = sqlite3_column_int64(stmt, 0);
	action->at = sqlite3_column_int64(stmt, 1);
	action->operator= db_dup(stmt, 2, &failed);
	action->uid = sqlite3_column_int64(stmt, 3);
	action->command = db_dup(stmt, 4, &failed);
	action->reason = db_dup(stmt, 5, &failed);
	action->detail = db_dup(stmt, 6, &failed);
	return failed ? RC_NOMEM : RC_OK;
}

static void release_action(void *record)
{
	struct control_action *action = record;

	control_free_text(action->operator);
	control_free_text(action->command);
	control_free_text(action->reason);
	control_free_text(action->detail);
}

void control_actions_release(struct control_actions *actions)
{
	control_free_all(actions->list, actions->len, sizeof(*actions->list), release_action);
	*actions = (struct control_actions){ 0 };
}

enum rc control_actions(struct control *control, int64_t since, int64_t limit,
			struct control_actions *ret, struct err *reterr)
{
	static const struct control_reader reader = { C_ACTIONS, sizeof(*ret->list), read_action,
						      release_action };
	sqlite3_stmt *stmt;
	void *list = NULL;
	enum rc rc = control_enter(control, NULL, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(&control->db, C_ACTIONS);
	sqlite3_bind_int64(stmt, 1, since);
	sqlite3_bind_int64(stmt, 2, limit > 0 ? limit : 0);
	rc = read_all(control, stmt, &reader, &list, &ret->len, reterr);
	if (!rc)
		ret->list = list;
	return control_leave(control, NULL, rc, reterr);
}

/* --- settings ------------------------------------------------------------------------ */

enum rc control_setting_get(struct control *control, const char *name, char **ret,
			    struct err *reterr)
{
	sqlite3_stmt *stmt;
	bool failed = false;
	enum rc rc = control_enter(control, NULL, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(&control->db, C_SETTING_GET);
	db_bind_text(stmt, 1, name);
	rc = db_step(&control->db, stmt, reterr);
	if (rc == RC_NOT_FOUND)
		err_set(reterr, rc, "setting-unknown", name, "no such setting");
	if (!rc)
		*ret = db_dup(stmt, 0, &failed);
	sqlite3_reset(stmt);
	return control_leave(control, NULL, failed ? RC_NOMEM : rc, reterr);
}

enum rc control_setting_set(struct control *control, const char *name, const char *value,
			    const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(&control->db, C_SETTING_SET);
	db_bind_text(stmt, 1, name);
	db_bind_text(stmt, 2, value);
	return control_leave(control, by, control_change(control, stmt, NULL, reterr), reterr);
}
