/* A move for one count, put together from those of the basis.
 *
 * A basis often has no move for a count that is free of blockers where many counts are
 * 0. One that is blocked is then taken together with others that raise what blocks it,
 * and so on until nothing is below what it must be: a local search for a combination,
 * in which each step takes what leaves the least missing. */
#ifndef VARDE_SUPPRESS_COMPOSE_H
#define VARDE_SUPPRESS_COMPOSE_H

#include "suppress/moves.h"

struct compose {
	struct moves *x;
	struct run *holders; /* per column, of held: the moves that change it, and by what */
	struct held {
		uint32_t move;
		int32_t by;
	} * held;
	size_t held_size;
	int64_t *sum;      /* per column: by how much the combination changes it */
	uint32_t *touched; /* the columns in it, each once */
	uint32_t touched_len;
	bool *is_touched;
};

NODISCARD enum rc compose_init(struct compose *c, struct moves *x);
void compose_release(struct compose *c);

/* After moves_rebase. RC_NOMEM. */
NODISCARD enum rc compose_index(struct compose *c);

/* Goes to a table in which `column` is by up to `most` higher (direction 1) or lower
 * (-1) than where we stand. False where the search found none. */
bool compose_walk(struct compose *c, uint32_t column, int direction, int64_t most);

#endif
