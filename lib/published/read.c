/* The bytes of public.db to tables. The bytes are hashed and signed by us, but a
 * reader that trusts nobody is the second wall: every row is looked at. */
#include "published/published.h"

#include "base/cleanup.h"
#include "published/sql.h"
#include "sqlite/image.h"

#include <stdlib.h>
#include <string.h>

#define TABLES_MAX 1000
#define DIMENSIONS_MAX 16
#define CATEGORIES_MAX 20000
#define NOTES_MAX 10000

struct counts {
	size_t tables, dimensions, categories, notes, cells;
};

static enum rc malformed(const char *where, const char *what, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "release-malformed", where, "%s", what);
}

static enum rc no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

static enum rc count(struct db *db, const char *table, size_t dimension, struct counts *ret,
		     struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, P_COUNTS);
	enum rc rc;

	db_bind_text(stmt, 1, table);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)dimension);
	rc = db_step(db, stmt, reterr);
	if (rc)
		return rc;
	*ret = (struct counts){
		.tables = (size_t)sqlite3_column_int64(stmt, 0),
		.dimensions = (size_t)sqlite3_column_int64(stmt, 1),
		.categories = (size_t)sqlite3_column_int64(stmt, 2),
		.notes = (size_t)sqlite3_column_int64(stmt, 3),
		.cells = (size_t)sqlite3_column_int64(stmt, 4),
	};
	sqlite3_reset(stmt);
	if (ret->tables > TABLES_MAX || ret->dimensions > DIMENSIONS_MAX ||
	    ret->categories > CATEGORIES_MAX || ret->notes > NOTES_MAX ||
	    ret->cells > PUBLISHED_CELLS_MAX)
		return err_set(reterr, RC_LIMIT, "release-malformed", table, "too many rows");
	return RC_OK;
}

/* Index of `text` among `n` names, -1 when it is none. */
static int index_of(const char *text, const char *(*name)(int), int n)
{
	for (int i = 0; text && i < n; i++)
		if (!strcmp(text, name(i)))
			return i;
	return -1;
}

static const char *audience_name(int i)
{
	return published_audience_name((enum published_audience)i);
}

static const char *clock_name(int i)
{
	return published_clock_name((enum published_clock)i);
}

static const char *unit_name(int i)
{
	return published_unit_name((enum published_unit)i);
}

static const char *role_name(int i)
{
	return published_role_name((enum published_role)i);
}

static const char *mark_text(int i)
{
	return published_mark_text((enum published_mark)i);
}

/* Two columns, nb and en. */
static void dup_texts(sqlite3_stmt *stmt, int first, const char *out[PUBLISHED_LANGS], bool *failed)
{
	for (int i = 0; i < PUBLISHED_LANGS; i++)
		out[i] = db_dup(stmt, first + i, failed);
}

static enum rc read_categories(struct db *db, const char *table, size_t at,
			       struct published_dimension *d, struct err *reterr)
{
	struct counts n;
	sqlite3_stmt *stmt;
	bool failed = false;
	enum rc rc = count(db, table, at, &n, reterr);

	if (rc)
		return rc;
	d->categories = calloc(n.categories + 1, sizeof(*d->categories));
	if (!d->categories)
		return no_memory(reterr);
	stmt = db_stmt(db, P_CATEGORIES);
	db_bind_text(stmt, 1, table);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)at);
	while (!failed && d->len < n.categories && !(rc = db_step(db, stmt, reterr))) {
		struct published_category *c = &d->categories[d->len++];

		c->code = db_dup(stmt, 0, &failed);
		c->parent = db_dup(stmt, 1, &failed);
		dup_texts(stmt, 2, c->label, &failed);
	}
	sqlite3_reset(stmt);
	return failed ? no_memory(reterr) : rc;
}

static enum rc read_dimensions(struct db *db, struct published_table *t, size_t n,
			       struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, P_DIMENSIONS);
	bool failed = false;
	enum rc rc = RC_OK;

	t->dimensions = calloc(n + 1, sizeof(*t->dimensions));
	if (!t->dimensions)
		return no_memory(reterr);
	db_bind_text(stmt, 1, t->id);
	while (!failed && t->dimensions_len < n && !(rc = db_step(db, stmt, reterr))) {
		struct published_dimension *d = &t->dimensions[t->dimensions_len++];
		int role = index_of(db_text(stmt, 1), role_name, PUBLISHED_METRIC + 1);

		d->code = db_dup(stmt, 0, &failed);
		d->total = db_dup(stmt, 2, &failed);
		dup_texts(stmt, 3, d->label, &failed);
		if (role < 0)
			return malformed(t->id, "a role that is none", reterr);
		d->role = (enum published_role)role;
	}
	sqlite3_reset(stmt);
	if (failed)
		return no_memory(reterr);
	for (size_t i = 0; !rc && i < t->dimensions_len; i++)
		rc = read_categories(db, t->id, i, &t->dimensions[i], reterr);
	return rc;
}

static enum rc read_notes(struct db *db, struct published_table *t, size_t n, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, P_NOTES);
	bool failed = false;
	enum rc rc = RC_OK;

	t->notes = calloc(n + 1, sizeof(*t->notes));
	if (!t->notes)
		return no_memory(reterr);
	db_bind_text(stmt, 1, t->id);
	while (!failed && t->notes_len < n && !(rc = db_step(db, stmt, reterr))) {
		struct published_note *note = &t->notes[t->notes_len++];

		note->dimension = db_dup(stmt, 0, &failed);
		note->category = db_dup(stmt, 1, &failed);
		note->mandatory = sqlite3_column_int(stmt, 2) != 0;
		dup_texts(stmt, 3, note->text, &failed);
	}
	sqlite3_reset(stmt);
	return failed ? no_memory(reterr) : rc;
}

static enum rc read_cells(struct db *db, struct published_table *t, size_t n, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(db, P_CELLS);
	enum rc rc = RC_OK;

	t->cells = calloc(n + 1, sizeof(*t->cells));
	if (!t->cells)
		return no_memory(reterr);
	db_bind_text(stmt, 1, t->id);
	while (t->cells_len < n && !(rc = db_step(db, stmt, reterr))) {
		struct published_cell *cell = &t->cells[t->cells_len];
		sqlite3_int64 value = sqlite3_column_int64(stmt, 1);
		const char *mark = db_text(stmt, 2);
		int which = mark ? index_of(mark, mark_text, PUBLISHED_NOT_COMPARABLE + 1) : 0;

		/* Without a gap: the position is the index. */
		if (sqlite3_column_int64(stmt, 0) != (sqlite3_int64)t->cells_len || which < 0 ||
		    value < 0 || value > INT32_MAX) {
			rc = malformed(t->id, "a cell out of place", reterr);
			break;
		}
		cell->value = (int32_t)value;
		cell->mark = (enum published_mark)which;
		t->cells_len++;
	}
	sqlite3_reset(stmt);
	return rc;
}

/* The row under `stmt`. */
static enum rc read_head(sqlite3_stmt *stmt, struct published_table *t, struct err *reterr)
{
	int audience = index_of(db_text(stmt, 1), audience_name, PUBLISHED_SECTOR + 1);
	int clock = index_of(db_text(stmt, 2), clock_name, PUBLISHED_EVENT + 1);
	int unit = index_of(db_text(stmt, 3), unit_name, PUBLISHED_OTHER + 1);
	bool failed = false;

	t->id = db_dup(stmt, 0, &failed);
	dup_texts(stmt, 4, t->label, &failed);
	dup_texts(stmt, 6, t->description, &failed);
	if (failed)
		return no_memory(reterr);
	if (audience < 0 || clock < 0 || unit < 0)
		return malformed(t->id, "an audience, clock or time unit that is none", reterr);
	t->audience = (enum published_audience)audience;
	t->clock = (enum published_clock)clock;
	t->unit = (enum published_unit)unit;
	return RC_OK;
}

static enum rc read_tables(struct db *db, struct published_tables *tables, struct err *reterr)
{
	struct counts n;
	sqlite3_stmt *stmt;
	enum rc rc = count(db, "", 0, &n, reterr);

	if (rc)
		return rc;
	tables->list = calloc(n.tables + 1, sizeof(*tables->list));
	if (!tables->list)
		return no_memory(reterr);
	stmt = db_stmt(db, P_TABLES);
	while (!rc && tables->len < n.tables && !(rc = db_step(db, stmt, reterr)))
		rc = read_head(stmt, &tables->list[tables->len++], reterr);
	sqlite3_reset(stmt);
	for (size_t i = 0; !rc && i < tables->len; i++) {
		struct published_table *t = &tables->list[i];

		rc = count(db, t->id, 0, &n, reterr);
		if (!rc)
			rc = read_dimensions(db, t, n.dimensions, reterr);
		if (!rc)
			rc = read_notes(db, t, n.notes, reterr);
		if (!rc)
			rc = read_cells(db, t, n.cells, reterr);
	}
	return rc;
}

enum rc published_read(const void *bytes, size_t len, struct published_tables *ret,
		       struct err *reterr)
{
	CLEANUP(published_tables_release) struct published_tables tables = { 0 };
	struct db db = { 0 };
	enum rc rc = db_open_image(&db, bytes, len, reterr);

	if (!rc)
		rc = migrate_verify(&db, &published_migrations, reterr);
	if (!rc)
		rc = db_prepare(&db, published_sql, P_END, reterr);
	if (!rc)
		rc = read_tables(&db, &tables, reterr);
	db_close(&db, false);
	if (!rc)
		rc = published_check(&tables, reterr);
	if (rc)
		return rc;
	*ret = tables;
	tables = (struct published_tables){ 0 };
	return RC_OK;
}
