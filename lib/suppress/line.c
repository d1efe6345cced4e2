/* The line rule for one equation, and the cheapest member to hide in it.
 *
 * Ordinary line: no unknown, or at least two; and where all unknowns stand on one
 * side, so that the published rest tells their sum, that sum is at least T: by it
 * alone each of them may be anything from 0 to T.
 * Organisation line: at least three unknowns, and the sum without the largest is at
 * least T, since the largest contributor subtracts its own; it is the (n,k) idea of
 * the p%-rule (Handbook on SDC, section 4.2) with the threshold as protection.
 * A count that is not published and not small may stand alone: nothing is lost
 * when it is found. */
#include "suppress/steps.h"

struct look {
	uint32_t unknown, known; /* known: to everyone, from elsewhere */
	bool sensitive;          /* one of them is hidden or small */
	bool above, below;       /* they stand with coefficient 1, with -1 */
	int64_t sum, largest;
	const struct node *last;
};

static struct look look_at(const struct suppress_system *s, const struct equation *e)
{
	const struct term *t = terms_of(s, e);
	struct look l = { 0 };

	for (uint32_t i = 0; i < e->len; i++) {
		const struct node *n = &s->nodes[t[i].node];
		int64_t size = n->flags & SUPPRESS_UNVALUED ? 0 : magnitude(n->value);

		l.known += (n->flags & SUPPRESS_KNOWN) != 0;
		if (!is_unknown(n)) {
			l.sum -= t[i].coef * n->value;
			continue;
		}
		l.unknown++;
		l.last = n;
		l.sensitive |= (n->flags & SUPPRESS_PUBLISHED) || is_small(s, n);
		l.above |= t[i].coef > 0 || (n->flags & SUPPRESS_SIGNED);
		l.below |= t[i].coef < 0 || (n->flags & SUPPRESS_SIGNED);
		l.largest = size > l.largest ? size : l.largest;
	}
	l.sum = magnitude(l.sum);
	return l;
}

bool line_is_safe(const struct suppress_system *s, const struct equation *e)
{
	struct look l = look_at(s, e);
	/* A region with one contributor is that contributor. */
	uint32_t need = e->organisation && e->len - l.known > 2 ? 3 : 2;

	if (!l.unknown)
		return true;
	if (l.unknown == 1)
		return !l.sensitive;
	if (l.unknown < need && l.sensitive)
		return false;
	if (l.above && l.below)
		return true;
	return (e->organisation ? l.sum - l.largest : l.sum) >= s->threshold;
}

bool line_tells_remainder(const struct suppress_system *s, const struct equation *e)
{
	struct look l = look_at(s, e);

	return e->organisation && l.unknown > 1 && !(l.above && l.below) &&
	       l.sum - l.largest < s->threshold;
}

void line_blame(const struct suppress_system *s, const struct equation *e, uint32_t *ret_node,
		uint32_t *ret_cause)
{
	const struct term *t = terms_of(s, e);

	*ret_node = *ret_cause = SUPPRESS_NONE;
	for (uint32_t i = 0; i < e->len; i++) {
		const struct node *n = &s->nodes[t[i].node];
		bool secret = is_unknown(n) && ((n->flags & SUPPRESS_PUBLISHED) || is_small(s, n));

		if (secret && *ret_node == SUPPRESS_NONE)
			*ret_node = t[i].node;
		if ((n->flags & (SUPPRESS_FORCED | SUPPRESS_KNOWN)) && *ret_cause == SUPPRESS_NONE)
			*ret_cause = t[i].node;
	}
}

int64_t node_cost(const struct suppress_system *s, const struct node *n)
{
	(void)s;
	return (magnitude(n->value) + 1) * n->weight;
}

static int64_t cheapest_other(const struct suppress_system *s, const struct equation *e,
			      const struct node *but)
{
	const struct term *t = terms_of(s, e);
	int64_t cost = INT64_MAX / 4;

	for (uint32_t i = 0; i < e->len; i++) {
		const struct node *n = &s->nodes[t[i].node];

		if (n != but && can_hide(n) && node_cost(s, n) < cost)
			cost = node_cost(s, n);
	}
	return cost;
}

/* What hiding `node` adds to or saves in its lines. */
static int64_t cost_in_lines(struct suppress_system *s, uint32_t node)
{
	const struct lists *of = &s->equations_of;
	struct node *n = &s->nodes[node];
	int64_t cost = 0;

	for (uint32_t i = of->start[node]; i < of->start[node + 1]; i++) {
		const struct equation *e = &s->equations[of->items[i]];
		bool before = line_is_safe(s, e), after;

		n->hidden = REASON_SECONDARY;
		after = line_is_safe(s, e);
		n->hidden = REASON_NONE;
		if (before && !after)
			cost += cheapest_other(s, e, n);
		else if (!before && after)
			cost -= cheapest_other(s, e, n) / 4;
	}
	return cost;
}

uint32_t line_cheapest(struct suppress_system *s, const struct equation *e,
		       const struct insider *insider)
{
	const struct term *t = terms_of(s, e);
	uint32_t best = SUPPRESS_NONE;
	int64_t best_cost = INT64_MAX;

	for (uint32_t i = 0; i < e->len; i++) {
		const struct node *n = &s->nodes[t[i].node];
		int64_t cost;

		if (!can_hide(n) || insider_owns(insider, n->owner))
			continue;
		cost = node_cost(s, n) + cost_in_lines(s, t[i].node);
		if (cost < best_cost || (cost == best_cost && t[i].node < best)) {
			best = t[i].node;
			best_cost = cost;
		}
	}
	return best;
}
