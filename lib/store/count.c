#include "store/count.h"

#include "store/internal.h"

#include <jansson.h>
#include <string.h>

/* A member that no document has: json_extract() answers one path otherwise than
 * several, so that all places are always taken. */
#define NO_MEMBER "$._"

static void bind(sqlite3_stmt *stmt, const struct store_count *what)
{
	int at = 5;
	bool more = true;

	db_bind_text(stmt, 1, what->kind);
	sqlite3_bind_int64(stmt, 2, what->after_seq);
	sqlite3_bind_int64(stmt, 3, what->upto_seq);
	db_bind_text(stmt, 4, what->unless_kind);
	for (size_t i = 0; i < STORE_COUNT_MEMBERS; i++) {
		more = more && what->members[i];
		db_bind_text(stmt, at++, more ? what->members[i] : NO_MEMBER);
	}
	more = true;
	for (size_t i = 0; i < STORE_COUNT_STARTS; i++) {
		more = more && what->starts[i].path;
		db_bind_text(stmt, at++, more ? what->starts[i].path : NO_MEMBER);
		sqlite3_bind_int(stmt, at++, more ? what->starts[i].len : 0);
	}
	sqlite3_bind_int64(stmt, at, what->through_seq ? what->through_seq : what->upto_seq);
}

static enum rc give(sqlite3_stmt *stmt, store_count_cb *cb, void *ctx, struct err *reterr)
{
	const char *members[STORE_COUNT_MEMBERS] = { 0 }, *starts[STORE_COUNT_STARTS] = { 0 };
	const char *text = db_text(stmt, 0);
	json_t *list = text ? json_loads(text, 0, NULL) : NULL;
	enum rc rc;

	if (!json_is_array(list)) {
		json_decref(list);
		return err_set(reterr, RC_CORRUPT, "database-damaged", NULL,
			       "a clear part cannot be read");
	}
	for (size_t i = 0; i < STORE_COUNT_MEMBERS; i++)
		members[i] = json_string_value(json_array_get(list, i));
	for (int i = 0; i < STORE_COUNT_STARTS; i++)
		starts[i] = db_text(stmt, 1 + i);
	rc = cb(ctx, members, starts, sqlite3_column_int64(stmt, 1 + STORE_COUNT_STARTS));
	json_decref(list);
	return rc;
}

/* What a count ended with: that nothing is left, or an error. */
static enum rc ended(struct store_view *view, enum rc rc, const struct err *err, struct err *reterr)
{
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	/* The only error that SQL can raise here, but for faults of the file. */
	if (sqlite3_errcode(view->db.handle) == SQLITE_ERROR)
		return err_set(reterr, RC_INVALID, "count-path", NULL, "a path is malformed");
	if (reterr)
		*reterr = *err;
	return rc;
}

enum rc store_count(struct store_view *view, const struct store_count *what, store_count_cb *cb,
		    void *ctx, struct err *reterr)
{
	sqlite3_stmt *stmt =
		db_stmt(&view->db, what->basis == STORE_COUNT_FIRST ? V_COUNT_FIRST : V_COUNT_LAST);
	struct err err = { 0 };
	enum rc rc;

	bind(stmt, what);
	while ((rc = db_step(&view->db, stmt, &err)) == RC_OK) {
		rc = give(stmt, cb, ctx, reterr);
		if (rc) {
			sqlite3_reset(stmt);
			return rc;
		}
	}
	return ended(view, rc, &err, reterr);
}

enum rc store_beside(struct store_view *view, const struct store_beside *what, store_beside_cb *cb,
		     void *ctx, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_BESIDE);
	struct err err = { 0 };
	enum rc rc;

	db_bind_text(stmt, 1, what->kind);
	db_bind_text(stmt, 2, what->beside_kind);
	sqlite3_bind_int64(stmt, 3, what->upto_seq);
	db_bind_text(stmt, 4, what->unless_kind);
	db_bind_text(stmt, 5, what->has);
	while ((rc = db_step(&view->db, stmt, &err)) == RC_OK) {
		rc = cb(ctx, db_text(stmt, 0), db_text(stmt, 1));
		if (rc) {
			sqlite3_reset(stmt);
			return rc;
		}
	}
	return ended(view, rc, &err, reterr);
}

enum rc store_seq_at(struct store_view *view, int64_t at_ms, int64_t *ret, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_SEQ_AT);

	sqlite3_bind_int64(stmt, 1, at_ms);
	return db_int(&view->db, stmt, ret, reterr);
}
