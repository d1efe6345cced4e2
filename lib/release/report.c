#include "release/report_make.h"

#include <stdlib.h>
#include <string.h>

void release_report_release(struct release_report *r)
{
	report_tables_release(r);
	free(r->quarters);
	free(r->regions);
	free(r->thin);
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

void report_add_node(struct report_cells *cells, const struct suppress_system *s, uint32_t node)
{
	bool hidden = suppress_system_hidden(s, node);
	int64_t value = llabs(suppress_system_value(s, node));

	cells->cells++;
	cells->hidden += hidden;
	cells->shown += !hidden;
	cells->value += value;
	cells->hidden_value += hidden ? value : 0;
}

/* Which nodes other releases hold back, before the examined one says what it hides. */
static bool *held_by_others(const struct suppress_system *s)
{
	uint32_t n = suppress_system_nodes(s);
	bool *held = calloc((size_t)n + 1, sizeof(*held));

	for (uint32_t i = 0; held && i < n; i++)
		held[i] = suppress_system_flags(s, i) & SUPPRESS_HELD;
	return held;
}

static void look_at_nodes(const struct suppress_system *s, const struct release_report *r,
			  const bool *held, struct report_class *c)
{
	c->nodes += suppress_system_nodes(s);
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++) {
		unsigned flags = suppress_system_flags(s, i);

		if (!(flags & SUPPRESS_PUBLISHED))
			continue;
		report_add_node(&c->all, s, i);
		if (suppress_system_hidden(s, i))
			*(is_small(r, s, i) ? &c->primary
			  : held[i]         ? &c->held
					    : &c->secondary) += 1;
		else if (is_small(r, s, i) && !(flags & SUPPRESS_KNOWN))
			c->small_shown++;
	}
}

static void count_rows(const struct counted *counted, struct report_class *c)
{
	int64_t *const by_state[COUNTED_STATES] = {
		[COUNTED_ROW] = &c->counted,     [COUNTED_PENDING] = &c->pending,
		[COUNTED_BEFORE] = &c->before,   [COUNTED_TOO_LATE] = &c->too_late,
		[COUNTED_NO_YEAR] = &c->no_year,
	};

	for (size_t i = 0; i < counted->rows_len; i++) {
		const struct counted_row *row = &counted->rows[i];
		bool again = (row->clock == COUNTED_EVENT && row->state == COUNTED_ROW) ||
			     row->clock == COUNTED_REVIEW;

		if (!again && !strcmp(row->event_class, c->event_class))
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

static enum rc look_at_class(const struct release_nodes *nodes, size_t class, bool *const *held,
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
		look_at_nodes(s, r, held[release_system(sector, class)], c);
		rc = suppress_audit(s, &audit, reterr);
		if (!rc)
			add_audit(&audit, &c->audit);
	}
	return rc;
}

/* --- all of it ------------------------------------------------------------------------------ */

struct examination {
	struct release_nodes nodes;
	bool *held[RELEASE_SYSTEMS];
	struct release_report report;
};

static void examination_release(struct examination *e)
{
	for (size_t i = 0; i < RELEASE_SYSTEMS; i++)
		free(e->held[i]);
	release_nodes_release(&e->nodes);
	release_report_release(&e->report);
}

/* The finished tables bind like an earlier release: shown is shown, hidden is hidden.
 * So do later ones. */
static enum rc take_tables(struct examination *e, const struct published_tables *tables,
			   const struct release_others *others, struct err *reterr)
{
	const struct release_earlier itself = { .name = "itself", .tables = tables };
	enum rc rc;

	for (size_t i = 0; i < RELEASE_SYSTEMS; i++) {
		e->held[i] = held_by_others(cubes_system(e->nodes.cubes[i]));
		if (!e->held[i])
			return no_memory(reterr);
	}
	rc = tables_flag(&e->nodes.input, &itself, 1, reterr);
	return rc ? rc
		  : tables_flag(&e->nodes.input, others->list + others->before,
				others->len - others->before, reterr);
}

enum rc release_examine(const struct programme *programme, const struct codes *codes,
			const struct counted *counted, const struct published_tables *tables,
			const struct release_others *others, struct release_report *ret,
			struct err *reterr)
{
	CLEANUP(examination_release)
	struct examination e = { .report = { .as_of_ms = counted->as_of_ms,
					     .closed = counted->closed,
					     .threshold = programme_threshold(programme) } };
	enum rc rc = release_nodes_init(&e.nodes, programme, codes, counted, others->list,
					others->before, reterr);

	if (!rc)
		rc = take_tables(&e, tables, others, reterr);
	for (size_t i = 0; !rc && i < RELEASE_CLASSES; i++)
		rc = look_at_class(&e.nodes, i, e.held, &e.report, reterr);
	if (rc)
		return rc;
	if (report_make_tables(&e.nodes, others->before ? &others->list[others->before - 1] : NULL,
			       &e.report) ||
	    report_make_places(&e.nodes, &e.report) || report_make_thin(&e.report))
		return no_memory(reterr);
	*ret = e.report;
	e.report = (struct release_report){ 0 };
	return RC_OK;
}
