/* Inside of the room: all nodes of a release at once, as build and examination both
 * begin: axes, a system per sector and event class, and what earlier releases say of each node. */
#ifndef VARDE_RELEASE_NODES_H
#define VARDE_RELEASE_NODES_H

#include "release/tables.h"

struct release_nodes {
	struct axes axes;
	struct cubes *cubes[RELEASE_SYSTEMS];
	struct release_input input; /* points into the rest */
};

/* Flagged and prepared. Errors of axes_new, cubes_new, tables_flag. To be released
 * also after a failure; must not move in memory. */
NODISCARD enum rc release_nodes_init(struct release_nodes *n, const struct programme *programme,
				     const struct codes *codes, const struct counted *counted,
				     const struct release_earlier *earlier, size_t earlier_len,
				     struct err *reterr);
void release_nodes_release(struct release_nodes *n);

#endif
