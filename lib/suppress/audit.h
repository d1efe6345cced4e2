/* The exact linear audit: what follows from all that is published by additions and
 * subtractions, for an outsider or for someone who knows counts of its own besides
 * (a contributor, or a region with its contributors). */
#ifndef VARDE_SUPPRESS_AUDIT_H
#define VARDE_SUPPRESS_AUDIT_H

#include "suppress/internal.h"

/* Sets `ret_leaks` (one per node) where a count follows that must not. To an
 * outsider: any hidden one, and a small one that is not published. To an insider: a
 * small one that is not its own. `*ret_n`: how many. RC_NOMEM. */
NODISCARD enum rc audit_linear(const struct suppress_system *s, const struct insider *insider,
			       bool *ret_leaks, uint32_t *ret_n);

#endif
