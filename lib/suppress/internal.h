/* Inside of the room: how a system lies in memory, and the small questions that
 * every step asks of it. */
#ifndef VARDE_SUPPRESS_INTERNAL_H
#define VARDE_SUPPRESS_INTERNAL_H

#include "suppress/system.h"

#include <stddef.h>

enum suppress_reason { REASON_NONE, REASON_PRIMARY, REASON_SECONDARY, REASON_EARLIER };

struct node {
	int64_t value;
	uint32_t owner;
	uint16_t weight;
	uint8_t flags;
	uint8_t hidden; /* enum suppress_reason, of a published node */
};

struct term {
	uint32_t node;
	int32_t coef; /* 1 or -1 */
};

struct equation {
	uint32_t first; /* of its terms; that one is the total, with coefficient -1 */
	uint32_t len;
	bool organisation;
};

struct insider {
	uint32_t *owners; /* sorted */
	uint32_t len;
	uint32_t top; /* in a grid: the category that is all of it, or SUPPRESS_NONE */
};

/* One run of numbers per node: of the equations that hold it. */
struct lists {
	uint32_t *start; /* nodes + 1 */
	uint32_t *items;
};

/* Per node: how far below and above its value it was seen to be in tables that fit
 * what one attacker knows; of what has no bounds, 1 when it does not follow. More hiding
 * only adds such tables, so it stays true until a value or a flag is set. */
struct witness {
	uint16_t *below, *above;
	uint64_t drawn; /* numbers that looked random so far: each search has new ones */
};

struct suppress_system {
	int64_t threshold;
	struct node *nodes;
	size_t nodes_len, nodes_size;
	struct term *terms;
	size_t terms_len, terms_size;
	struct equation *equations;
	size_t equations_len, equations_size;
	struct insider *insiders;
	size_t insiders_len, insiders_size;
	struct lists equations_of; /* after prepare */
	struct witness *seen;      /* of an outsider, then of each insider; NULL: nothing yet */
	struct grid_shape *grids;
	size_t grids_len, grids_size;
};

/* Room for `need` items in a list that grows by doubling. */
NODISCARD enum rc suppress_grow(void *list, size_t *size, size_t need, size_t item);

static inline int64_t magnitude(int64_t value)
{
	return value < 0 ? -value : value;
}

static inline bool is_small(const struct suppress_system *s, const struct node *n)
{
	return (n->flags & SUPPRESS_UNVALUED) || magnitude(n->value) < s->threshold;
}

/* Whether an outsider does not see it: hidden, or never published. */
static inline bool is_unknown(const struct node *n)
{
	if (n->flags & (SUPPRESS_KNOWN | SUPPRESS_FORCED))
		return false;
	return !(n->flags & SUPPRESS_PUBLISHED) || n->hidden;
}

static inline bool can_hide(const struct node *n)
{
	return (n->flags & (SUPPRESS_PUBLISHED | SUPPRESS_KNOWN | SUPPRESS_FORCED)) ==
		       SUPPRESS_PUBLISHED &&
	       !n->hidden;
}

static inline const struct term *terms_of(const struct suppress_system *s, const struct equation *e)
{
	return s->terms + e->first;
}

/* How many equations the values do not fulfil. */
uint32_t equations_not_additive(const struct suppress_system *s);

bool insider_owns(const struct insider *insider, uint32_t owner);

#endif
