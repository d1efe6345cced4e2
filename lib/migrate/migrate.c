#include "migrate/migrate.h"

#include "base/embedded.h"
#include "sqlite/db.h"

#include <sqlite3.h>

/* What pragmas with a number in them cannot take as a parameter. */
enum { SQL_MAX = 64 };

/* The text of step `n` of a set, NULL when there is none. */
static const char *step_text(const struct migrate_set *set, int n)
{
	char prefix[SQL_MAX];
	int len = snprintf(prefix, sizeof(prefix), "migrations/%s/%04d_", set->name, n);

	for (const struct embedded_file *f = embedded_migrations; f->path; f++)
		if (strncmp(f->path, prefix, (size_t)len) == 0)
			return f->text;
	return NULL;
}

int migrate_latest(const struct migrate_set *set)
{
	int n = 0;

	while (step_text(set, n + 1))
		n++;
	return n;
}

static enum rc failed(const struct db *db, const char *where, struct err *reterr)
{
	enum rc rc = db_fail(db, sqlite3_extended_errcode(db->handle), reterr);

	/* A step of ours that breaks a constraint is no input error. */
	return err_set(reterr, rc == RC_INVALID ? RC_CORRUPT : rc, "migration-failed", where,
		       "a step failed (%d)", sqlite3_extended_errcode(db->handle));
}

static enum rc read_pragma(const struct db *db, const char *sql, int *ret, struct err *reterr)
{
	sqlite3_stmt *stmt = NULL;
	enum rc rc = RC_OK;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		rc = db_fail(db, sqlite3_extended_errcode(db->handle), reterr);
	else
		*ret = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return rc;
}

static enum rc look(const struct db *db, const struct migrate_set *set, int *ret_version,
		    struct err *reterr)
{
	int latest = migrate_latest(set), version = 0, application = 0;
	enum rc rc = read_pragma(db, "PRAGMA user_version", &version, reterr);

	if (!rc)
		rc = read_pragma(db, "PRAGMA application_id", &application, reterr);
	if (rc)
		return rc;
	if (application != set->application_id && (application != 0 || version != 0))
		return err_set(reterr, RC_CORRUPT, "database-kind", set->name,
			       "the file is not of this kind (application_id %d)", application);
	if (version > latest)
		return err_set(
			reterr, RC_UNSUPPORTED, "database-newer", set->name,
			"the file has version %d, this program knows %d: use the newer program",
			version, latest);
	*ret_version = version;
	return RC_OK;
}

static enum rc run_step(struct db *db, const struct migrate_set *set, int n, struct err *reterr)
{
	char mark[2 * SQL_MAX];

	snprintf(mark, sizeof(mark), "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		 (int)set->application_id, n);
	if (sqlite3_exec(db->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(db->handle, step_text(set, n), NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(db->handle, mark, NULL, NULL, NULL) == SQLITE_OK)
		return RC_OK;

	enum rc rc = failed(db, set->name, reterr);

	db_rollback(db);
	return rc;
}

enum rc migrate_run(struct db *db, const struct migrate_set *set, struct err *reterr)
{
	int version = 0, latest = migrate_latest(set);
	enum rc rc = look(db, set, &version, reterr);

	while (!rc && version < latest)
		rc = run_step(db, set, ++version, reterr);
	return rc;
}

enum rc migrate_verify(const struct db *db, const struct migrate_set *set, struct err *reterr)
{
	int version = 0;
	enum rc rc = look(db, set, &version, reterr);

	if (!rc && version < migrate_latest(set))
		return err_set(reterr, RC_UNSUPPORTED, "database-older", set->name,
			       "the file has version %d and has not been migrated", version);
	return rc;
}
