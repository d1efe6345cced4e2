/* What to hide beside a count that leaks: the cheapest published member of a line of
 * it, one more unknown where it followed from. Where its own lines have none left, or only
 * dear ones, the lines of what it is tied to, step by step: a freedom further away may
 * reach it through unknowns between. */
#include "suppress/steps.h"

#include <stdlib.h>

/* So many unknowns around a leak are looked at for something cheaper than what its own
 * lines have left, which may be a total that everyone reads. The further away, the
 * less it helps, so the dearer it counts. */
#define LOOK_AROUND 100

struct reach {
	const struct suppress_system *s;
	const struct insider *insider;
	bool *seen;      /* per node: in the list, or needs not be */
	uint32_t *nodes; /* breadth first */
	size_t len;
};

/* The members of a line that are unknown join; the first that was published before,
 * or is known from elsewhere, is the likely cause. */
static void join(struct reach *r, const struct equation *e, uint32_t *cause)
{
	const struct term *t = terms_of(r->s, e);

	for (uint32_t i = 0; i < e->len; i++) {
		const struct node *n = &r->s->nodes[t[i].node];

		if (r->seen[t[i].node])
			continue;
		r->seen[t[i].node] = true;
		if (is_unknown(n) && !insider_owns(r->insider, n->owner))
			r->nodes[r->len++] = t[i].node;
		else if (*cause == SUPPRESS_NONE && (n->flags & (SUPPRESS_FORCED | SUPPRESS_KNOWN)))
			*cause = t[i].node;
	}
}

/* The cheapest to hide in the lines of one node. */
static uint32_t cheapest_near(struct suppress_system *s, uint32_t node,
			      const struct insider *insider)
{
	const struct lists *of = &s->equations_of;
	uint32_t best = SUPPRESS_NONE;

	for (uint32_t i = of->start[node]; i < of->start[node + 1]; i++) {
		uint32_t other = line_cheapest(s, &s->equations[of->items[i]], insider);

		if (other == SUPPRESS_NONE)
			continue;
		if (best == SUPPRESS_NONE ||
		    node_cost(s, &s->nodes[other]) < node_cost(s, &s->nodes[best]))
			best = other;
	}
	return best;
}

enum rc suppress_find_repair(struct suppress_system *s, uint32_t node,
			     const struct insider *insider, uint32_t *ret, uint32_t *ret_cause)
{
	CLEANUP_FREE bool *seen = calloc(s->nodes_len + 1, sizeof(*seen));
	CLEANUP_FREE uint32_t *nodes = calloc(s->nodes_len + 1, sizeof(*nodes));
	struct reach r = { s, insider, seen, nodes, 1 };
	const struct lists *of = &s->equations_of;

	int64_t best = INT64_MAX;

	*ret_cause = SUPPRESS_NONE;
	*ret = SUPPRESS_NONE;
	if (!seen || !nodes)
		return RC_NOMEM;
	nodes[0] = node;
	seen[node] = true;
	for (size_t i = 0; i < r.len && (i < LOOK_AROUND || *ret == SUPPRESS_NONE); i++) {
		uint32_t other = cheapest_near(s, nodes[i], insider);
		int64_t cost = other == SUPPRESS_NONE
				       ? INT64_MAX
				       : node_cost(s, &s->nodes[other]) * (int64_t)(i + 1);

		if (cost < best) {
			best = cost;
			*ret = other;
		}
		for (uint32_t k = of->start[nodes[i]]; k < of->start[nodes[i] + 1]; k++)
			join(&r, &s->equations[of->items[k]], ret_cause);
	}
	return RC_OK;
}
