#include "suppress/view.h"

#include "suppress/field.h"
#include "suppress/measure.h"

#include <stdlib.h>
#include <string.h>

#define WEIGHING 4

void view_begin(struct view *v, const struct suppress_system *s, const struct insider *insider)
{
	*v = (struct view){ .s = s, .insider = insider };
}

void view_release(struct view *v)
{
	eliminate_release(&v->all);
	eliminate_release(&v->open);
	free(v->column_of);
	free(v->node_of);
	free(v->weight);
	free(v->determined);
	free(v->open_of);
	free(v->column_at);
	free(v->drawn);
}

/* The least that a hidden count can be. Where zeros are shown, whoever sees a hidden
 * one knows that it is none. */
static int64_t least_hidden(const struct suppress_system *s)
{
	bool shown = false;

	for (size_t i = 0; i < s->nodes_len; i++) {
		const struct node *n = &s->nodes[i];
		unsigned flags = n->flags;

		if (!(flags & SUPPRESS_PUBLISHED) || n->value ||
		    (flags & (SUPPRESS_SIGNED | SUPPRESS_UNVALUED)))
			continue;
		if (n->hidden)
			return 0;
		shown |= !(flags & (SUPPRESS_FORCED | SUPPRESS_KNOWN));
	}
	return shown;
}

int64_t view_least(const struct view *v, uint32_t node)
{
	unsigned flags = v->s->nodes[node].flags;

	return (flags & SUPPRESS_PUBLISHED) ? v->least_hidden : 0;
}

/* Up to so many unknowns, counts that are not published are bounded below by 0 too.
 * Beyond, only published ones are, as in the tables that a reader holds: the others
 * are eliminated first, which leaves the attacker a little less.
 * 0 for a node that is eliminated first. */
static int class_of(const struct node *n, bool many)
{
	if (n->flags & SUPPRESS_UNVALUED)
		return 0;
	return !(many && !(n->flags & SUPPRESS_PUBLISHED));
}

static bool may_be_unknown(const struct view *v, const struct node *n)
{
	return (is_unknown(n) || can_hide(n)) && !insider_owns(v->insider, n->owner);
}

static void number_columns(struct view *v)
{
	const struct suppress_system *s = v->s;
	uint32_t most = v->insider ? SUPPRESS_BOUNDED_INSIDE_MAX : SUPPRESS_BOUNDED_MAX;
	uint32_t unknown = 0;

	for (uint32_t i = 0; i < s->nodes_len; i++) {
		bool may = may_be_unknown(v, &s->nodes[i]);

		v->column_of[i] = may ? 0 : SUPPRESS_NONE;
		unknown += may && is_unknown(&s->nodes[i]);
	}
	for (int class = 0; class < 2; class ++) {
		for (uint32_t i = 0; i < s->nodes_len; i++) {
			if (v->column_of[i] == SUPPRESS_NONE ||
			    class_of(&s->nodes[i], unknown > most) != class)
				continue;
			v->column_of[i] = v->columns;
			v->node_of[v->columns++] = i;
		}
		v->early = class ? v->early : v->columns;
	}
}

/* A total weighs what its members do together. Totals of totals need a pass each; more
 * than a few there are not, and nothing but the search's luck rests on it. */
static enum rc weigh(struct view *v)
{
	const struct suppress_system *s = v->s;
	CLEANUP_FREE uint32_t *weights = calloc(s->nodes_len + 1, sizeof(*weights));

	if (!weights)
		return RC_NOMEM;
	for (size_t i = 0; i < s->nodes_len; i++)
		weights[i] = 1;
	for (size_t i = 0; i < WEIGHING * s->equations_len; i++) {
		const struct equation *e = &s->equations[i % s->equations_len];
		const struct term *t = terms_of(s, e);
		uint64_t sum = 0;

		for (uint32_t k = 1; k < e->len; k++)
			sum += weights[t[k].node];
		if (sum > weights[t->node])
			weights[t->node] = sum < VIEW_WEIGHT_MAX ? (uint32_t)sum : VIEW_WEIGHT_MAX;
	}
	for (uint32_t c = 0; c < v->columns; c++)
		v->weight[c] = weights[v->node_of[c]];
	return RC_OK;
}

static uint32_t longest_equation(const struct suppress_system *s)
{
	uint32_t longest = 0;

	for (size_t i = 0; i < s->equations_len; i++)
		if (s->equations[i].len > longest)
			longest = s->equations[i].len;
	return longest;
}

static enum rc add_rows(struct view *v)
{
	const struct suppress_system *s = v->s;
	uint32_t longest = longest_equation(s);
	CLEANUP_FREE struct entry *row = calloc((size_t)longest + 1, sizeof(*row));
	enum rc rc = row ? RC_OK : RC_NOMEM;

	for (size_t i = 0; !rc && i < s->equations_len; i++) {
		const struct term *t = terms_of(s, &s->equations[i]);
		uint32_t n = 0;

		for (uint32_t k = 0; k < s->equations[i].len; k++) {
			if (v->column_of[t[k].node] == SUPPRESS_NONE)
				continue;
			row[n++] = (struct entry){ v->column_of[t[k].node], field_of(t[k].coef) };
		}
		rc = eliminate_row(&v->all, row, n);
	}
	return rc;
}

static enum rc make(struct view *v)
{
	size_t n = v->s->nodes_len + 1;
	enum rc rc;

	v->column_of = calloc(n, sizeof(*v->column_of));
	v->node_of = calloc(n, sizeof(*v->node_of));
	v->weight = calloc(n, sizeof(*v->weight));
	v->determined = calloc(n, sizeof(*v->determined));
	v->open_of = calloc(n, sizeof(*v->open_of));
	v->column_at = calloc(n, sizeof(*v->column_at));
	v->drawn = calloc(n * ELIMINATE_LANES, sizeof(*v->drawn));
	if (!v->column_of || !v->node_of || !v->weight || !v->determined || !v->open_of ||
	    !v->column_at || !v->drawn)
		return RC_NOMEM;
	number_columns(v);
	rc = weigh(v);
	if (!rc)
		rc = eliminate_init(&v->all, v->columns, v->early);
	if (!rc)
		rc = add_rows(v);
	return rc ? rc : eliminate_run(&v->all);
}

/* What is left of a row when all is taken out of it that is shown. */
static enum rc add_open_row(struct view *v, uint32_t r, struct entry *row)
{
	const struct entry *entries = matrix_entries(&v->all.m, r);
	uint32_t n = 0;

	for (uint32_t i = 0; i < v->all.m.rows[r].len; i++)
		if (v->open_of[entries[i].column] != SUPPRESS_NONE)
			row[n++] =
				(struct entry){ v->open_of[entries[i].column], entries[i].value };
	return eliminate_row(&v->open, row, n);
}

static enum rc eliminate_open(struct view *v)
{
	CLEANUP_FREE struct entry *row = NULL;
	enum rc rc;

	v->open_len = 0;
	for (uint32_t c = v->early; c < v->columns; c++) {
		bool open = is_unknown(&v->s->nodes[v->node_of[c]]);

		v->open_of[c] = open ? v->open_len : SUPPRESS_NONE;
		if (open)
			v->column_at[v->open_len++] = c;
	}
	eliminate_release(&v->open);
	rc = eliminate_init(&v->open, v->open_len, v->open_len);
	row = calloc((size_t)v->open_len + 1, sizeof(*row));
	if (!rc && !row)
		rc = RC_NOMEM;
	for (uint32_t r = 0; !rc && r < v->all.m.rows_len; r++)
		if (eliminate_is_rest(&v->all, r))
			rc = add_open_row(v, r, row);
	return rc ? rc : eliminate_run(&v->open);
}

/* What follows: 0 in every vector that fits. */
static enum rc determine(struct view *v)
{
	size_t size = (size_t)v->open_len + 1;
	CLEANUP_FREE uint32_t *open = calloc(size * ELIMINATE_LANES, sizeof(*open));
	const size_t lanes = ELIMINATE_LANES * sizeof(*open);

	if (!open)
		return RC_NOMEM;
	eliminate_solve(&v->open, open);
	for (uint32_t c = v->early; c < v->columns; c++) {
		uint32_t *at = v->drawn + (size_t)c * ELIMINATE_LANES;

		memset(at, 0, lanes);
		if (v->open_of[c] != SUPPRESS_NONE)
			memcpy(at, open + (size_t)v->open_of[c] * ELIMINATE_LANES, lanes);
	}
	eliminate_solve(&v->all, v->drawn);
	for (uint32_t c = 0; c < v->columns; c++)
		v->determined[c] = eliminate_is_zero(v->drawn, c);
	return RC_OK;
}

enum rc view_look(struct view *v)
{
	enum rc rc = v->column_of ? RC_OK : make(v);

	v->least_hidden = least_hidden(v->s);
	if (!rc)
		rc = eliminate_open(v);
	return rc ? rc : determine(v);
}
