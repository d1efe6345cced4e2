#include "release/report.h"

#include "count/period.h"
#include "release/layout.h"
#include "release/nodes.h"

#include <stdlib.h>
#include <string.h>

void release_report_release(struct release_report *r)
{
	free(r->tables);
	free(r->quarters);
	*r = (struct release_report){ 0 };
}

static enum rc no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

/* --- nodes --------------------------------------------------------------------------------- */

/* What the finished tables hide, and nothing else. */
static void hide_as_published(struct suppress_system *s)
{
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++)
		if (suppress_system_flags(s, i) & SUPPRESS_HELD)
			suppress_system_hide(s, i);
}

static bool is_small(const struct release_report *r, const struct suppress_system *s, uint32_t node)
{
	return llabs(suppress_system_value(s, node)) < r->threshold;
}

static void add_node(struct report_cells *cells, const struct suppress_system *s, uint32_t node)
{
	bool hidden = suppress_system_hidden(s, node);

	cells->cells++;
	cells->hidden += hidden;
	cells->shown += !hidden;
	cells->hidden_value += hidden ? llabs(suppress_system_value(s, node)) : 0;
}

static void look_at_nodes(const struct suppress_system *s, const struct release_report *r,
			  struct report_class *c)
{
	c->nodes += suppress_system_nodes(s);
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++) {
		unsigned flags = suppress_system_flags(s, i);

		if (!(flags & SUPPRESS_PUBLISHED))
			continue;
		add_node(&c->all, s, i);
		if (suppress_system_hidden(s, i))
			*(is_small(r, s, i) ? &c->primary : &c->secondary) += 1;
		else if (is_small(r, s, i) && !(flags & SUPPRESS_KNOWN))
			c->small_shown++;
	}
}

static void count_rows(const struct counted *counted, struct report_class *c)
{
	int64_t *const by_state[COUNTED_STATES] = {
		[COUNTED_ROW] = &c->counted,	   [COUNTED_PENDING] = &c->pending,
		[COUNTED_BEFORE] = &c->before,	   [COUNTED_TOO_LATE] = &c->too_late,
		[COUNTED_NO_YEAR] = &c->no_year,
	};

	for (size_t i = 0; i < counted->rows_len; i++) {
		const struct counted_row *row = &counted->rows[i];
		bool final = row->clock == COUNTED_EVENT && row->state == COUNTED_ROW;

		if (!final && !strcmp(row->event_class, c->event_class))
			*by_state[row->state] += row->n;
	}
}

/* The sectors are audited apart and reported together. */
static void add_audit(const struct suppress_audit *from, struct suppress_audit *to)
{
	to->shown += from->shown;
	to->recoverable += from->recoverable;
	to->single += from->single;
	to->narrow += from->narrow;
	to->hidden += from->hidden;
	to->revealed += from->revealed;
	to->small += from->small;
	to->insiders += from->insiders;
	to->insiders_succeed += from->insiders_succeed;
	if (from->insiders_worst > to->insiders_worst)
		to->insiders_worst = from->insiders_worst;
	to->not_additive += from->not_additive;
}

static enum rc look_at_class(const struct release_nodes *nodes, size_t class,
			     struct release_report *r, struct err *reterr)
{
	struct report_class *c = &r->classes[class];
	enum rc rc = RC_OK;

	c->event_class = release_classes[class];
	count_rows(nodes->input.counted, c);
	for (size_t sector = 0; !rc && sector < CUBES_SECTORS; sector++) {
		struct suppress_system *s =
			cubes_system(nodes->cubes[release_system(sector, class)]);
		struct suppress_audit audit;

		hide_as_published(s);
		look_at_nodes(s, r, c);
		rc = suppress_audit(s, &audit, reterr);
		if (!rc)
			add_audit(&audit, &c->audit);
	}
	return rc;
}

/* --- tables --------------------------------------------------------------------------------- */

static size_t level_of(unsigned level)
{
	return level ? (size_t)__builtin_ctz(level) : 0;
}

static void look_at_cell(const struct release_nodes *nodes, const struct layout *l, size_t class,
			 const uint32_t *place, struct release_report *r, struct report_table *t)
{
	struct cubes *cubes = layout_cubes(&nodes->input, l, class);
	const struct suppress_system *s = cubes_system(cubes);
	uint32_t node = cubes_node(cubes, l->table, place);
	struct report_cells *level = &t->levels[level_of(layout_axis(l, 0)->list[place[0]].level)];
	bool is_default = !class && !l->table->dimensions_len &&
			  l->table->unit == PROGRAMME_QUARTERLY;

	if (node == SUPPRESS_NONE || layout_coverage(&nodes->input, l, place) != COVERAGE_FULL) {
		t->all.missing++;
		level->missing++;
		return;
	}
	add_node(&t->all, s, node);
	add_node(level, s, node);
	if (is_default)
		add_node(&r->default_view, s, node);
}

static enum rc look_at_tables(const struct release_nodes *nodes, struct release_report *r)
{
	size_t len;
	const struct programme_table *list = programme_tables(nodes->input.programme, &len);
	uint32_t place[LAYOUT_AXES];

	r->tables = calloc(len + 1, sizeof(*r->tables));
	if (!r->tables)
		return RC_NOMEM;
	for (size_t i = 0; i < len; i++) {
		CLEANUP(layout_release) struct layout l = { 0 };
		struct report_table *t = &r->tables[r->tables_len];

		if (layout_new(&list[i], &nodes->axes, &l))
			return RC_NOMEM;
		if (!l.cells)
			continue;
		r->tables_len++;
		t->id = list[i].id;
		t->table = &list[i];
		for (size_t cell = 0; cell < l.cells; cell++) {
			layout_place(&l, cell, place);
			for (size_t class = 0; class < RELEASE_CLASSES; class ++)
				look_at_cell(nodes, &l, class, place, r, t);
		}
	}
	return RC_OK;
}

/* --- coverage ----------------------------------------------------------------------------------- */

static enum rc look_at_quarters(const struct release_nodes *nodes, struct release_report *r)
{
	const struct axis *months = &nodes->axes.list[AXIS_MONTHS];

	r->quarters = calloc(months->len + 1, sizeof(*r->quarters));
	if (!r->quarters)
		return RC_NOMEM;
	for (size_t i = 0; i < months->len; i++) {
		struct report_quarter *q = &r->quarters[r->quarters_len];

		if (months->list[i].level != 1U << PROGRAMME_QUARTERLY)
			continue;
		r->quarters_len++;
		q->first_month = months->list[i].first_month;
		coverage_count(&nodes->input, AXIS_HOSPITALS, &months->list[i], &q->hospitals,
			       &q->hospitals_of);
		coverage_count(&nodes->input, AXIS_MUNICIPALITIES, &months->list[i],
			       &q->municipalities, &q->municipalities_of);
	}
	return RC_OK;
}

/* --- all of it ------------------------------------------------------------------------------------ */

/* The finished tables bind like an earlier release: shown is shown, hidden is hidden. */
static enum rc join(const struct published_tables *tables, const struct release_earlier *others,
		    size_t n, struct release_earlier **ret)
{
	struct release_earlier *all = calloc(n + 1, sizeof(*all));

	if (!all)
		return RC_NOMEM;
	if (n)
		memcpy(all, others, n * sizeof(*all));
	all[n] = (struct release_earlier){ .name = "itself", .tables = tables };
	*ret = all;
	return RC_OK;
}

enum rc release_examine(const struct programme *programme, const struct codes *codes,
			const struct counted *counted, const struct published_tables *tables,
			const struct release_earlier *others, size_t others_len,
			struct release_report *ret, struct err *reterr)
{
	CLEANUP(release_nodes_release) struct release_nodes nodes = { 0 };
	CLEANUP(release_report_release)
	struct release_report r = { .as_of_ms = counted->as_of_ms,
				    .closed = counted->closed,
				    .threshold = programme_threshold(programme) };
	CLEANUP_FREE struct release_earlier *all = NULL;
	enum rc rc;

	if (join(tables, others, others_len, &all))
		return no_memory(reterr);
	rc = release_nodes_init(&nodes, programme, codes, counted, all, others_len + 1, reterr);
	for (size_t i = 0; !rc && i < RELEASE_CLASSES; i++)
		rc = look_at_class(&nodes, i, &r, reterr);
	if (rc)
		return rc;
	if (look_at_tables(&nodes, &r) || look_at_quarters(&nodes, &r))
		return no_memory(reterr);
	*ret = r;
	r = (struct release_report){ 0 };
	return RC_OK;
}

bool release_report_is_safe(const struct release_report *r, const char **ret_why)
{
	for (size_t i = 0; i < RELEASE_CLASSES; i++) {
		const struct report_class *c = &r->classes[i];
		const struct suppress_audit *a = &c->audit;
		/* At most one small count in a thousand may lack a part of 1 … T. */
		bool revealed = (uint64_t)a->revealed * 1000 > a->small;

		*ret_why = c->small_shown	? "small figures shown"
			   : a->recoverable	? "recoverable by linear algebra"
			   : a->single		? "recoverable by bounds"
			   : a->narrow		? "narrow"
			   : revealed		? "revealed"
			   : a->insiders_succeed ? "contributors or regions that succeed"
			   : a->not_additive	? "not additive"
						: NULL;
		if (*ret_why)
			return false;
	}
	return true;
}
