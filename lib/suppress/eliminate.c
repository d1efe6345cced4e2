#include "suppress/eliminate.h"

#include "suppress/field.h"
#include "suppress/internal.h"
#include "suppress/mix.h"

#include <stdlib.h>

#define LANES 2

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
	free(e->late);
	free(e->done);
	free(e->pivots);
}

enum rc eliminate_row(struct eliminate *e, const struct entry *entries, uint32_t n)
{
	return n ? matrix_row(&e->m, entries, n, 0) : RC_OK;
}

/* --- rows by length ---------------------------------------------------------- */

static uint32_t *list_of(struct eliminate *e, uint32_t r)
{
	return &e->by_length[e->m.rows[r].len + (e->late[r] ? e->m.columns + 1 : 0)];
}

static void link_row(void *ctx, uint32_t r)
{
	struct eliminate *e = ctx;
	const struct entry *entries = matrix_entries(&e->m, r);
	uint32_t *first;

	e->late[r] = true;
	for (uint32_t i = 0; e->early_left && e->late[r] && i < e->m.rows[r].len; i++)
		e->late[r] = entries[i].column >= e->early;
	e->done[r] = !e->m.rows[r].len;
	if (e->done[r])
		return;
	first = list_of(e, r);
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
		*list_of(e, r) = e->next[r];
	if (e->next[r])
		e->prev[e->next[r] - 1] = e->prev[r];
}

static enum rc prepare(struct eliminate *e)
{
	size_t n = e->m.rows_len + 1;

	e->next = calloc(n, sizeof(*e->next));
	e->prev = calloc(n, sizeof(*e->prev));
	e->late = calloc(n, sizeof(*e->late));
	e->done = calloc(n, sizeof(*e->done));
	e->pivots = calloc(n, sizeof(*e->pivots));
	e->by_length = calloc(2 * ((size_t)e->m.columns + 1), sizeof(*e->by_length));
	if (!e->next || !e->prev || !e->late || !e->done || !e->pivots || !e->by_length ||
	    matrix_index(&e->m))
		return RC_NOMEM;
	for (uint32_t r = (uint32_t)e->m.rows_len; r-- > 0;)
		link_row(e, r);
	return RC_OK;
}

/* --- elimination ---------------------------------------------------------------- */

static bool is_better(const struct eliminate *e, uint32_t a, uint32_t b)
{
	if (e->early_left && (a < e->early) != (b < e->early))
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
	e->done[r] = true;
	for (uint32_t i = 1; i < e->m.rows[r].len; i++)
		if (is_better(e, entries[i].column, best.column))
			best = entries[i];
	matrix_set_aside(&e->m, r);
	e->pivots[e->pivots_len++] = (struct entry){ best.column, r };
	return matrix_clear(&e->m, r, best, &watch);
}

/* Rows of one kind, the shortest first, until there are none. */
static enum rc use_rows(struct eliminate *e, uint32_t *by_length)
{
	enum rc rc = RC_OK;

	for (uint32_t length = 1; !rc && length <= e->m.columns;) {
		if (by_length[length]) {
			rc = use_pivot(e, by_length[length] - 1);
			length = 1;
		} else {
			length++;
		}
	}
	return rc;
}

/* --- what it says ------------------------------------------------------------------ */

static uint32_t free_value(uint32_t column, uint32_t lane)
{
	return (uint32_t)(mix(((uint64_t)lane << 32) | column) % (FIELD_P - 1)) + 1;
}

/* The value of a pivot from those that were eliminated after it. */
static uint32_t solve(const struct eliminate *e, struct entry pivot, const uint32_t *v,
		      uint32_t lane)
{
	const struct entry *entries = matrix_entries(&e->m, pivot.value);
	uint32_t sum = 0, own = 1;

	for (uint32_t i = 0; i < e->m.rows[pivot.value].len; i++) {
		if (entries[i].column == pivot.column)
			own = entries[i].value;
		else
			sum = field_add(sum, field_multiply(entries[i].value,
							    v[entries[i].column * LANES + lane]));
	}
	return field_multiply(sum, field_negative(field_inverse(own)));
}

static enum rc substitute(const struct eliminate *e, bool *ret_determined)
{
	size_t n = (size_t)e->m.columns * LANES;
	CLEANUP_FREE uint32_t *v = calloc(n + 1, sizeof(*v));

	if (!v)
		return RC_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		v[i] = free_value(i / LANES, i % LANES);
	for (size_t i = e->pivots_len; i-- > 0;)
		for (uint32_t lane = 0; lane < LANES; lane++)
			v[e->pivots[i].column * LANES + lane] = solve(e, e->pivots[i], v, lane);
	for (uint32_t c = 0; c < e->m.columns; c++) {
		ret_determined[c] = true;
		for (uint32_t lane = 0; lane < LANES; lane++)
			ret_determined[c] &= !v[c * LANES + lane];
	}
	return RC_OK;
}

enum rc eliminate_run(struct eliminate *e, bool *ret_determined)
{
	enum rc rc;

	e->early_left = true;
	rc = prepare(e);
	if (!rc)
		rc = use_rows(e, e->by_length);
	e->early_left = false;
	e->early_len = e->pivots_len;
	if (!rc)
		rc = use_rows(e, e->by_length + e->m.columns + 1);
	return rc ? rc : substitute(e, ret_determined);
}
