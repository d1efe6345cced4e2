/* Who reports, and what regions they make up. */
#include "release/axis_make.h"

#include "codes/codes.h"

#include <stdlib.h>
#include <string.h>

static const char *const langs[PUBLISHED_LANGS] = { "nb", "en" };

static enum rc add_word(struct axis *axis, const char *code, int32_t parent, unsigned level,
			const struct programme *programme, const char *name)
{
	struct axis_category *c = axis_add(axis, code, parent, level);

	if (!c)
		return RC_NOMEM;
	for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++)
		axis_label(c, lang, programme_word(programme, name, lang));
	return RC_OK;
}

static bool is_municipal(const struct counted_organisation *o)
{
	return !strcmp(o->kind, "municipality") || !strcmp(o->kind, "county");
}

/* Those that count, or ever did. */
static bool takes_part(const struct counted *counted, const struct counted_organisation *o)
{
	if (o->coverage_start)
		return true;
	for (size_t i = 0; i < counted->rows_len; i++)
		if (!strcmp(counted->rows[i].orgnr, o->orgnr) &&
		    counted->rows[i].state == COUNTED_ROW)
			return true;
	return false;
}

/* A region when one of its organisations takes part; "" outside of all. */
static bool region_takes_part(const struct counted *counted, const char *region)
{
	for (size_t i = 0; i < counted->organisations_len; i++) {
		const struct counted_organisation *o = &counted->organisations[i];

		if (!is_municipal(o) && !strcmp(o->region, region) && takes_part(counted, o))
			return true;
	}
	return false;
}

static enum rc add_regions(struct axis *axis, const struct counted *counted,
			   const struct codes *codes, const struct programme *programme)
{
	size_t n;
	const struct codes_organisation *list = codes_organisations(codes, &n);

	for (size_t i = 0; i < n; i++) {
		struct axis_category *c;

		if (strcmp(list[i].kind, "rhf") || !region_takes_part(counted, list[i].code))
			continue;
		c = axis_add(axis, list[i].code, 0, PROGRAMME_RHF);
		if (!c)
			return RC_NOMEM;
		axis_label(c, PUBLISHED_NB, list[i].nb);
		axis_label(c, PUBLISHED_EN, list[i].en);
	}
	return region_takes_part(counted, "")
		       ? add_word(axis, AXIS_NO_REGION, 0, PROGRAMME_RHF, programme, "region_none")
		       : RC_OK;
}

enum rc axis_hospitals(const struct counted *counted, const struct codes *codes,
		       const struct programme *programme, struct axis *ret)
{
	CLEANUP(axis_release) struct axis axis = { .organisation = true };
	enum rc rc =
		add_word(&axis, AXIS_NATION, -1, PROGRAMME_NATION, programme, "nation_hospital");

	if (!rc)
		rc = add_regions(&axis, counted, codes, programme);
	for (size_t i = 0; !rc && i < counted->organisations_len; i++) {
		const struct counted_organisation *o = &counted->organisations[i];
		struct axis_category *c;

		if (is_municipal(o) || !takes_part(counted, o))
			continue;
		c = axis_add(&axis, o->orgnr,
			     axis_find(&axis, *o->region ? o->region : AXIS_NO_REGION),
			     PROGRAMME_HF);
		if (!c)
			return RC_NOMEM;
		axis_label(c, PUBLISHED_NB, o->name);
		axis_label(c, PUBLISHED_EN, o->name);
	}
	if (rc)
		return rc;
	*ret = axis;
	axis = (struct axis){ 0 };
	return RC_OK;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Numbers of the rows, each once, in order. NULL when memory ran out. */
static const char **numbers_of(const struct counted *counted, size_t *ret_len)
{
	const char **list = calloc(counted->rows_len + 1, sizeof(*list));
	size_t n = 0, kept = 0;

	if (!list)
		return NULL;
	for (size_t i = 0; i < counted->rows_len; i++)
		if (counted->rows[i].state == COUNTED_ROW && *counted->rows[i].municipality)
			list[n++] = counted->rows[i].municipality;
	qsort(list, n, sizeof(*list), compare_texts);
	for (size_t i = 0; i < n; i++)
		if (!kept || strcmp(list[kept - 1], list[i]))
			list[kept++] = list[i];
	*ret_len = kept;
	return list;
}

static enum rc add_place(struct axis *axis, const struct codes *codes, const char *list,
			 const char *code, int32_t parent, unsigned level)
{
	struct axis_category *c = axis_add(axis, code, parent, level);

	if (!c)
		return RC_NOMEM;
	for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++) {
		const char *label = codes_label(codes, list, code, langs[lang]);

		axis_label(c, lang, label ? label : code);
	}
	return RC_OK;
}

enum rc axis_municipalities(const struct counted *counted, const struct codes *codes,
			    const struct programme *programme, struct axis *ret)
{
	CLEANUP(axis_release) struct axis axis = { .organisation = true };
	size_t n = 0;
	CLEANUP_FREE const char **numbers = numbers_of(counted, &n);
	char county[3];
	enum rc rc = numbers ? add_word(&axis, AXIS_NATION, -1, PROGRAMME_NATION, programme,
					"nation_municipal")
			     : RC_NOMEM;

	/* A number begins with its county's, "15?" of a split too; "?" has none. */
	for (size_t i = 0; !rc && i < n; i++) {
		snprintf(county, sizeof(county), "%.2s", numbers[i]);
		if (axis_find(&axis, county) < 0)
			rc = add_place(&axis, codes, "county", county, 0,
				       *numbers[i] == '?' ? 0 : PROGRAMME_COUNTY);
	}
	for (size_t i = 0; !rc && i < n; i++) {
		if (*numbers[i] == '?')
			continue;
		snprintf(county, sizeof(county), "%.2s", numbers[i]);
		rc = add_place(&axis, codes, "municipality", numbers[i], axis_find(&axis, county),
			       strchr(numbers[i], '?') ? 0 : PROGRAMME_MUNICIPALITY);
	}
	if (rc)
		return rc;
	*ret = axis;
	axis = (struct axis){ 0 };
	return RC_OK;
}
