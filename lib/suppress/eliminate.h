/* Which unknowns do homogeneous equations leave no freedom? Exact, modulo a prime.
 *
 * Unknown j is determined by M x = b, whatever b is, when v_j = 0 for every v with
 * M v = 0. Sparse elimination; pivot: the shortest row, in it the column that the
 * fewest rows hold (the idea of Markowitz, Management Science 3 (1957), in two
 * steps). What is left free gets random values, the pivots follow backwards: a v_j
 * that is 0 in two independent vectors is 0 in all, but for a chance of p^-2 per
 * unknown, and that error is on the side of care. (In the other direction, p would
 * have to divide a minor of these sparse rows of 1 and -1.)
 *
 * Columns below `early` are eliminated first. The rows that then hold none of them
 * are all that the equations say about the other columns alone. */
#ifndef VARDE_SUPPRESS_ELIMINATE_H
#define VARDE_SUPPRESS_ELIMINATE_H

#include "suppress/matrix.h"

struct eliminate {
	struct matrix m;
	uint32_t early;
	bool early_left;       /* that phase is not over */
	uint32_t *next, *prev; /* rows of one length, linked, plus 1; 0 ends a list */
	uint32_t *by_length;   /* first row of each length; then those without early columns */
	bool *late;            /* per row: holds no early column */
	bool *done;            /* per row: a pivot's, or empty */
	struct entry *pivots;  /* in order: column, and its row as value */
	size_t pivots_len;
	size_t early_len; /* of them, of the early phase */
};

NODISCARD enum rc eliminate_init(struct eliminate *e, uint32_t columns, uint32_t early);
void eliminate_release(struct eliminate *e);

/* One equation, each column once. RC_NOMEM. */
NODISCARD enum rc eliminate_row(struct eliminate *e, const struct entry *entries, uint32_t n);

/* After the last row. `ret_determined`: one per column. RC_NOMEM. */
NODISCARD enum rc eliminate_run(struct eliminate *e, bool *ret_determined);

#endif
