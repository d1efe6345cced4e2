#include "release/report_json.h"

#include "base/clock.h"
#include "count/period.h"
#include "release/words.h"

static json_t *cells_json(const struct report_cells *c)
{
	return json_pack("{sI sI sI sI sI sI}", "cells", (json_int_t)c->cells, "shown",
			 (json_int_t)c->shown, "hidden", (json_int_t)c->hidden, "missing",
			 (json_int_t)c->missing, "value", (json_int_t)c->value, "hidden_value",
			 (json_int_t)c->hidden_value);
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

static json_t *bars_json(const struct report_class *c)
{
	json_t *bars = json_array();

	for (enum report_bar_name name = 0; name < REPORT_BARS; name++) {
		struct report_bar b = report_bar(c, name);

		if (json_array_append_new(
			    bars,
			    json_pack("{ss ss ss sI sI sI sb}", "bar", b.name, "nb",
				      b.text[PUBLISHED_NB], "en", b.text[PUBLISHED_EN], "figure",
				      (json_int_t)b.figure, "of", (json_int_t)b.of, "per_thousand",
				      (json_int_t)b.per_thousand, "kept", b.kept))) {
			json_decref(bars);
			return NULL;
		}
	}
	return bars;
}

static json_t *class_json(const struct report_class *c)
{
	return json_pack("{ss so sI sI sI sI sI so so s{sI sI sI sI sI}}", "event_class",
			 c->event_class, "figures", cells_json(&c->all), "nodes",
			 (json_int_t)c->nodes, "small_shown", (json_int_t)c->small_shown, "primary",
			 (json_int_t)c->primary, "secondary", (json_int_t)c->secondary, "held",
			 (json_int_t)c->held, "audit", audit_json(&c->audit), "bars", bars_json(c),
			 "reports", "counted", (json_int_t)c->counted, "pending",
			 (json_int_t)c->pending, "before_coverage", (json_int_t)c->before,
			 "too_late", (json_int_t)c->too_late, "no_year", (json_int_t)c->no_year);
}

static json_t *levels_json(const struct report_table *t, unsigned classes)
{
	json_t *levels = json_object();

	for (size_t i = 0; i < REPORT_LEVELS; i++) {
		struct report_cells c = report_sum(t, classes, 1u << i);

		if ((c.cells || c.missing) &&
		    json_object_set_new(levels, report_level_name(i), cells_json(&c))) {
			json_decref(levels);
			return NULL;
		}
	}
	return levels;
}

static json_t *sums_json(const struct report_table *t, unsigned classes)
{
	struct report_cells all = report_sum(t, classes, REPORT_ALL);

	return json_pack("{so so}", "figures", cells_json(&all), "levels", levels_json(t, classes));
}

static json_t *category_json(const struct report_category *c)
{
	json_t *classes = json_object();
	json_t *all = json_pack("{ss ss ss sb so}", "code", c->code, "label_nb",
				c->label[PUBLISHED_NB], "label_en", c->label[PUBLISHED_EN], "total",
				c->total, "classes", classes);
	bool whole = all;

	for (size_t i = 0; whole && i < RELEASE_CLASSES; i++)
		whole = !json_object_set_new(classes, release_classes[i],
					     json_pack("{sI sI}", "cells",
						       (json_int_t)c->classes[i].cells, "hidden",
						       (json_int_t)c->classes[i].hidden));
	if (whole)
		return all;
	json_decref(all);
	return NULL;
}

static json_t *dimension_json(const struct report_dimension *d)
{
	json_t *categories = json_array();
	json_t *all =
		json_pack("{ss ss ss so}", "code", d->code, "label_nb", d->label[PUBLISHED_NB],
			  "label_en", d->label[PUBLISHED_EN], "categories", categories);
	bool whole = all;

	for (size_t i = 0; whole && i < d->len; i++)
		whole = !json_array_append_new(categories, category_json(&d->categories[i]));
	if (whole)
		return all;
	json_decref(all);
	return NULL;
}

static json_t *before_json(const struct report_cells *c)
{
	return c->cells ? json_pack("{sI sI sI}", "cells", (json_int_t)c->cells, "shown",
				    (json_int_t)c->shown, "hidden", (json_int_t)c->hidden)
			: json_null();
}

static json_t *table_json(const struct report_table *t)
{
	static const char *const units[PROGRAMME_UNITS] = { "Monthly", "Quarterly", "Annual",
							    "Windows" };
	json_t *classes = json_object(), *dimensions = json_array();
	json_t *all = json_pack(
		"{ss ss ss ss ss ss so so so}", "id", t->id, "audience",
		published_audience_name(t->table->audience), "unit", units[t->table->unit], "clock",
		cubes_clock(t->table->part) == COUNTED_REGISTRATION ? "registration" : "event",
		"label_nb", t->table->label[PUBLISHED_NB], "label_en",
		t->table->label[PUBLISHED_EN], "classes", classes, "dimensions", dimensions,
		"previous", before_json(&t->before));
	json_t *sums = sums_json(t, REPORT_ALL);
	bool whole = all && sums && !json_object_update(all, sums);

	json_decref(sums);
	for (size_t i = 0; whole && i < RELEASE_CLASSES; i++)
		whole = !json_object_set_new(classes, release_classes[i], sums_json(t, 1u << i));
	for (size_t i = 0; whole && i < t->dimensions_len; i++)
		whole = !json_array_append_new(dimensions, dimension_json(&t->dimensions[i]));
	if (whole)
		return all;
	json_decref(all);
	return NULL;
}

static json_t *thin_json(const struct report_thin *t)
{
	return json_pack("{ss ss ss ss sI sI}", "dimension", t->dimension->code, "code",
			 t->category->code, "label_nb", t->category->label[PUBLISHED_NB],
			 "label_en", t->category->label[PUBLISHED_EN], "cells",
			 (json_int_t)t->cells, "hidden", (json_int_t)t->hidden);
}

static json_t *region_json(const struct report_region *r)
{
	return json_pack("{ss ss ss ss sb sI sI}", "code", r->code, "label_nb",
			 r->label[PUBLISHED_NB], "label_en", r->label[PUBLISHED_EN], "level",
			 report_level_name((size_t)__builtin_ctz(r->level)), "municipal",
			 r->municipal, "contributors", (json_int_t)r->contributors, "of",
			 (json_int_t)r->of);
}

static bool is_break(const struct report_quarter *now, const struct report_quarter *before)
{
	return now->hospitals != before->hospitals || now->municipalities != before->municipalities;
}

static json_t *quarter_json(const struct report_quarter *q, bool first)
{
	char code[PERIOD_TEXT_SIZE];

	return json_pack("{ss sI sI sI sI sb}", "quarter",
			 period_quarter_code(q->first_month, code), "hospitals",
			 (json_int_t)q->hospitals, "hospitals_of", (json_int_t)q->hospitals_of,
			 "municipalities", (json_int_t)q->municipalities, "municipalities_of",
			 (json_int_t)q->municipalities_of, "break", !first && is_break(q, q - 1));
}

/* --- all of it ------------------------------------------------------------------------------- */

static bool add_words(const struct release_report *r, json_t *words)
{
	CLEANUP(release_words_release) struct release_words w = { 0 };
	bool whole = !release_words(r, &w);

	for (size_t i = 0; whole && i < w.len; i++)
		whole = !json_array_append_new(
			words, json_pack("{ss ss ss}", "about", words_about_name(w.list[i].about),
					 "nb", w.list[i].text[PUBLISHED_NB], "en",
					 w.list[i].text[PUBLISHED_EN]));
	return whole;
}

static json_t *frame(const struct release_report *r, const char *release)
{
	char as_of[CLOCK_TEXT_SIZE], closed[PERIOD_TEXT_SIZE];
	const char *why;

	return json_pack(
		"{si ss ss ss sI sb so ss? s[] s[] s[] s[] s[] s[]}", "varde_release_report", 1,
		"release", release, "as_of", clock_format(r->as_of_ms, as_of), "closed",
		period_month_text(r->closed, closed), "threshold", (json_int_t)r->threshold, "safe",
		release_report_is_safe(r, &why), "default_view", cells_json(&r->default_view),
		"previous", r->previous[0] ? r->previous : NULL, "words", "classes", "tables",
		"thin", "quarters", "regions");
}

json_t *release_report_json(const struct release_report *r, const char *release)
{
	json_t *all = frame(r, release);
	bool whole = all && add_words(r, json_object_get(all, "words"));

	for (size_t i = 0; whole && i < RELEASE_CLASSES; i++)
		whole = !json_array_append_new(json_object_get(all, "classes"),
					       class_json(&r->classes[i]));
	for (size_t i = 0; whole && i < r->tables_len; i++)
		whole = !json_array_append_new(json_object_get(all, "tables"),
					       table_json(&r->tables[i]));
	for (size_t i = 0; whole && i < r->thin_len; i++)
		whole = !json_array_append_new(json_object_get(all, "thin"),
					       thin_json(&r->thin[i]));
	for (size_t i = 0; whole && i < r->quarters_len; i++)
		whole = !json_array_append_new(json_object_get(all, "quarters"),
					       quarter_json(&r->quarters[i], !i));
	for (size_t i = 0; whole && i < r->regions_len; i++)
		whole = !json_array_append_new(json_object_get(all, "regions"),
					       region_json(&r->regions[i]));
	if (whole)
		return all;
	json_decref(all);
	return NULL;
}
