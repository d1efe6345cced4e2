#include "suppress/attack.h"
#include "suppress/search.h"

/* A hidden cell must be open over at least this much. */
#define WIDTH 3

struct goal outsider_goal(const struct suppress_system *s, uint32_t node)
{
	const struct node *n = &s->nodes[node];
	struct goal g = { n->value, n->value, 0 };

	if (!(n->flags & SUPPRESS_PUBLISHED)) {
		g.width = is_small(s, n) ? 1 : 0;
		return g;
	}
	g.width = WIDTH;
	if (is_small(s, n) && !(n->flags & SUPPRESS_SIGNED)) {
		g.low = 1;
		g.high = s->threshold;
	}
	return g;
}
