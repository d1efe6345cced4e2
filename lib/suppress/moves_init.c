/* The first basis of moves: the rows that the elimination left are cleared of each
 * other's pivots, backwards (Gauss-Jordan); then each unknown without a pivot is one
 * move, together with what every pivot must do to make up for it. */
#include "suppress/field.h"
#include "suppress/moves.h"

#include <stdlib.h>
#include <string.h>

/* Of centring: by then few counts are 0, and most are shown to be open. */
#define PASSES 10

static enum rc copy_rows(struct matrix *rows, const struct view *v)
{
	const struct eliminate *e = &v->e;
	enum rc rc = matrix_init(rows, v->columns - v->early);

	for (size_t i = e->early_len; !rc && i < e->pivots_len; i++) {
		const struct entry *entries = matrix_entries(&e->m, e->pivots[i].value);
		uint32_t n = e->m.rows[e->pivots[i].value].len;

		rc = matrix_row(rows, entries, n, v->early);
	}
	return rc ? rc : matrix_index(rows);
}

/* How good a pivot an entry is: one whose count is not 0, so that the moves that it
 * makes up for are free; 1 or -1, for whole moves; in few rows, for short ones. */
static bool is_better(const struct matrix *rows, struct entry a, struct entry b,
		      const int64_t *values)
{
	bool unit_a = a.value == 1 || a.value == FIELD_P - 1;
	bool unit_b = b.value == 1 || b.value == FIELD_P - 1;

	if (unit_a != unit_b)
		return unit_a;
	if (!values[a.column] != !values[b.column])
		return values[a.column];
	return rows->holders[a.column].len < rows->holders[b.column].len;
}

static struct entry choose_pivot(const struct matrix *rows, uint32_t r, const int64_t *values)
{
	const struct entry *entries = matrix_entries(rows, r);
	struct entry best = entries[0];

	for (uint32_t i = 1; i < rows->rows[r].len; i++)
		if (is_better(rows, entries[i], best, values))
			best = entries[i];
	return best;
}

static enum rc reduce_rows(struct matrix *rows, const int64_t *values, uint32_t *pivots)
{
	enum rc rc = RC_OK;

	for (uint32_t r = (uint32_t)rows->rows_len; !rc && r-- > 0;) {
		struct entry pivot = choose_pivot(rows, r, values);

		pivots[r] = pivot.column;
		matrix_normalise(rows, r, pivot.column);
		rc = matrix_clear(rows, r, (struct entry){ pivot.column, 1 }, NULL);
	}
	return rc;
}

/* The move of one unknown without a pivot. */
static enum rc add_move(struct moves *x, const struct matrix *rows, const uint32_t *pivots,
			uint32_t column, struct entry *room)
{
	const uint32_t *holders = matrix_holders(rows, column);
	uint32_t len = 1;

	room[0] = (struct entry){ column, 1 };
	for (uint32_t i = 0; i < rows->holders[column].len; i++)
		room[len++] =
			(struct entry){ pivots[holders[i]],
					field_negative(matrix_value(rows, holders[i], column)) };
	x->own[x->m.rows_len] = column;
	return matrix_row(&x->m, room, len, 0);
}

static enum rc add_moves(struct moves *x, const struct matrix *rows, const uint32_t *pivots)
{
	uint32_t columns = rows->columns;
	CLEANUP_FREE bool *has_pivot = calloc((size_t)columns + 1, sizeof(*has_pivot));
	CLEANUP_FREE struct entry *room = calloc(rows->rows_len + 1, sizeof(*room));
	enum rc rc = matrix_init(&x->m, columns);

	x->own = calloc((size_t)columns + 1, sizeof(*x->own));
	if (!has_pivot || !room || !x->own)
		return RC_NOMEM;
	for (size_t r = 0; r < rows->rows_len; r++)
		has_pivot[pivots[r]] = true;
	for (uint32_t c = 0; !rc && c < columns; c++)
		if (!has_pivot[c])
			rc = add_move(x, rows, pivots, c, room);
	return rc ? rc : matrix_index(&x->m);
}

static enum rc keep_start(struct moves *x)
{
	enum rc rc = matrix_init(&x->start, x->m.columns);

	x->start_own = calloc(x->m.rows_len + 1, sizeof(*x->start_own));
	if (rc || !x->start_own)
		return RC_NOMEM;
	memcpy(x->start_own, x->own, x->m.rows_len * sizeof(*x->own));
	return matrix_copy(&x->start, &x->m);
}

static enum rc read_values(struct moves *x, const struct view *v)
{
	uint32_t n = v->columns - v->early;

	x->least = calloc((size_t)n + 1, sizeof(*x->least));
	x->value = calloc((size_t)n + 1, sizeof(*x->value));
	x->home = calloc((size_t)n + 1, sizeof(*x->home));
	x->low = calloc((size_t)n + 1, sizeof(*x->low));
	x->high = calloc((size_t)n + 1, sizeof(*x->high));
	x->is_signed = calloc((size_t)n + 1, sizeof(*x->is_signed));
	if (!x->least || !x->value || !x->home || !x->low || !x->high || !x->is_signed)
		return RC_NOMEM;
	for (uint32_t c = 0; c < n; c++) {
		const struct node *node = &v->s->nodes[v->node_of[v->early + c]];

		x->is_signed[c] = node->flags & SUPPRESS_SIGNED;
		x->least[c] = x->is_signed[c] ? 0 : view_least(v, v->node_of[v->early + c]);
		x->value[c] = (node->value - x->least[c]) * MOVES_UNIT;
		x->low[c] = x->high[c] = x->value[c];
	}
	return RC_OK;
}

enum rc moves_init(struct moves *x, const struct view *v)
{
	CLEANUP(matrix_release) struct matrix rows = { 0 };
	CLEANUP_FREE uint32_t *pivots = calloc(v->e.pivots_len + 1, sizeof(*pivots));
	enum rc rc = pivots ? RC_OK : RC_NOMEM;

	*x = (struct moves){ .first = v->early };
	if (!rc)
		rc = read_values(x, v);
	if (!rc)
		rc = copy_rows(&rows, v);
	if (!rc)
		rc = reduce_rows(&rows, x->value, pivots);
	if (!rc)
		rc = add_moves(x, &rows, pivots);
	if (!rc)
		rc = keep_start(x);
	if (!rc)
		moves_centre(x, PASSES);
	return rc;
}
