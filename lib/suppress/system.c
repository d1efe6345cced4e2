#include "suppress/steps.h"

#include "suppress/grid.h"
#include "suppress/witness.h"

#include <stdlib.h>
#include <string.h>

enum rc suppress_grow(void *list, size_t *size, size_t need, size_t item)
{
	size_t more = *size ? *size : 64;
	void *grown;

	if (need <= *size)
		return RC_OK;
	while (more < need)
		more *= 2;
	grown = reallocarray(*(void **)list, more, item);
	if (!grown)
		return RC_NOMEM;
	*(void **)list = grown;
	*size = more;
	return RC_OK;
}

enum rc suppress_system_new(int64_t threshold, struct suppress_system **ret)
{
	struct suppress_system *s = calloc(1, sizeof(*s));

	if (!s)
		return RC_NOMEM;
	s->threshold = threshold;
	*ret = s;
	return RC_OK;
}

void suppress_system_free(struct suppress_system *s)
{
	if (!s)
		return;
	witness_forget(s);
	for (size_t i = 0; i < s->insiders_len; i++)
		free(s->insiders[i].owners);
	suppress_grids_release(s);
	free(s->insiders);
	free(s->nodes);
	free(s->terms);
	free(s->equations);
	free(s->equations_of.start);
	free(s->equations_of.items);
	free(s);
}

enum rc suppress_system_add(struct suppress_system *s, uint32_t n, uint32_t *ret_first)
{
	enum rc rc;

	if (n > SUPPRESS_NODES_MAX - s->nodes_len)
		return RC_LIMIT;
	rc = suppress_grow(&s->nodes, &s->nodes_size, s->nodes_len + n, sizeof(*s->nodes));
	if (rc)
		return rc;
	*ret_first = (uint32_t)s->nodes_len;
	for (uint32_t i = 0; i < n; i++)
		s->nodes[s->nodes_len++] = (struct node){ .owner = SUPPRESS_NONE, .weight = 1 };
	return RC_OK;
}

enum rc suppress_system_equation(struct suppress_system *s, uint32_t total, const uint32_t *members,
				 const int8_t *signs, uint32_t n, bool organisation)
{
	struct equation e = { .first = (uint32_t)s->terms_len,
			      .len = n + 1,
			      .organisation = organisation };
	enum rc rc;

	if (!n || total >= s->nodes_len)
		return RC_INVALID;
	rc = suppress_grow(&s->terms, &s->terms_size, s->terms_len + n + 1, sizeof(*s->terms));
	if (!rc)
		rc = suppress_grow(&s->equations, &s->equations_size, s->equations_len + 1,
				   sizeof(*s->equations));
	if (rc)
		return rc;
	s->terms[s->terms_len] = (struct term){ total, -1 };
	for (uint32_t i = 0; i < n; i++) {
		if (members[i] >= s->nodes_len)
			return RC_INVALID;
		s->terms[s->terms_len + 1 + i] =
			(struct term){ members[i], signs && signs[i] < 0 ? -1 : 1 };
	}
	s->terms_len += n + 1;
	s->equations[s->equations_len++] = e;
	return RC_OK;
}

void suppress_system_set_value(struct suppress_system *s, uint32_t node, int64_t value)
{
	witness_forget(s);
	s->nodes[node].value = value;
	s->nodes[node].flags &= (uint8_t)~SUPPRESS_UNVALUED;
}

void suppress_system_set_flags(struct suppress_system *s, uint32_t node, unsigned flags)
{
	witness_forget(s);
	s->nodes[node].flags = (uint8_t)flags;
}

void suppress_system_set_owner(struct suppress_system *s, uint32_t node, uint32_t owner)
{
	s->nodes[node].owner = owner;
}

uint32_t suppress_system_owner(const struct suppress_system *s, uint32_t node)
{
	return s->nodes[node].owner;
}

void suppress_system_set_weight(struct suppress_system *s, uint32_t node, uint16_t weight)
{
	s->nodes[node].weight = weight;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

enum rc suppress_system_insider(struct suppress_system *s, const uint32_t *owners, uint32_t n)
{
	uint32_t *copy = calloc((size_t)n + 1, sizeof(*copy));

	if (!copy || suppress_grow(&s->insiders, &s->insiders_size, s->insiders_len + 1,
				   sizeof(*s->insiders))) {
		free(copy);
		return RC_NOMEM;
	}
	memcpy(copy, owners, n * sizeof(*copy));
	qsort(copy, n, sizeof(*copy), by_number);
	s->insiders[s->insiders_len++] = (struct insider){ copy, n, SUPPRESS_NONE };
	return RC_OK;
}

bool insider_owns(const struct insider *insider, uint32_t owner)
{
	if (!insider || owner == SUPPRESS_NONE)
		return false;
	return bsearch(&owner, insider->owners, insider->len, sizeof(owner), by_number) != NULL;
}

enum rc suppress_system_prepare(struct suppress_system *s)
{
	struct lists *of = &s->equations_of;

	of->start = calloc(s->nodes_len + 2, sizeof(*of->start));
	of->items = calloc(s->terms_len + 1, sizeof(*of->items));
	if (!of->start || !of->items)
		return RC_NOMEM;
	for (size_t i = 0; i < s->terms_len; i++)
		of->start[s->terms[i].node + 2]++;
	for (size_t i = 2; i < s->nodes_len + 2; i++)
		of->start[i] += of->start[i - 1];
	for (uint32_t e = 0; e < s->equations_len; e++) {
		const struct term *t = terms_of(s, &s->equations[e]);

		for (uint32_t i = 0; i < s->equations[e].len; i++)
			of->items[of->start[t[i].node + 1]++] = e;
	}
	return suppress_known(s);
}

uint32_t suppress_system_nodes(const struct suppress_system *s)
{
	return (uint32_t)s->nodes_len;
}

int64_t suppress_system_value(const struct suppress_system *s, uint32_t node)
{
	return s->nodes[node].value;
}

unsigned suppress_system_flags(const struct suppress_system *s, uint32_t node)
{
	return s->nodes[node].flags;
}

bool suppress_system_hidden(const struct suppress_system *s, uint32_t node)
{
	return s->nodes[node].hidden != REASON_NONE;
}

void suppress_system_hide(struct suppress_system *s, uint32_t node)
{
	struct node *n = &s->nodes[node];

	if (can_hide(n))
		n->hidden = is_small(s, n) ? REASON_PRIMARY : REASON_SECONDARY;
}

/* The sum of valued terms must be 0, or, where some have no value, leave them
 * something that is not negative. */
static bool is_additive(const struct suppress_system *s, const struct equation *e)
{
	const struct term *t = terms_of(s, e);
	bool plus = false, minus = false;
	int64_t sum = 0;

	for (uint32_t i = 0; i < e->len; i++) {
		const struct node *n = &s->nodes[t[i].node];

		if (!(n->flags & SUPPRESS_UNVALUED))
			sum += t[i].coef * n->value;
		else if (n->flags & SUPPRESS_SIGNED)
			plus = minus = true;
		else if (t[i].coef > 0)
			plus = true;
		else
			minus = true;
	}
	return sum == 0 || (sum < 0 && plus) || (sum > 0 && minus);
}

uint32_t equations_not_additive(const struct suppress_system *s)
{
	uint32_t n = 0;

	for (size_t e = 0; e < s->equations_len; e++)
		n += !is_additive(s, &s->equations[e]);
	return n;
}

uint32_t suppress_system_not_additive(const struct suppress_system *s)
{
	for (size_t e = 0; e < s->equations_len; e++)
		if (!is_additive(s, &s->equations[e]))
			return terms_of(s, &s->equations[e])->node;
	return SUPPRESS_NONE;
}
