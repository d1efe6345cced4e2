/* One attacker against the whole system: what follows from all that is published, by
 * adding and subtracting, and between which bounds the rest must lie.
 *
 * An outsider (insider NULL) knows what is published, known or forced; a contributor
 * knows its own counts besides, published or not, and a region those of its
 * contributors. */
#ifndef VARDE_SUPPRESS_ATTACK_H
#define VARDE_SUPPRESS_ATTACK_H

#include "suppress/internal.h"

enum leak_kind {
	LEAK_LINEAR,   /* follows by additions and subtractions */
	LEAK_BOUNDS,   /* one value only fits */
	LEAK_NARROW,   /* open over less than 3 */
	LEAK_REVEALED, /* small, and not everything from 1 to T fits */
};

struct leak {
	uint32_t node;
	enum leak_kind kind;
};

struct leaks {
	struct leak *list;
	size_t len, size;
};

/* What has been shown to fit, per node; survives more hiding, as every table that
 * fitted still does. */
struct ranges {
	int64_t *low, *high;
};

NODISCARD enum rc leaks_add(struct leaks *l, uint32_t node, enum leak_kind kind);
void leaks_sort(struct leaks *l);
void leaks_release(struct leaks *l);

/* Hidden, small and a count: everything from 1 to T must fit. */
bool must_cover(const struct suppress_system *s, const struct node *n);
/* Whether it was shown to. */
bool covers(const struct suppress_system *s, const struct ranges *r, uint32_t node);

NODISCARD enum rc ranges_init(const struct suppress_system *s, struct ranges *r);
void ranges_release(struct ranges *r);

/* Against an outsider: a hidden node must not follow, must be wide, and, if small,
 * may be anything from 1 to T; a small one that is not published must not follow,
 * and more than one value must fit. `ranges` is read and widened. Leaks in order of
 * node. RC_NOMEM. */
NODISCARD enum rc attack_outside(const struct suppress_system *s, struct ranges *ranges,
				 struct leaks *ret_leaks);

/* Against an insider: a small count that is not its own, or one whose remainder
 * without its own is small, must not follow, and more than one value must fit. */
NODISCARD enum rc attack_inside(const struct suppress_system *s, const struct insider *insider,
				struct leaks *ret_leaks);

#endif
