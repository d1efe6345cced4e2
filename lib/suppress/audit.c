#include "suppress/audit.h"

#include "suppress/grid_shape.h"
#include "suppress/view.h"

#include <string.h>

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

static bool must_not_follow(const struct suppress_system *s, const struct insider *insider,
			    uint32_t node)
{
	const struct node *n = &s->nodes[node];

	if (is_small(s, n))
		return !insider || has_foreign(s, insider, node);
	return !insider && (n->flags & SUPPRESS_PUBLISHED);
}

enum rc audit_linear(const struct suppress_system *s, const struct insider *insider,
		     bool *ret_leaks, uint32_t *ret_n)
{
	CLEANUP(view_release) struct view v = { 0 };
	enum rc rc = view_init(&v, s, insider);

	if (rc)
		return rc;
	memset(ret_leaks, 0, s->nodes_len * sizeof(*ret_leaks));
	*ret_n = 0;
	for (uint32_t c = 0; c < v.columns; c++) {
		uint32_t node = v.node_of[c];

		if (!v.determined[c] || !must_not_follow(s, insider, node))
			continue;
		ret_leaks[node] = true;
		++*ret_n;
	}
	return RC_OK;
}
