#include "pxweb/dataset.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *px_lang_name(enum published_lang lang)
{
	return lang == PUBLISHED_EN ? "en" : "no";
}

const char *px_date(int64_t ms, char out[32])
{
	clock_format(ms, out);
	out[10] = '\0';
	return out;
}

json_t *px_link(const struct px_about *about, const char *rel, enum published_lang lang,
		const char *path)
{
	CLEANUP(buf_release) struct buf href = buf_capped(4096);

	if (buf_addf(&href, "%s%s", about->base_url, path))
		return NULL;
	return json_pack("{s:s, s:s, s:s}", "rel", rel, "hreflang", px_lang_name(lang), "href",
			 buf_text(&href));
}

/* {index, label, child?, unit?} of the categories that stand in `at`. */
static json_t *category_json(const struct published_dimension *d, const size_t *at, size_t len,
			     enum published_lang lang)
{
	json_t *index = json_object(), *label = json_object(), *child = json_object();
	json_t *category = json_pack("{s:o, s:o}", "index", index, "label", label);

	for (size_t i = 0; i < len; i++) {
		const struct published_category *c = &d->categories[at[i]];

		json_object_set_new(index, c->code, json_integer((json_int_t)i));
		json_object_set_new(label, c->code, json_string(c->label[lang]));
	}
	/* Hierarchies among what is shown. */
	for (size_t i = 0; i < len; i++) {
		const struct published_category *c = &d->categories[at[i]];
		json_t *children;

		if (!c->parent || !json_object_get(index, c->parent))
			continue;
		children = json_object_get(child, c->parent);
		if (!children) {
			children = json_array();
			json_object_set_new(child, c->parent, children);
		}
		json_array_append_new(children, json_string(c->code));
	}
	if (json_object_size(child))
		json_object_set(category, "child", child);
	json_decref(child);
	if (d->role == PUBLISHED_METRIC)
		for (size_t i = 0; i < len; i++)
			json_object_set_new(category, "unit",
					    json_pack("{s:{s:s, s:i}}", d->categories[at[i]].code,
						      "base", d->categories[at[i]].label[lang],
						      "decimals", 0));
	return category;
}

static void add_notes(const struct published_table *t, const char *dimension, json_t *to,
		      json_t *mandatory, enum published_lang lang)
{
	json_t *notes = json_array();

	for (size_t i = 0; i < t->notes_len; i++) {
		const struct published_note *n = &t->notes[i];
		char place[24];

		if (strcmp(n->dimension, dimension) || *n->category)
			continue;
		if (n->mandatory) {
			snprintf(place, sizeof(place), "%zu", json_array_size(notes));
			json_object_set_new(mandatory, place, json_true());
		}
		json_array_append_new(notes, json_string(n->text[lang]));
	}
	if (json_array_size(notes))
		json_object_set(to, "note", notes);
	json_decref(notes);
}

/* {code: [texts]} of the categories that are shown. */
static void add_category_notes(const struct published_table *t, const struct published_dimension *d,
			       json_t *category, enum published_lang lang)
{
	const json_t *shown = json_object_get(category, "index");
	json_t *notes = json_object();

	for (size_t i = 0; i < t->notes_len; i++) {
		const struct published_note *n = &t->notes[i];
		json_t *list = json_object_get(notes, n->category);

		if (strcmp(n->dimension, d->code) || !json_object_get(shown, n->category))
			continue;
		if (!list) {
			list = json_array();
			json_object_set_new(notes, n->category, list);
		}
		json_array_append_new(list, json_string(n->text[lang]));
	}
	if (json_object_size(notes))
		json_object_set(category, "note", notes);
	json_decref(notes);
}

static json_t *dimension_json(const struct published_table *t, const struct published_dimension *d,
			      const size_t *at, size_t len, enum published_lang lang)
{
	json_t *extension = json_object(), *mandatory = json_object();
	json_t *json = json_pack("{s:s, s:o, s:o}", "label", d->label[lang], "category",
				 category_json(d, at, len, lang), "extension", extension);

	add_notes(t, d->code, json, mandatory, lang);
	add_category_notes(t, d, json_object_get(json, "category"), lang);
	json_object_set_new(extension, "elimination", json_boolean(d->total != NULL));
	if (d->total)
		json_object_set_new(extension, "eliminationValueCode", json_string(d->total));
	if (json_object_size(mandatory))
		json_object_set(extension, "noteMandatory", mandatory);
	json_decref(mandatory);
	json_object_set_new(extension, "show", json_string("text"));
	json_object_set_new(extension, "codelists", json_array());
	if (d->role == PUBLISHED_METRIC)
		json_object_set_new(extension, "measuringType",
				    json_pack("{s:s}", d->categories[at[0]].code, "Flow"));
	return json;
}

static void add_role(json_t *roles, const struct published_dimension *d)
{
	static const char *const names[] = { [PUBLISHED_PLAIN] = NULL,
					     [PUBLISHED_TIME] = "time",
					     [PUBLISHED_GEO] = "geo",
					     [PUBLISHED_METRIC] = "metric" };

	if (names[d->role])
		json_object_set_new(roles, names[d->role], json_pack("[s]", d->code));
}

const struct published_dimension *px_time_of(const struct published_table *t)
{
	for (size_t i = 0; i < t->dimensions_len; i++)
		if (t->dimensions[i].role == PUBLISHED_TIME)
			return &t->dimensions[i];
	return NULL; /* not after published_check() */
}

static json_t *names_json(const struct published_table *t, bool in_heading)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->dimensions_len; i++) {
		enum published_role role = t->dimensions[i].role;

		if ((role == PUBLISHED_TIME || role == PUBLISHED_METRIC) == in_heading)
			json_array_append_new(list, json_string(t->dimensions[i].code));
	}
	return list;
}

static json_t *extension_json(const struct published_table *t, const struct px_about *about,
			      json_t *mandatory, enum published_lang lang)
{
	const struct published_dimension *time = px_time_of(t);
	json_t *px = json_pack("{s:s, s:i, s:b, s:b, s:s, s:s, s:o, s:o, s:s, s:s}", "tableid",
			       t->id, "decimals", 0, "official-statistics", 0, "aggregallowed", 0,
			       "language", px_lang_name(lang), "contents", t->label[lang],
			       "heading", names_json(t, true), "stub", names_json(t, false),
			       "matrix", t->id, "survey", about->source[lang]);

	return json_pack("{s:o, s:o, s:s, s:s, s:[{s:s}], s:{s:s, s:s, s:s, s:s}}", "px", px,
			 "noteMandatory", mandatory, "firstPeriod", time->categories[0].code,
			 "lastPeriod", time->categories[time->len - 1].code, "contact", "raw",
			 about->contact[lang], "varde", "release", about->release, "clock",
			 published_clock_name(t->clock), "audience",
			 published_audience_name(t->audience), "hidden", ":");
}

/* All but values, for these axes. */
static json_t *frame(const struct published_table *t, const struct px_axis *axes, size_t n,
		     const struct px_about *about, enum published_lang lang)
{
	json_t *id = json_array(), *size = json_array(), *dimension = json_object();
	json_t *role = json_object(), *mandatory = json_object();
	char date[32];
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "version", "2.0",
				 "class", "dataset", "label", t->label[lang], "source",
				 about->source[lang], "updated", px_date(about->updated_ms, date),
				 "role", role, "id", id, "size", size, "dimension", dimension);

	for (size_t i = 0; i < n; i++) {
		const struct published_dimension *d = axes[i].dimension;

		if (axes[i].eliminated)
			continue;
		json_array_append_new(id, json_string(d->code));
		json_array_append_new(size, json_integer((json_int_t)axes[i].len));
		json_object_set_new(dimension, d->code,
				    dimension_json(t, d, axes[i].at, axes[i].len, lang));
		add_role(role, d);
	}
	add_notes(t, "", json, mandatory, lang);
	json_object_set_new(json, "extension", extension_json(t, about, mandatory, lang));
	return json;
}

json_t *px_dataset(const struct px_selection *s, const struct px_about *about,
		   enum published_lang lang)
{
	json_t *json = frame(s->table, s->axes, s->len, about, lang);
	json_t *value = json_array(), *status = json_object();
	size_t place[PX_VARIABLES_MAX];
	char name[24];

	for (size_t i = 0; i < s->cells; i++) {
		const struct published_cell *cell = px_cell_at(s, i, place);

		if (cell->mark == PUBLISHED_VALUE) {
			json_array_append_new(value, json_integer(cell->value));
			continue;
		}
		json_array_append_new(value, json_null());
		snprintf(name, sizeof(name), "%zu", i);
		json_object_set_new(status, name, json_string(published_mark_text(cell->mark)));
	}
	json_object_set_new(json, "value", value);
	if (json_object_size(status))
		json_object_set(json, "status", status);
	json_decref(status);
	return json;
}

json_t *px_metadata(const struct published_table *t, const struct px_about *about,
		    enum published_lang lang)
{
	struct px_axis axes[PX_VARIABLES_MAX] = { 0 };
	json_t *json = NULL;
	size_t n = 0;

	for (; n < t->dimensions_len && n < PX_VARIABLES_MAX; n++) {
		const struct published_dimension *d = &t->dimensions[n];

		axes[n] = (struct px_axis){ .dimension = d, .len = d->len };
		axes[n].at = calloc(d->len, sizeof(*axes[n].at));
		for (size_t i = 0; axes[n].at && i < d->len; i++)
			axes[n].at[i] = i;
		if (!axes[n].at)
			break;
	}
	if (n == t->dimensions_len) {
		json = frame(t, axes, n, about, lang);
		json_object_set_new(json, "value", json_array());
	}
	for (size_t i = 0; i < n; i++)
		free(axes[i].at);
	return json;
}

json_t *px_table(const struct published_table *t, const struct px_about *about,
		 enum published_lang lang, bool with_language)
{
	const struct published_dimension *time = px_time_of(t);
	json_t *names = json_array(), *json;
	char path[200], metadata[220], data[220], date[32];

	for (size_t i = 0; i < t->dimensions_len; i++)
		json_array_append_new(names, json_string(t->dimensions[i].label[lang]));
	snprintf(path, sizeof(path), "/tables/%s", t->id);
	snprintf(metadata, sizeof(metadata), "%s/metadata", path);
	snprintf(data, sizeof(data), "%s/data", path);
	json = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:s, s:s, s:[o, o, o]}", "id", t->id,
		"label", t->label[lang], "description", t->description[lang], "updated",
		px_date(about->updated_ms, date), "firstPeriod", time->categories[0].code,
		"lastPeriod", time->categories[time->len - 1].code, "category",
		t->audience == PUBLISHED_PUBLIC ? "public" : "section", "variableNames", names,
		"discontinued", 0, "source", about->source[lang], "timeUnit",
		published_unit_name(t->unit), "links", px_link(about, "self", lang, path),
		px_link(about, "metadata", lang, metadata), px_link(about, "data", lang, data));
	if (json && with_language)
		json_object_set_new(json, "language", json_string(px_lang_name(lang)));
	return json;
}

json_t *px_selection_json(const struct px_selection *s, const struct px_about *about,
			  enum published_lang lang)
{
	json_t *list = json_array();
	char path[200];

	for (size_t i = 0; i < s->len; i++) {
		json_t *codes = json_array();

		for (size_t j = 0; j < s->axes[i].len; j++)
			json_array_append_new(
				codes,
				json_string(
					s->axes[i].dimension->categories[s->axes[i].at[j]].code));
		/* `values` is what the specification requires, `valueCodes` what it describes. */
		json_array_append_new(list, json_pack("{s:s, s:O, s:o}", "variableCode",
						      s->axes[i].dimension->code, "values", codes,
						      "valueCodes", codes));
	}
	snprintf(path, sizeof(path), "/tables/%s/defaultselection", s->table->id);
	return json_pack("{s:o, s:s, s:[o], s:{s:o, s:o}}", "selection", list, "language",
			 px_lang_name(lang), "links", px_link(about, "self", lang, path),
			 "placement", "heading", names_json(s->table, true), "stub",
			 names_json(s->table, false));
}
