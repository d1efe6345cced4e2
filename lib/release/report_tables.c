/* What the tables show and hide: by class and level, and by each of their categories. */
#include "release/report_make.h"

#include "release/layout.h"

#include <stdlib.h>
#include <string.h>

const char *report_level_name(size_t level)
{
	static const char *const names[REPORT_LEVELS] = { "nation", "rhf", "hf", "county",
							  "municipality" };

	return names[level];
}

void report_cells_add(struct report_cells *to, const struct report_cells *more)
{
	to->cells += more->cells;
	to->shown += more->shown;
	to->hidden += more->hidden;
	to->missing += more->missing;
	to->value += more->value;
	to->hidden_value += more->hidden_value;
}

struct report_cells report_sum(const struct report_table *t, unsigned classes, unsigned levels)
{
	struct report_cells sum = { 0 };

	for (size_t class = 0; class < RELEASE_CLASSES; class ++)
		for (size_t level = 0; level < REPORT_LEVELS; level++)
			if (classes & 1u << class && levels & 1u << level)
				report_cells_add(&sum, &t->cells[class][level]);
	return sum;
}

void report_tables_release(struct release_report *r)
{
	for (size_t i = 0; i < r->tables_len; i++)
		for (size_t d = 0; d < REPORT_DIMENSIONS; d++)
			free(r->tables[i].dimensions[d].categories);
	free(r->tables);
}

/* --- categories ----------------------------------------------------------------------------- */

static const char *code_of(const struct layout *l, size_t axis)
{
	return axis == 0            ? programme_code_region
	       : axis == l->len - 1 ? programme_code_time
				    : programme_dimension_code(l->table->dimensions[axis - 1]);
}

static bool is_total(const struct layout *l, size_t axis, const struct axis_category *c)
{
	if (axis == 0)
		return c->level == PROGRAMME_NATION;
	return axis < l->len - 1 && !strcmp(c->code, AXIS_TOTAL);
}

static bool name_categories(const struct layout *l, size_t axis, const struct programme *programme,
			    struct report_dimension *d)
{
	d->code = code_of(l, axis);
	for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++)
		d->label[lang] = programme_dimension_label(programme, d->code, lang);
	d->categories = calloc(l->shown_len[axis] + 1, sizeof(*d->categories));
	if (!d->categories)
		return false;
	d->len = l->shown_len[axis];
	for (size_t i = 0; i < d->len; i++) {
		const struct axis_category *from = &layout_axis(l, axis)->list[l->shown[axis][i]];
		struct report_category *to = &d->categories[i];

		memcpy(to->code, from->code, sizeof(to->code));
		memcpy(to->label, from->label, sizeof(to->label));
		to->total = is_total(l, axis, from);
	}
	return true;
}

/* --- cells ------------------------------------------------------------------------------------ */

static struct report_cells one_cell(const struct release_nodes *nodes, const struct layout *l,
				    size_t class, const uint32_t *place)
{
	struct cubes *cubes = layout_cubes(&nodes->input, l, class);
	uint32_t node = cubes_node(cubes, l->table, place);
	struct report_cells one = { 0 };

	if (node == SUPPRESS_NONE || layout_coverage(&nodes->input, l, place) != COVERAGE_FULL)
		one.missing = 1;
	else
		report_add_node(&one, cubes_system(cubes), node);
	return one;
}

/* The default view is what a reader meets first: no dimension, by quarter, public. */
static bool is_default(const struct programme_table *t)
{
	return !t->dimensions_len && t->unit == PROGRAMME_QUARTERLY &&
	       t->part == PROGRAMME_HOSPITAL;
}

static void look_at_cell(const struct release_nodes *nodes, const struct layout *l, size_t cell,
			 struct release_report *r, struct report_table *t)
{
	uint32_t place[LAYOUT_AXES];
	size_t level, below = l->cells;

	layout_place(l, cell, place);
	level = (size_t)__builtin_ctz(layout_axis(l, 0)->list[place[0]].level);
	for (size_t class = 0; class < RELEASE_CLASSES; class ++) {
		struct report_cells one = one_cell(nodes, l, class, place);

		report_cells_add(&t->cells[class][level], &one);
		if (!class && is_default(l->table))
			report_cells_add(&r->default_view, &one);
		below = l->cells;
		for (size_t axis = 0; axis < l->len; axis++) {
			below /= l->shown_len[axis];
			report_cells_add(&t->dimensions[axis]
						  .categories[cell / below % l->shown_len[axis]]
						  .classes[class],
					 &one);
		}
	}
}

/* What the same table of another release says, by its marks alone. */
static struct report_cells by_marks(const struct published_table *table)
{
	struct report_cells sum = { 0 };

	for (size_t i = 0; table && i < table->cells_len; i++) {
		sum.shown += table->cells[i].mark == PUBLISHED_VALUE;
		sum.hidden += table->cells[i].mark == PUBLISHED_HIDDEN;
	}
	sum.cells = sum.shown + sum.hidden;
	return sum;
}

static enum rc look_at_table(const struct release_nodes *nodes, const struct layout *l,
			     const struct release_earlier *previous, struct release_report *r)
{
	struct report_table *t = &r->tables[r->tables_len++];

	t->id = l->table->id;
	t->table = l->table;
	t->dimensions_len = l->len;
	for (size_t axis = 0; axis < l->len; axis++)
		if (!name_categories(l, axis, nodes->input.programme, &t->dimensions[axis]))
			return RC_NOMEM;
	for (size_t cell = 0; cell < l->cells; cell++)
		look_at_cell(nodes, l, cell, r, t);
	if (previous)
		t->before = by_marks(published_find(previous->tables, t->id));
	return RC_OK;
}

enum rc report_make_tables(const struct release_nodes *nodes,
			   const struct release_earlier *previous, struct release_report *r)
{
	size_t len;
	const struct programme_table *list = programme_tables(nodes->input.programme, &len);
	enum rc rc = RC_OK;

	r->tables = calloc(len + 1, sizeof(*r->tables));
	if (!r->tables)
		return RC_NOMEM;
	for (size_t i = 0; !rc && i < len; i++) {
		CLEANUP(layout_release) struct layout l = { 0 };

		rc = layout_new(&list[i], &nodes->axes, &l);
		if (!rc && l.cells)
			rc = look_at_table(nodes, &l, previous, r);
	}
	if (previous)
		snprintf(r->previous, sizeof(r->previous), "%s", previous->name);
	return rc;
}
