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
 * touches. Where it cannot be made to hold, *ret_blocked is that equation's number,
 * else SUPPRESS_NONE. */
void suppress_lines(struct suppress_system *s, struct worklist *w, uint32_t *ret_blocked);

/* Shows again what was hidden beside small counts and no line needs any more, the
 * dearest first. RC_NOMEM. */
NODISCARD enum rc suppress_prune(struct suppress_system *s);

#endif
