#include "release/report_json.h"

#include "base/clock.h"
#include "count/period.h"

static json_t *cells_json(const struct report_cells *c)
{
	return json_pack("{sI sI sI sI sI}", "cells", (json_int_t)c->cells, "shown",
			 (json_int_t)c->shown, "hidden", (json_int_t)c->hidden, "missing",
			 (json_int_t)c->missing, "hidden_value", (json_int_t)c->hidden_value);
}

static json_t *audit_json(const struct suppress_audit *a)
{
	return json_pack("{sI sI sI sI sI sI sI sI sI}", "recoverable", (json_int_t)a->recoverable,
			 "single", (json_int_t)a->single, "narrow", (json_int_t)a->narrow,
			 "revealed", (json_int_t)a->revealed, "small", (json_int_t)a->small,
			 "insiders", (json_int_t)a->insiders, "insiders_succeed",
			 (json_int_t)a->insiders_succeed, "insiders_worst",
			 (json_int_t)a->insiders_worst, "not_additive",
			 (json_int_t)a->not_additive);
}

static json_t *class_json(const struct report_class *c)
{
	return json_pack("{ss so sI sI sI sI so s{sI sI sI sI sI}}", "event_class", c->event_class,
			 "figures", cells_json(&c->all), "nodes", (json_int_t)c->nodes,
			 "small_shown", (json_int_t)c->small_shown, "primary",
			 (json_int_t)c->primary, "secondary", (json_int_t)c->secondary, "audit",
			 audit_json(&c->audit), "reports", "counted", (json_int_t)c->counted,
			 "pending", (json_int_t)c->pending, "before_coverage",
			 (json_int_t)c->before, "too_late", (json_int_t)c->too_late, "no_year",
			 (json_int_t)c->no_year);
}

static json_t *levels_json(const struct report_table *t)
{
	static const char *const names[REPORT_LEVELS] = { "nation", "rhf", "hf", "county",
							  "municipality" };
	json_t *levels = json_object();

	for (size_t i = 0; levels && i < REPORT_LEVELS; i++)
		if (t->levels[i].cells || t->levels[i].missing)
			json_object_set_new(levels, names[i], cells_json(&t->levels[i]));
	return levels;
}

static json_t *table_json(const struct report_table *t)
{
	return json_pack("{ss ss ss ss so so}", "id", t->id, "audience",
			 published_audience_name(t->table->audience), "label_nb",
			 t->table->label[PUBLISHED_NB], "label_en", t->table->label[PUBLISHED_EN],
			 "figures", cells_json(&t->all), "levels", levels_json(t));
}

static json_t *quarter_json(const struct report_quarter *q)
{
	char code[PERIOD_TEXT_SIZE];

	return json_pack("{ss sI sI sI sI}", "quarter", period_quarter_code(q->first_month, code),
			 "hospitals", (json_int_t)q->hospitals, "hospitals_of",
			 (json_int_t)q->hospitals_of, "municipalities",
			 (json_int_t)q->municipalities, "municipalities_of",
			 (json_int_t)q->municipalities_of);
}

json_t *release_report_json(const struct release_report *r, const char *release)
{
	json_t *classes = json_array(), *tables = json_array(), *quarters = json_array(), *all;
	char as_of[CLOCK_TEXT_SIZE], closed[PERIOD_TEXT_SIZE];
	const char *why;
	bool whole = true;

	for (size_t i = 0; i < RELEASE_CLASSES; i++)
		whole &= !json_array_append_new(classes, class_json(&r->classes[i]));
	for (size_t i = 0; i < r->tables_len; i++)
		whole &= !json_array_append_new(tables, table_json(&r->tables[i]));
	for (size_t i = 0; i < r->quarters_len; i++)
		whole &= !json_array_append_new(quarters, quarter_json(&r->quarters[i]));
	all = json_pack("{si ss ss ss sI sb so so so so}", "varde_release_report", 1, "release",
			release, "as_of", clock_format(r->as_of_ms, as_of), "closed",
			period_month_text(r->closed, closed), "threshold",
			(json_int_t)r->threshold, "safe", release_report_is_safe(r, &why),
			"default_view", cells_json(&r->default_view), "classes", classes, "tables",
			tables, "quarters", quarters);
	if (whole)
		return all;
	json_decref(all);
	return NULL;
}
