/* Tables to the bytes of public.db. */
#include "published/published.h"

#include "base/cleanup.h"
#include "published/sql.h"
#include "sqlite/image.h"

static enum rc add_dimension(struct db *db, const struct published_table *t, size_t at,
			     struct err *reterr)
{
	const struct published_dimension *d = &t->dimensions[at];
	sqlite3_stmt *stmt = db_stmt(db, P_DIMENSION_ADD);
	enum rc rc;

	db_bind_text(stmt, 1, t->id);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)at);
	db_bind_text(stmt, 3, d->code);
	db_bind_text(stmt, 4, published_role_name(d->role));
	db_bind_text(stmt, 5, d->total);
	db_bind_text(stmt, 6, d->label[PUBLISHED_NB]);
	db_bind_text(stmt, 7, d->label[PUBLISHED_EN]);
	rc = db_run(db, stmt, reterr);
	for (size_t i = 0; !rc && i < d->len; i++) {
		const struct published_category *c = &d->categories[i];

		stmt = db_stmt(db, P_CATEGORY_ADD);
		db_bind_text(stmt, 1, t->id);
		sqlite3_bind_int64(stmt, 2, (sqlite3_int64)at);
		sqlite3_bind_int64(stmt, 3, (sqlite3_int64)i);
		db_bind_text(stmt, 4, c->code);
		db_bind_text(stmt, 5, c->parent);
		db_bind_text(stmt, 6, c->label[PUBLISHED_NB]);
		db_bind_text(stmt, 7, c->label[PUBLISHED_EN]);
		rc = db_run(db, stmt, reterr);
	}
	return rc;
}

static enum rc add_note(struct db *db, const struct published_table *t, size_t at,
			struct err *reterr)
{
	const struct published_note *n = &t->notes[at];
	sqlite3_stmt *stmt = db_stmt(db, P_NOTE_ADD);

	db_bind_text(stmt, 1, t->id);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)at);
	db_bind_text(stmt, 3, n->dimension);
	db_bind_text(stmt, 4, n->category);
	sqlite3_bind_int(stmt, 5, n->mandatory);
	db_bind_text(stmt, 6, n->text[PUBLISHED_NB]);
	db_bind_text(stmt, 7, n->text[PUBLISHED_EN]);
	return db_run(db, stmt, reterr);
}

static enum rc add_cell(struct db *db, const struct published_table *t, size_t at,
			struct err *reterr)
{
	const struct published_cell *cell = &t->cells[at];
	sqlite3_stmt *stmt = db_stmt(db, P_CELL_ADD);

	db_bind_text(stmt, 1, t->id);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)at);
	if (cell->mark == PUBLISHED_VALUE)
		sqlite3_bind_int(stmt, 3, cell->value);
	else
		db_bind_text(stmt, 4, published_mark_text(cell->mark));
	return db_run(db, stmt, reterr);
}

static enum rc add_table(struct db *db, const struct published_table *t, size_t position,
			 struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, P_TABLE_ADD);
	enum rc rc;

	db_bind_text(stmt, 1, t->id);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)position);
	db_bind_text(stmt, 3, published_audience_name(t->audience));
	db_bind_text(stmt, 4, published_clock_name(t->clock));
	db_bind_text(stmt, 5, published_unit_name(t->unit));
	db_bind_text(stmt, 6, t->label[PUBLISHED_NB]);
	db_bind_text(stmt, 7, t->label[PUBLISHED_EN]);
	db_bind_text(stmt, 8, t->description[PUBLISHED_NB]);
	db_bind_text(stmt, 9, t->description[PUBLISHED_EN]);
	rc = db_run(db, stmt, reterr);
	for (size_t i = 0; !rc && i < t->dimensions_len; i++)
		rc = add_dimension(db, t, i, reterr);
	for (size_t i = 0; !rc && i < t->notes_len; i++)
		rc = add_note(db, t, i, reterr);
	for (size_t i = 0; !rc && i < t->cells_len; i++)
		rc = add_cell(db, t, i, reterr);
	return rc;
}

static enum rc fill(struct db *db, const struct published_tables *tables, struct err *reterr)
{
	enum rc rc = migrate_run(db, &published_migrations, reterr);

	if (!rc)
		rc = db_prepare(db, published_sql, P_END, reterr);
	if (!rc)
		rc = db_begin(db, reterr);
	for (size_t i = 0; !rc && i < tables->len; i++)
		rc = add_table(db, &tables->list[i], i, reterr);
	return rc ? rc : db_commit(db, reterr);
}

enum rc published_write(const struct published_tables *tables, struct buf *out, struct err *reterr)
{
	struct db db = { 0 };
	unsigned char *bytes = NULL;
	size_t len = 0;
	enum rc rc = published_check(tables, reterr);

	if (!rc)
		rc = db_open(&db, NULL, NULL, DB_MEMORY, reterr);
	if (!rc)
		rc = fill(&db, tables, reterr);
	if (!rc)
		rc = db_image(&db, &bytes, &len, reterr);
	if (!rc && buf_add(out, bytes, len))
		rc = err_set(reterr, buf_rc(out), "release-too-large", NULL,
			     "the release is larger than its limit");
	sqlite3_free(bytes);
	db_close(&db, false);
	return rc;
}
