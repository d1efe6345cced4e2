/* The audit against an outsider: exact linear algebra over everything, then the
 * bounds of what it leaves open. The intervals of a cell are those of the handbook's
 * attacker, who knows that counts are whole and not negative (Handbook on SDC,
 * section 4.3); a cell passes when tables that differ enough in it were exhibited. */
#include "suppress/attack.h"

#include "suppress/moves.h"

#include <stdlib.h>

/* A hidden cell must be open over at least this much. */
#define WIDTH 3

enum rc ranges_init(const struct suppress_system *s, struct ranges *r)
{
	r->low = calloc(s->nodes_len + 1, sizeof(*r->low));
	r->high = calloc(s->nodes_len + 1, sizeof(*r->high));
	if (!r->low || !r->high)
		return RC_NOMEM;
	for (size_t i = 0; i < s->nodes_len; i++)
		r->low[i] = r->high[i] = s->nodes[i].value;
	return RC_OK;
}

void ranges_release(struct ranges *r)
{
	free(r->low);
	free(r->high);
}

static bool is_protected(const struct suppress_system *s, const struct node *n)
{
	return (n->flags & SUPPRESS_PUBLISHED) || is_small(s, n);
}

bool must_cover(const struct suppress_system *s, const struct node *n)
{
	return (n->flags & SUPPRESS_PUBLISHED) && is_small(s, n) && !(n->flags & SUPPRESS_SIGNED);
}

bool covers(const struct suppress_system *s, const struct ranges *r, uint32_t node)
{
	return r->low[node] <= 1 && r->high[node] >= s->threshold;
}

static bool is_wide(const struct suppress_system *s, const struct ranges *r, uint32_t node)
{
	const struct node *n = &s->nodes[node];
	int64_t width = n->flags & SUPPRESS_PUBLISHED ? WIDTH : 1;

	if (r->high[node] - r->low[node] < width)
		return false;
	return !must_cover(s, n) || covers(s, r, node);
}

static int64_t goal_above(const struct suppress_system *s, const struct ranges *r, uint32_t node)
{
	const struct node *n = &s->nodes[node];
	int64_t goal = r->low[node] + (n->flags & SUPPRESS_PUBLISHED ? WIDTH : 1);

	return must_cover(s, n) && goal < s->threshold ? s->threshold : goal;
}

static int64_t goal_below(const struct suppress_system *s, const struct ranges *r, uint32_t node)
{
	const struct node *n = &s->nodes[node];
	int64_t goal = r->high[node] - (n->flags & SUPPRESS_PUBLISHED ? WIDTH : 1);

	if (must_cover(s, n) && goal > 1)
		goal = 1;
	return goal < 0 && !(n->flags & SUPPRESS_SIGNED) ? 0 : goal;
}

static void note(const struct moves *x, uint32_t column, struct ranges *r, uint32_t node)
{
	if (moves_low(x, column) < r->low[node])
		r->low[node] = moves_low(x, column);
	if (moves_high(x, column) > r->high[node])
		r->high[node] = moves_high(x, column);
}

/* Looks for tables in which the node has other values, above, then below. */
static enum rc widen(const struct suppress_system *s, struct moves *x, uint32_t column,
		     struct ranges *r, uint32_t node)
{
	enum rc rc = RC_OK;

	note(x, column, r, node);
	if (is_wide(s, r, node))
		return RC_OK;
	rc = moves_reach(x, column, goal_above(s, r, node));
	note(x, column, r, node);
	if (rc || is_wide(s, r, node))
		return rc;
	rc = moves_reach(x, column, goal_below(s, r, node));
	note(x, column, r, node);
	return rc;
}

static enum leak_kind kind_of(const struct ranges *r, uint32_t node)
{
	if (r->low[node] == r->high[node])
		return LEAK_BOUNDS;
	return r->high[node] - r->low[node] < WIDTH ? LEAK_NARROW : LEAK_REVEALED;
}

static enum rc search_all(const struct suppress_system *s, struct view *v, struct ranges *ranges,
			  struct leaks *leaks)
{
	CLEANUP(moves_release) struct moves x = { 0 };
	enum rc rc = moves_init(&x, v);

	for (uint32_t c = v->early; !rc && c < v->columns; c++) {
		uint32_t node = v->node_of[c];

		if (v->determined[c] || !is_protected(s, &s->nodes[node]))
			continue;
		rc = widen(s, &x, c - v->early, ranges, node);
		if (!rc && !is_wide(s, ranges, node))
			rc = leaks_add(leaks, node, kind_of(ranges, node));
	}
	for (uint32_t c = v->early; !rc && c < v->columns; c++)
		note(&x, c - v->early, ranges, v->node_of[c]);
	return rc;
}

enum rc attack_outside(const struct suppress_system *s, struct ranges *ranges,
		       struct leaks *ret_leaks)
{
	CLEANUP(view_release) struct view v = { 0 };
	enum rc rc = view_init(&v, s, NULL);

	ret_leaks->len = 0;
	for (uint32_t c = 0; !rc && c < v.columns; c++)
		if (v.determined[c] && is_protected(s, &s->nodes[v.node_of[c]]))
			rc = leaks_add(ret_leaks, v.node_of[c], LEAK_LINEAR);
	if (!rc)
		rc = search_all(s, &v, ranges, ret_leaks);
	leaks_sort(ret_leaks);
	return rc;
}
