/* A sparse matrix over the field, whose rows are subtracted from each other. Rows
 * are unordered; a column remembers which rows hold it. */
#ifndef VARDE_SUPPRESS_MATRIX_H
#define VARDE_SUPPRESS_MATRIX_H

#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry {
	uint32_t column;
	uint32_t value; /* not 0 */
};

/* A part of a pool; one that outgrows its place moves to the end. */
struct run {
	uint32_t start, len, size;
};

struct matrix {
	uint32_t columns;
	struct run *rows; /* of entries */
	size_t rows_len, rows_size;
	struct entry *entries;
	size_t entries_len, entries_size;
	struct run *holders; /* per column, of held: the rows that hold it */
	uint32_t *held;
	size_t held_len, held_size;
	uint32_t *at;       /* per column: its place in the marked row, plus 1 */
	unsigned char *met; /* per place of the marked row */
	uint64_t work;      /* entries looked at by subtracting */
};

void matrix_release(struct matrix *m);

NODISCARD enum rc matrix_init(struct matrix *m, uint32_t columns);

/* Appends a row, each column once. RC_NOMEM. */
NODISCARD enum rc matrix_row(struct matrix *m, const struct entry *entries, uint32_t n);
/* After the last row, before what follows. RC_NOMEM. */
NODISCARD enum rc matrix_index(struct matrix *m);

static inline struct entry *matrix_entries(const struct matrix *m, uint32_t row)
{
	return m->entries + m->rows[row].start;
}

/* 0 when the row does not hold the column. */
uint32_t matrix_value(const struct matrix *m, uint32_t row, uint32_t column);

static inline const uint32_t *matrix_holders(const struct matrix *m, uint32_t column)
{
	return m->held + m->holders[column].start;
}

/* Takes a row off the columns' lists; it stays as it is. */
void matrix_set_aside(struct matrix *m, uint32_t row);

/* Multiplies a row by what makes its value in `column` 1. */
void matrix_normalise(struct matrix *m, uint32_t row, uint32_t column);

/* Subtracts multiples of row `pivot` from every other row on the list of its entry's
 * column, which then no longer hold it. RC_NOMEM. */
struct matrix_watch { /* is told of each row that changes; may be NULL */
	void (*before)(void *ctx, uint32_t row);
	void (*after)(void *ctx, uint32_t row);
	void *ctx;
};
NODISCARD enum rc matrix_clear(struct matrix *m, uint32_t pivot, struct entry entry,
			       const struct matrix_watch *watch);

#endif
