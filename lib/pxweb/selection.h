/* What a query of PxWebApi 2 selects of a table: categories by code, and nothing by
 * value. Pure; the cost depends on codes and sizes, never on what a cell holds.
 *
 * Expressions of a variable (PxTools/PxApiSpecs, and Statistics Norway's guide):
 *   a code · "*" all · masks with "*" and "?" · top(n[,skip]) · bottom(n[,skip])
 *   from(code) · to(code) · range(code,code), also within square brackets
 * Names in any case. top() of time is the newest, as at Statistics Norway; of
 * anything else the first. What is selected stands in the table's order, once. */
#ifndef VARDE_PXWEB_SELECTION_H
#define VARDE_PXWEB_SELECTION_H

#include "base/cleanup.h"
#include "base/err.h"
#include "published/published.h"

#define PX_VARIABLES_MAX 16
#define PX_EXPRESSIONS_MAX 20000

/* What was asked of one variable; all borrowed. */
struct px_wish {
	const char *variable;
	const char *const *expressions;
	size_t len;
	const char *codelist; /* NULL: none */
};

struct px_axis {
	const struct published_dimension *dimension;
	size_t *at; /* indices of categories, in order */
	size_t len;
	bool eliminated; /* not asked for: its total stands for it, and it is not shown */
};

struct px_selection {
	const struct published_table *table;
	struct px_axis axes[PX_VARIABLES_MAX]; /* in the table's order */
	size_t len;
	size_t cells;
};

void px_selection_release(struct px_selection *selection);

/* Splits "a,top(1,2),b*" at commas outside parentheses. The texts are of `*ret_copy`.
 * RC_INVALID "selection-malformed", RC_LIMIT, RC_NOMEM. free() both. */
NODISCARD enum rc px_split(const char *text, char **ret_copy, const char ***ret, size_t *ret_len,
			   struct err *reterr);

/* Without wishes: the default selection. Else every variable that has no total must
 * be wished for. where = the variable's code as the table has it, never a value.
 * RC_NOT_FOUND "variable-unknown", "value-unknown"; RC_INVALID
 * "selection-malformed", "variable-twice", "variable-missing"; RC_FORBIDDEN
 * "aggregation-refused" (a code list that would sum); RC_LIMIT "too-many-cells";
 * RC_NOMEM. */
NODISCARD enum rc px_select(const struct published_table *table, const struct px_wish *wishes,
			    size_t n, size_t max_cells, struct px_selection *ret,
			    struct err *reterr);

/* The cell at one place of each axis (indices into `at`). */
const struct published_cell *px_cell(const struct px_selection *selection, const size_t *place);

/* The n-th cell of the selection, last axis fastest; `place` is filled. */
const struct published_cell *px_cell_at(const struct px_selection *selection, size_t n,
					size_t place[PX_VARIABLES_MAX]);

#endif
