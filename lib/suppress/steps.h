/* Inside of the room: the steps, one file each, in the order in which they run. */
#ifndef VARDE_SUPPRESS_STEPS_H
#define VARDE_SUPPRESS_STEPS_H

#include "suppress/internal.h"

/* Marks as known what follows from known counts alone. RC_NOMEM. */
NODISCARD enum rc suppress_known(struct suppress_system *s);

void suppress_primary(struct suppress_system *s);

/* --- line.c: one equation ------------------------------------------------- */

/* Whether the line rule holds in an equation. */
bool line_is_safe(const struct suppress_system *s, const struct equation *e);
/* Whether the largest contributor of a line learns a small sum of the others. */
bool line_tells_remainder(const struct suppress_system *s, const struct equation *e);
/* Of a line that is not safe: an unknown in it that is a secret, and one published
 * before or known from elsewhere; SUPPRESS_NONE where there is none. */
void line_blame(const struct suppress_system *s, const struct equation *e, uint32_t *ret_node,
		uint32_t *ret_cause);
/* What hiding a node costs the reader. */
int64_t node_cost(const struct suppress_system *s, const struct node *n);
/* The published member whose hiding is cheapest, what it sets off in its other
 * lines included; of members that `insider` (NULL: nobody) does not know.
 * SUPPRESS_NONE where none can be hidden. */
uint32_t line_cheapest(struct suppress_system *s, const struct equation *e,
		       const struct insider *insider);

/* --- lines.c: all equations ----------------------------------------------- */

/* Equations that wait to be looked at. */
struct worklist {
	uint32_t *queue; /* a ring of all equations' size */
	size_t first, len;
	unsigned char *waits; /* per equation */
};

NODISCARD enum rc worklist_init(const struct suppress_system *s, struct worklist *w);
void worklist_release(struct worklist *w);
/* The equations of a node. */
void worklist_add(const struct suppress_system *s, struct worklist *w, uint32_t node);
/* The next equation; there is one. */
uint32_t worklist_take(const struct suppress_system *s, struct worklist *w);
void worklist_add_all(const struct suppress_system *s, struct worklist *w);

/* Hides until the line rule holds in every waiting equation and in those that this
 * touches. A line in which nothing is left to hide stays as it is, for the audits to
 * judge; where one tells a small remainder, which they do not look at, *ret_blocked is
 * its number, else SUPPRESS_NONE. */
void suppress_lines(struct suppress_system *s, struct worklist *w, uint32_t *ret_blocked);

/* What to hide so that `node` follows no longer to `insider` (NULL: an outsider), or
 * SUPPRESS_NONE; *ret_cause is then a forced or known node near it, if there is one.
 * RC_NOMEM. */
NODISCARD enum rc suppress_find_repair(struct suppress_system *s, uint32_t node,
				       const struct insider *insider, uint32_t *ret,
				       uint32_t *ret_cause);

/* Shows again what was hidden beside small counts and no line needs any more, the
 * dearest first. RC_NOMEM. */
NODISCARD enum rc suppress_prune(struct suppress_system *s);

#endif
