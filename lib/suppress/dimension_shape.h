/* Inside of the room: how a dimension lies in memory. */
#ifndef VARDE_SUPPRESS_DIMENSION_SHAPE_H
#define VARDE_SUPPRESS_DIMENSION_SHAPE_H

#include "suppress/dimension.h"

#include <stddef.h>

struct grouping {
	uint32_t parent;
	uint32_t first, len; /* of the children */
};

struct category {
	uint32_t *leaves; /* sorted; of a leaf, itself */
	uint32_t leaves_len;
	uint32_t grouping; /* its first one, or SUPPRESS_NONE */
	bool has_parent;
};

struct suppress_dimension {
	bool organisation;
	struct category *categories;
	size_t len, size;
	struct grouping *groupings;
	size_t groupings_len, groupings_size;
	uint32_t *children;
	size_t children_len, children_size;
	uint32_t *order; /* every category behind its children */
	uint32_t leaves; /* how many there are */
	uint32_t total;
};

/* Whether `category` is a sum over `leaf`, or is it. */
bool dimension_covers(const struct suppress_dimension *d, uint32_t category, uint32_t leaf);

/* `order`. RC_INVALID with a category that is part of a cycle, RC_NOMEM. */
NODISCARD enum rc dimension_sort(struct suppress_dimension *d, uint32_t *ret_culprit);

#endif
