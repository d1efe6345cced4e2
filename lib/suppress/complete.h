/* Counts that nobody gave and that follow from those that were given. */
#ifndef VARDE_SUPPRESS_COMPLETE_H
#define VARDE_SUPPRESS_COMPLETE_H

#include "suppress/system.h"

/* Gives unvalued nodes their values, one equation with a single unvalued member at a
 * time, until there is none; the rest stays unvalued. `s` is prepared.
 *
 * RC_INVALID: an equation is not fulfilled, *ret_node is its total. RC_LIMIT: the
 * value of *ret_node would be beyond SUPPRESS_VALUE_MAX. RC_NOMEM. */
NODISCARD enum rc suppress_complete(struct suppress_system *s, uint32_t *ret_node);

#endif
