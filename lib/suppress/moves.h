/* How far can an unknown go, up or down, in tables that fit all that is published?
 *
 * A move is a change of some unknowns that no published count notices: a vector of
 * the null space. The moves here are a basis of it, each with one unknown that no
 * other changes. That is the dictionary of the primal simplex method (Chvatal, Linear
 * Programming, 1983, chapter 2) read by columns: an unknown that blocks the way at 0
 * is exchanged, so that one move alone changes it from then on. The step that brings
 * the goal nearest is made; where none does, the exchange of the smallest number
 * (Bland, Mathematics of Operations Research 2 (1977)).
 *
 * The walk starts from the true table, first to one in the midst of what fits, where
 * few counts are 0, and every table on its way fits the equations with no count below
 * 0. What it reaches is proved by an exhibited table, whatever the search did; what it
 * does not reach counts as out of reach. Steps are whole where whole steps are free,
 * else parts of MOVES_UNIT, so that the bounds are those of the linear relaxation.
 * Entries of moves are small integers: what fulfils an equation of coefficients 1 and
 * -1 modulo p then fulfils it. */
#ifndef VARDE_SUPPRESS_MOVES_H
#define VARDE_SUPPRESS_MOVES_H

#include "suppress/eliminate.h"
#include "suppress/view.h"

/* What one is, in values. */
#define MOVES_UNIT INT64_C(5040)

struct moves {
	struct matrix m;     /* a row per move, a column per late column of the view */
	uint32_t first;      /* that column's number in the view */
	uint32_t *own;       /* per move: the column that only it changes */
	struct matrix start; /* the basis with which each search begins */
	uint32_t *start_own;
	bool exchanged;      /* `m` is not that any more */
	int64_t *least;      /* per column: what is taken off its values, so that 0 blocks */
	int64_t *value;      /* per column, in units: in the table where we stand */
	int64_t *home;       /* in the table where each search begins */
	int64_t *low, *high; /* in the tables where we have been */
	bool *is_signed;     /* per column: may be negative */
};

/* Of what a view leaves open. RC_NOMEM. */
NODISCARD enum rc moves_init(struct moves *x, const struct view *v);
void moves_release(struct moves *x);

/* Goes to the middle of each move in turn, so often, and makes that the home. */
void moves_centre(struct moves *x, int passes);

/* Moves until the value of `column` (from 0) is `goal` or beyond, or as near as the
 * search comes. RC_NOMEM. */
NODISCARD enum rc moves_reach(struct moves *x, uint32_t column, int64_t goal);

/* The least and the largest whole number that a column was shown to take or to lie
 * between. */
int64_t moves_low(const struct moves *x, uint32_t column);
int64_t moves_high(const struct moves *x, uint32_t column);

#endif
