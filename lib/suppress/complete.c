/* Each equation counts its unvalued members. One that has a single one left gives it
 * its value, which brings the other equations of that node nearer to the same. Order
 * does not matter: what follows in one order follows in every other, or an equation is
 * not fulfilled, which is found in the end. */
#include "suppress/complete.h"

#include "suppress/internal.h"

#include <stdlib.h>

struct completing {
	struct suppress_system *s;
	uint32_t *open;  /* per equation: members without value */
	uint32_t *stack; /* equations with a single one */
	size_t len;
};

static void count_open(struct completing *c)
{
	for (uint32_t e = 0; e < c->s->equations_len; e++) {
		const struct term *t = terms_of(c->s, &c->s->equations[e]);

		for (uint32_t i = 0; i < c->s->equations[e].len; i++)
			c->open[e] += (c->s->nodes[t[i].node].flags & SUPPRESS_UNVALUED) != 0;
		if (c->open[e] == 1)
			c->stack[c->len++] = e;
	}
}

static void set(struct completing *c, uint32_t node, int64_t value)
{
	const struct lists *of = &c->s->equations_of;

	suppress_system_set_value(c->s, node, value);
	for (uint32_t i = of->start[node]; i < of->start[node + 1]; i++)
		if (--c->open[of->items[i]] == 1)
			c->stack[c->len++] = of->items[i];
}

/* The one member without value is what the others leave. */
static enum rc solve(struct completing *c, const struct equation *e, uint32_t *ret_node)
{
	const struct term *t = terms_of(c->s, e), *last = t;
	int64_t sum = 0, value;

	for (uint32_t i = 0; i < e->len; i++) {
		if (c->s->nodes[t[i].node].flags & SUPPRESS_UNVALUED)
			last = &t[i];
		else
			sum += t[i].coef * c->s->nodes[t[i].node].value;
	}
	value = -sum * last->coef;
	*ret_node = t->node;
	if (value < 0 && !(c->s->nodes[last->node].flags & SUPPRESS_SIGNED))
		return RC_INVALID;
	*ret_node = last->node;
	if (magnitude(value) > SUPPRESS_VALUE_MAX)
		return RC_LIMIT;
	set(c, last->node, value);
	return RC_OK;
}

enum rc suppress_complete(struct suppress_system *s, uint32_t *ret_node)
{
	CLEANUP_FREE uint32_t *open = calloc(s->equations_len + 1, sizeof(*open));
	/* An equation comes to a single open member once. */
	CLEANUP_FREE uint32_t *stack = calloc(s->equations_len + 1, sizeof(*stack));
	struct completing c = { .s = s, .open = open, .stack = stack };
	enum rc rc = RC_OK;

	if (!open || !stack)
		return RC_NOMEM;
	/* First what contradicts itself as it was given. */
	*ret_node = suppress_system_not_additive(s);
	if (*ret_node != SUPPRESS_NONE)
		return RC_INVALID;
	count_open(&c);
	while (!rc && c.len) {
		uint32_t e = c.stack[--c.len];

		if (c.open[e] == 1)
			rc = solve(&c, &s->equations[e], ret_node);
	}
	if (rc)
		return rc;
	*ret_node = suppress_system_not_additive(s);
	return *ret_node == SUPPRESS_NONE ? RC_OK : RC_INVALID;
}
