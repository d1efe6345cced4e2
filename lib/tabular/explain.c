/* Why a table is refused: the engine tells the node, people want the cell, the
 * dimension, and who gives it away. */
#include "tabular/internal.h"

/* One equation: a grouping of dimension `d`, at a place in the others. */
struct line {
	const struct tabular *t;
	uint32_t d;
	const struct tabular_group *group;
	uint32_t at[SUPPRESS_DIMENSIONS_MAX];
};

/* Member 0 is the total. */
static uint32_t member(const struct line *l, uint32_t i)
{
	uint32_t at[SUPPRESS_DIMENSIONS_MAX];

	for (uint32_t d = 0; d < l->t->len; d++)
		at[d] = l->at[d];
	at[l->d] = i ? l->t->dimensions[l->d].children[l->group->first + i - 1] : l->group->parent;
	return suppress_grid_node(l->t->system, l->t->first, at);
}

static bool holds(const struct line *l, uint32_t node)
{
	for (uint32_t i = 0; i <= l->group->len; i++)
		if (member(l, i) == node)
			return true;
	return false;
}

/* The next line that holds the node; begin with an empty one. */
static bool next_line(struct line *l, const struct tabular *t, uint32_t node)
{
	if (!l->t) {
		l->t = t;
		suppress_grid_place(t->system, node, l->at);
	}
	for (; l->d < t->len; l->d++, l->group = NULL) {
		const struct tabular_dimension *d = &t->dimensions[l->d];

		l->group = l->group ? l->group + 1 : d->groups;
		for (; l->group && l->group < d->groups + d->groups_len; l->group++)
			if (holds(l, node))
				return true;
	}
	return false;
}

/* --- sums --------------------------------------------------------------------------- */

static bool adds_up(const struct line *l)
{
	const struct suppress_system *s = l->t->system;
	bool open = false;
	int64_t sum = 0;

	for (uint32_t i = 1; i <= l->group->len; i++) {
		uint32_t node = member(l, i);

		if (suppress_system_flags(s, node) & SUPPRESS_UNVALUED)
			open = true;
		else
			sum += suppress_system_value(s, node);
	}
	if (suppress_system_flags(s, member(l, 0)) & SUPPRESS_UNVALUED)
		return true;
	return open ? sum <= suppress_system_value(s, member(l, 0))
		    : sum == suppress_system_value(s, member(l, 0));
}

enum rc tabular_explain_sum(const struct tabular *t, uint32_t node, struct err *reterr)
{
	char where[TABULAR_NAME_SIZE], along[TABULAR_QUOTE_SIZE];
	struct line l = { 0 };

	tabular_name_node(t, node, where);
	while (next_line(&l, t, node)) {
		if (member(&l, 0) != node || adds_up(&l))
			continue;
		tabular_quote(t->dimensions[l.d].name, along);
		return err_set(reterr, RC_INVALID, "sum-differs", where,
			       "is not the sum of its parts in %s", along);
	}
	return err_set(reterr, RC_INVALID, "sum-differs", where, "is not the sum of its parts");
}

/* --- patterns ------------------------------------------------------------------------ */

static bool is_secret(const struct tabular *t, uint32_t node)
{
	unsigned flags = suppress_system_flags(t->system, node);

	if (flags & (SUPPRESS_FORCED | SUPPRESS_KNOWN))
		return false;
	if (flags & SUPPRESS_PUBLISHED)
		return suppress_system_hidden(t->system, node);
	return (flags & SUPPRESS_UNVALUED) || suppress_system_value(t->system, node) < t->threshold;
}

static bool is_open(const struct tabular *t, uint32_t node)
{
	return suppress_system_flags(t->system, node) & (SUPPRESS_FORCED | SUPPRESS_KNOWN);
}

/* The first member of a line that is so, or SUPPRESS_NONE. */
static uint32_t find(const struct line *l, bool (*is)(const struct tabular *, uint32_t))
{
	for (uint32_t i = 0; i <= l->group->len; i++)
		if (is(l->t, member(l, i)))
			return member(l, i);
	return SUPPRESS_NONE;
}

enum rc tabular_explain_pattern(const struct tabular *t, uint32_t node, struct err *reterr)
{
	char where[TABULAR_NAME_SIZE], giver[TABULAR_NAME_SIZE];
	struct line l = { 0 };
	uint32_t secret, open;

	while (next_line(&l, t, node)) {
		secret = is_secret(t, node) ? node : find(&l, is_secret);
		open = find(&l, is_open);
		if (secret == SUPPRESS_NONE || open == SUPPRESS_NONE)
			continue;
		tabular_name_node(t, secret, where);
		tabular_name_node(t, open, giver);
		return err_set(reterr, RC_CONFLICT, "no-safe-pattern", where,
			       "cannot be protected; given away by %s", giver);
	}
	tabular_name_node(t, node, where);
	return err_set(reterr, RC_CONFLICT, "no-safe-pattern", where, "cannot be protected: %s",
		       t->files[TABULAR_FORCED] || t->files[TABULAR_KNOWN]
			       ? "what was published or is known gives it away"
			       : "too little of the table can be hidden");
}
