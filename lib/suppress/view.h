/* What one attacker does not know, as columns: first what has no value here or is
 * too much to keep bounds of, then the rest. */
#ifndef VARDE_SUPPRESS_VIEW_H
#define VARDE_SUPPRESS_VIEW_H

#include "suppress/eliminate.h"
#include "suppress/internal.h"

struct view {
	const struct suppress_system *s;
	uint32_t *column_of; /* per node, or SUPPRESS_NONE */
	uint32_t *node_of;   /* per column */
	uint32_t columns, early;
	int64_t least_hidden;
	bool *determined; /* per column */
	struct eliminate e;
};

/* Columns and equations, eliminated: `determined` is known. RC_NOMEM. */
NODISCARD enum rc view_init(struct view *v, const struct suppress_system *s,
			    const struct insider *insider);
/* What the attacker knows the node to be at least, if it is a count. */
int64_t view_least(const struct view *v, uint32_t node);
void view_release(struct view *v);

#endif
