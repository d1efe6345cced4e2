#include "count/counted.h"

#include "count/words.h"

#include <stdlib.h>
#include <string.h>

struct private
{
	struct words *words;
	size_t rows_room, organisations_room;
};

enum rc counted_new(struct counted **ret)
{
	CLEANUP(counted_freep) struct counted *c = calloc(1, sizeof(*c));
	struct private *p;

	if (!c)
		return RC_NOMEM;
	c->private = p = calloc(1, sizeof(*p));
	if (!p || words_new(&p->words))
		return RC_NOMEM;
	*ret = TAKE_PTR(c);
	return RC_OK;
}

void counted_free(struct counted *c)
{
	struct private *p = c ? c->private : NULL;

	if (!c)
		return;
	if (p)
		words_free(p->words);
	free(p);
	free(c->organisations);
	free(c->rows);
	free(c);
}

/* Room for one more of `size` bytes. */
static bool grow(void **list, size_t len, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *bigger;

	if (len < *room)
		return true;
	bigger = reallocarray(*list, more, size);
	if (!bigger)
		return false;
	*list = bigger;
	*room = more;
	return true;
}

enum rc counted_add_organisation(struct counted *c, const struct counted_organisation *organisation)
{
	struct private *p = c->private;
	struct counted_organisation o = *organisation;

	if (!grow((void **)&c->organisations, c->organisations_len, &p->organisations_room,
		  sizeof(o)))
		return RC_NOMEM;
	o.orgnr = words_get(p->words, organisation->orgnr);
	o.name = words_get(p->words, organisation->name);
	o.kind = words_get(p->words, organisation->kind);
	o.region = words_get(p->words, organisation->region);
	if (!o.orgnr || !o.name || !o.kind || !o.region)
		return RC_NOMEM;
	c->organisations[c->organisations_len++] = o;
	return RC_OK;
}

enum rc counted_add(struct counted *c, const struct counted_row *row)
{
	struct private *p = c->private;
	struct counted_row r = *row;
	const char **texts[] = { &r.orgnr, &r.event_class,  &r.event_type, &r.severity, &r.place,
				 &r.stage, &r.municipality, &r.review,     &r.factors };

	if (!grow((void **)&c->rows, c->rows_len, &p->rows_room, sizeof(r)))
		return RC_NOMEM;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		*texts[i] = words_get(p->words, *texts[i]);
		if (!*texts[i])
			return RC_NOMEM;
	}
	c->rows[c->rows_len++] = r;
	return RC_OK;
}

const struct counted_organisation *counted_organisation(const struct counted *c, const char *orgnr)
{
	for (size_t i = 0; i < c->organisations_len; i++)
		if (!strcmp(c->organisations[i].orgnr, orgnr))
			return &c->organisations[i];
	return NULL;
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* All but `n`. */
static int compare_rows(const void *va, const void *vb)
{
	const struct counted_row *a = va, *b = vb;
	const char *texts[][2] = {
		{ a->orgnr, b->orgnr },
		{ a->event_class, b->event_class },
		{ a->event_type, b->event_type },
		{ a->severity, b->severity },
		{ a->place, b->place },
		{ a->stage, b->stage },
		{ a->municipality, b->municipality },
		{ a->review, b->review },
		{ a->factors, b->factors },
	};
	const int64_t numbers[][2] = {
		{ a->state, b->state },   { a->clock, b->clock },
		{ a->period, b->period }, { a->registered_year, b->registered_year },
		{ a->late, b->late },     { a->linked, b->linked },
	};
	int order = 0;

	for (size_t i = 0; !order && i < ARRAY_LEN(numbers); i++)
		order = compare_numbers(numbers[i][0], numbers[i][1]);
	for (size_t i = 0; !order && i < ARRAY_LEN(texts); i++)
		if (texts[i][0] != texts[i][1])
			order = strcmp(texts[i][0], texts[i][1]);
	return order;
}

static int compare_organisations(const void *a, const void *b)
{
	return strcmp(((const struct counted_organisation *)a)->orgnr,
		      ((const struct counted_organisation *)b)->orgnr);
}

void counted_sort(struct counted *c)
{
	size_t kept = 0;

	if (c->organisations_len)
		qsort(c->organisations, c->organisations_len, sizeof(*c->organisations),
		      compare_organisations);
	if (!c->rows_len)
		return;
	qsort(c->rows, c->rows_len, sizeof(*c->rows), compare_rows);
	for (size_t i = 1; i < c->rows_len; i++) {
		if (compare_rows(&c->rows[kept], &c->rows[i]))
			c->rows[++kept] = c->rows[i];
		else
			c->rows[kept].n += c->rows[i].n;
	}
	c->rows_len = kept + 1;
}
