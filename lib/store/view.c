#include "store/internal.h"

enum rc store_view_open(const char *path, const char *orgnr, const struct store_options *options,
			struct store_view **ret, struct err *reterr)
{
	CLEANUP(store_view_freep) struct store_view *view = calloc(1, sizeof(*view));
	enum rc rc;

	if (view)
		view->path = strdup(path);
	if (!view || !view->path)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a view");
	snprintf(view->orgnr, sizeof(view->orgnr), "%s", orgnr);
	rc = db_open(&view->db, path, options ? options->vfs : NULL, DB_READER, reterr);
	if (!rc)
		rc = migrate_verify(&view->db, &store_migrations, reterr);
	if (!rc)
		rc = db_prepare(&view->db, view_sql, V_END, reterr);
	if (!rc)
		rc = store_owner_check(&view->db, V_OWNER_GET, orgnr, reterr);
	if (rc)
		return rc;
	*ret = TAKE_PTR(view);
	return RC_OK;
}

void store_view_free(struct store_view *view)
{
	if (!view)
		return;
	db_close(&view->db, false);
	free(view->path);
	free(view);
}

/* Fills `row` with what borrows from the statement. */
static enum rc read_row(const struct store_view *view, sqlite3_stmt *stmt, struct store_row *row,
			struct err *reterr)
{
	*row = (struct store_row){
		.seq = sqlite3_column_int64(stmt, 0),
		.organisation = view->orgnr,
		.kind = db_text(stmt, 1),
		.schema = db_text(stmt, 2),
		.report_id = db_text(stmt, 3),
		.revision = sqlite3_column_int64(stmt, 4),
		.supersedes = db_text(stmt, 5),
		.received_at = sqlite3_column_int64(stmt, 6),
		.first_received_at = sqlite3_column_int64(stmt, 7),
		.signing_kid = db_text(stmt, 10),
		.sender = db_text(stmt, 11),
		.code_versions = db_text(stmt, 12),
		.warnings = db_text(stmt, 13),
		.local_case_id = db_text(stmt, 14),
		.possible_duplicate = sqlite3_column_int(stmt, 15) != 0,
		.clear = db_text(stmt, 16),
		.erased_at = sqlite3_column_int64(stmt, 17),
	};
	row->clear_len = (size_t)sqlite3_column_bytes(stmt, 16);
	if (!row->clear)
		row->clear = ""; /* erased */
	if (!row->kind || !row->schema || !row->report_id || !row->signing_kid || !row->sender ||
	    !row->code_versions || !row->warnings ||
	    db_fixed(stmt, 8, row->digest, sizeof(row->digest)) ||
	    (sqlite3_column_type(stmt, 9) != SQLITE_NULL &&
	     db_fixed(stmt, 9, row->salt, sizeof(row->salt))))
		return err_set(reterr, RC_CORRUPT, "database-damaged", NULL,
			       "a row cannot be read");
	return RC_OK;
}

/* Moves a text into the row's own memory at `*at`. */
static const char *move(char **at, const char *text, size_t len)
{
	char *copy = *at;

	if (!text)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	*at += len + 1;
	return copy;
}

static enum rc own_row(struct store_row *row, struct err *reterr)
{
	const char **texts[] = {
		&row->kind,          &row->schema,       &row->report_id,     &row->supersedes,
		&row->signing_kid,   &row->sender,       &row->code_versions, &row->warnings,
		&row->local_case_id, &row->organisation,
	};
	size_t size = row->clear_len + 1;
	char *at;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		size += *texts[i] ? strlen(*texts[i]) + 1 : 0;
	row->owned = at = malloc(size);
	if (!at)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a row");
	row->clear = move(&at, row->clear, row->clear_len);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (*texts[i])
			*texts[i] = move(&at, *texts[i], strlen(*texts[i]));
	return RC_OK;
}

void store_row_release(struct store_row *row)
{
	free(row->owned);
	*row = (struct store_row){ 0 };
}

static void bind_key(sqlite3_stmt *stmt, const char *kind, const char *report_id)
{
	db_bind_text(stmt, 1, kind);
	db_bind_text(stmt, 2, report_id);
}

enum rc store_get(struct store_view *view, const char *kind, const char *report_id,
		  int64_t revision, struct store_row *ret, struct err *reterr)
{
	struct db *db = &view->db;
	sqlite3_stmt *stmt = db_stmt(db, V_GET), *newest;
	struct store_row row;
	enum rc rc;

	bind_key(stmt, kind, report_id);
	sqlite3_bind_int64(stmt, 3, revision);
	rc = db_step(db, stmt, reterr);
	if (rc)
		return rc == RC_NOT_FOUND
			       ? err_set(reterr, rc, "report-unknown", NULL, "no such report")
			       : rc;
	rc = read_row(view, stmt, &row, reterr);
	if (!rc) {
		newest = db_stmt(db, V_CURRENT_REVISION);
		bind_key(newest, kind, report_id);
		rc = db_int(db, newest, &row.current_revision, reterr);
	}
	if (!rc)
		rc = own_row(&row, reterr);
	sqlite3_reset(stmt);
	if (!rc)
		*ret = row;
	return rc;
}

enum rc store_row_receipt(const struct store_row *row, struct store_receipt *ret)
{
	struct store_receipt receipt = {
		.seq = row->seq,
		.revision = row->revision,
		.received_at = row->received_at,
		.first_received_at = row->first_received_at,
		.possible_duplicate = row->possible_duplicate,
		.warnings = strdup(row->warnings),
	};

	if (!receipt.warnings)
		return RC_NOMEM;
	snprintf(receipt.organisation, sizeof(receipt.organisation), "%s", row->organisation);
	snprintf(receipt.sender, sizeof(receipt.sender), "%s", row->sender);
	snprintf(receipt.schema, sizeof(receipt.schema), "%s", row->schema);
	snprintf(receipt.report_id, sizeof(receipt.report_id), "%s", row->report_id);
	memcpy(receipt.digest, row->digest, sizeof(receipt.digest));
	*ret = receipt;
	return RC_OK;
}

static enum rc each_row(struct store_view *view, sqlite3_stmt *stmt, store_row_cb *cb, void *ctx,
			struct err *reterr)
{
	struct store_row row;
	enum rc rc;

	while ((rc = db_step(&view->db, stmt, reterr)) == RC_OK) {
		rc = read_row(view, stmt, &row, reterr);
		if (!rc)
			rc = cb(ctx, &row);
		if (rc)
			break;
	}
	sqlite3_reset(stmt);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc store_revisions(struct store_view *view, const char *kind, const char *report_id,
			store_row_cb *cb, void *ctx, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_REVISIONS);

	bind_key(stmt, kind, report_id);
	return each_row(view, stmt, cb, ctx, reterr);
}

enum rc store_life(struct store_view *view, const char *report_id, store_row_cb *cb, void *ctx,
		   struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_LIFE);

	db_bind_text(stmt, 1, report_id);
	return each_row(view, stmt, cb, ctx, reterr);
}

enum rc store_erased_reports(struct store_view *view, const char *kind, const char *end_kind,
			     enum rc (*cb)(void *ctx, const char *report_id, int64_t at), void *ctx,
			     struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_ERASED);
	enum rc rc;

	db_bind_text(stmt, 1, kind);
	db_bind_text(stmt, 2, end_kind);
	while ((rc = db_step(&view->db, stmt, reterr)) == RC_OK) {
		rc = cb(ctx, db_text(stmt, 0), sqlite3_column_int64(stmt, 1));
		if (rc)
			break;
	}
	sqlite3_reset(stmt);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc store_next_of(struct store_view *view, const char *kind, const char *report_id, int64_t seq,
		      struct store_place *ret, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_NEXT_OF);
	enum rc rc;

	bind_key(stmt, kind, report_id);
	sqlite3_bind_int64(stmt, 3, seq);
	rc = db_step(&view->db, stmt, reterr);
	if (rc)
		return rc;
	*ret = (struct store_place){ .seq = sqlite3_column_int64(stmt, 0),
				     .revision = sqlite3_column_int64(stmt, 1),
				     .received_at = sqlite3_column_int64(stmt, 2) };
	sqlite3_reset(stmt);
	return RC_OK;
}

static sqlite3_stmt *since_stmt(struct store_view *view, size_t i, int64_t since, int64_t limit)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, i);

	sqlite3_bind_int64(stmt, 1, since);
	sqlite3_bind_int64(stmt, 2, limit > 0 ? limit : 0);
	return stmt;
}

enum rc store_list_since(struct store_view *view, int64_t since, int64_t limit, store_row_cb *cb,
			 void *ctx, struct err *reterr)
{
	return each_row(view, since_stmt(view, V_LIST_SINCE, since, limit), cb, ctx, reterr);
}

/* Remembers where it is, for whom the rows are. */
struct wanting {
	store_row_cb *cb;
	void *ctx;
	int64_t n, last;
};

static enum rc on_wanted(void *ctx, const struct store_row *row)
{
	struct wanting *w = ctx;

	w->n++;
	w->last = row->seq;
	return w->cb(w->ctx, row);
}

enum rc store_list_wanted(struct store_view *view, const struct store_wanted *what, int64_t since,
			  int64_t limit, store_row_cb *cb, void *ctx, int64_t *ret_next,
			  bool *ret_more, struct err *reterr)
{
	bool by_index = what->report_id || what->local_case_id;
	struct wanting w = { .cb = cb, .ctx = ctx, .last = since };
	sqlite3_stmt *stmt;
	int64_t end, upto;
	enum rc rc = db_int(&view->db, db_stmt(&view->db, V_LAST_DOCUMENT), &end, reterr);

	if (rc)
		return rc;
	upto = by_index || end - since <= STORE_LOOKED_AT ? end : since + STORE_LOOKED_AT;
	stmt = since_stmt(view,
			  what->report_id ? V_LIST_REPORT
			  : by_index      ? V_LIST_CASE
					  : V_LIST_WANTED,
			  since, limit);
	sqlite3_bind_int64(stmt, 3, upto);
	db_bind_text(stmt, 4, what->kind);
	db_bind_text(stmt, 5, what->schema);
	db_bind_text(stmt, 6, what->report_id);
	db_bind_text(stmt, 7, what->local_case_id);
	sqlite3_bind_int(stmt, 8, what->current);
	rc = each_row(view, stmt, on_wanted, &w, reterr);
	if (rc || w.n == limit) /* the caller's own end, or the page's: right behind this row */
		*ret_next = w.last;
	else
		*ret_next = upto > since ? upto : since;
	*ret_more = *ret_next < end;
	return rc;
}

static enum rc each_event(struct store_view *view, sqlite3_stmt *stmt,
			  enum rc (*cb)(void *ctx, const struct store_event *event), void *ctx,
			  struct err *reterr)
{
	enum rc rc;

	while ((rc = db_step(&view->db, stmt, reterr)) == RC_OK) {
		struct store_event event = {
			.seq = sqlite3_column_int64(stmt, 0),
			.at = sqlite3_column_int64(stmt, 1),
			.name = db_text(stmt, 2),
			.detail = db_text(stmt, 3),
			.operator= db_text(stmt, 4),
			.reason = db_text(stmt, 5),
		};

		rc = cb(ctx, &event);
		if (rc)
			break;
	}
	sqlite3_reset(stmt);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc store_events_since(struct store_view *view, int64_t since, int64_t limit,
			   enum rc (*cb)(void *ctx, const struct store_event *event), void *ctx,
			   struct err *reterr)
{
	return each_event(view, since_stmt(view, V_EVENTS, since, limit), cb, ctx, reterr);
}

enum rc store_events_named(struct store_view *view, const char *name, int64_t since, int64_t upto,
			   enum rc (*cb)(void *ctx, const struct store_event *event), void *ctx,
			   struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_EVENTS_NAMED);

	sqlite3_bind_int64(stmt, 1, since);
	sqlite3_bind_int64(stmt, 2, upto);
	db_bind_text(stmt, 3, name);
	return each_event(view, stmt, cb, ctx, reterr);
}

enum rc store_salts(struct store_view *view, store_salt_cb *cb, void *ctx, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_SALTS);
	unsigned char salt[STORE_SALT_SIZE];
	enum rc rc;

	while ((rc = db_step(&view->db, stmt, reterr)) == RC_OK) {
		rc = db_fixed(stmt, 3, salt, sizeof(salt));
		if (!rc)
			rc = cb(ctx, db_text(stmt, 0), db_text(stmt, 1),
				sqlite3_column_int64(stmt, 2), salt);
		if (rc)
			break;
	}
	sqlite3_reset(stmt);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc store_last_seq(struct store_view *view, int64_t *ret, struct err *reterr)
{
	return db_int(&view->db, db_stmt(&view->db, V_LAST_SEQ), ret, reterr);
}

enum rc store_signing_kids(struct store_view *view, enum rc (*cb)(void *ctx, const char *kid),
			   void *ctx, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_KIDS);
	enum rc rc;

	while ((rc = db_step(&view->db, stmt, reterr)) == RC_OK) {
		rc = cb(ctx, db_text(stmt, 0));
		if (rc)
			break;
	}
	sqlite3_reset(stmt);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc store_view_stat(struct store_view *view, struct store_stat *ret, struct err *reterr)
{
	return store_stat_read(&view->db, V_STAT, view->path, ret, reterr);
}
