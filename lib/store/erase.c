/* Erasure: content goes, rows and their order stay. What SQLite frees it overwrites
 * (secure_delete); what the log still holds goes with store_wipe_log(). */
#include "store/internal.h"

/* The rows that one selection names: read first, so that nothing is changed
 * while it is walked over. */
struct selected {
	int64_t *seqs;
	size_t len, size;
};

static void selected_release(struct selected *s)
{
	free(s->seqs);
}

static enum rc add(struct selected *s, int64_t seq)
{
	if (s->len == s->size) {
		size_t size = s->size ? s->size * 2 : 64;
		int64_t *seqs = reallocarray(s->seqs, size, sizeof(*seqs));

		if (!seqs)
			return RC_NOMEM;
		s->seqs = seqs;
		s->size = size;
	}
	s->seqs[s->len++] = seq;
	return RC_OK;
}

static enum rc select_rows(struct db *db, const struct store_erase *what, struct selected *ret,
			   struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, what->report_id ? S_SEQS_OF_REPORT : S_SEQS);
	enum rc rc;

	sqlite3_bind_int64(stmt, 1, what->from_seq);
	sqlite3_bind_int64(stmt, 2, what->upto_seq);
	if (what->report_id)
		db_bind_text(stmt, 3, what->report_id);
	while ((rc = db_step(db, stmt, reterr)) == RC_OK) {
		rc = add(ret, sqlite3_column_int64(stmt, 0));
		if (rc)
			break;
	}
	sqlite3_reset(stmt);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc erase_row(struct db *db, int64_t seq, bool sealed_only, int64_t at, int64_t *ret_n,
			 struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, S_ERASE_SEALED);
	enum rc rc;

	sqlite3_bind_int64(stmt, 1, seq);
	rc = db_run(db, stmt, reterr);
	if (rc)
		return rc;
	stmt = db_stmt(db, sealed_only ? S_ERASE_MARK : S_ERASE_CONTENT);
	sqlite3_bind_int64(stmt, 1, seq);
	sqlite3_bind_int64(stmt, 2, at);
	rc = db_run(db, stmt, reterr);
	*ret_n += sqlite3_changes(db->handle);
	return rc;
}

enum rc store_erase_within(struct db *db, const struct store_erase *what, int64_t at,
			   int64_t *ret_n, struct err *reterr)
{
	CLEANUP(selected_release) struct selected rows = { 0 };
	enum rc rc = select_rows(db, what, &rows, reterr);

	for (size_t i = 0; !rc && i < rows.len; i++)
		rc = erase_row(db, rows.seqs[i], what->sealed_only, at, ret_n, reterr);
	return rc;
}

enum rc store_erase(struct store *store, const struct store_erase *list, size_t n,
		    const struct store_event *event, struct store_erased *ret, struct err *reterr)
{
	struct db *db = &store->db;
	struct store_erased erased = { 0 };
	enum rc rc = store_begin(store, reterr);

	for (size_t i = 0; !rc && i < n; i++)
		rc = store_erase_within(db, &list[i], event->at, &erased.documents, reterr);
	if (!rc)
		rc = store_event_within(db, event, &erased.seq, reterr);
	rc = store_finish(store, rc, reterr);
	if (!rc)
		*ret = erased;
	return rc;
}

enum rc store_wipe_log(struct store *store, struct err *reterr)
{
	enum rc rc;

	/* Not even for a moment in the way of the tenants that wait. */
	sqlite3_busy_timeout(store->db.handle, 0);
	rc = store_checkpoint_truncate(store, reterr);
	sqlite3_busy_timeout(store->db.handle, DB_BUSY_MS);
	return rc;
}
