#include "sqlite/db.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const pragmas_both[] = {
	"PRAGMA trusted_schema = OFF",
	"PRAGMA foreign_keys = ON",
	"PRAGMA cell_size_check = ON",
	"PRAGMA mmap_size = 0",
	/* Nothing may spill clear text into a temporary file. */
	"PRAGMA temp_store = MEMORY",
};
static const char *const pragmas_writer[] = {
	/* Before the first write of a new file; without effect on an old one. 16384 was
	 * no faster for large groups and half as fast for lone rows (tests/bench/bench_store.c). */
	"PRAGMA page_size = 4096",
	"PRAGMA journal_mode = WAL",
	"PRAGMA synchronous = FULL",
	"PRAGMA secure_delete = ON",
	/* The owner decides when (store_checkpoint); 64 MiB is what a reset log keeps. */
	"PRAGMA wal_autocheckpoint = 0",
	"PRAGMA journal_size_limit = 67108864",
	"PRAGMA cache_size = -4096",
};
static const char *const pragmas_reader[] = {
	"PRAGMA query_only = ON",
	"PRAGMA cache_size = -1024",
};
static const char sql_begin[] = "BEGIN IMMEDIATE";
static const char sql_commit[] = "COMMIT";
static const char sql_rollback[] = "ROLLBACK";

static enum rc map_code(int code, int os_errno)
{
	/* A failed fsync stays that, whatever errno: pages may be lost. */
	if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
		return RC_IO;
	if (code == SQLITE_IOERR_NOMEM)
		return RC_NOMEM;
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return RC_OK;
	case SQLITE_NOMEM: return RC_NOMEM;
	case SQLITE_FULL: return RC_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return RC_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return RC_CORRUPT;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH: return RC_INVALID;
	case SQLITE_TOOBIG: return RC_LIMIT;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN: return os_errno == ENOSPC || os_errno == EDQUOT ? RC_FULL : RC_IO;
	default: return RC_IO;
	}
}

enum rc db_fail(const struct db *db, int code, struct err *reterr)
{
	int os_errno = db->handle ? sqlite3_system_errno(db->handle) : 0;
	enum rc rc = map_code(code, os_errno);

	/* The engine's own constant text, never sqlite3_errmsg: that can quote values. */
	return err_set(reterr, rc, "database", NULL, "%s (%d)", sqlite3_errstr(code), code);
}

static enum rc exec(struct db *db, const char *sql, struct err *reterr)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	if (code != SQLITE_OK)
		return db_fail(db, sqlite3_extended_errcode(db->handle), reterr);
	return RC_OK;
}

static enum rc exec_all(struct db *db, const char *const *sql, size_t n, struct err *reterr)
{
	for (size_t i = 0; i < n; i++) {
		enum rc rc = exec(db, sql[i], reterr);

		if (rc)
			return rc;
	}
	return RC_OK;
}

static enum rc prepare(struct db *db, const char *sql, sqlite3_stmt **ret, struct err *reterr)
{
	int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL);

	return code == SQLITE_OK ? RC_OK : db_fail(db, code, reterr);
}

/* SQLite would make it 0644; the log and its index inherit the mode. Only for a
 * file that is not there yet, so no lock of a live one is lost by close(). */
static enum rc make_private(const char *path, struct err *reterr)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0) {
		close(fd);
		return RC_OK;
	}
	if (errno == EEXIST)
		return RC_OK;
	return err_set(reterr, errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO, "database",
		       NULL, "the file cannot be made: %s", strerrordesc_np(errno));
}

static enum rc configure(struct db *db, enum db_mode mode, struct err *reterr)
{
	enum rc rc;

	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (mode == DB_READER)
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	rc = exec_all(db, pragmas_both, ARRAY_LEN(pragmas_both), reterr);
	if (rc)
		return rc;
	if (mode == DB_READER)
		return exec_all(db, pragmas_reader, ARRAY_LEN(pragmas_reader), reterr);
	if (mode == DB_WRITER)
		rc = exec_all(db, pragmas_writer, ARRAY_LEN(pragmas_writer), reterr);
	if (rc)
		return rc;
	rc = prepare(db, sql_begin, &db->begin, reterr);
	if (!rc)
		rc = prepare(db, sql_commit, &db->commit, reterr);
	if (!rc)
		rc = prepare(db, sql_rollback, &db->rollback, reterr);
	return rc;
}

enum rc db_open(struct db *db, const char *path, const char *vfs, enum db_mode mode,
		struct err *reterr)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	enum rc rc;
	int code;

	*db = (struct db){ 0 };
	if (mode == DB_READER) {
		if (access(path, F_OK) != 0 && errno == ENOENT)
			return err_set(reterr, RC_NOT_FOUND, "database", NULL,
				       "there is no such file");
		flags |= SQLITE_OPEN_READONLY;
	} else {
		rc = mode == DB_WRITER ? make_private(path, reterr) : RC_OK;
		if (rc)
			return rc;
		flags |= SQLITE_OPEN_READWRITE;
	}
	if (mode == DB_MEMORY)
		path = ":memory:";
	code = sqlite3_open_v2(path, &db->handle, flags, vfs);
	if (code != SQLITE_OK)
		rc = db_fail(db, code, reterr);
	else if (mode == DB_WRITER && sqlite3_db_readonly(db->handle, "main") == 1)
		/* SQLite opens it all the same, and would fail at the first write. */
		rc = err_set(reterr, RC_IO, "database", NULL, "the file cannot be written");
	else
		rc = configure(db, mode, reterr);
	if (rc)
		db_close(db, false);
	return rc;
}

enum rc db_prepare(struct db *db, const char *const *sql, size_t n, struct err *reterr)
{
	db->stmts = calloc(n, sizeof(sqlite3_stmt *));
	if (!db->stmts)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for statements");
	db->n_stmts = n;
	for (size_t i = 0; i < n; i++) {
		enum rc rc = prepare(db, sql[i], &db->stmts[i], reterr);

		if (rc)
			return rc;
	}
	return RC_OK;
}

void db_close(struct db *db, bool sound)
{
	for (size_t i = 0; i < db->n_stmts; i++)
		sqlite3_finalize(db->stmts[i]);
	free(db->stmts);
	sqlite3_finalize(db->begin);
	sqlite3_finalize(db->commit);
	sqlite3_finalize(db->rollback);
	if (db->handle && !sound)
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_close_v2(db->handle);
	*db = (struct db){ 0 };
}

sqlite3_stmt *db_stmt(struct db *db, size_t i)
{
	sqlite3_stmt *stmt = db->stmts[i];

	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return stmt;
}

enum rc db_step(struct db *db, sqlite3_stmt *stmt, struct err *reterr)
{
	int code = sqlite3_step(stmt);
	enum rc rc;

	if (code == SQLITE_ROW)
		return RC_OK;
	if (code == SQLITE_DONE) {
		sqlite3_reset(stmt);
		return RC_NOT_FOUND;
	}
	rc = db_fail(db, code, reterr);
	sqlite3_reset(stmt);
	return rc;
}

enum rc db_run(struct db *db, sqlite3_stmt *stmt, struct err *reterr)
{
	enum rc rc;

	do
		rc = db_step(db, stmt, reterr);
	while (rc == RC_OK);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc db_int(struct db *db, sqlite3_stmt *stmt, int64_t *ret, struct err *reterr)
{
	enum rc rc = db_step(db, stmt, reterr);

	if (!rc)
		*ret = sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	return rc;
}

enum rc db_begin(struct db *db, struct err *reterr)
{
	return db_run(db, db->begin, reterr);
}

enum rc db_commit(struct db *db, struct err *reterr)
{
	return db_run(db, db->commit, reterr);
}

void db_rollback(struct db *db)
{
	/* Statements still open would keep their read marks. */
	for (size_t i = 0; i < db->n_stmts; i++)
		sqlite3_reset(db->stmts[i]);
	/* A failure may have rolled back by itself. */
	if (!sqlite3_get_autocommit(db->handle))
		(void)!db_run(db, db->rollback, NULL);
}

void db_bind_text(sqlite3_stmt *stmt, int i, const char *text)
{
	sqlite3_bind_text(stmt, i, text, -1, SQLITE_STATIC);
}

void db_bind_utf8(sqlite3_stmt *stmt, int i, const char *text, size_t len)
{
	sqlite3_bind_text64(stmt, i, text, len, SQLITE_STATIC, SQLITE_UTF8);
}

void db_bind_bytes(sqlite3_stmt *stmt, int i, const void *bytes, size_t len)
{
	if (len)
		sqlite3_bind_blob64(stmt, i, bytes, len, SQLITE_STATIC);
	else
		sqlite3_bind_zeroblob(stmt, i, 0);
}

const char *db_text(sqlite3_stmt *stmt, int i)
{
	return (const char *)sqlite3_column_text(stmt, i);
}

enum rc db_fixed(sqlite3_stmt *stmt, int i, void *out, size_t len)
{
	const void *bytes = sqlite3_column_blob(stmt, i);

	if (!bytes || (size_t)sqlite3_column_bytes(stmt, i) != len)
		return RC_CORRUPT;
	memcpy(out, bytes, len);
	return RC_OK;
}

char *db_dup(sqlite3_stmt *stmt, int i, bool *failed)
{
	const char *text = db_text(stmt, i);
	char *copy = text ? strdup(text) : NULL;

	if (!copy && sqlite3_column_type(stmt, i) != SQLITE_NULL)
		*failed = true;
	return copy;
}
