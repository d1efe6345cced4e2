#include "release/tables.h"

#include "codes/codes.h"
#include "release/layout.h"
#include "release/notes.h"

#include <stdlib.h>
#include <string.h>

const char *const release_classes[RELEASE_CLASSES] = { "incident", "near_miss", "hazard" };

#define CONTENTS "Meldinger"

static enum rc no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

/* --- flags ------------------------------------------------------------------------------ */

/* The same cell in an earlier release; NULL where that had none. Dimensions are
 * found by code, so that tables may grow. */
static const struct published_cell *cell_in(const struct published_table *t, const struct layout *l,
					    const char *event_class, const uint32_t *categories)
{
	size_t at = 0;

	for (size_t d = 0; d < t->dimensions_len; d++) {
		const struct published_dimension *dimension = &t->dimensions[d];
		const char *code = NULL;
		int place;

		if (!strcmp(dimension->code, programme_code_class))
			code = event_class;
		else if (!strcmp(dimension->code, programme_code_contents))
			code = CONTENTS;
		else if (!strcmp(dimension->code, programme_code_region))
			code = layout_axis(l, 0)->list[categories[0]].code;
		else if (!strcmp(dimension->code, programme_code_time))
			code = layout_axis(l, l->len - 1)->list[categories[l->len - 1]].code;
		for (size_t i = 0; !code && i < l->table->dimensions_len; i++)
			if (!strcmp(dimension->code,
				    programme_dimension_code(l->table->dimensions[i])))
				code = layout_axis(l, i + 1)->list[categories[i + 1]].code;
		place = code ? published_category_find(dimension, code) : -1;
		if (place < 0)
			return NULL;
		at = at * dimension->len + (size_t)place;
	}
	return &t->cells[at];
}

/* What an earlier release says of a node. */
static enum rc remember(struct suppress_system *s, uint32_t node, int64_t threshold,
			unsigned *flags, const struct release_earlier *e,
			const struct published_cell *cell, const char *table, struct err *reterr)
{
	int64_t change = suppress_system_value(s, node) - cell->value;
	bool same = change == 0;

	if (cell->mark == PUBLISHED_HIDDEN)
		*flags |= e->withdrawn ? 0 : SUPPRESS_HELD;
	if (cell->mark != PUBLISHED_VALUE)
		return RC_OK;
	/* Beside a figure that was withdrawn, one that differs by a few tells of those few. */
	if (e->withdrawn) {
		*flags |= same ? SUPPRESS_KNOWN : llabs(change) < threshold ? SUPPRESS_HELD : 0;
		return RC_OK;
	}
	if (!same)
		return err_set(reterr, RC_CONFLICT, "release-changed", table,
			       "a figure that release %.32s has published would change", e->name);
	*flags |= SUPPRESS_FORCED;
	return RC_OK;
}

/* What everyone looks at first is the last to be hidden for another figure's sake:
 * totals without further dimensions, of the nation before the regions. */
static uint16_t weight_of(const struct layout *l, const uint32_t *categories)
{
	switch (layout_axis(l, 0)->list[categories[0]].level) {
	case PROGRAMME_NATION: return 60;
	case PROGRAMME_RHF:
	case PROGRAMME_COUNTY: return 20;
	default: return 4;
	}
}

static enum rc flag_cell(const struct release_input *in, const struct layout *l, size_t class,
			 const uint32_t *categories, const struct release_earlier *earlier,
			 size_t n, struct err *reterr)
{
	struct cubes *cubes = layout_cubes(in, l, class);
	struct suppress_system *s = cubes_system(cubes);
	uint32_t node = cubes_node(cubes, l->table, categories);
	unsigned flags;
	enum rc rc = RC_OK;

	if (node == SUPPRESS_NONE)
		return RC_OK;
	flags = suppress_system_flags(s, node);
	switch (layout_coverage(in, l, categories)) {
	case COVERAGE_NONE: flags |= suppress_system_value(s, node) ? 0 : SUPPRESS_KNOWN; break;
	case COVERAGE_FULL: flags |= SUPPRESS_PUBLISHED; break;
	case COVERAGE_PART:
	case COVERAGE_SPLIT: break;
	}
	for (size_t i = 0; !rc && i < n; i++) {
		const struct published_table *t = published_find(earlier[i].tables, l->table->id);
		const struct published_cell *cell =
			t ? cell_in(t, l, release_classes[class], categories) : NULL;

		if (cell)
			rc = remember(s, node, programme_threshold(in->programme), &flags,
				      &earlier[i], cell, l->table->id, reterr);
	}
	suppress_system_set_flags(s, node, flags);
	if (!l->table->dimensions_len)
		suppress_system_set_weight(s, node, weight_of(l, categories));
	return rc;
}

static enum rc flag_table(const struct release_input *in, const struct programme_table *table,
			  const struct release_earlier *earlier, size_t n, struct err *reterr)
{
	CLEANUP(layout_release) struct layout l = { 0 };
	uint32_t categories[LAYOUT_AXES];
	enum rc rc = layout_new(table, in->axes, &l);

	if (rc)
		return no_memory(reterr);
	for (size_t class = 0; !rc && class < RELEASE_CLASSES; class ++) {
		for (size_t cell = 0; !rc && cell < l.cells; cell++) {
			layout_place(&l, cell, categories);
			rc = flag_cell(in, &l, class, categories, earlier, n, reterr);
		}
	}
	return rc;
}

/* Where nobody reported the count is 0, and that is no secret. (One that is not 0 was
 * reported by someone from elsewhere: nobody's knowledge, and no figure.) */
struct flagging {
	const struct release_input *in;
	struct suppress_system *s;
};

static void flag_uncovered(void *ctx, uint32_t node, enum axis_name regions, uint32_t region,
			   const struct axis_category *time)
{
	const struct flagging *f = ctx;

	if (coverage_of(f->in, regions, region, time) == COVERAGE_NONE &&
	    !suppress_system_value(f->s, node))
		suppress_system_set_flags(f->s, node,
					  suppress_system_flags(f->s, node) | SUPPRESS_KNOWN);
}

enum rc tables_flag(const struct release_input *in, const struct release_earlier *earlier, size_t n,
		    struct err *reterr)
{
	size_t len;
	const struct programme_table *list = programme_tables(in->programme, &len);
	enum rc rc = RC_OK;

	for (size_t i = 0; i < RELEASE_SYSTEMS; i++) {
		struct flagging f = { in, cubes_system(in->cubes[i]) };

		cubes_each(in->cubes[i], flag_uncovered, &f);
	}
	for (size_t i = 0; !rc && i < len; i++)
		rc = flag_table(in, &list[i], earlier, n, reterr);
	return rc;
}

/* --- tables ------------------------------------------------------------------------------- */

static bool dup_into(const char **slot, const char *text)
{
	*slot = strdup(text);
	return *slot != NULL;
}

static bool dup_texts(const char *out[PUBLISHED_LANGS], const char *nb, const char *en)
{
	return dup_into(&out[PUBLISHED_NB], nb) && dup_into(&out[PUBLISHED_EN], en);
}

static bool label_dimension(const struct programme *p, const char *code, enum published_role role,
			    struct published_dimension *d)
{
	d->role = role;
	return dup_into(&d->code, code) &&
	       dup_texts(d->label, programme_dimension_label(p, code, PUBLISHED_NB),
			 programme_dimension_label(p, code, PUBLISHED_EN));
}

/* The categories that a table shows of an axis; a parent that is not shown is left out. */
static bool show_axis(const struct layout *l, size_t i, struct published_dimension *d)
{
	const struct axis *axis = layout_axis(l, i);

	d->categories = calloc(l->shown_len[i] + 1, sizeof(*d->categories));
	if (!d->categories)
		return false;
	for (size_t c = 0; c < l->shown_len[i]; c++) {
		const struct axis_category *from = &axis->list[l->shown[i][c]];
		struct published_category *to = &d->categories[d->len++];

		if (!dup_into(&to->code, from->code) ||
		    !dup_texts(to->label, from->label[PUBLISHED_NB], from->label[PUBLISHED_EN]))
			return false;
		for (size_t p = 0; from->parent >= 0 && p < l->shown_len[i]; p++)
			if (l->shown[i][p] == (uint32_t)from->parent &&
			    !dup_into(&to->parent, axis->list[from->parent].code))
				return false;
	}
	return true;
}

static bool add_class(const struct release_input *in, struct published_dimension *d)
{
	if (!label_dimension(in->programme, programme_code_class, PUBLISHED_PLAIN, d))
		return false;
	d->categories = calloc(RELEASE_CLASSES, sizeof(*d->categories));
	for (size_t i = 0; d->categories && i < RELEASE_CLASSES; i++) {
		const char *nb = codes_label(in->codes, "event_class", release_classes[i], "nb");
		const char *en = codes_label(in->codes, "event_class", release_classes[i], "en");
		struct published_category *to = &d->categories[d->len++];

		if (!dup_into(&to->code, release_classes[i]) ||
		    !dup_texts(to->label, nb ? nb : "", en ? en : ""))
			return false;
	}
	return d->categories != NULL;
}

static bool add_contents(const struct release_input *in, struct published_dimension *d)
{
	if (!label_dimension(in->programme, programme_code_contents, PUBLISHED_METRIC, d))
		return false;
	d->categories = calloc(1, sizeof(*d->categories));
	if (!d->categories)
		return false;
	d->len = 1;
	return dup_into(&d->categories[0].code, CONTENTS) &&
	       dup_texts(d->categories[0].label,
			 programme_contents_label(in->programme, CONTENTS, PUBLISHED_NB),
			 programme_contents_label(in->programme, CONTENTS, PUBLISHED_EN));
}

/* Region, event class, the table's own, contents, time. */
static bool add_dimensions(const struct release_input *in, const struct layout *l,
			   struct published_table *t)
{
	struct published_dimension *d;

	t->dimensions = calloc(l->len + 2, sizeof(*t->dimensions));
	if (!t->dimensions)
		return false;
	d = &t->dimensions[t->dimensions_len++];
	if (!label_dimension(in->programme, programme_code_region, PUBLISHED_GEO, d) ||
	    !show_axis(l, 0, d) || !dup_into(&d->total, AXIS_NATION) ||
	    !add_class(in, &t->dimensions[t->dimensions_len++]))
		return false;
	for (size_t i = 1; i + 1 < l->len; i++) {
		d = &t->dimensions[t->dimensions_len++];
		if (!label_dimension(in->programme,
				     programme_dimension_code(l->table->dimensions[i - 1]),
				     PUBLISHED_PLAIN, d) ||
		    !show_axis(l, i, d) || !dup_into(&d->total, AXIS_TOTAL))
			return false;
	}
	if (!add_contents(in, &t->dimensions[t->dimensions_len++]))
		return false;
	d = &t->dimensions[t->dimensions_len++];
	return label_dimension(in->programme, programme_code_time, PUBLISHED_TIME, d) &&
	       show_axis(l, l->len - 1, d);
}

static struct published_cell cell_of(const struct release_input *in, const struct layout *l,
				     size_t class, const uint32_t *categories)
{
	const struct published_cell missing = { 0, PUBLISHED_MISSING };
	const struct published_cell hidden = { 0, PUBLISHED_HIDDEN };
	struct cubes *cubes = layout_cubes(in, l, class);
	const struct suppress_system *s = cubes_system(cubes);
	uint32_t node = cubes_node(cubes, l->table, categories);

	switch (layout_coverage(in, l, categories)) {
	case COVERAGE_NONE:
	case COVERAGE_PART: return missing;
	case COVERAGE_SPLIT: return (struct published_cell){ 0, PUBLISHED_NOT_COMPARABLE };
	case COVERAGE_FULL: break;
	}
	if (node == SUPPRESS_NONE)
		return missing;
	if (suppress_system_hidden(s, node))
		return hidden;
	return (struct published_cell){ (int32_t)suppress_system_value(s, node), PUBLISHED_VALUE };
}

/* Region is slowest, then class, then the rest: a cell of the layout is split there. */
static bool add_cells(const struct release_input *in, const struct layout *l,
		      struct published_table *t)
{
	size_t below = l->cells / l->shown_len[0];
	uint32_t categories[LAYOUT_AXES];

	t->cells = calloc(l->cells * RELEASE_CLASSES, sizeof(*t->cells));
	if (!t->cells)
		return false;
	for (size_t region = 0; region < l->shown_len[0]; region++) {
		for (size_t class = 0; class < RELEASE_CLASSES; class ++) {
			for (size_t i = 0; i < below; i++) {
				layout_place(l, region * below + i, categories);
				t->cells[t->cells_len++] = cell_of(in, l, class, categories);
			}
		}
	}
	return true;
}

static bool fill(const struct release_input *in, const struct layout *l, struct published_table *t)
{
	static const enum published_unit units[PROGRAMME_UNITS] = {
		[PROGRAMME_MONTHLY] = PUBLISHED_MONTHLY,
		[PROGRAMME_QUARTERLY] = PUBLISHED_QUARTERLY,
		[PROGRAMME_ANNUAL] = PUBLISHED_ANNUAL,
		[PROGRAMME_WINDOWS] = PUBLISHED_OTHER,
	};
	const struct programme_table *table = l->table;

	t->audience = table->audience;
	t->clock = cubes_clock(table->part) == COUNTED_REGISTRATION ? PUBLISHED_REGISTRATION
								    : PUBLISHED_EVENT;
	t->unit = units[table->unit];
	return dup_into(&t->id, table->id) &&
	       dup_texts(t->label, table->label[PUBLISHED_NB], table->label[PUBLISHED_EN]) &&
	       dup_texts(t->description, "", "") && add_dimensions(in, l, t) &&
	       notes_make(in, l, t) && add_cells(in, l, t);
}

enum rc tables_make(const struct release_input *in, struct published_tables *ret,
		    struct err *reterr)
{
	CLEANUP(published_tables_release) struct published_tables tables = { 0 };
	size_t len;
	const struct programme_table *list = programme_tables(in->programme, &len);

	tables.list = calloc(len + 1, sizeof(*tables.list));
	if (!tables.list)
		return no_memory(reterr);
	for (size_t i = 0; i < len; i++) {
		CLEANUP(layout_release) struct layout l = { 0 };

		if (layout_new(&list[i], in->axes, &l))
			return no_memory(reterr);
		if (l.cells && !fill(in, &l, &tables.list[tables.len++]))
			return no_memory(reterr);
	}
	*ret = tables;
	tables = (struct published_tables){ 0 };
	return RC_OK;
}
