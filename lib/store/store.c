#include "store/internal.h"

#include <sodium.h>
#include <sys/stat.h>

static int on_commit(void *ctx, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	((struct store *)ctx)->wal_pages = pages;
	return SQLITE_OK;
}

enum rc store_owner_check(struct db *db, size_t owner, const char *orgnr, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, owner);
	enum rc rc = db_step(db, stmt, reterr);
	const char *text;

	if (rc)
		return rc;
	text = db_text(stmt, 0);
	if (!text || strcmp(text, orgnr) != 0)
		rc = err_set(reterr, RC_CORRUPT, "database-owner", orgnr,
			     "the file belongs to another organisation");
	sqlite3_reset(stmt);
	return rc;
}

static enum rc own(struct store *store, const char *orgnr, struct err *reterr)
{
	enum rc rc = store_owner_check(&store->db, S_OWNER_GET, orgnr, reterr);
	sqlite3_stmt *stmt;

	if (rc != RC_NOT_FOUND)
		return rc;
	stmt = db_stmt(&store->db, S_OWNER_SET);
	db_bind_text(stmt, 1, orgnr);
	return db_run(&store->db, stmt, reterr);
}

enum rc store_open(const char *path, const char *orgnr, const struct store_options *options,
		   struct store **ret, struct err *reterr)
{
	CLEANUP(store_freep) struct store *store = calloc(1, sizeof(*store));
	enum rc rc;

	if (store)
		store->path = strdup(path);
	if (!store || !store->path)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a store");
	store->broken = true; /* until everything is in place */
	snprintf(store->orgnr, sizeof(store->orgnr), "%s", orgnr);
	rc = db_open(&store->db, path, options ? options->vfs : NULL, DB_WRITER, reterr);
	if (!rc)
		rc = migrate_run(&store->db, &store_migrations, reterr);
	if (!rc)
		rc = db_prepare(&store->db, store_sql, S_WRITER_END, reterr);
	if (!rc)
		rc = own(store, orgnr, reterr);
	if (rc)
		return rc;
	sqlite3_wal_hook(store->db.handle, on_commit, store);
	store->broken = false;
	*ret = TAKE_PTR(store);
	return RC_OK;
}

void store_free(struct store *store)
{
	if (!store)
		return;
	db_close(&store->db, !store->broken);
	free(store->path);
	free(store);
}

bool store_usable(const struct store *store)
{
	return !store->broken;
}

static enum rc usable(const struct store *store, struct err *reterr)
{
	if (store->broken)
		return err_set(reterr, RC_IO, "store-broken", NULL,
			       "an earlier write failed; the file must be reopened");
	return RC_OK;
}

enum rc store_begin(struct store *store, struct err *reterr)
{
	enum rc rc = usable(store, reterr);

	return rc ? rc : db_begin(&store->db, reterr);
}

enum rc store_finish(struct store *store, enum rc rc, struct err *reterr)
{
	if (!rc)
		rc = db_commit(&store->db, reterr);
	if (rc) {
		store->broken |= rc == RC_IO || rc == RC_CORRUPT;
		db_rollback(&store->db);
	}
	return rc;
}

enum rc store_event_within(struct db *db, const struct store_event *event, int64_t *ret_seq,
			   struct err *reterr)
{
	sqlite3_stmt *stmt;
	int64_t last = 0;
	enum rc rc = db_int(db, db_stmt(db, S_LAST_SEQ), &last, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(db, S_EVENT_ADD);
	sqlite3_bind_int64(stmt, 1, last + 1);
	db_bind_text(stmt, 2, event->name);
	db_bind_text(stmt, 3, event->detail);
	db_bind_text(stmt, 4, event->operator);
	db_bind_text(stmt, 5, event->reason);
	sqlite3_bind_int64(stmt, 6, event->at);
	*ret_seq = last + 1;
	return db_run(db, stmt, reterr);
}

enum rc store_put_event(struct store *store, const struct store_event *event, int64_t *ret_seq,
			struct err *reterr)
{
	int64_t seq = 0;
	enum rc rc = store_begin(store, reterr);

	if (!rc)
		rc = store_event_within(&store->db, event, &seq, reterr);
	rc = store_finish(store, rc, reterr);
	if (!rc && ret_seq)
		*ret_seq = seq;
	return rc;
}

/* Runs a statement that says 1 when something is wrong. */
static enum rc held(struct store *store, size_t stmt, const char *text, struct err *reterr)
{
	int64_t wrong = 0;
	enum rc rc = db_int(&store->db, db_stmt(&store->db, stmt), &wrong, reterr);

	if (!rc && wrong)
		rc = err_set(reterr, RC_CORRUPT, "database-damaged", NULL, "%s", text);
	return rc;
}

enum rc store_check(struct store *store, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&store->db, S_QUICK_CHECK);
	enum rc rc = db_step(&store->db, stmt, reterr);

	if (rc)
		return rc;
	if (strcmp(db_text(stmt, 0), "ok") != 0)
		rc = err_set(reterr, RC_CORRUPT, "database-damaged", NULL,
			     "the structure is damaged");
	sqlite3_reset(stmt);
	if (!rc)
		rc = held(store, S_SEQ_GAPS, "the sequence has a gap or a number twice", reterr);
	if (!rc)
		rc = held(store, S_REVISION_GAPS, "a report's revisions have a gap", reterr);
	if (!rc)
		rc = held(store, S_UNSEALED, "a document lacks its sealed part", reterr);
	return rc;
}

static enum rc checkpoint(struct store *store, int mode, struct err *reterr)
{
	int in_log = 0, moved = 0;
	enum rc rc = usable(store, reterr);
	int code;

	if (rc)
		return rc;
	code = sqlite3_wal_checkpoint_v2(store->db.handle, "main", mode, &in_log, &moved);
	if (code != SQLITE_OK) {
		rc = db_fail(&store->db, code, reterr);
		/* The log still has everything; a failed sync leaves the file in doubt. */
		store->broken = rc == RC_IO || rc == RC_CORRUPT;
		return rc;
	}
	store->wal_pages = in_log > moved ? in_log - moved : 0;
	return RC_OK;
}

enum rc store_checkpoint(struct store *store, int64_t *ret_wal_pages, struct err *reterr)
{
	enum rc rc = checkpoint(store, SQLITE_CHECKPOINT_PASSIVE, reterr);

	if (!rc && ret_wal_pages)
		*ret_wal_pages = store->wal_pages;
	return rc;
}

enum rc store_checkpoint_truncate(struct store *store, struct err *reterr)
{
	return checkpoint(store, SQLITE_CHECKPOINT_TRUNCATE, reterr);
}

int64_t store_wal_pages(const struct store *store)
{
	return store->wal_pages;
}

static int64_t size_of(const char *path, const char *suffix)
{
	char full[4096];
	struct stat st;

	if (snprintf(full, sizeof(full), "%s%s", path, suffix) >= (int)sizeof(full) ||
	    stat(full, &st) != 0)
		return 0;
	return st.st_size;
}

enum rc store_stat_read(struct db *db, size_t stat_stmt, const char *path, struct store_stat *ret,
			struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, stat_stmt);
	enum rc rc = db_step(db, stmt, reterr);

	if (rc)
		return rc;
	*ret = (struct store_stat){
		.last_seq = sqlite3_column_int64(stmt, 0),
		.documents = sqlite3_column_int64(stmt, 1),
		.reports = sqlite3_column_int64(stmt, 2),
		.last_commit_at = sqlite3_column_int64(stmt, 3),
		.file_bytes = size_of(path, ""),
		.wal_bytes = size_of(path, "-wal"),
	};
	sqlite3_reset(stmt);
	return RC_OK;
}

enum rc store_stat(struct store *store, struct store_stat *ret, struct err *reterr)
{
	return store_stat_read(&store->db, S_STAT, store->path, ret, reterr);
}

const char *store_digest_text(const unsigned char digest[STORE_DIGEST_SIZE],
			      char out[STORE_DIGEST_TEXT_SIZE])
{
	memcpy(out, "sha-256:", 8);
	sodium_bin2hex(out + 8, STORE_DIGEST_TEXT_SIZE - 8, digest, STORE_DIGEST_SIZE);
	return out;
}
