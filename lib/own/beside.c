/* What is published in the shape of the own view: the same clock, the same unit of time,
 * split by the same, total in everything else. Public tables of the programme alone. */
#include "own/internal.h"

#include "codes/codes.h"
#include "count/period.h"
#include "release/tables.h"
#include "tenant/tenants.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

static const char *const langs[PUBLISHED_LANGS] = { "nb", "en" };

const char *own_period_code(const struct own_tally *t, size_t period, char out[16])
{
	int32_t month = own_asked_period(&t->of.asked, period);

	switch (t->of.asked.period) {
	case OWN_QUARTER: return period_quarter_code(month, out);
	case OWN_YEAR: return period_year_code(month, out);
	case OWN_MONTH: break;
	}
	return period_month_code(month, out);
}

static bool is_municipal(const struct own_tally *t)
{
	const char *kind = t->of.tenant->row->kind;

	return !strcmp(kind, "municipality") || !strcmp(kind, "county");
}

/* Municipalities have no final tables yet. */
static enum programme_part part_of(const struct own_tally *t)
{
	bool event = t->of.asked.clock == COUNTED_EVENT;

	if (is_municipal(t))
		return event ? PROGRAMME_PARTS : PROGRAMME_MUNICIPAL;
	return event ? PROGRAMME_FINAL : PROGRAMME_HOSPITAL;
}

/* --- which table ------------------------------------------------------------------------- */

static const struct published_dimension *dimension_of(const struct published_table *table,
						      const char *code)
{
	for (size_t i = 0; i < table->dimensions_len; i++)
		if (!strcmp(table->dimensions[i].code, code))
			return &table->dimensions[i];
	return NULL;
}

/* Whether the own view has this dimension with a category for each of its own. */
static bool is_shared(const struct own_tally *t, const char *code)
{
	return !strcmp(code, programme_code_region) || !strcmp(code, programme_code_class) ||
	       !strcmp(code, programme_code_time) ||
	       (t->of.asked.by_type && !strcmp(code, programme_dimension_code(PROGRAMME_TYPE))) ||
	       (t->of.asked.by_severity &&
		!strcmp(code, programme_dimension_code(PROGRAMME_SEVERITY)));
}

static bool has_shape(const struct own_tally *t, const struct published_table *table)
{
	static const enum published_unit units[] = { [OWN_MONTH] = PUBLISHED_MONTHLY,
						     [OWN_QUARTER] = PUBLISHED_QUARTERLY,
						     [OWN_YEAR] = PUBLISHED_ANNUAL };
	enum published_clock clock =
		t->of.asked.clock == COUNTED_EVENT ? PUBLISHED_EVENT : PUBLISHED_REGISTRATION;
	size_t shared = 0, wanted = 3 + t->of.asked.by_type + t->of.asked.by_severity;

	if (table->audience != PUBLISHED_PUBLIC || table->clock != clock ||
	    table->unit != units[t->of.asked.period])
		return false;
	for (size_t i = 0; i < table->dimensions_len; i++) {
		const struct published_dimension *d = &table->dimensions[i];

		if (is_shared(t, d->code))
			shared++;
		else if (!d->total && d->role != PUBLISHED_METRIC)
			return false;
	}
	return shared == wanted;
}

static const struct published_table *
table_for(const struct own_tally *t, const struct published_tables *tables, const char *region)
{
	enum programme_part part = part_of(t);
	size_t n;
	const struct programme_table *list = programme_tables(t->of.programme, &n);

	for (size_t i = 0; i < n; i++) {
		const struct published_table *table =
			list[i].part == part ? published_find(tables, list[i].id) : NULL;
		const struct published_dimension *regions =
			table ? dimension_of(table, programme_code_region) : NULL;

		if (regions && published_category_find(regions, region) >= 0 && has_shape(t, table))
			return table;
	}
	return NULL;
}

/* --- which region --------------------------------------------------------------------------- */

static void name_words(const struct own_tally *t, struct own_beside *b, const char *code,
		       const char *word)
{
	snprintf(b->code, sizeof(b->code), "%s", code);
	for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++)
		snprintf(b->label[lang], sizeof(b->label[lang]), "%s",
			 programme_word(t->of.programme, word, lang));
}

/* A regional health authority, or what is outside of all. */
static void name_authority(const struct own_tally *t, struct own_beside *b)
{
	const char *parent = t->of.tenant->row->parent;
	const struct codes_organisation *above =
		parent ? codes_organisation_by_number(t->of.codes, parent) : NULL;

	if (!above || strcmp(above->kind, "rhf")) {
		name_words(t, b, AXIS_NO_REGION, "region_none");
		return;
	}
	snprintf(b->code, sizeof(b->code), "%s", above->code);
	snprintf(b->label[PUBLISHED_NB], sizeof(b->label[PUBLISHED_NB]), "%s", above->nb);
	snprintf(b->label[PUBLISHED_EN], sizeof(b->label[PUBLISHED_EN]), "%s", above->en);
}

/* A municipality's county is the first two digits of its number today. */
static void name_county(const struct own_tally *t, struct own_beside *b)
{
	struct codes_municipality_answer today =
		codes_municipality_on(t->of.codes, t->municipality, t->of.now_ms / DAY_MS);
	const char *number =
		today.kind == CODES_MUNICIPALITY_MOVED ? today.candidates[0] : t->municipality;

	snprintf(b->code, sizeof(b->code), "%.2s", number);
	for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++) {
		const char *label = codes_label(t->of.codes, "county", b->code, langs[lang]);

		snprintf(b->label[lang], sizeof(b->label[lang]), "%s", label ? label : b->code);
	}
}

size_t own_beside_find(const struct own_tally *t, const struct published *release,
		       struct own_beside ret[OWN_BESIDE])
{
	bool municipal = is_municipal(t);
	size_t n = 0;

	if (municipal)
		name_county(t, &ret[n]);
	else
		name_authority(t, &ret[n]);
	ret[n].table = release ? table_for(t, published_tables(release), ret[n].code) : NULL;
	n += ret[n].table != NULL;
	name_words(t, &ret[n], AXIS_NATION, municipal ? "nation_municipal" : "nation_hospital");
	ret[n].table = release ? table_for(t, published_tables(release), ret[n].code) : NULL;
	return n + (ret[n].table != NULL);
}

/* --- one cell -----------------------------------------------------------------------------------
 */

struct published_cell own_beside_cell(const struct own_tally *t, const struct own_beside *b,
				      size_t class, size_t type, size_t severity, size_t period)
{
	const struct published_cell missing = { 0, PUBLISHED_MISSING };
	const struct published_table *table = b->table;
	char time[PERIOD_TEXT_SIZE];
	const struct {
		const char *dimension, *code;
	} codes[] = {
		{ programme_code_region, b->code },
		{ programme_code_class, release_classes[class] },
		{ programme_code_time, own_period_code(t, period, time) },
		{ programme_dimension_code(PROGRAMME_TYPE), t->types.list[type].code },
		{ programme_dimension_code(PROGRAMME_SEVERITY), t->severities.list[severity].code },
	};
	size_t at = 0;

	for (size_t i = 0; i < table->dimensions_len; i++) {
		const struct published_dimension *d = &table->dimensions[i];
		int place = published_category_find(d, d->total ? d->total : OWN_CONTENTS);

		for (size_t c = 0; c < ARRAY_LEN(codes); c++)
			if (is_shared(t, d->code) && !strcmp(codes[c].dimension, d->code))
				place = published_category_find(d, codes[c].code);
		if (place < 0)
			return missing;
		at = at * d->len + (size_t)place;
	}
	return table->cells[at];
}
