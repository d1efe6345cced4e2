/* Decides what is hidden: primary rule, line closure, then the exact audits, each
 * followed by repair, until nothing follows for anybody.
 *
 * Hides only published nodes that were never shown before; a pattern that would need
 * more is refused, never weakened. Deterministic. Bounds are guarded line by line
 * (line.c); an audit of bounds over the whole system is not made here. */
#ifndef VARDE_SUPPRESS_PROTECT_H
#define VARDE_SUPPRESS_PROTECT_H

#include "suppress/system.h"

/* What was decided, in numbers of nodes. */
struct suppress_figures {
	uint32_t published; /* to be published: shown and hidden */
	uint32_t hidden, primary, secondary, held;
	uint32_t rounds;      /* of audit and repair; 1: the first audit found nothing */
	uint32_t insiders;    /* contributors and regions audited */
	int64_t hidden_value; /* sum of what is hidden */
};

/* `s` is prepared and flagged. RC_CONFLICT "no-safe-pattern" with the node's number in
 * *ret_node: what was published before, or is known, leaves no way to protect it.
 * RC_NOMEM. */
NODISCARD enum rc suppress_protect(struct suppress_system *s, struct suppress_figures *ret,
				   uint32_t *ret_node, struct err *reterr);

#endif
