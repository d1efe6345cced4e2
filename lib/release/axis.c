#include "release/axis_make.h"

#include "base/cleanup.h"
#include "codes/codes.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN "unknown"

void axis_release(struct axis *axis)
{
	free(axis->list);
	*axis = (struct axis){ 0 };
}

int32_t axis_find(const struct axis *axis, const char *code)
{
	for (size_t i = 0; i < axis->len; i++)
		if (!strcmp(axis->list[i].code, code))
			return (int32_t)i;
	return -1;
}

struct axis_category *axis_add(struct axis *axis, const char *code, int32_t parent, unsigned level)
{
	struct axis_category *c;

	if (axis->len == axis->room) {
		size_t room = axis->room ? axis->room * 2 : 32;
		void *bigger = reallocarray(axis->list, room, sizeof(*axis->list));

		if (!bigger)
			return NULL;
		axis->list = bigger;
		axis->room = room;
	}
	c = &axis->list[axis->len++];
	*c = (struct axis_category){ .parent = parent, .level = level };
	snprintf(c->code, sizeof(c->code), "%s", code);
	return c;
}

void axis_label(struct axis_category *c, enum published_lang lang, const char *text)
{
	snprintf(c->label[lang], sizeof(c->label[lang]), "%s", text);
}

/* Both languages from a word of the programme. */
static void label_word(struct axis_category *c, const struct programme *programme, const char *name)
{
	for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++)
		axis_label(c, lang, programme_word(programme, name, lang));
}

static enum rc add_word(struct axis *axis, const char *code, int32_t parent, unsigned level,
			const struct programme *programme, const char *name)
{
	struct axis_category *c = axis_add(axis, code, parent, level);

	if (!c)
		return RC_NOMEM;
	label_word(c, programme, name);
	return RC_OK;
}

static enum rc add_codes(struct axis *axis, const json_t *list)
{
	const json_t *rows = json_object_get(list, "codes");

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *code = json_string_value(json_object_get(row, "code"));
		const char *nb = json_string_value(json_object_get(row, "nb"));
		const char *en = json_string_value(json_object_get(row, "en"));
		struct axis_category *c = axis_add(axis, code ? code : "", 0, 0);

		if (!c)
			return RC_NOMEM;
		axis_label(c, PUBLISHED_NB, nb ? nb : "");
		axis_label(c, PUBLISHED_EN, en ? en : "");
	}
	return RC_OK;
}

enum rc axis_of_list(const struct codes *codes, const struct programme *programme, const char *list,
		     struct axis *ret)
{
	CLEANUP(axis_release) struct axis axis = { 0 };
	const char *text = codes_list_json(codes, list, NULL);
	json_t *json = text ? json_loads(text, 0, NULL) : NULL;
	enum rc rc;

	if (!json)
		return text ? RC_NOMEM : RC_NOT_FOUND;
	rc = add_word(&axis, AXIS_TOTAL, -1, 0, programme, "all");
	if (!rc)
		rc = add_codes(&axis, json);
	if (!rc && axis_find(&axis, UNKNOWN) < 0)
		rc = add_word(&axis, UNKNOWN, 0, 0, programme, "unknown");
	json_decref(json);
	if (rc)
		return rc;
	*ret = axis;
	axis = (struct axis){ 0 };
	return RC_OK;
}

enum rc axis_of_words(const struct programme *programme, const char *total,
		      const struct axis_word *words, struct axis *ret)
{
	CLEANUP(axis_release) struct axis axis = { 0 };
	enum rc rc = add_word(&axis, AXIS_TOTAL, -1, 0, programme, total);

	for (; !rc && words->name; words++)
		rc = add_word(&axis, words->name,
			      words->parent ? axis_find(&axis, words->parent) : 0, 0, programme,
			      words->name);
	if (rc)
		return rc;
	*ret = axis;
	axis = (struct axis){ 0 };
	return RC_OK;
}

/* --- as the protection sees it --------------------------------------------------------- */

/* Whether `child` is one of the things that `parent` is the sum of. */
static bool is_part(const struct axis *axis, size_t parent, size_t child)
{
	const struct axis_category *p = &axis->list[parent], *c = &axis->list[child];

	/* Levels of regions and units of time are the same bits. */
	if (p->months && p->level == 1U << PROGRAMME_WINDOWS)
		return c->level == 1U << PROGRAMME_ANNUAL && c->first_month >= p->first_month &&
		       c->first_month < p->first_month + p->months;
	return c->parent == (int32_t)parent;
}

static enum rc group(const struct axis *axis, size_t parent, struct suppress_dimension *d,
		     uint32_t *parts)
{
	uint32_t n = 0;

	for (size_t i = 0; i < axis->len; i++)
		if (is_part(axis, parent, i))
			parts[n++] = (uint32_t)i;
	return n ? suppress_dimension_group(d, (uint32_t)parent, parts, n) : RC_OK;
}

enum rc axis_dimension(const struct axis *axis, struct suppress_dimension **ret, struct err *reterr)
{
	CLEANUP(suppress_dimension_freep) struct suppress_dimension *d = NULL;
	CLEANUP_FREE uint32_t *parts = calloc(axis->len + 1, sizeof(*parts));
	uint32_t category;
	enum rc rc = parts ? suppress_dimension_new(axis->organisation, &d) : RC_NOMEM;

	for (size_t i = 0; !rc && i < axis->len; i++)
		rc = suppress_dimension_category(d, &category);
	for (size_t i = 0; !rc && i < axis->len; i++)
		rc = group(axis, i, d, parts);
	if (!rc)
		return suppress_dimension_finish(d, &category, reterr)
			       ? RC_INVALID
			       : (*ret = TAKE_PTR(d), RC_OK);
	return err_set(reterr, rc, "no-memory", NULL, "out of memory");
}
