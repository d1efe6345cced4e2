#include "suppress/attack.h"

#include "suppress/search.h"
#include "suppress/witness.h"

#include <stdlib.h>

#define WIDTH 3

static struct goal goal_of(const struct suppress_system *s, const struct insider *insider,
			   uint32_t node)
{
	return insider ? insider_goal(s, insider, node) : outsider_goal(s, node);
}

/* That there was nothing, where no figure is published either, tells of nobody: it must
 * not follow exactly, but is not searched for. In a sparse table there are thousands. */
static bool is_searched(const struct suppress_system *s, uint32_t node)
{
	const struct node *n = &s->nodes[node];

	return (n->flags & (SUPPRESS_PUBLISHED | SUPPRESS_UNVALUED)) || n->value;
}

/* Goals of what is open; leaks of what is not. */
static enum rc set_goals(const struct view *v, const struct insider *insider, struct goal *goals,
			 struct witness *seen, struct leaks *leaks)
{
	enum rc rc = RC_OK;

	for (uint32_t c = 0; !rc && c < v->columns; c++) {
		struct goal g = goal_of(v->s, insider, v->node_of[c]);
		struct leak leak = { v->node_of[c], LEAK_LINEAR, g.low < g.high };

		if (g.width && v->determined[c])
			rc = leaks_add(leaks, leak);
		else if (c >= v->early && is_searched(v->s, v->node_of[c]))
			goals[c - v->early] = g;
		else if (!v->determined[c])
			seen->above[v->node_of[c]] = 1;
	}
	return rc;
}

static struct leak leak_of(const struct moves *x, const struct goal *g, uint32_t column)
{
	int64_t low = moves_low(x, column), high = moves_high(x, column);
	struct leak leak = { .node = x->v->node_of[x->v->early + column], .kind = LEAK_NARROW };

	leak.revealed = g->low < g->high && (low > g->low || high < g->high);
	if (low == high)
		leak.kind = LEAK_BOUNDS;
	else if (high - low >= WIDTH)
		leak.kind = LEAK_REVEALED;
	return leak;
}

static bool is_seen(const struct witness *seen, uint32_t node, const struct goal *g, int64_t value)
{
	int64_t low = value - seen->below[node], high = value + seen->above[node];

	return !g->width || (low <= g->low && high >= g->high && high - low >= g->width);
}

/* Whether nothing is left to be found out. */
static bool all_seen(const struct suppress_system *s, const struct insider *insider,
		     const struct witness *seen)
{
	for (uint32_t i = 0; i < s->nodes_len; i++) {
		const struct node *n = &s->nodes[i];
		struct goal g;

		if (!is_unknown(n) || insider_owns(insider, n->owner))
			continue;
		g = goal_of(s, insider, i);
		if ((n->flags & SUPPRESS_UNVALUED) && g.width)
			g = (struct goal){ n->value, n->value, 1 };
		if (!is_seen(seen, i, &g, n->value))
			return false;
	}
	return true;
}

static void read_seen(struct moves *x, const struct witness *seen)
{
	for (uint32_t c = 0; c < x->columns; c++) {
		uint32_t node = x->v->node_of[x->v->early + c];

		x->low[c] = x->value[c] - seen->below[node];
		x->high[c] = x->value[c] + seen->above[node];
	}
}

static uint16_t capped(int64_t distance)
{
	return distance < WITNESS_MAX ? (uint16_t)distance : WITNESS_MAX;
}

static void write_seen(const struct moves *x, struct witness *seen)
{
	for (uint32_t c = 0; c < x->columns; c++) {
		uint32_t node = x->v->node_of[x->v->early + c];
		int64_t value = x->v->s->nodes[node].value;

		seen->below[node] = capped(value - moves_low(x, c));
		seen->above[node] = capped(moves_high(x, c) - value);
	}
}

enum rc attack(const struct suppress_system *s, const struct insider *insider, struct witness *seen,
	       struct leaks *ret_leaks)
{
	CLEANUP(view_release) struct view v = { 0 };
	CLEANUP(moves_release) struct moves x = { 0 };
	CLEANUP_FREE struct goal *goals = NULL;
	enum rc rc;

	ret_leaks->len = 0;
	if (all_seen(s, insider, seen))
		return RC_OK;
	rc = view_init(&v, s, insider);
	if (!rc)
		rc = moves_init(&x, &v);
	goals = calloc((size_t)x.columns + 1, sizeof(*goals));
	if (!rc && !goals)
		rc = RC_NOMEM;
	if (!rc)
		rc = set_goals(&v, insider, goals, seen, ret_leaks);
	if (rc)
		return rc;
	read_seen(&x, seen);
	x.drawn = seen->drawn;
	rc = scale_all(s, insider, &x);
	if (!rc)
		rc = search(&x, goals);
	write_seen(&x, seen);
	seen->drawn = x.drawn;
	for (uint32_t c = 0; !rc && c < x.columns; c++)
		if (!goal_is_met(&x, goals, c))
			rc = leaks_add(ret_leaks, leak_of(&x, &goals[c], c));
	leaks_sort(ret_leaks);
	return rc;
}
