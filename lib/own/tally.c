#include "own/internal.h"

#include "count/own.h"
#include "count/period.h"
#include "release/tables.h"
#include "tenant/tenants.h"

#include <stdlib.h>
#include <string.h>

size_t own_types(const struct own_tally *t)
{
	return t->of.asked.by_type ? t->types.len : 1;
}

size_t own_severities(const struct own_tally *t)
{
	return t->of.asked.by_severity ? t->severities.len : 1;
}

size_t own_cell(const struct own_tally *t, size_t place, size_t class, size_t type, size_t severity,
		size_t period)
{
	size_t at = place * RELEASE_CLASSES + class;

	at = at * own_types(t) + type;
	at = at * own_severities(t) + severity;
	return at * t->periods + period;
}

void own_tally_free(struct own_tally *t)
{
	if (!t)
		return;
	axis_release(&t->types);
	axis_release(&t->severities);
	free(t->cells);
	free(t);
}

/* Beside the organisation's own places the table has a region and the nation. */
static enum rc lay_out(struct own_tally *t, struct err *reterr)
{
	size_t cells;

	t->periods = own_asked_periods(&t->of.asked);
	t->places = t->of.asked.by_unit ? t->of.tenant->units_len + 2 : 1;
	cells = own_cell(t, t->places + OWN_BESIDE, 0, 0, 0, 0);
	if (cells > t->of.max_cells)
		return err_set(reterr, RC_LIMIT, "too-many-cells", "by",
			       "the table would have more than %zu cells", t->of.max_cells);
	t->cells = calloc(cells, sizeof(*t->cells));
	return t->cells ? RC_OK : err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

enum rc own_tally_new(const struct own_of *of, struct own_tally **ret, struct err *reterr)
{
	CLEANUP(own_tally_freep) struct own_tally *t = calloc(1, sizeof(*t));
	const char *start = of->tenant->row->coverage_start;
	enum rc rc;

	if (!t)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	t->of = *of;
	if (start && period_parse_month(start, &t->coverage_start))
		return err_set(reterr, RC_CORRUPT, "database-damaged", of->tenant->row->orgnr,
			       "a tenant cannot be read");
	rc = axis_of_list(of->codes, of->programme, "event_type", &t->types);
	if (!rc)
		rc = axis_of_list(of->codes, of->programme, "harm", &t->severities);
	if (rc)
		return err_set(reterr, rc, "codes-unreadable", NULL, "a code list is missing");
	rc = lay_out(t, reterr);
	if (!rc)
		*ret = TAKE_PTR(t);
	return rc;
}

struct own_aside own_tally_aside(const struct own_tally *t)
{
	return t->aside;
}

/* --- one row ----------------------------------------------------------------------------- */

static size_t place_of(const struct own_tally *t, const char *unit)
{
	const struct tenant *tenant = t->of.tenant;

	for (size_t i = 0; i < tenant->units_len; i++)
		if (!strcmp(tenant->units[i]->orgnr, unit))
			return i + 1;
	return tenant->units_len + 1;
}

/* Codes that the list has not count as "unknown", as in the published tables. */
static size_t category_of(const struct axis *axis, const char *code)
{
	int32_t at = axis_find(axis, code);

	return (size_t)(at > 0 ? at : axis_find(axis, "unknown"));
}

static size_t class_of(const char *event_class)
{
	size_t i = 0;

	while (i < RELEASE_CLASSES && strcmp(release_classes[i], event_class))
		i++;
	return i;
}

/* In the organisation and its unit, and in each total that the row is part of. */
static void add_row(struct own_tally *t, const struct count_own_row *row)
{
	const struct own_asked *asked = &t->of.asked;
	const size_t places[] = { 0, asked->by_unit ? place_of(t, row->unit) : 0 };
	const size_t types[] = { 0, asked->by_type ? category_of(&t->types, row->event_type) : 0 };
	const size_t harms[] = { 0, asked->by_severity ? category_of(&t->severities, row->severity)
						       : 0 };
	size_t class = class_of(row->event_class);
	size_t period = (size_t)((row->month - asked->from) / own_period_months(asked->period));

	if (class == RELEASE_CLASSES)
		return;
	for (size_t p = 0; p <= (places[1] != 0); p++)
		for (size_t y = 0; y <= (types[1] != 0); y++)
			for (size_t h = 0; h <= (harms[1] != 0); h++)
				t->cells[own_cell(t, places[p], class, types[y], harms[h],
						  period)] += row->n;
}

static enum rc on_row(void *ctx, const struct count_own_row *row)
{
	struct own_tally *t = ctx;

	if (!*t->municipality && strlen(row->municipality) < sizeof(t->municipality))
		snprintf(t->municipality, sizeof(t->municipality), "%s", row->municipality);
	if (!row->month)
		t->aside.not_dated += row->n;
	else if (row->month < t->coverage_start)
		t->aside.before_coverage += row->n;
	else if (row->month >= t->of.asked.from && row->month <= t->of.asked.to)
		add_row(t, row);
	return RC_OK;
}

enum rc own_tally_count(struct own_tally *t, struct store_view *view, int64_t after_seq,
			int64_t through_seq, int64_t upto_seq, struct err *reterr)
{
	return count_own(view, t->of.asked.clock, after_seq, through_seq, upto_seq, on_row, t,
			 reterr);
}
