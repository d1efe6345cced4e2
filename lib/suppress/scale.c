/* Where nothing that is visible stands in any line of some unknowns that hang together,
 * or only what adds up to nothing, any multiple of the true table fits as well: none of
 * it, and T times as much. In a sparse table this shows most counts to be open at once. */
#include "suppress/attack.h"
#include "suppress/search.h"

#include <stdlib.h>

/* Sets of nodes that hang together: Tarjan, "Efficiency of a good but not linear set
 * union algorithm", JACM 22 (1975), with halving of paths. */
static uint32_t set_of(uint32_t *parent, uint32_t node)
{
	while (parent[node] != node)
		node = parent[node] = parent[parent[node]];
	return node;
}

struct scaling {
	const struct suppress_system *s;
	const struct insider *insider;
	uint32_t *parent;
	bool *bound; /* per set, by its first node: something visible holds it */
};

static bool is_open(const struct scaling *c, uint32_t node)
{
	const struct node *n = &c->s->nodes[node];

	return is_unknown(n) && !insider_owns(c->insider, n->owner);
}

/* Joins the unknowns of a line; returns what the rest adds up to. */
static int64_t join(struct scaling *c, const struct equation *e, uint32_t *ret_set)
{
	const struct term *t = terms_of(c->s, e);
	int64_t rest = 0;

	*ret_set = SUPPRESS_NONE;
	for (uint32_t i = 0; i < e->len; i++) {
		if (!is_open(c, t[i].node)) {
			rest += t[i].coef * c->s->nodes[t[i].node].value;
			continue;
		}
		if (*ret_set != SUPPRESS_NONE)
			c->parent[set_of(c->parent, t[i].node)] = set_of(c->parent, *ret_set);
		*ret_set = t[i].node;
	}
	return rest;
}

static void find_sets(struct scaling *c)
{
	uint32_t set;

	for (uint32_t i = 0; i < c->s->nodes_len; i++)
		c->parent[i] = i;
	for (size_t i = 0; i < c->s->equations_len; i++)
		join(c, &c->s->equations[i], &set);
	for (size_t i = 0; i < c->s->equations_len; i++)
		if (join(c, &c->s->equations[i], &set) && set != SUPPRESS_NONE)
			c->bound[set_of(c->parent, set)] = true;
}

static void widen(struct moves *x, uint32_t column, int64_t threshold)
{
	int64_t most = x->value[column] * threshold;
	int64_t least = x->is_signed[column] && most < 0 ? most : 0;

	if (x->low[column] > least)
		x->low[column] = least;
	if (x->high[column] < most)
		x->high[column] = most;
	if (x->high[column] < 0)
		x->high[column] = 0;
}

enum rc scale_all(const struct suppress_system *s, const struct insider *insider, struct moves *x)
{
	CLEANUP_FREE uint32_t *parent = calloc(s->nodes_len + 1, sizeof(*parent));
	CLEANUP_FREE bool *bound = calloc(s->nodes_len + 1, sizeof(*bound));
	struct scaling c = { s, insider, parent, bound };

	if (!parent || !bound)
		return RC_NOMEM;
	find_sets(&c);
	/* Where zeros are known not to be hidden, none of it is no table. */
	for (uint32_t i = 0; i < x->columns; i++)
		if (x->least[i])
			bound[set_of(parent, x->v->node_of[x->v->early + i])] = true;
	for (uint32_t i = 0; i < x->columns; i++)
		if (!bound[set_of(parent, x->v->node_of[x->v->early + i])])
			widen(x, i, s->threshold);
	return RC_OK;
}
