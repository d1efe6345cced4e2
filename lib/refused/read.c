/* Reading beside the thread that writes: a connection of its own, for one call. */
#include "refused/internal.h"

#define DAY_MS INT64_C(86400000)

static void reader_close(struct db *db)
{
	db_close(db, false);
}

/* RC_NOT_FOUND: nothing was ever noted. */
static enum rc reader_open(const struct refused *r, struct db *db, struct err *reterr)
{
	enum rc rc = db_open(db, r->path, NULL, DB_READER, reterr);

	if (!rc)
		rc = migrate_verify(db, &refused_migrations, reterr);
	return rc ? rc : db_prepare(db, refused_sql, R_END, reterr);
}

enum rc refused_list(struct refused *r, const char *orgnr, int64_t since, int64_t limit,
		     int64_t now_ms, enum rc (*cb)(void *ctx, const struct refused_row *row),
		     void *ctx, int64_t *ret_lost, struct err *reterr)
{
	CLEANUP(reader_close) struct db db = { 0 };
	sqlite3_stmt *stmt;
	enum rc rc = reader_open(r, &db, reterr);

	*ret_lost = 0;
	if (rc)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	stmt = db_stmt(&db, R_LOST_OF);
	db_bind_text(stmt, 1, orgnr);
	rc = db_int(&db, stmt, ret_lost, reterr);
	if (rc)
		return rc;
	stmt = db_stmt(&db, R_LIST);
	db_bind_text(stmt, 1, orgnr);
	sqlite3_bind_int64(stmt, 2, since);
	sqlite3_bind_int64(stmt, 3, now_ms - REFUSED_DAYS * DAY_MS);
	sqlite3_bind_int64(stmt, 4, limit);
	while ((rc = db_step(&db, stmt, reterr)) == RC_OK) {
		struct refused_row row = {
			.id = sqlite3_column_int64(stmt, 0),
			.at = sqlite3_column_int64(stmt, 1),
			.trace_id = db_text(stmt, 2),
			.sender = db_text(stmt, 3),
			.report_id = db_text(stmt, 4),
			.local_case_id = db_text(stmt, 5),
			.status = sqlite3_column_int(stmt, 6),
			.code = db_text(stmt, 7),
			.errors = db_text(stmt, 8),
		};

		rc = cb(ctx, &row);
		if (rc)
			break;
	}
	sqlite3_reset(stmt);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc refused_counts(struct refused *r, const char *orgnr, int32_t from, int32_t to,
		       enum rc (*cb)(void *ctx, int32_t month, const char *code, int64_t n),
		       void *ctx, int64_t *ret_interrupted_at, struct err *reterr)
{
	CLEANUP(reader_close) struct db db = { 0 };
	sqlite3_stmt *stmt;
	enum rc rc = reader_open(r, &db, reterr);

	*ret_interrupted_at = 0;
	if (rc)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	rc = db_int(&db, db_stmt(&db, R_INTERRUPTED), ret_interrupted_at, reterr);
	if (rc)
		return rc;
	stmt = db_stmt(&db, R_COUNTS);
	db_bind_text(stmt, 1, orgnr);
	sqlite3_bind_int(stmt, 2, from);
	sqlite3_bind_int(stmt, 3, to);
	while ((rc = db_step(&db, stmt, reterr)) == RC_OK) {
		rc = cb(ctx, sqlite3_column_int(stmt, 0), db_text(stmt, 1),
			sqlite3_column_int64(stmt, 2));
		if (rc)
			break;
	}
	sqlite3_reset(stmt);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
