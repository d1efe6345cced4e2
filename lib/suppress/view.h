/* What one attacker does not know, as columns: first what has no value here or is too
 * much to keep bounds of, then the rest, with what is shown and may yet be hidden.
 *
 * A pattern differs from the one before by what is hidden, and that is all in the
 * second part: the first one is eliminated once, with all of the second in its rows; a look
 * at a pattern starts from the rows that are left, less what is shown. */
#ifndef VARDE_SUPPRESS_VIEW_H
#define VARDE_SUPPRESS_VIEW_H

#include "suppress/eliminate.h"
#include "suppress/internal.h"

struct view {
	const struct suppress_system *s;
	const struct insider *insider;
	/* Of all patterns: */
	uint32_t *column_of; /* per node, or SUPPRESS_NONE */
	uint32_t *node_of;   /* per column */
	uint32_t columns, early;
	uint32_t *weight; /* per column: of how many counts it is the sum, about */
	struct eliminate all;
	/* Of the pattern that was looked at last: */
	int64_t least_hidden;
	bool *determined;  /* per column */
	uint32_t *open_of; /* per column from `early` on: its column in `open`, or SUPPRESS_NONE */
	uint32_t *column_at; /* per column of `open` */
	uint32_t open_len;
	struct eliminate open; /* of the second part, what is unknown; all of it eliminated */
	uint32_t *drawn;       /* one vector that fits, in lanes */
};

#define VIEW_WEIGHT_MAX (1u << 20)

/* Of nothing yet; both are borrowed, `insider` NULL: the outsider. Owners, flags and
 * values stay as they are as long as the view lives. */
void view_begin(struct view *v, const struct suppress_system *s, const struct insider *insider);
void view_release(struct view *v);

/* At the pattern as it is now. RC_NOMEM. */
NODISCARD enum rc view_look(struct view *v);

/* Whether a column is unknown in it. */
static inline bool view_is_open(const struct view *v, uint32_t column)
{
	return column < v->early || v->open_of[column] != SUPPRESS_NONE;
}

/* What the attacker knows the node to be at least, if it is a count. */
int64_t view_least(const struct view *v, uint32_t node);

#endif
