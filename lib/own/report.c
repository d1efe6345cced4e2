#include "own/report.h"

#include "base/clock.h"
#include "count/period.h"
#include "own/runchart.h"
#include "release/axis.h"
#include "release/tables.h"
#include "store/count.h"
#include "tenant/tenants.h"

#include <string.h>

#define YEAR 12
/* Events are reported for some months after they happened: as long as a late report is
 * counted at all (count/freeze.h). */
#define EVENT_MONTHS_OPEN 3

enum { SPREAD, EVENTS, BESIDE, TABLES };

struct making {
	const struct own_report *report;
	struct own_tally *tallies[TABLES];
	struct published_tables tables[TABLES];
	int32_t now; /* the running month */
};

static void making_release(struct making *m)
{
	for (size_t i = 0; i < TABLES; i++) {
		own_tally_free(m->tallies[i]);
		published_tables_release(&m->tables[i]);
	}
}

/* --- counting -------------------------------------------------------------------------------- */

/* By registration, split by all; by the month of the event; and what stands beside a
 * table that is split by nothing, for which nothing is counted. */
static enum rc count_all(struct making *m, struct err *reterr)
{
	const struct own_report *r = m->report;
	int64_t upto = 0;
	enum rc rc = r->view ? store_seq_at(r->view, INT64_MAX, &upto, reterr) : RC_OK;

	for (size_t i = 0; !rc && i < TABLES; i++) {
		struct own_of of = r->of;
		bool spread = i == SPREAD;

		of.asked = (struct own_asked){
			.clock = i == EVENTS ? COUNTED_EVENT : COUNTED_REGISTRATION,
			.from = r->of.asked.from,
			.to = r->of.asked.to,
			.by_unit = spread,
			.by_type = spread,
			.by_severity = spread,
		};
		rc = own_tally_new(&of, &m->tallies[i], reterr);
		if (!rc && r->view && i != BESIDE)
			rc = own_tally_count(m->tallies[i], r->view, 0, upto, upto, reterr);
		if (!rc)
			rc = own_tally_table(m->tallies[i], r->release, &m->tables[i], reterr);
	}
	return rc;
}

/* --- one figure ---------------------------------------------------------------------------------
 */

/* NULL is the total, or the organisation. */
struct where {
	const char *region, *event_class, *type, *harm;
	size_t month;
};

static const struct published_cell *cell(const struct making *m, size_t table, struct where w)
{
	const struct published_table *t = &m->tables[table].list[0];
	const struct {
		const char *dimension, *code;
	} wanted[] = {
		{ programme_code_region, w.region },
		{ programme_code_class, w.event_class },
		{ programme_dimension_code(PROGRAMME_TYPE), w.type },
		{ programme_dimension_code(PROGRAMME_SEVERITY), w.harm },
	};
	size_t at = 0;

	for (size_t i = 0; i < t->dimensions_len; i++) {
		const struct published_dimension *d = &t->dimensions[i];
		const char *code = d->total;
		int place = 0;

		for (size_t k = 0; k < ARRAY_LEN(wanted); k++)
			if (wanted[k].code && !strcmp(wanted[k].dimension, d->code))
				code = wanted[k].code;
		if (code)
			place = published_category_find(d, code);
		else if (d->role == PUBLISHED_TIME)
			place = (int)w.month;
		at = at * d->len + (size_t)(place < 0 ? 0 : place);
	}
	return &t->cells[at];
}

static json_t *figure_json(const struct published_cell *c)
{
	return c->mark == PUBLISHED_VALUE ? json_integer(c->value)
					  : json_string(published_mark_text(c->mark));
}

static json_t *texts(const char *const label[PUBLISHED_LANGS])
{
	return json_pack("{s:s, s:s}", "nb", label[PUBLISHED_NB], "en", label[PUBLISHED_EN]);
}

static size_t months(const struct making *m)
{
	return own_asked_periods(&m->report->of.asked);
}

static json_t *month_json(int32_t month)
{
	char text[PERIOD_TEXT_SIZE];

	return month ? json_string(period_month_text(month, text)) : json_null();
}

/* --- charts
 * ---------------------------------------------------------------------------------------- */

static const struct chart {
	const char *id, *label[PUBLISHED_LANGS];
	enum counted_clock clock;
	const char *event_class;
	bool serious;
} charts[] = {
	{ "incidents",
	  { "Uønskede hendelser etter måneden de ble registrert",
	    "Incidents by month of registration" },
	  COUNTED_REGISTRATION,
	  "incident",
	  false },
	{ "incidents-by-event",
	  { "Uønskede hendelser etter måneden de skjedde", "Incidents by month of the event" },
	  COUNTED_EVENT,
	  "incident",
	  false },
	{ "serious",
	  { "Uønskede hendelser med betydelig skade eller død",
	    "Incidents with severe harm or death" },
	  COUNTED_REGISTRATION,
	  "incident",
	  true },
	{ "near-misses",
	  { "Nestenhendelser", "Near misses" },
	  COUNTED_REGISTRATION,
	  "near_miss",
	  false },
	{ "hazards",
	  { "Risikoforhold", "Unsafe conditions" },
	  COUNTED_REGISTRATION,
	  "hazard",
	  false },
};

/* The organisation's own; severe harm and death are its own to add up. */
static struct published_cell own_figure(const struct making *m, const struct chart *chart,
					size_t month)
{
	size_t table = chart->clock == COUNTED_EVENT ? EVENTS : SPREAD;
	struct where w = { .event_class = chart->event_class, .month = month };
	struct published_cell sum;

	if (!chart->serious)
		return *cell(m, table, w);
	w.harm = "severe";
	sum = *cell(m, table, w);
	w.harm = "death";
	sum.value += cell(m, table, w)->value;
	return sum;
}

/* How many months, from the first on, are over and grow no more. */
static size_t settled(const struct making *m, const struct chart *chart)
{
	int32_t open = chart->clock == COUNTED_EVENT ? EVENT_MONTHS_OPEN : 0;
	int32_t n = m->now - open - m->report->of.asked.from;

	if (n < 0)
		return 0;
	return (size_t)n < months(m) ? (size_t)n : months(m);
}

static json_t *run_json(const struct runchart *run)
{
	static const char *const kinds[] = { [RUNCHART_SHIFT_ABOVE] = "shift-above",
					     [RUNCHART_SHIFT_BELOW] = "shift-below",
					     [RUNCHART_TREND_UP] = "trend-up",
					     [RUNCHART_TREND_DOWN] = "trend-down" };
	json_t *signals = json_array();

	for (size_t i = 0; i < run->signals_len; i++) {
		const struct runchart_signal *s = &run->signals[i];

		json_array_append_new(
			signals, json_pack("{s:s, s:I, s:I, s:I}", "kind", kinds[s->kind], "first",
					   (json_int_t)s->first, "last", (json_int_t)s->last,
					   "points", (json_int_t)s->points));
	}
	return json_pack("{s:I, s:o, s:s, s:o}", "points", (json_int_t)run->points, "median",
			 run->judged ? json_real((double)run->twice_median / 2) : json_null(),
			 "verdict",
			 !run->judged       ? "too-few"
			 : run->signals_len ? "signal"
					    : "quiet",
			 "signals", signals);
}

/* What is published beside the chart: all that the table has and the organisation is not. */
static json_t *beside_json(const struct making *m, const struct chart *chart)
{
	const struct published_dimension *regions = &m->tables[BESIDE].list[0].dimensions[0];
	json_t *list = json_array();

	if (chart->clock == COUNTED_EVENT || chart->serious)
		return list;
	for (size_t i = 1; i < regions->len; i++) {
		const struct published_category *c = &regions->categories[i];
		json_t *values = json_array();

		for (size_t month = 0; month < months(m); month++)
			json_array_append_new(
				values,
				figure_json(cell(m, BESIDE,
						 (struct where){ .region = c->code,
								 .event_class = chart->event_class,
								 .month = month })));
		json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "code", c->code, "label",
						      texts(c->label), "values", values));
	}
	return list;
}

static enum rc add_chart(const struct making *m, const struct chart *chart, json_t *list)
{
	struct runchart_point points[OWN_MONTHS_MAX] = { 0 };
	json_t *values = json_array();
	size_t n = settled(m, chart);
	struct runchart run;

	for (size_t month = 0; month < months(m); month++) {
		struct published_cell c = own_figure(m, chart, month);

		points[month] = (struct runchart_point){ c.mark == PUBLISHED_VALUE, c.value };
		json_array_append_new(values, figure_json(&c));
	}
	if (runchart_judge(points, n, &run)) {
		json_decref(values);
		return RC_NOMEM;
	}
	return json_array_append_new(
		       list,
		       json_pack("{s:s, s:s, s:o, s:I, s:o, s:o, s:o}", "id", chart->id, "clock",
				 chart->clock == COUNTED_EVENT ? "event" : "registration", "label",
				 texts(chart->label), "settled", (json_int_t)n, "values", values,
				 "beside", beside_json(m, chart), "run", run_json(&run)))
		       ? RC_NOMEM
		       : RC_OK;
}

/* --- the last year
 * ------------------------------------------------------------------------------------ */

static size_t year_first(const struct making *m)
{
	size_t end = settled(m, &charts[0]);

	return end > YEAR ? end - YEAR : 0;
}

static json_int_t year_sum(const struct making *m, struct where w)
{
	json_int_t n = 0;

	for (w.month = year_first(m); w.month < settled(m, &charts[0]); w.month++)
		n += cell(m, SPREAD, w)->value;
	return n;
}

static json_t *units_json(const struct making *m)
{
	const struct published_dimension *regions = &m->tables[SPREAD].list[0].dimensions[0];
	json_t *list = json_array();

	for (size_t i = 1; i < regions->len; i++) {
		const struct published_category *c = &regions->categories[i];
		json_t *unit;

		if (!c->parent || strcmp(c->parent, m->report->of.tenant->row->orgnr))
			continue;
		unit = json_pack("{s:s, s:o}", "number", c->code, "label", texts(c->label));
		for (size_t k = 0; k < RELEASE_CLASSES; k++)
			json_object_set_new(
				unit, release_classes[k],
				json_integer(year_sum(
					m, (struct where){ .region = c->code,
							   .event_class = release_classes[k] })));
		json_array_append_new(list, unit);
	}
	return list;
}

static const struct published_dimension *dimension(const struct making *m,
						   enum programme_dimension which)
{
	const struct published_table *t = &m->tables[SPREAD].list[0];
	size_t i = 0;

	while (strcmp(t->dimensions[i].code, programme_dimension_code(which)))
		i++;
	return &t->dimensions[i];
}

static json_t *harms_json(const struct making *m)
{
	const struct published_dimension *d = dimension(m, PROGRAMME_SEVERITY);
	json_t *list = json_array();

	for (size_t i = 1; i < d->len; i++)
		json_array_append_new(list, json_pack("{s:s, s:o}", "code", d->categories[i].code,
						      "label", texts(d->categories[i].label)));
	return list;
}

static json_t *types_json(const struct making *m)
{
	const struct published_dimension *types = dimension(m, PROGRAMME_TYPE);
	const struct published_dimension *harms = dimension(m, PROGRAMME_SEVERITY);
	json_t *list = json_array();

	for (size_t i = 0; i < types->len; i++) {
		struct where w = { .event_class = "incident", .type = types->categories[i].code };
		json_t *counts = json_object();

		for (size_t h = 1; h < harms->len; h++) {
			w.harm = harms->categories[h].code;
			json_object_set_new(counts, w.harm, json_integer(year_sum(m, w)));
		}
		w.harm = NULL;
		json_array_append_new(list, json_pack("{s:s, s:o, s:I, s:o}", "code",
						      types->categories[i].code, "label",
						      texts(types->categories[i].label), "total",
						      year_sum(m, w), "harms", counts));
	}
	return list;
}

/* --- all of it
 * -------------------------------------------------------------------------------------------- */

static json_t *notes_json(const struct making *m)
{
	const struct own_report *r = m->report;
	bool beside = m->tables[BESIDE].list[0].dimensions[0].len > 1;
	const char *const names[] = { "own",
				      "reporting",
				      "class",
				      "severity",
				      "own_registration",
				      "own_event",
				      beside ? "own_beside" : "own_alone",
				      r->of.tenant->row->coverage_start ? "own_missing"
									: "own_uncovered" };
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *note[PUBLISHED_LANGS];
		bool mandatory;

		for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++)
			note[lang] = programme_note(r->of.programme, names[i], lang, &mandatory);
		json_array_append_new(list, texts(note));
	}
	return list;
}

static json_t *months_json(const struct making *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < months(m); i++)
		json_array_append_new(list, month_json(own_asked_period(&m->report->of.asked, i)));
	return list;
}

static json_t *release_json(const struct published *release)
{
	char at[CLOCK_TEXT_SIZE];

	return release ? json_pack("{s:s, s:s}", "name", published_release(release), "as_of",
				   clock_format(published_as_of_ms(release), at))
		       : json_null();
}

static json_t *report_json(const struct making *m, json_t *list)
{
	const struct own_report *r = m->report;
	const struct control_tenant *row = r->of.tenant->row;
	size_t end = settled(m, &charts[0]);
	char at[CLOCK_TEXT_SIZE];

	return json_pack(
		"{s:{s:s, s:s, s:s}, s:s, s:s?, s:o, s:s?, s:o, s:o, s:{s:o, s:o}, s:o, s:o, s:o, "
		"s:I, s:I, s:o}",
		"organisation", "number", row->orgnr, "name", row->name, "kind", row->kind, "as_of",
		clock_format(r->of.now_ms, at), "coverage_start", row->coverage_start, "release",
		release_json(r->release), "release_missing", r->release ? NULL : r->why, "months",
		months_json(m), "charts", list, "year", "from",
		month_json(end ? own_asked_period(&r->of.asked, year_first(m)) : 0), "to",
		month_json(end ? own_asked_period(&r->of.asked, end - 1) : 0), "units",
		units_json(m), "harms", harms_json(m), "types", types_json(m), "before_coverage",
		(json_int_t)own_tally_aside(m->tallies[SPREAD]).before_coverage, "not_dated",
		(json_int_t)own_tally_aside(m->tallies[EVENTS]).not_dated, "notes", notes_json(m));
}

enum rc own_report_make(const struct own_report *report, json_t **ret, struct err *reterr)
{
	CLEANUP(making_release)
	struct making m = { .report = report, .now = period_at(report->of.now_ms) };
	json_t *list = json_array();
	enum rc rc = count_all(&m, reterr);

	for (size_t i = 0; !rc && i < ARRAY_LEN(charts); i++)
		if (add_chart(&m, &charts[i], list))
			rc = err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	if (rc) {
		json_decref(list);
		return rc;
	}
	*ret = report_json(&m, list);
	return *ret ? RC_OK : err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}
