/* Primary suppression: every published count from 0 to T-1, and what an earlier
 * release hid. Zeros are hidden with the small ones: shown zeros would give every
 * hidden cell the lower bound 1. Frequency rule: Hundepool et al., Handbook on
 * Statistical Disclosure Control, section 5.2; zeros: as the Norwegian Institute
 * of Public Health's rules do. */
#include "suppress/steps.h"

void suppress_primary(struct suppress_system *s)
{
	for (size_t i = 0; i < s->nodes_len; i++) {
		struct node *n = &s->nodes[i];

		if (!can_hide(n))
			continue;
		if (is_small(s, n))
			n->hidden = REASON_PRIMARY;
		else if (n->flags & SUPPRESS_HELD)
			n->hidden = REASON_EARLIER;
	}
}
