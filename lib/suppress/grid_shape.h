/* Inside of the room: how a grid lies in memory. */
#ifndef VARDE_SUPPRESS_GRID_SHAPE_H
#define VARDE_SUPPRESS_GRID_SHAPE_H

#include "suppress/dimension_shape.h"
#include "suppress/grid.h"
#include "suppress/internal.h"

struct grid_shape {
	uint32_t first, nodes;
	uint32_t n;
	struct suppress_dimension *dimensions[SUPPRESS_DIMENSIONS_MAX];
	uint32_t strides[SUPPRESS_DIMENSIONS_MAX]; /* the last dimension's is 1 */
	uint32_t organisation;                     /* dimension, or SUPPRESS_NONE */
	uint32_t owners;                           /* of its category 0, as an owner */
};

/* The grid that holds a node, or NULL. */
const struct grid_shape *grid_of(const struct suppress_system *s, uint32_t node);

static inline uint32_t grid_category(const struct grid_shape *g, uint32_t node, uint32_t dimension)
{
	return (node - g->first) / g->strides[dimension] % (uint32_t)g->dimensions[dimension]->len;
}

#endif
