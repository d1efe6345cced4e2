#include "suppress/audit.h"

#include "suppress/view.h"

#include <string.h>

static bool must_not_follow(const struct suppress_system *s, const struct insider *insider,
			    const struct node *n)
{
	if (is_small(s, n))
		return true;
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

		if (!v.determined[c] || !must_not_follow(s, insider, &s->nodes[node]))
			continue;
		ret_leaks[node] = true;
		++*ret_n;
	}
	return RC_OK;
}
