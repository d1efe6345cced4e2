#include "store/lives.h"

#include "store/internal.h"

struct looking {
	struct store_view *view;
	const struct store_lives *what;
	const char *report_id; /* of the row */
	struct err *reterr;
};

static sqlite3_stmt *ask(struct looking *l, enum view_stmt which, const char *kind)
{
	sqlite3_stmt *stmt = db_stmt(&l->view->db, which);

	db_bind_text(stmt, 1, kind);
	db_bind_text(stmt, 2, l->report_id);
	sqlite3_bind_int64(stmt, 3, l->what->upto_seq);
	return stmt;
}

static enum rc is_over(struct looking *l, int64_t revision, bool *ret)
{
	struct db *db = &l->view->db;
	sqlite3_stmt *stmt = ask(l, V_NEWEST_REVISION, l->what->kind);
	int64_t newest = 0, ended = 0;
	enum rc rc = db_int(db, stmt, &newest, l->reterr);

	*ret = newest != revision;
	if (rc || *ret)
		return rc;
	rc = db_int(db, ask(l, V_HAS, l->what->end_kind), &ended, l->reterr);
	*ret = ended != 0;
	return rc;
}

/* Leaves `*stmt` on the row whose text is returned through `ret`: reset it after use. */
static enum rc clear_of(struct looking *l, sqlite3_stmt *stmt, const char **ret)
{
	enum rc rc = db_step(&l->view->db, stmt, l->reterr);

	*ret = rc ? NULL : db_text(stmt, 0);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc look(struct looking *l, sqlite3_stmt *stmt, struct store_life_row *row,
		    enum rc (*cb)(void *ctx, const struct store_life_row *row), void *ctx)
{
	struct db *db = &l->view->db;
	sqlite3_stmt *first = db_stmt(db, V_FIRST_CLEAR), *about = NULL;
	enum rc rc = RC_OK;

	row->clear = db_text(stmt, 5);
	row->warnings = db_text(stmt, 6);
	row->possible_duplicate = sqlite3_column_int(stmt, 7) != 0;
	if (row->clear && row->revision > 1) {
		db_bind_text(first, 1, l->what->kind);
		db_bind_text(first, 2, l->report_id);
		rc = clear_of(l, first, &row->first_clear);
	}
	if (!rc && row->clear) {
		about = ask(l, V_ABOUT_CLEAR, l->what->about_kind);
		rc = clear_of(l, about, &row->about_clear);
	}
	if (!rc)
		rc = cb(ctx, row);
	sqlite3_reset(first);
	sqlite3_reset(about); /* NULL is fine */
	return rc;
}

enum rc store_lives(struct store_view *view, const struct store_lives *what, int64_t after_seq,
		    int64_t through_seq, enum rc (*cb)(void *ctx, const struct store_life_row *row),
		    void *ctx, struct err *reterr)
{
	struct looking l = { .view = view, .what = what, .reterr = reterr };
	sqlite3_stmt *stmt = db_stmt(&view->db, V_LIVES);
	enum rc rc;

	sqlite3_bind_int64(stmt, 1, after_seq);
	sqlite3_bind_int64(stmt, 2, through_seq < what->upto_seq ? through_seq : what->upto_seq);
	while ((rc = db_step(&view->db, stmt, reterr)) == RC_OK) {
		struct store_life_row row = {
			.kind = db_text(stmt, 0),
			.revision = sqlite3_column_int64(stmt, 2),
			.received_at = sqlite3_column_int64(stmt, 3),
			.first_received_at = sqlite3_column_int64(stmt, 4),
		};
		bool over = true;

		l.report_id = db_text(stmt, 1);
		if (!row.kind || !l.report_id) {
			rc = err_set(reterr, RC_CORRUPT, "database-damaged", NULL,
				     "a row cannot be read");
			break;
		}
		if (!strcmp(row.kind, what->kind))
			rc = is_over(&l, row.revision, &over);
		if (!rc)
			rc = over ? cb(ctx, &row) : look(&l, stmt, &row, cb, ctx);
		if (rc)
			break;
	}
	sqlite3_reset(stmt);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
