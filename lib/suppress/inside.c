#include "suppress/attack.h"
#include "suppress/grid_shape.h"
#include "suppress/search.h"

/* Whether anybody else has a part in a count. A region whose other contributors are
 * known not to have reported is its one contributor's own. */
static bool has_foreign(const struct suppress_system *s, const struct insider *insider,
			uint32_t node)
{
	const struct grid_shape *g = grid_of(s, node);
	const struct category *who;
	uint32_t category;

	if (!g || g->organisation == SUPPRESS_NONE)
		return true;
	category = grid_category(g, node, g->organisation);
	who = &g->dimensions[g->organisation]->categories[category];
	for (uint32_t i = 0; i < who->leaves_len; i++) {
		uint32_t at = node + who->leaves[i] * g->strides[g->organisation] -
			      category * g->strides[g->organisation];
		const struct node *n = &s->nodes[at];

		if (!insider_owns(insider, n->owner) && !(n->flags & SUPPRESS_KNOWN))
			return true;
	}
	return false;
}

/* What a total holds besides the insider's own: its own node at the same place is
 * known where the system was made from a grid. */
static int64_t foreign_part(const struct suppress_system *s, const struct insider *insider,
			    uint32_t node)
{
	const struct grid_shape *g = grid_of(s, node);
	const struct suppress_dimension *d;
	const struct category *own;
	uint32_t category, at;

	if (!g || g->organisation == SUPPRESS_NONE || insider->top == SUPPRESS_NONE)
		return s->nodes[node].value;
	d = g->dimensions[g->organisation];
	/* Organisations of another grid have no part in this one. */
	if (insider->top >= d->len || !insider_owns(insider, g->owners + insider->top))
		return s->nodes[node].value;
	own = &d->categories[insider->top];
	category = grid_category(g, node, g->organisation);
	for (uint32_t i = 0; i < own->leaves_len; i++)
		if (!dimension_covers(d, category, own->leaves[i]))
			return s->nodes[node].value;
	at = node + insider->top * g->strides[g->organisation] -
	     category * g->strides[g->organisation];
	if (s->nodes[at].flags & SUPPRESS_UNVALUED)
		return 0;
	return s->nodes[node].value - s->nodes[at].value;
}

static bool matters(const struct suppress_system *s, const struct insider *insider, uint32_t node)
{
	const struct node *n = &s->nodes[node];

	if (!has_foreign(s, insider, node))
		return false;
	if (is_small(s, n))
		return true;
	return !(n->flags & SUPPRESS_SIGNED) && foreign_part(s, insider, node) < s->threshold;
}

struct goal insider_goal(const struct suppress_system *s, const struct insider *insider,
			 uint32_t node)
{
	int64_t value = s->nodes[node].value;

	return (struct goal){ value, value, matters(s, insider, node) ? 1 : 0 };
}
