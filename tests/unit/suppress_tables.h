/* Small tables for the tests of disclosure control. */
#ifndef VARDE_TESTS_SUPPRESS_TABLES_H
#define VARDE_TESTS_SUPPRESS_TABLES_H

#include "suppress/attack.h"
#include "suppress/grid.h"
#include "suppress/measure.h"
#include "suppress/protect.h"
#include "suppress/witness.h"
#include "unit.h"

/* A total and `n` categories below it. */
static inline struct suppress_dimension *flat(uint32_t n, bool organisation)
{
	struct suppress_dimension *d = NULL;
	uint32_t total, list[64], culprit;

	ck_assert_int_eq(suppress_dimension_new(organisation, &d), RC_OK);
	ck_assert_int_eq(suppress_dimension_category(d, &total), RC_OK);
	for (uint32_t i = 0; i < n; i++)
		ck_assert_int_eq(suppress_dimension_category(d, &list[i]), RC_OK);
	ck_assert_int_eq(suppress_dimension_group(d, total, list, n), RC_OK);
	ck_assert_int_eq(suppress_dimension_finish(d, &culprit, NULL), RC_OK);
	return d;
}

/* A table with margins, all to be published; `values` row by row without margins. Node
 * of row i, column k: i * (columns + 1) + k, margins at 0. */
static inline struct suppress_system *table(uint32_t rows, uint32_t columns, bool organisation,
					    const int64_t *values)
{
	struct suppress_dimension *d[] = { flat(rows, organisation), flat(columns, false) };
	struct suppress_system *s = NULL;
	uint32_t first, at[2];

	ck_assert_int_eq(suppress_system_new(5, &s), RC_OK);
	ck_assert_int_eq(suppress_grid_add(s, d, 2, &first), RC_OK);
	for (at[0] = 1; at[0] <= rows; at[0]++)
		for (at[1] = 1; at[1] <= columns; at[1]++)
			suppress_system_set_value(s, suppress_grid_node(s, first, at),
						  values[(at[0] - 1) * columns + at[1] - 1]);
	suppress_grid_fill(s, first);
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++)
		suppress_system_set_flags(s, i, SUPPRESS_PUBLISHED);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	return s;
}

static inline void hide_all(struct suppress_system *s, const uint32_t *nodes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		suppress_system_hide(s, nodes[i]);
}

static inline struct suppress_audit audit(const struct suppress_system *s)
{
	struct suppress_audit a = { 0 };
	struct err err = { 0 };

	ck_assert_int_eq(suppress_audit(s, &a, &err), RC_OK);
	return a;
}

/* Protects, and nothing may be found afterwards, with or without what was seen. */
static inline struct suppress_figures protect(struct suppress_system *s)
{
	struct suppress_figures f = { 0 };
	struct suppress_audit a;
	struct err err = { 0 };
	uint32_t where;

	ck_assert_int_eq(suppress_protect(s, &f, &where, &err), RC_OK);
	ck_assert_uint_eq(f.cause, SUPPRESS_NONE);
	for (int again = 0; again < 2; again++) {
		a = audit(s);
		ck_assert_uint_eq(a.shown, 0);
		ck_assert_uint_eq(a.recoverable, 0);
		ck_assert_uint_eq(a.single, 0);
		ck_assert_uint_eq(a.narrow, 0);
		ck_assert_uint_eq(a.revealed, 0);
		ck_assert_uint_eq(a.insiders_succeed, 0);
		witness_forget(s);
	}
	return f;
}

#endif
