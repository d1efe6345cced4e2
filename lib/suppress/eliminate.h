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
 * Only columns below `early` are eliminated. The rows that then hold none of them are
 * all that the equations say about the other columns alone: whoever asks again about
 * other unknowns among those goes on from there. */
#ifndef VARDE_SUPPRESS_ELIMINATE_H
#define VARDE_SUPPRESS_ELIMINATE_H

#include "suppress/matrix.h"

#define ELIMINATE_LANES 2

struct eliminate {
	struct matrix m;
	uint32_t early;
	uint32_t *next, *prev; /* rows of one length, linked, plus 1; 0 ends a list */
	uint32_t *by_length;   /* first row of each length that holds an early column */
	bool *used;            /* per row: a pivot's */
	struct entry *pivots;  /* in order: column, and its row as value */
	size_t pivots_len;
};

NODISCARD enum rc eliminate_init(struct eliminate *e, uint32_t columns, uint32_t early);
void eliminate_release(struct eliminate *e);

/* One equation, each column once. RC_NOMEM. */
NODISCARD enum rc eliminate_row(struct eliminate *e, const struct entry *entries, uint32_t n);

/* After the last row. RC_NOMEM. */
NODISCARD enum rc eliminate_run(struct eliminate *e);

/* Whether row `r` is, after that, about other columns alone. */
static inline bool eliminate_is_rest(const struct eliminate *e, uint32_t r)
{
	return !e->used[r] && e->m.rows[r].len;
}

/* Sets the early ones of `v`, which holds ELIMINATE_LANES numbers for each column: to
 * what looks random where they are free, the pivots to what follows from the rest. */
void eliminate_solve(const struct eliminate *e, uint32_t *v);
/* Whether a column is 0 in all lanes. */
bool eliminate_is_zero(const uint32_t *v, uint32_t column);

#endif
