#include "suppress/attack.h"

#include "suppress/search.h"
#include "suppress/sets.h"
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

static bool is_seen(const struct witness *seen, uint32_t node, const struct goal *g, int64_t value)
{
	int64_t low = value - seen->below[node], high = value + seen->above[node];

	return !g->width || (low <= g->low && high >= g->high && high - low >= g->width);
}

/* Goals of what is open, per column of the view; leaks of what is not. */
static enum rc set_goals(const struct view *v, struct goal *goals, struct witness *seen,
			 struct leaks *leaks)
{
	enum rc rc = RC_OK;

	for (uint32_t c = 0; !rc && c < v->columns; c++) {
		uint32_t node = v->node_of[c];
		struct goal g;

		if (!view_is_open(v, c))
			continue;
		g = goal_of(v->s, v->insider, node);
		if (g.width && v->determined[c])
			rc = leaks_add(leaks, (struct leak){ node, LEAK_LINEAR, g.low < g.high });
		else if (c >= v->early && is_searched(v->s, node))
			goals[c] = g;
		else if (!v->determined[c])
			seen->above[node] = 1;
	}
	return rc;
}

static struct leak leak_of(const struct moves *x, const struct goal *g, uint32_t column)
{
	int64_t low = moves_low(x, column), high = moves_high(x, column);
	struct leak leak = { .node = x->node_of[column], .kind = LEAK_NARROW };

	leak.revealed = g->low < g->high && (low > g->low || high < g->high);
	if (low == high)
		leak.kind = LEAK_BOUNDS;
	else if (high - low >= WIDTH)
		leak.kind = LEAK_REVEALED;
	return leak;
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

/* The open columns that hang together with a goal that is not met: a search for that one
 * has no use for others. */
static enum rc pick(const struct view *v, const struct goal *goals, const struct witness *seen,
		    bool *ret_picked)
{
	const struct eliminate *e = &v->open;
	CLEANUP_FREE uint32_t *parent = calloc((size_t)v->open_len + 1, sizeof(*parent));
	CLEANUP_FREE bool *wanted = calloc((size_t)v->open_len + 1, sizeof(*wanted));

	if (!parent || !wanted)
		return RC_NOMEM;
	sets_init(parent, v->open_len);
	for (size_t p = 0; p < e->pivots_len; p++) {
		const struct entry *row = matrix_entries(&e->m, e->pivots[p].value);

		for (uint32_t i = 1; i < e->m.rows[e->pivots[p].value].len; i++)
			sets_join(parent, row[i].column, row[0].column);
	}
	for (uint32_t i = 0; i < v->open_len; i++) {
		uint32_t column = v->column_at[i], node = v->node_of[column];

		if (!is_seen(seen, node, &goals[column], v->s->nodes[node].value))
			wanted[set_of(parent, i)] = true;
	}
	for (uint32_t i = 0; i < v->open_len; i++)
		ret_picked[i] = wanted[set_of(parent, i)];
	return RC_OK;
}

static void read_seen(struct moves *x, const struct witness *seen)
{
	for (uint32_t c = 0; c < x->columns; c++) {
		x->low[c] = x->value[c] - seen->below[x->node_of[c]];
		x->high[c] = x->value[c] + seen->above[x->node_of[c]];
	}
}

static void write_seen(const struct moves *x, struct witness *seen)
{
	for (uint32_t c = 0; c < x->columns; c++) {
		uint32_t node = x->node_of[c];
		int64_t value = x->v->s->nodes[node].value;

		seen->below[node] = witness_capped(value - moves_low(x, c));
		seen->above[node] = witness_capped(moves_high(x, c) - value);
	}
}

/* Searches for what is still missing; what is not found leaks. */
static enum rc find_out(const struct view *v, const struct goal *all, struct witness *seen,
			struct leaks *leaks)
{
	CLEANUP(moves_release) struct moves x = { 0 };
	CLEANUP_FREE bool *picked = calloc((size_t)v->open_len + 1, sizeof(*picked));
	CLEANUP_FREE struct goal *goals = calloc((size_t)v->open_len + 1, sizeof(*goals));
	enum rc rc = picked && goals ? pick(v, all, seen, picked) : RC_NOMEM;

	if (!rc)
		rc = moves_init(&x, v, picked);
	if (rc)
		return rc;
	for (uint32_t c = 0; c < x.columns; c++)
		goals[c] = all[v->column_of[x.node_of[c]]];
	read_seen(&x, seen);
	x.drawn = seen->drawn;
	rc = search(&x, goals);
	write_seen(&x, seen);
	seen->drawn = x.drawn;
	for (uint32_t c = 0; !rc && c < x.columns; c++)
		if (!goal_is_met(&x, goals, c))
			rc = leaks_add(leaks, leak_of(&x, &goals[c], c));
	return rc;
}

enum rc attack(struct view *v, struct witness *seen, struct leaks *ret_leaks)
{
	CLEANUP_FREE struct goal *goals = NULL;
	enum rc rc;

	ret_leaks->len = 0;
	if (all_seen(v->s, v->insider, seen))
		return RC_OK;
	rc = view_look(v);
	goals = calloc((size_t)v->columns + 1, sizeof(*goals));
	if (!rc && !goals)
		rc = RC_NOMEM;
	if (!rc)
		rc = set_goals(v, goals, seen, ret_leaks);
	if (!rc)
		rc = scale_all(v, seen);
	if (!rc)
		rc = find_out(v, goals, seen, ret_leaks);
	leaks_sort(ret_leaks);
	return rc;
}
