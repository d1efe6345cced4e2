#include "release/layout.h"

#include <stdlib.h>
#include <string.h>

/* Which regions, and which unit of time, a table shows; all of everything else. */
static bool is_shown(const struct layout *l, size_t axis, const struct axis_category *c)
{
	if (axis == 0)
		return (c->level & l->table->levels) != 0;
	if (axis == l->len - 1)
		return (c->level & 1U << l->table->unit) != 0;
	return true;
}

enum rc layout_new(const struct programme_table *table, const struct axes *axes, struct layout *ret)
{
	CLEANUP(layout_release) struct layout l = { .table = table, .axes = axes, .cells = 1 };

	l.len = cubes_axes_of(table, l.names);
	for (size_t i = 0; i < l.len; i++) {
		const struct axis *axis = layout_axis(&l, i);

		l.shown[i] = calloc(axis->len + 1, sizeof(*l.shown[i]));
		if (!l.shown[i])
			return RC_NOMEM;
		for (size_t c = 0; c < axis->len; c++)
			if (is_shown(&l, i, &axis->list[c]))
				l.shown[i][l.shown_len[i]++] = (uint32_t)c;
		l.cells *= l.shown_len[i];
	}
	*ret = l;
	l = (struct layout){ 0 };
	return RC_OK;
}

void layout_release(struct layout *l)
{
	for (size_t i = 0; i < LAYOUT_AXES; i++)
		free(l->shown[i]);
	*l = (struct layout){ 0 };
}

void layout_place(const struct layout *l, size_t cell, uint32_t *ret_categories)
{
	for (size_t i = l->len; i-- > 0;) {
		ret_categories[i] = l->shown[i][cell % l->shown_len[i]];
		cell /= l->shown_len[i];
	}
}
