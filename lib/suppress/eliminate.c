#include "suppress/eliminate.h"

#include "suppress/field.h"
#include "suppress/internal.h"
#include "suppress/mix.h"

#include <stdlib.h>

enum rc eliminate_init(struct eliminate *e, uint32_t columns, uint32_t early)
{
	*e = (struct eliminate){ .early = early };
	return matrix_init(&e->m, columns);
}

void eliminate_release(struct eliminate *e)
{
	matrix_release(&e->m);
	free(e->next);
	free(e->prev);
	free(e->by_length);
	free(e->used);
	free(e->pivots);
}

enum rc eliminate_row(struct eliminate *e, const struct entry *entries, uint32_t n)
{
	return n ? matrix_row(&e->m, entries, n) : RC_OK;
}

/* --- rows by length ---------------------------------------------------------- */

static void link_row(void *ctx, uint32_t r)
{
	struct eliminate *e = ctx;
	const struct entry *entries = matrix_entries(&e->m, r);
	uint32_t *first = &e->by_length[e->m.rows[r].len];
	bool holds = false;

	for (uint32_t i = 0; !holds && i < e->m.rows[r].len; i++)
		holds = entries[i].column < e->early;
	if (!holds)
		return;
	e->next[r] = *first;
	e->prev[r] = 0;
	if (*first)
		e->prev[*first - 1] = r + 1;
	*first = r + 1;
}

static void unlink_row(void *ctx, uint32_t r)
{
	struct eliminate *e = ctx;

	if (e->prev[r])
		e->next[e->prev[r] - 1] = e->next[r];
	else
		e->by_length[e->m.rows[r].len] = e->next[r];
	if (e->next[r])
		e->prev[e->next[r] - 1] = e->prev[r];
}

static enum rc prepare(struct eliminate *e)
{
	size_t n = e->m.rows_len + 1;

	e->next = calloc(n, sizeof(*e->next));
	e->prev = calloc(n, sizeof(*e->prev));
	e->used = calloc(n, sizeof(*e->used));
	e->pivots = calloc(n, sizeof(*e->pivots));
	e->by_length = calloc((size_t)e->m.columns + 1, sizeof(*e->by_length));
	if (!e->next || !e->prev || !e->used || !e->pivots || !e->by_length || matrix_index(&e->m))
		return RC_NOMEM;
	for (uint32_t r = (uint32_t)e->m.rows_len; r-- > 0;)
		link_row(e, r);
	return RC_OK;
}

/* --- elimination ---------------------------------------------------------------- */

static bool is_better(const struct eliminate *e, uint32_t a, uint32_t b)
{
	if ((a < e->early) != (b < e->early))
		return a < e->early;
	if (e->m.holders[a].len != e->m.holders[b].len)
		return e->m.holders[a].len < e->m.holders[b].len;
	return a < b;
}

static enum rc use_pivot(struct eliminate *e, uint32_t r)
{
	const struct matrix_watch watch = { unlink_row, link_row, e };
	const struct entry *entries = matrix_entries(&e->m, r);
	struct entry best = entries[0];

	unlink_row(e, r);
	e->used[r] = true;
	for (uint32_t i = 1; i < e->m.rows[r].len; i++)
		if (is_better(e, entries[i].column, best.column))
			best = entries[i];
	matrix_set_aside(&e->m, r);
	e->pivots[e->pivots_len++] = (struct entry){ best.column, r };
	return matrix_clear(&e->m, r, best, &watch);
}

enum rc eliminate_run(struct eliminate *e)
{
	enum rc rc = prepare(e);

	/* The shortest first, until there are none. */
	for (uint32_t length = 1; !rc && length <= e->m.columns;) {
		if (e->by_length[length]) {
			rc = use_pivot(e, e->by_length[length] - 1);
			length = 1;
		} else {
			length++;
		}
	}
	return rc;
}

/* --- what it says ------------------------------------------------------------------ */

/* The value of a pivot from those that were eliminated after it. */
static void solve(const struct eliminate *e, struct entry pivot, uint32_t *v)
{
	const struct entry *entries = matrix_entries(&e->m, pivot.value);
	uint32_t sum[ELIMINATE_LANES] = { 0 }, own = 1;

	for (uint32_t i = 0; i < e->m.rows[pivot.value].len; i++) {
		const uint32_t *of = v + (size_t)entries[i].column * ELIMINATE_LANES;

		if (entries[i].column == pivot.column)
			own = entries[i].value;
		for (uint32_t lane = 0; entries[i].column != pivot.column && lane < ELIMINATE_LANES;
		     lane++)
			sum[lane] =
				field_add(sum[lane], field_multiply(entries[i].value, of[lane]));
	}
	own = field_negative(field_inverse(own));
	for (uint32_t lane = 0; lane < ELIMINATE_LANES; lane++)
		v[(size_t)pivot.column * ELIMINATE_LANES + lane] = field_multiply(sum[lane], own);
}

void eliminate_solve(const struct eliminate *e, uint32_t *v)
{
	for (size_t i = 0; i < (size_t)e->early * ELIMINATE_LANES; i++)
		v[i] = (uint32_t)(mix(i) % (FIELD_P - 1)) + 1;
	for (size_t i = e->pivots_len; i-- > 0;)
		solve(e, e->pivots[i], v);
}

bool eliminate_is_zero(const uint32_t *v, uint32_t column)
{
	bool zero = true;

	for (uint32_t lane = 0; lane < ELIMINATE_LANES; lane++)
		zero &= !v[(size_t)column * ELIMINATE_LANES + lane];
	return zero;
}
