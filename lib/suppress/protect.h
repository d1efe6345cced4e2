/* Decides what is hidden: primary rule, line closure, then the audits, each
 * followed by repair, until nobody finds anything. The last round of audits is the one
 * that suppress_audit (measure.h) makes: it finds nothing in the pattern either.
 *
 * Hides only published nodes that were never shown before; a pattern that would need
 * more is refused, never weakened. Deterministic. Where the search for tables that
 * fit takes too long, more is hidden than need be. */
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
	uint32_t cause;       /* see suppress_protect; SUPPRESS_NONE when all went well */
};

/* `s` is prepared and flagged. RC_CONFLICT "no-safe-pattern" with the node's number in
 * *ret_node: what was published before, or is known, leaves no way to protect it;
 * ret->cause is then one of these that gives it away, or SUPPRESS_NONE where there is
 * none near it, and the rest of *ret is not set. RC_NOMEM. */
NODISCARD enum rc suppress_protect(struct suppress_system *s, struct suppress_figures *ret,
				   uint32_t *ret_node, struct err *reterr);

#endif
