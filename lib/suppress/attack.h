/* One attacker against the whole system: what follows from all that is published, by
 * adding and subtracting, and what the rest must be when counts are whole and not
 * negative (the attacker of the Handbook on SDC, section 4.3).
 *
 * An outsider (insider NULL) knows what is published, known or forced; a contributor
 * knows its own counts besides, published or not, and a region those of its
 * contributors. The same system gives the same leaks. */
#ifndef VARDE_SUPPRESS_ATTACK_H
#define VARDE_SUPPRESS_ATTACK_H

#include "suppress/view.h"

enum leak_kind {
	LEAK_LINEAR,   /* follows by additions and subtractions */
	LEAK_BOUNDS,   /* one value only was found to fit */
	LEAK_NARROW,   /* open over less than 3 */
	LEAK_REVEALED, /* small, and not everything from 1 to T was found to fit */
};

struct leak {
	uint32_t node;
	enum leak_kind kind;
	bool revealed; /* as well */
};

struct leaks {
	struct leak *list;
	size_t len, size;
};

NODISCARD enum rc leaks_add(struct leaks *l, struct leak leak);
void leaks_sort(struct leaks *l);
void leaks_release(struct leaks *l);

/* To an outsider a hidden node must not follow, must be wide, and, if small, may be
 * anything from 1 to T; a small one that is not published must not follow, and, if it
 * is not 0, more than one value must fit. To an insider, a small count that is not its own alone,
 * or one whose remainder without its own is small, must not follow, and more than one value must
 * fit. In order of node; *ret_leaks is emptied first. `v` is the attacker's, from one pattern to
 * the next; `seen` of it is believed and widened. RC_NOMEM. */
NODISCARD enum rc attack(struct view *v, struct witness *seen, struct leaks *ret_leaks);

/* --- scale.c ------------------------------------------------------------------ */

/* Widens what was seen of unknowns that nothing visible holds. RC_NOMEM. */
NODISCARD enum rc scale_all(const struct view *v, struct witness *seen);

/* --- outside.c, inside.c: what they are after --------------------------------- */

struct goal;

/* What must be found to fit for `node` to be safe; width 0: it is no secret. */
struct goal outsider_goal(const struct suppress_system *s, uint32_t node);
struct goal insider_goal(const struct suppress_system *s, const struct insider *insider,
			 uint32_t node);

#endif
