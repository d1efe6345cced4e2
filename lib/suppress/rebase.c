/* A basis of moves: the rows that the elimination left are cleared of each other's
 * pivots, backwards (Gauss-Jordan); then each unknown without a pivot is one move,
 * together with what every pivot must do to make up for it. */
#include "suppress/field.h"
#include "suppress/moves.h"

#include <stdlib.h>

/* An entry beyond is a fraction in disguise. */
#define ENTRY_MAX 100

static enum rc copy_rows(struct matrix *rows, const struct moves *x)
{
	const struct eliminate *e = &x->v->open;
	CLEANUP_FREE struct entry *row = calloc((size_t)x->columns + 1, sizeof(*row));
	enum rc rc = matrix_init(rows, x->columns);

	if (!rc && !row)
		rc = RC_NOMEM;
	for (size_t i = 0; !rc && i < e->pivots_len; i++) {
		const struct entry *entries = matrix_entries(&e->m, e->pivots[i].value);
		uint32_t n = e->m.rows[e->pivots[i].value].len;

		if (x->column_of[e->pivots[i].column] == SUPPRESS_NONE)
			continue;
		for (uint32_t k = 0; k < n; k++)
			row[k] =
				(struct entry){ x->column_of[entries[k].column], entries[k].value };
		rc = matrix_row(rows, row, n);
	}
	return rc ? rc : matrix_index(rows);
}

/* How bad a pivot an entry is. What is 0 here would block its moves; what stands in
 * many rows makes moves long, and is avoided not too strictly, so that no two bases are
 * alike; what is not 1 or -1 makes fractions. Every fourth time, though, totals go first
 * among what is 0: with every small count free to rise and the totals rising along,
 * there are no fractions in the end. */
static uint64_t rank(struct moves *x, const struct matrix *rows, struct entry e)
{
	uint64_t length = rows->holders[e.column].len * UINT64_C(4) + moves_draw(x) % 4;
	uint64_t fraction = e.value != 1 && e.value != FIELD_P - 1;
	bool blocks = !x->value[e.column] && !x->is_signed[e.column];

	if (x->bases % 4 == 3 && blocks)
		return UINT64_C(1) << 63 | (uint64_t)(VIEW_WEIGHT_MAX - x->weight[e.column]) << 40 |
		       fraction << 39 | length;
	return fraction << 62 | (uint64_t)blocks << 61 | length;
}

static enum rc reduce_rows(struct moves *x, struct matrix *rows, uint32_t *pivots)
{
	enum rc rc = RC_OK;

	for (uint32_t r = (uint32_t)rows->rows_len; !rc && r-- > 0;) {
		const struct entry *entries = matrix_entries(rows, r);
		uint64_t best = UINT64_MAX;

		for (uint32_t i = 0; i < rows->rows[r].len; i++) {
			uint64_t now = rank(x, rows, entries[i]);

			if (now < best) {
				best = now;
				pivots[r] = entries[i].column;
			}
		}
		matrix_normalise(rows, r, pivots[r]);
		rc = matrix_clear(rows, r, (struct entry){ pivots[r], 1 }, NULL);
	}
	return rc;
}

/* The move of one unknown without a pivot; none where it would not be whole. */
static enum rc add_move(struct moves *x, const struct matrix *rows, const uint32_t *pivots,
			uint32_t column)
{
	const uint32_t *holders = matrix_holders(rows, column);
	uint32_t n = rows->holders[column].len, first = x->start[x->len];
	struct change *list;

	if (suppress_grow(&x->changes, &x->changes_size, (size_t)first + n + 1,
			  sizeof(*x->changes)))
		return RC_NOMEM;
	list = x->changes + first;
	*list = (struct change){ column, 1 };
	for (uint32_t i = 0; i < n; i++) {
		int64_t by = -field_lift(matrix_value(rows, holders[i], column));

		if (magnitude(by) > ENTRY_MAX)
			return RC_OK;
		list[i + 1] = (struct change){ pivots[holders[i]], (int32_t)by };
	}
	x->start[++x->len] = first + n + 1;
	return RC_OK;
}

enum rc moves_rebase(struct moves *x)
{
	CLEANUP(matrix_release) struct matrix rows = { 0 };
	CLEANUP_FREE uint32_t *pivots = calloc(x->v->open.pivots_len + 1, sizeof(*pivots));
	CLEANUP_FREE bool *has_pivot = calloc((size_t)x->columns + 1, sizeof(*has_pivot));
	enum rc rc = pivots && has_pivot ? copy_rows(&rows, x) : RC_NOMEM;

	if (!rc)
		rc = reduce_rows(x, &rows, pivots);
	x->work += rows.work;
	x->bases++;
	x->len = 0;
	for (size_t r = 0; !rc && r < rows.rows_len; r++)
		has_pivot[pivots[r]] = true;
	for (uint32_t c = 0; !rc && c < x->columns; c++)
		if (!has_pivot[c])
			rc = add_move(x, &rows, pivots, c);
	return rc;
}
