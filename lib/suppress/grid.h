/* Nodes and equations from dimensions: one node for every combination of their
 * categories, one equation for every grouping of a parent, in every combination of
 * the other dimensions' categories. What a programme publishes of it is a flag of
 * the node. */
#ifndef VARDE_SUPPRESS_GRID_H
#define VARDE_SUPPRESS_GRID_H

#include "suppress/dimension.h"

#define SUPPRESS_DIMENSIONS_MAX 12

/* Adds them to `s` and takes over the (finished) dimensions, on success. At most
 * one may be of organisations: its categories are then the owners of the nodes,
 * and each one that does not cover all becomes an insider: a contributor, or a
 * region with its contributors. Grids of the same organisations share owners and
 * insiders; those of others do not know them.
 *
 * `*ret_first`: the node at category 0 of every dimension; see suppress_grid_node.
 * RC_LIMIT (too many nodes), RC_NOMEM. */
NODISCARD enum rc suppress_grid_add(struct suppress_system *s,
				    struct suppress_dimension **dimensions, uint32_t n,
				    uint32_t *ret_first);

/* The node at one category of each dimension, of the grid that begins at `first`. */
uint32_t suppress_grid_node(const struct suppress_system *s, uint32_t first,
			    const uint32_t *categories);
/* The reverse: `ret_categories` has room for all dimensions. */
void suppress_grid_place(const struct suppress_system *s, uint32_t node, uint32_t *ret_categories);

/* Computes every sum from the nodes that are leaves in all dimensions. */
void suppress_grid_fill(struct suppress_system *s, uint32_t first);

/* For suppress_system_free. */
void suppress_grids_release(struct suppress_system *s);

#endif
