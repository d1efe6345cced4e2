/* The greedy closure hides some cells that later ones make needless. Each secondary
 * cell, the dearest first, is shown again where all its lines stay safe. The exact
 * audits come after this step, so nothing rests on it. */
#include "suppress/steps.h"

#include <stdlib.h>

struct candidate {
	int64_t cost;
	uint32_t node;
};

static int dearest_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->cost != y->cost)
		return x->cost < y->cost ? 1 : -1;
	return (x->node > y->node) - (x->node < y->node);
}

static bool lines_are_safe(const struct suppress_system *s, uint32_t node)
{
	const struct lists *of = &s->equations_of;

	for (uint32_t i = of->start[node]; i < of->start[node + 1]; i++)
		if (!line_is_safe(s, &s->equations[of->items[i]]))
			return false;
	return true;
}

enum rc suppress_prune(struct suppress_system *s)
{
	CLEANUP_FREE struct candidate *list = calloc(s->nodes_len + 1, sizeof(*list));
	size_t len = 0;

	if (!list)
		return RC_NOMEM;
	for (uint32_t i = 0; i < s->nodes_len; i++)
		if (s->nodes[i].hidden == REASON_SECONDARY)
			list[len++] = (struct candidate){ node_cost(s, &s->nodes[i]), i };
	qsort(list, len, sizeof(*list), dearest_first);
	for (size_t i = 0; i < len; i++) {
		struct node *n = &s->nodes[list[i].node];

		n->hidden = REASON_NONE;
		if (!lines_are_safe(s, list[i].node))
			n->hidden = REASON_SECONDARY;
	}
	return RC_OK;
}
