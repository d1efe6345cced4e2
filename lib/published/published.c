#include "published/published.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

static const char *const lang_names[] = { [PUBLISHED_NB] = "nb", [PUBLISHED_EN] = "en" };
static const char *const audience_names[] = {
	[PUBLISHED_PUBLIC] = "public", [PUBLISHED_SECTOR] = "sector"
};
static const char *const clock_names[] = {
	[PUBLISHED_REGISTRATION] = "registration", [PUBLISHED_EVENT] = "event"
};
static const char *const unit_names[] = { [PUBLISHED_ANNUAL] = "Annual",
					  [PUBLISHED_QUARTERLY] = "Quarterly",
					  [PUBLISHED_MONTHLY] = "Monthly",
					  [PUBLISHED_OTHER] = "Other" };
static const char *const role_names[] = { [PUBLISHED_PLAIN] = "plain",
					  [PUBLISHED_TIME] = "time",
					  [PUBLISHED_GEO] = "geo",
					  [PUBLISHED_METRIC] = "metric" };
static const char *const mark_texts[] = { [PUBLISHED_VALUE] = "",
					  [PUBLISHED_HIDDEN] = ":",
					  [PUBLISHED_MISSING] = "..",
					  [PUBLISHED_NOT_COMPARABLE] = "." };

const char *published_lang_name(enum published_lang lang)
{
	return lang_names[lang];
}

const char *published_audience_name(enum published_audience audience)
{
	return audience_names[audience];
}

const char *published_clock_name(enum published_clock clock)
{
	return clock_names[clock];
}

const char *published_unit_name(enum published_unit unit)
{
	return unit_names[unit];
}

const char *published_role_name(enum published_role role)
{
	return role_names[role];
}

const char *published_mark_text(enum published_mark mark)
{
	return mark_texts[mark];
}

static void free_text(const char *text)
{
	free((void *)(uintptr_t)text);
}

static void free_texts(const char *const texts[PUBLISHED_LANGS])
{
	for (size_t i = 0; i < PUBLISHED_LANGS; i++)
		free_text(texts[i]);
}

static void dimension_release(struct published_dimension *d)
{
	for (size_t i = 0; d->categories && i < d->len; i++) {
		free_text(d->categories[i].code);
		free_text(d->categories[i].parent);
		free_texts(d->categories[i].label);
	}
	free(d->categories);
	free_text(d->code);
	free_text(d->total);
	free_texts(d->label);
}

static void table_release(struct published_table *t)
{
	for (size_t i = 0; t->dimensions && i < t->dimensions_len; i++)
		dimension_release(&t->dimensions[i]);
	for (size_t i = 0; t->notes && i < t->notes_len; i++) {
		free_text(t->notes[i].dimension);
		free_text(t->notes[i].category);
		free_texts(t->notes[i].text);
	}
	free(t->dimensions);
	free(t->notes);
	free(t->cells);
	free_text(t->id);
	free_texts(t->label);
	free_texts(t->description);
}

void published_tables_release(struct published_tables *tables)
{
	for (size_t i = 0; tables->list && i < tables->len; i++)
		table_release(&tables->list[i]);
	free(tables->list);
	*tables = (struct published_tables){ 0 };
}

const struct published_table *published_find(const struct published_tables *tables, const char *id)
{
	for (size_t i = 0; i < tables->len; i++)
		if (!strcmp(tables->list[i].id, id))
			return &tables->list[i];
	return NULL;
}

int published_category_find(const struct published_dimension *dimension, const char *code)
{
	for (size_t i = 0; i < dimension->len; i++)
		if (!strcmp(dimension->categories[i].code, code))
			return (int)i;
	return -1;
}
