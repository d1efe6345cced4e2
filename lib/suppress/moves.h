/* A walk through the tables that fit all that is published.
 *
 * A move is a change of some unknowns that no published count notices: a vector of
 * the null space. The moves here are a basis of it, each with one unknown that no
 * other move changes. Made in whole steps from the true table, as often as nothing
 * falls below what it must be at least, moves lead only to whole tables that fit; what
 * a count was seen to be on the way is proved by an exhibited table, however the walk
 * was chosen. (Markov bases, Diaconis and Sturmfels, Annals of Statistics 26 (1998),
 * would reach every table; a basis does not, so it is chosen anew from time to time.)
 *
 * A basis serves where unknowns that are 0 are the free ones: its moves raise them,
 * and have room. That is the change of basis of the simplex method (Chvatal, Linear
 * Programming, 1983, chapter 2), here from any table, with the rest left to chance
 * that is the same in every run.
 *
 * Entries of moves are small integers: what fulfils an equation of coefficients 1 and
 * -1 modulo p then fulfils it. */
#ifndef VARDE_SUPPRESS_MOVES_H
#define VARDE_SUPPRESS_MOVES_H

#include "suppress/eliminate.h"
#include "suppress/view.h"

struct change {
	uint32_t column;
	int32_t by;
};

struct moves {
	const struct view *v;
	uint32_t columns;    /* of the view's open ones, those that are walked */
	uint32_t *node_of;   /* per column */
	uint32_t *column_of; /* per open column of the view, or SUPPRESS_NONE */
	int64_t *least;      /* per column: what is taken off its values, so that 0 blocks */
	bool *is_signed;     /* per column: nothing blocks */
	int64_t *value;      /* per column: in the table where we stand */
	int64_t *low, *high; /* in all tables where we have been */
	int8_t *wish;        /* per column: 1 higher, -1 lower, 0 */
	uint32_t *start;     /* per move, and one more */
	size_t len;
	struct change *changes;
	size_t changes_size;
	uint32_t *weight; /* per column: of how many counts it is the sum, about */
	uint32_t bases;   /* chosen so far */
	uint64_t drawn;   /* numbers drawn */
	uint64_t work;    /* entries looked at so far */
};

/* At the true table, without moves. `v` is borrowed. `picked`: which of the view's open
 * columns, NULL: all; of those that hang together, all or none. RC_NOMEM. */
NODISCARD enum rc moves_init(struct moves *x, const struct view *v, const bool *picked);
void moves_release(struct moves *x);

/* A basis for where we stand. RC_NOMEM. */
NODISCARD enum rc moves_rebase(struct moves *x);

/* Makes each move in turn, so often: as far as it goes where a wish is nearer then,
 * else to somewhere between its ends. */
void moves_walk(struct moves *x, int passes);

/* The next of the numbers that look random. */
uint32_t moves_draw(struct moves *x);

/* The least and the most that a column was seen to be. */
static inline int64_t moves_low(const struct moves *x, uint32_t column)
{
	return x->low[column] + x->least[column];
}

static inline int64_t moves_high(const struct moves *x, uint32_t column)
{
	return x->high[column] + x->least[column];
}

#endif
