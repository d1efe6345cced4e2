/* How well does a pattern protect? Judges it as it stands, from wherever it came: the
 * steps here, an earlier release, another program. Nothing is hidden or shown by it.
 *
 * The attacker, an outsider, knows every node that is published and not hidden, or
 * known or forced; every equation; that counts are whole and not negative (a signed
 * node may be anything); and, where some zero is shown and none is hidden, that no
 * hidden count is 0. An insider (suppress_system_insider) knows its own nodes besides,
 * published or not, and wants foreign small counts.
 *
 * What is judged:
 * - a hidden node: must not follow, must be open over at least 3;
 * - a hidden small count (0 to T-1, not signed): everything from 1 to T must fit;
 * - a small count that is not published: must not follow; more than one value must fit,
 *   unless it is 0: that there was nothing where no figure stands tells of nobody.
 * A node that is known or forced is not judged: it is no secret any more.
 *
 * What follows by additions and subtractions is found exactly, over all nodes. Bounds
 * are judged from the side of care: a count is called open only where tables that fit
 * were exhibited (moves.h), here or before by suppress_protect on this system, and
 * where the search, begun anew as long as it finds more and a few times beyond, ends
 * without them, it is called narrow or revealed, although it may not be. Bounds of what has no
 * value, and, beyond SUPPRESS_BOUNDED_MAX unknowns (SUPPRESS_BOUNDED_INSIDE_MAX, for an insider),
 * of what is not published, are not looked at: such nodes may then be anything, below 0 too, and of
 * them only what follows exactly is found. Hidden nodes are judged over all equations
 * also then, but by what these say about hidden nodes alone. */
#ifndef VARDE_SUPPRESS_MEASURE_H
#define VARDE_SUPPRESS_MEASURE_H

#include "suppress/system.h"

#define SUPPRESS_BOUNDED_MAX 10000
#define SUPPRESS_BOUNDED_INSIDE_MAX 2000

/* In numbers of nodes, if nothing else is said. */
struct suppress_audit {
	/* To an outsider: */
	uint32_t shown;       /* small ones shown that are neither forced nor known */
	uint32_t recoverable; /* hidden, or small and not published: follow by linear algebra */
	uint32_t single;      /* the others of these that bounds leave one value only */
	uint32_t narrow;      /* hidden, highest - lowest < 3; the recoverable and single too */
	uint32_t hidden;      /* what `narrow` is a part of */
	uint32_t revealed;    /* hidden small counts, not everything from 1 to T fits */
	uint32_t small;       /* what `revealed` is a part of */
	/* To contributors and regions, in numbers of them: */
	uint32_t insiders;
	uint32_t insiders_succeed; /* find a foreign small count, or know one to be open no more */
	uint32_t insiders_worst;   /* the most such counts that one of them finds */
	uint32_t not_additive;     /* equations that the true values do not fulfil */
};

/* `s` is prepared, flagged and hidden as it is to be judged. Any number of threads may
 * judge the same system. RC_NOMEM. */
NODISCARD enum rc suppress_audit(const struct suppress_system *s, struct suppress_audit *ret,
				 struct err *reterr);

#endif
