/* Where nothing that is visible stands in any line of some unknowns that hang together,
 * or only what adds up to nothing, any multiple of the true table fits as well: none of
 * it, and T times as much. In a sparse table this shows most counts to be open at once. */
#include "suppress/attack.h"
#include "suppress/sets.h"
#include "suppress/witness.h"

#include <stdlib.h>

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
			sets_join(c->parent, t[i].node, *ret_set);
		*ret_set = t[i].node;
	}
	return rest;
}

static void find_sets(struct scaling *c)
{
	uint32_t set;

	sets_init(c->parent, (uint32_t)c->s->nodes_len);
	for (size_t i = 0; i < c->s->equations_len; i++)
		join(c, &c->s->equations[i], &set);
	for (size_t i = 0; i < c->s->equations_len; i++)
		if (join(c, &c->s->equations[i], &set) && set != SUPPRESS_NONE)
			c->bound[set_of(c->parent, set)] = true;
}

static void widen(const struct suppress_system *s, uint32_t node, struct witness *seen)
{
	int64_t value = magnitude(s->nodes[node].value);
	uint16_t none = witness_capped(value), more = witness_capped(value * (s->threshold - 1));
	bool negative = s->nodes[node].value < 0;
	uint16_t below = negative ? more : none, above = negative ? none : more;

	if (seen->below[node] < below)
		seen->below[node] = below;
	if (seen->above[node] < above)
		seen->above[node] = above;
}

enum rc scale_all(const struct view *v, struct witness *seen)
{
	const struct suppress_system *s = v->s;
	CLEANUP_FREE uint32_t *parent = calloc(s->nodes_len + 1, sizeof(*parent));
	CLEANUP_FREE bool *bound = calloc(s->nodes_len + 1, sizeof(*bound));
	struct scaling c = { s, v->insider, parent, bound };

	if (!parent || !bound)
		return RC_NOMEM;
	find_sets(&c);
	/* Where zeros are known not to be hidden, none of it is no table. */
	for (uint32_t i = 0; i < v->open_len; i++) {
		uint32_t node = v->node_of[v->column_at[i]];

		if (!(s->nodes[node].flags & SUPPRESS_SIGNED) && view_least(v, node))
			bound[set_of(parent, node)] = true;
	}
	for (uint32_t i = 0; i < v->open_len; i++) {
		uint32_t node = v->node_of[v->column_at[i]];

		if (!bound[set_of(parent, node)])
			widen(s, node, seen);
	}
	return RC_OK;
}
