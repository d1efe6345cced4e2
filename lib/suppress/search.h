/* Looks for tables that fit and in which counts are as far from the truth as they are
 * asked to be, for all of them at once. */
#ifndef VARDE_SUPPRESS_SEARCH_H
#define VARDE_SUPPRESS_SEARCH_H

#include "suppress/moves.h"

struct goal {
	int64_t low, high; /* to be seen at or below, at or above */
	int64_t width;     /* between the lowest and the highest seen; 0: no goal */
};

static inline bool goal_is_met(const struct moves *x, const struct goal *goals, uint32_t column)
{
	const struct goal *g = &goals[column];
	int64_t low = moves_low(x, column), high = moves_high(x, column);

	return !g->width || (low <= g->low && high >= g->high && high - low >= g->width);
}

/* Walks until every goal (one per column) is met, or nothing has come of it for long,
 * or the work is too much. RC_NOMEM. */
NODISCARD enum rc search(struct moves *x, const struct goal *goals);

#endif
