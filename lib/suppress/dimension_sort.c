/* Categories in an order in which each stands behind its children, without
 * recursion: A. B. Kahn, "Topological sorting of large networks", CACM 5 (1962).
 * What is left over is part of a cycle or stands above one. */
#include "suppress/dimension_shape.h"

#include <stdlib.h>

struct sorting {
	uint32_t *start;   /* per category, of its run in `above`; one more */
	uint32_t *above;   /* the parent at each place where the category is a child */
	uint32_t *missing; /* per category: children that are not in order yet */
};

static void release(struct sorting *s)
{
	free(s->start);
	free(s->above);
	free(s->missing);
}

static enum rc prepare(const struct suppress_dimension *d, struct sorting *s)
{
	s->start = calloc(d->len + 2, sizeof(*s->start));
	s->above = calloc(d->children_len + 1, sizeof(*s->above));
	s->missing = calloc(d->len + 1, sizeof(*s->missing));
	if (!s->start || !s->above || !s->missing)
		return RC_NOMEM;
	for (size_t i = 0; i < d->children_len; i++)
		s->start[d->children[i] + 2]++;
	for (size_t i = 2; i < d->len + 2; i++)
		s->start[i] += s->start[i - 1];
	for (size_t g = 0; g < d->groupings_len; g++) {
		const struct grouping *group = &d->groupings[g];

		s->missing[group->parent] += group->len;
		for (uint32_t i = 0; i < group->len; i++)
			s->above[s->start[d->children[group->first + i] + 1]++] = group->parent;
	}
	return RC_OK;
}

/* Walks from `c` down through unsorted children until one comes again: that one is
 * on a cycle, and not merely above it. */
static uint32_t on_cycle(const struct suppress_dimension *d, const struct sorting *s, uint32_t c)
{
	for (size_t step = 0; step <= d->len; step++) {
		uint32_t down = SUPPRESS_NONE;

		for (size_t g = 0; g < d->groupings_len && down == SUPPRESS_NONE; g++) {
			const struct grouping *group = &d->groupings[g];

			for (uint32_t i = 0; group->parent == c && i < group->len; i++)
				if (s->missing[d->children[group->first + i]])
					down = d->children[group->first + i];
		}
		if (down == SUPPRESS_NONE)
			break;
		c = down;
	}
	return c;
}

enum rc dimension_sort(struct suppress_dimension *d, uint32_t *ret_culprit)
{
	CLEANUP(release) struct sorting s = { 0 };
	size_t len = 0;

	d->order = calloc(d->len + 1, sizeof(*d->order));
	if (!d->order || prepare(d, &s))
		return RC_NOMEM;
	for (uint32_t c = 0; c < d->len; c++)
		if (!s.missing[c])
			d->order[len++] = c;
	for (size_t i = 0; i < len; i++)
		for (uint32_t a = s.start[d->order[i]]; a < s.start[d->order[i] + 1]; a++)
			if (!--s.missing[s.above[a]])
				d->order[len++] = s.above[a];
	if (len == d->len)
		return RC_OK;
	for (uint32_t c = 0; c < d->len; c++) {
		if (s.missing[c]) {
			*ret_culprit = on_cycle(d, &s, c);
			break;
		}
	}
	return RC_INVALID;
}
