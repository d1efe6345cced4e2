/* Protection of any table: JSON in, the same table with what must not be shown taken
 * out.
 *
 *   {"cells": [{"key": {"org": "A", "type": "fall"}, "value": 12}, …],
 *    "hierarchies": {"org": {"A": "North", "B": "North", "North": "all"},
 *                    "year": {"2024-2025": [["2024", "2025"]], …}}}
 *
 * Each dimension is named by keys or by a hierarchy. A hierarchy says of each child
 * its parent, or of each parent the groupings of children that it is the sum of; one
 * that has none is flat. A key without a dimension, or with the category that covers
 * all of it, is a margin. Combinations that no cell gives are not published and still
 * part of what is protected: their values are completed where they follow.
 *
 * Beside the table there may be two lists of cells of the same dimensions: what was
 * published before (an earlier output: its shown cells cannot be hidden any more, its
 * hidden ones stay hidden), and what is known from elsewhere (hiding it protects
 * nothing).
 *
 * Pure functions of their input: same bytes in, same bytes out. One thread. */
#ifndef VARDE_TABULAR_TABULAR_H
#define VARDE_TABULAR_TABULAR_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <stdint.h>

#define TABULAR_NODES_MAX (1u << 20) /* the product of the dimensions' categories */
#define TABULAR_ORGANISATIONS_MAX 2000u
#define TABULAR_THRESHOLD_MIN 3
#define TABULAR_THRESHOLD_MAX 1000

enum tabular_file { TABULAR_TABLE, TABULAR_FORCED, TABULAR_KNOWN, TABULAR_FILES };

struct tabular_input {
	struct {
		const char *text; /* JSON; NULL: no such list */
		size_t len;
	} files[TABULAR_FILES];
	int64_t threshold;        /* T: counts from 0 to T-1 are small; within the bounds above */
	const char *organisation; /* the dimension of those who contribute, or NULL */
	uint32_t nodes_max;       /* less than TABULAR_NODES_MAX, or 0 */
};

struct tabular;

/* Reads and checks everything. `where` of an error names the cell: its index, from 0,
 * and its key ('cells[3] {"org":"A"}'; 'forced: …' and 'known: …' of the lists).
 *
 * RC_INVALID "invalid-json", "table-malformed", "dimension-unknown",
 * "category-unknown", "cell-value", "cell-twice", "cell-differs" (from what was
 * published or is known), "sum-differs", "hierarchy-malformed", "hierarchy-cycle",
 * "hierarchy-overlap"; RC_LIMIT "table-too-large"; RC_CONFLICT "no-safe-pattern" (what
 * was published before is small); RC_NOMEM. */
NODISCARD enum rc tabular_read(const struct tabular_input *in, struct tabular **ret,
			       struct err *reterr);
void tabular_free(struct tabular *t);
DEFINE_CLEANUP(struct tabular *, tabular_free)

/* Decides what is hidden, and audits it. RC_CONFLICT "no-safe-pattern" with the cell
 * that cannot be protected and, where it is clear, the one that gives it away;
 * RC_NOMEM. */
NODISCARD enum rc tabular_protect(struct tabular *t, struct err *reterr);

/* Appends {"cells": […], "audit": {…}}: the table's cells in their order, members of
 * their own kept; a hidden one has "value": null, "suppressed": true. After
 * tabular_protect. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc tabular_write(const struct tabular *t, struct buf *out);

#endif
