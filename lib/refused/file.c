/* The file, as the room's thread writes it. */
#include "refused/internal.h"

#include "base/clock.h"

#define DAY_MS INT64_C(86400000)
#define WAL_PAGES 1000

const struct migrate_set refused_migrations = { .name = "refused", .application_id = 0x56524452 };

const char *const refused_sql[R_END] = {
	[R_COUNT] = "INSERT INTO tally (orgnr, month, code, n) VALUES (?1, ?2, ?3, ?4) "
		    "ON CONFLICT DO UPDATE SET n = n + excluded.n",
	[R_KNOW] = "INSERT INTO organisation (orgnr, last_id, lost) VALUES (?1, 0, 0) "
		   "ON CONFLICT DO NOTHING",
	[R_NEXT_ID] = "UPDATE organisation SET last_id = last_id + 1 WHERE orgnr = ?1 "
		      "RETURNING last_id",
	[R_ADD] = "INSERT INTO refusal (orgnr, id, at, trace_id, sender, report_id, "
		  "local_case_id, status, code, errors) "
		  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[R_LOST] = "UPDATE organisation SET lost = lost + ?2 WHERE orgnr = ?1",
	[R_FORGET] = "UPDATE refusal SET report_id = NULL, local_case_id = NULL "
		     "WHERE orgnr = ?1 AND report_id = ?2",
	[R_OLD] = "DELETE FROM refusal WHERE at < ?1",
	[R_TOO_MANY] = "DELETE FROM refusal WHERE orgnr = ?1 AND id <= ?2",
	/* Found open by who opens it: the one before did not close it. */
	[R_OPENED] = "UPDATE run SET interrupted_at = CASE WHEN open THEN ?1 ELSE "
		     "interrupted_at END, open = 1",
	[R_CLOSED] = "UPDATE run SET open = 0",
	[R_LIST] = "SELECT id, at, trace_id, sender, report_id, local_case_id, status, code, "
		   "errors FROM refusal WHERE orgnr = ?1 AND id > ?2 AND at >= ?3 "
		   "ORDER BY id LIMIT ?4",
	[R_LOST_OF] = "SELECT ifnull((SELECT lost FROM organisation WHERE orgnr = ?1), 0)",
	[R_COUNTS] = "SELECT month, code, n FROM tally WHERE orgnr = ?1 "
		     "AND month BETWEEN ?2 AND ?3 ORDER BY month, code",
	[R_INTERRUPTED] = "SELECT ifnull(interrupted_at, 0) FROM run",
};

static enum rc open_file(struct refused_file *file, struct err *reterr)
{
	struct db *db = &file->db;
	sqlite3_stmt *stmt;
	enum rc rc = db_open(db, file->path, NULL, DB_WRITER, reterr);

	if (!rc)
		rc = migrate_run(db, &refused_migrations, reterr);
	if (!rc)
		rc = db_prepare(db, refused_sql, R_END, reterr);
	if (!rc) {
		/* The only connection that writes, so it may decide for itself. */
		sqlite3_wal_autocheckpoint(db->handle, WAL_PAGES);
		stmt = db_stmt(db, R_OPENED);
		sqlite3_bind_int64(stmt, 1, clock_now_ms());
		rc = db_run(db, stmt, reterr);
	}
	file->open = !rc;
	if (rc) {
		db_close(db, false);
		*db = (struct db){ 0 };
	}
	return rc;
}

void refused_file_close(struct refused_file *file)
{
	bool sound = file->open && db_run(&file->db, db_stmt(&file->db, R_CLOSED), NULL) == RC_OK;

	if (file->open)
		db_close(&file->db, sound);
	file->db = (struct db){ 0 };
	file->open = false;
}

static enum rc know(struct db *db, const char *orgnr, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, R_KNOW);

	db_bind_text(stmt, 1, orgnr);
	return db_run(db, stmt, reterr);
}

static enum rc write_count(struct db *db, const struct refused_count *c, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, R_COUNT);
	enum rc rc;

	db_bind_text(stmt, 1, c->orgnr);
	sqlite3_bind_int(stmt, 2, c->month);
	db_bind_text(stmt, 3, c->code);
	sqlite3_bind_int64(stmt, 4, c->n);
	rc = db_run(db, stmt, reterr);
	if (rc || !c->lost)
		return rc;
	rc = know(db, c->orgnr, reterr);
	stmt = db_stmt(db, R_LOST);
	db_bind_text(stmt, 1, c->orgnr);
	sqlite3_bind_int64(stmt, 2, c->lost);
	return rc ? rc : db_run(db, stmt, reterr);
}

static enum rc forget(struct db *db, const struct refused_erased *e, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, R_FORGET);

	db_bind_text(stmt, 1, e->orgnr);
	db_bind_text(stmt, 2, e->report_id);
	return db_run(db, stmt, reterr);
}

static void bind_known(sqlite3_stmt *stmt, int i, const char *text)
{
	db_bind_text(stmt, i, text[0] ? text : NULL);
}

static enum rc write_entry(struct db *db, const struct refused_entry *e, struct err *reterr)
{
	sqlite3_stmt *stmt;
	int64_t id = 0;
	enum rc rc = know(db, e->orgnr, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(db, R_NEXT_ID);
	db_bind_text(stmt, 1, e->orgnr);
	rc = db_int(db, stmt, &id, reterr);
	if (rc)
		return rc;
	stmt = db_stmt(db, R_ADD);
	db_bind_text(stmt, 1, e->orgnr);
	sqlite3_bind_int64(stmt, 2, id);
	sqlite3_bind_int64(stmt, 3, e->at);
	db_bind_text(stmt, 4, e->trace_id);
	db_bind_text(stmt, 5, e->sender);
	bind_known(stmt, 6, e->report_id);
	bind_known(stmt, 7, e->local_case_id);
	sqlite3_bind_int(stmt, 8, e->status);
	db_bind_text(stmt, 9, e->code);
	db_bind_text(stmt, 10, e->errors);
	rc = db_run(db, stmt, reterr);
	if (rc)
		return rc;
	stmt = db_stmt(db, R_TOO_MANY);
	db_bind_text(stmt, 1, e->orgnr);
	sqlite3_bind_int64(stmt, 2, id - REFUSED_KEPT);
	return db_run(db, stmt, reterr);
}

static int wipe_log(struct db *db)
{
	return sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

enum rc refused_file_write(struct refused_file *file, const struct refused_waiting *w,
			   int64_t now_ms, struct err *reterr)
{
	struct db *db = &file->db;
	sqlite3_stmt *stmt;
	enum rc rc = file->open ? RC_OK : open_file(file, reterr);

	if (!rc)
		rc = db_begin(db, reterr);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < w->counts_len; i++)
		rc = write_count(db, &w->counts[i], reterr);
	for (size_t i = 0; !rc && i < w->len; i++)
		rc = write_entry(db, &w->entries[i], reterr);
	for (size_t i = 0; !rc && i < w->erased_len; i++)
		rc = forget(db, &w->erased[i], reterr);
	if (!rc) {
		stmt = db_stmt(db, R_OLD);
		sqlite3_bind_int64(stmt, 1, now_ms - REFUSED_DAYS * DAY_MS);
		rc = db_run(db, stmt, reterr);
	}
	if (!rc)
		rc = db_commit(db, reterr);
	if (!rc) {
		/* Old pages go from the log as well; who reads is soon done, else next time. */
		file->unwiped |= w->erased_len > 0;
		file->unwiped = file->unwiped && wipe_log(db) != SQLITE_OK;
	}
	if (rc) {
		/* Opened anew next time: it may have been a moment's trouble. */
		db_rollback(db);
		db_close(db, false);
		*db = (struct db){ 0 };
		file->open = false;
	}
	return rc;
}
