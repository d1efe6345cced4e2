#include "suppress/dimension_shape.h"

#include "suppress/internal.h"

#include <stdlib.h>
#include <string.h>

/* Leaves of all categories together: what a hierarchy may cost. */
#define LEAVES_MAX ((size_t)16 << 20)

enum rc suppress_dimension_new(bool organisation, struct suppress_dimension **ret)
{
	struct suppress_dimension *d = calloc(1, sizeof(*d));

	if (!d)
		return RC_NOMEM;
	d->organisation = organisation;
	*ret = d;
	return RC_OK;
}

void suppress_dimension_free(struct suppress_dimension *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->len; i++)
		free(d->categories[i].leaves);
	free(d->categories);
	free(d->groupings);
	free(d->children);
	free(d->order);
	free(d);
}

static enum rc add_category(struct suppress_dimension *d, uint32_t *ret)
{
	enum rc rc = suppress_grow(&d->categories, &d->size, d->len + 1, sizeof(*d->categories));

	if (rc)
		return rc;
	*ret = (uint32_t)d->len;
	d->categories[d->len++] = (struct category){ .grouping = SUPPRESS_NONE };
	return RC_OK;
}

enum rc suppress_dimension_category(struct suppress_dimension *d, uint32_t *ret)
{
	return d->len < SUPPRESS_CATEGORIES_MAX ? add_category(d, ret) : RC_LIMIT;
}

enum rc suppress_dimension_group(struct suppress_dimension *d, uint32_t parent,
				 const uint32_t *children, uint32_t n)
{
	struct grouping g = { .parent = parent, .first = (uint32_t)d->children_len, .len = n };
	enum rc rc;

	if (!n || parent >= d->len)
		return RC_INVALID;
	for (uint32_t i = 0; i < n; i++)
		if (children[i] >= d->len)
			return RC_INVALID;
	rc = suppress_grow(&d->children, &d->children_size, d->children_len + n,
			   sizeof(*d->children));
	if (!rc)
		rc = suppress_grow(&d->groupings, &d->groupings_size, d->groupings_len + 1,
				   sizeof(*d->groupings));
	if (rc)
		return rc;
	memcpy(d->children + d->children_len, children, n * sizeof(*children));
	d->children_len += n;
	for (uint32_t i = 0; i < n; i++)
		d->categories[children[i]].has_parent = true;
	if (d->categories[parent].grouping == SUPPRESS_NONE)
		d->categories[parent].grouping = (uint32_t)d->groupings_len;
	d->groupings[d->groupings_len++] = g;
	return RC_OK;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The leaves of a grouping, sorted. RC_INVALID when one is there twice. */
static enum rc collect(const struct suppress_dimension *d, const struct grouping *g, size_t *spent,
		       uint32_t **ret, uint32_t *ret_len)
{
	const uint32_t *children = d->children + g->first;
	size_t n = 0, len = 0;
	uint32_t *list;

	for (uint32_t i = 0; i < g->len; i++)
		n += d->categories[children[i]].leaves_len;
	*spent += n;
	if (*spent > LEAVES_MAX)
		return RC_LIMIT;
	list = calloc(n, sizeof(*list));
	if (!list)
		return RC_NOMEM;
	for (uint32_t i = 0; i < g->len; i++) {
		const struct category *c = &d->categories[children[i]];

		memcpy(list + len, c->leaves, c->leaves_len * sizeof(*list));
		len += c->leaves_len;
	}
	qsort(list, n, sizeof(*list), by_number);
	*ret = list;
	*ret_len = (uint32_t)n;
	for (size_t i = 1; i < n; i++)
		if (list[i] == list[i - 1])
			return RC_INVALID;
	return RC_OK;
}

static enum rc find_leaves(struct suppress_dimension *d, uint32_t number, size_t *spent)
{
	struct category *c = &d->categories[number];

	if (c->grouping != SUPPRESS_NONE)
		return collect(d, &d->groupings[c->grouping], spent, &c->leaves, &c->leaves_len);
	c->leaves = calloc(1, sizeof(*c->leaves));
	if (!c->leaves)
		return RC_NOMEM;
	c->leaves[0] = number;
	c->leaves_len = 1;
	return RC_OK;
}

/* Further groupings of a parent count each leaf once, too. */
static enum rc check_groupings(const struct suppress_dimension *d, size_t *spent,
			       uint32_t *ret_culprit)
{
	for (size_t i = 0; i < d->groupings_len; i++) {
		CLEANUP_FREE uint32_t *leaves = NULL;
		uint32_t len;
		enum rc rc = collect(d, &d->groupings[i], spent, &leaves, &len);

		if (rc) {
			*ret_culprit = d->groupings[i].parent;
			return rc;
		}
	}
	return RC_OK;
}

static enum rc find_all_leaves(struct suppress_dimension *d, uint32_t *ret_culprit)
{
	size_t spent = 0;

	for (size_t i = 0; i < d->len; i++) {
		enum rc rc = find_leaves(d, d->order[i], &spent);

		if (rc) {
			*ret_culprit = d->order[i];
			return rc;
		}
	}
	return check_groupings(d, &spent, ret_culprit);
}

/* The leaves of the topmost categories, each once, and whether some of these share
 * one. A category that is only in a further grouping of its parent is none of them. */
static uint32_t mark_leaves(const struct suppress_dimension *d, bool *mark, bool *ret_shared)
{
	uint32_t n = 0;

	*ret_shared = false;
	for (size_t c = 0; c < d->len; c++) {
		const struct category *top = &d->categories[c];

		for (uint32_t i = 0; !top->has_parent && i < top->leaves_len; i++) {
			*ret_shared |= mark[top->leaves[i]];
			n += !mark[top->leaves[i]];
			mark[top->leaves[i]] = true;
		}
	}
	return n;
}

/* A total above everything: of each category that covers all; of the topmost ones
 * where they share nothing; else of the leaves. */
static enum rc add_total(struct suppress_dimension *d, const bool *is_leaf, bool shared)
{
	CLEANUP_FREE uint32_t *parts = calloc(d->len + 1, sizeof(*parts));
	size_t old = d->len, n = 0, full = 0;
	enum rc rc = parts ? add_category(d, &d->total) : RC_NOMEM;

	for (uint32_t c = 0; !rc && c < old; c++) {
		if (d->categories[c].has_parent || d->categories[c].leaves_len != d->leaves)
			continue;
		rc = suppress_dimension_group(d, d->total, &c, 1);
		full++;
	}
	if (rc || full)
		return rc;
	for (uint32_t c = 0; c < old; c++)
		if (shared ? is_leaf[c] : !d->categories[c].has_parent)
			parts[n++] = c;
	return suppress_dimension_group(d, d->total, parts, (uint32_t)n);
}

/* The only topmost category, or the only one that covers all leaves. */
static uint32_t find_total(const struct suppress_dimension *d)
{
	uint32_t full = SUPPRESS_NONE, topmost = SUPPRESS_NONE;
	size_t fulls = 0, tops = 0;

	for (uint32_t c = 0; c < d->len; c++) {
		if (d->categories[c].has_parent)
			continue;
		topmost = c;
		tops++;
		if (d->categories[c].leaves_len == d->leaves) {
			full = c;
			fulls++;
		}
	}
	if (tops == 1)
		return topmost;
	return fulls == 1 ? full : SUPPRESS_NONE;
}

static enum rc finish_total(struct suppress_dimension *d)
{
	CLEANUP_FREE bool *is_leaf = calloc(d->len + 1, sizeof(*is_leaf));
	uint32_t *order;
	size_t spent = 0;
	bool shared;
	enum rc rc;

	if (!is_leaf)
		return RC_NOMEM;
	d->leaves = mark_leaves(d, is_leaf, &shared);
	d->total = find_total(d);
	if (d->total != SUPPRESS_NONE)
		return RC_OK;
	rc = add_total(d, is_leaf, shared);
	if (rc)
		return rc;
	order = reallocarray(d->order, d->len, sizeof(*order));
	if (!order)
		return RC_NOMEM;
	order[d->len - 1] = d->total;
	d->order = order;
	return find_leaves(d, d->total, &spent);
}

enum rc suppress_dimension_finish(struct suppress_dimension *d, uint32_t *ret_culprit,
				  struct err *reterr)
{
	enum rc rc = dimension_sort(d, ret_culprit);

	if (rc == RC_INVALID)
		return err_set(reterr, rc, "hierarchy-cycle", NULL, "a category is part of itself");
	if (!rc)
		rc = find_all_leaves(d, ret_culprit);
	if (rc == RC_INVALID)
		return err_set(reterr, rc, "hierarchy-overlap", NULL,
			       "a parent counts one of its parts twice");
	if (!rc)
		rc = finish_total(d);
	if (rc == RC_LIMIT)
		return err_set(reterr, rc, "hierarchy-too-large", NULL,
			       "the hierarchy has too many categories");
	return rc;
}

bool dimension_covers(const struct suppress_dimension *d, uint32_t category, uint32_t leaf)
{
	const struct category *c = &d->categories[category];

	return bsearch(&leaf, c->leaves, c->leaves_len, sizeof(leaf), by_number) != NULL;
}

uint32_t suppress_dimension_size(const struct suppress_dimension *d)
{
	return (uint32_t)d->len;
}

uint32_t suppress_dimension_total(const struct suppress_dimension *d)
{
	return d->total;
}

bool suppress_dimension_is_leaf(const struct suppress_dimension *d, uint32_t category)
{
	return d->categories[category].grouping == SUPPRESS_NONE;
}
