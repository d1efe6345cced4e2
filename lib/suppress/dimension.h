/* One dimension of a table: its categories, and which are sums of which. A parent
 * may be the sum of several groupings (months by quarter and by season), and a
 * category may belong to several parents (moving windows of years). */
#ifndef VARDE_SUPPRESS_DIMENSION_H
#define VARDE_SUPPRESS_DIMENSION_H

#include "suppress/system.h"

#define SUPPRESS_CATEGORIES_MAX 20000u

struct suppress_dimension;

/* `organisation`: its categories are those who contribute, and their groups. */
NODISCARD enum rc suppress_dimension_new(bool organisation, struct suppress_dimension **ret);
void suppress_dimension_free(struct suppress_dimension *d);
DEFINE_CLEANUP(struct suppress_dimension *, suppress_dimension_free)

/* Adds a category: 0, 1, 2, … RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc suppress_dimension_category(struct suppress_dimension *d, uint32_t *ret);

/* `parent` is the sum of these categories. May be said more than once of a parent.
 * RC_INVALID (no children, unknown category), RC_NOMEM. */
NODISCARD enum rc suppress_dimension_group(struct suppress_dimension *d, uint32_t parent,
					   const uint32_t *children, uint32_t n);

/* Ends the building. Finds the total: the one category that covers all; where none
 * or several do, one more category is added, the sum of the topmost ones, or of
 * the lowest ones where the topmost overlap.
 *
 * RC_INVALID "hierarchy-cycle" or "hierarchy-overlap" (a grouping that counts
 * something twice), with the category in *ret_culprit; RC_LIMIT "hierarchy-too-large";
 * RC_NOMEM. */
NODISCARD enum rc suppress_dimension_finish(struct suppress_dimension *d, uint32_t *ret_culprit,
					    struct err *reterr);

uint32_t suppress_dimension_size(const struct suppress_dimension *d);
uint32_t suppress_dimension_total(const struct suppress_dimension *d);
bool suppress_dimension_is_leaf(const struct suppress_dimension *d, uint32_t category);

#endif
