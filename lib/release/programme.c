#include "release/programme.h"

#include "base/buf.h"
#include "json/strict.h"

#include <string.h>

#define FILE_MAX ((size_t)1 << 20)
#define DEPTH 8
#define THRESHOLD_MIN 3
#define THRESHOLD_MAX 100

const char programme_code_region[] = "Region";
const char programme_code_class[] = "Hendelsesklasse";
const char programme_code_contents[] = "ContentsCode";
const char programme_code_time[] = "Tid";

static const char *const dimension_codes[PROGRAMME_DIMENSIONS] = {
	[PROGRAMME_TYPE] = "Hendelsestype",
	[PROGRAMME_SEVERITY] = "Alvorlighet",
	[PROGRAMME_PLACE] = "Sted",
	[PROGRAMME_STAGE] = "Prosess",
	[PROGRAMME_TIMELINESS] = "Tidsnok",
	[PROGRAMME_LINKED] = "Koblet",
	[PROGRAMME_REGISTERED] = "Registreringsaar",
	[PROGRAMME_REVIEWS] = "Gjennomgang",
	[PROGRAMME_FACTORS] = "Faktorer",
};
static const char *const part_names[PROGRAMME_PARTS] = { [PROGRAMME_HOSPITAL] = "hospital",
							 [PROGRAMME_MUNICIPAL] = "municipal",
							 [PROGRAMME_FINAL] = "final",
							 [PROGRAMME_REVIEW] = "review",
							 [PROGRAMME_REVIEW_MUNICIPAL] =
								 "review-municipal" };
static const char *const unit_names[PROGRAMME_UNITS] = { [PROGRAMME_MONTHLY] = "Monthly",
							 [PROGRAMME_QUARTERLY] = "Quarterly",
							 [PROGRAMME_ANNUAL] = "Annual",
							 [PROGRAMME_WINDOWS] = "Windows" };
static const char *const level_names[] = { "nation", "rhf", "hf", "county", "municipality" };
static const char *const audience_names[] = { "public", "sector" };

/* Where each part's figures stop, and what it can be split by. */
static const struct {
	unsigned levels, units, dimensions;
} possible[PROGRAMME_PARTS] = {
	[PROGRAMME_HOSPITAL] = { PROGRAMME_NATION | PROGRAMME_RHF | PROGRAMME_HF,
				 1 << PROGRAMME_MONTHLY | 1 << PROGRAMME_QUARTERLY |
					 1 << PROGRAMME_ANNUAL,
				 1 << PROGRAMME_TYPE | 1 << PROGRAMME_SEVERITY |
					 1 << PROGRAMME_PLACE | 1 << PROGRAMME_STAGE |
					 1 << PROGRAMME_TIMELINESS | 1 << PROGRAMME_LINKED },
	[PROGRAMME_MUNICIPAL] = { PROGRAMME_NATION | PROGRAMME_COUNTY | PROGRAMME_MUNICIPALITY,
				  1 << PROGRAMME_ANNUAL | 1 << PROGRAMME_WINDOWS,
				  1 << PROGRAMME_TYPE | 1 << PROGRAMME_SEVERITY |
					  1 << PROGRAMME_LINKED },
	[PROGRAMME_FINAL] = { PROGRAMME_NATION | PROGRAMME_RHF | PROGRAMME_HF,
			      1 << PROGRAMME_ANNUAL,
			      1 << PROGRAMME_TYPE | 1 << PROGRAMME_SEVERITY |
				      1 << PROGRAMME_REGISTERED },
	/* A share of the nation, and of nobody else. */
	[PROGRAMME_REVIEW] = { PROGRAMME_NATION, 1 << PROGRAMME_ANNUAL,
			       1 << PROGRAMME_REVIEWS | 1 << PROGRAMME_FACTORS },
	[PROGRAMME_REVIEW_MUNICIPAL] = { PROGRAMME_NATION, 1 << PROGRAMME_ANNUAL,
					 1 << PROGRAMME_REVIEWS | 1 << PROGRAMME_FACTORS },
};

struct programme {
	json_t *root; /* owns all texts */
	struct programme_table *tables;
	size_t len;
};

void programme_free(struct programme *p)
{
	if (!p)
		return;
	free(p->tables);
	json_decref(p->root);
	free(p);
}

static enum rc bad(const char *where, const char *what, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "programme-invalid", where, "%s", what);
}

static int index_of(const char *text, const char *const *names, size_t n)
{
	for (size_t i = 0; text && i < n; i++)
		if (!strcmp(names[i], text))
			return (int)i;
	return -1;
}

static bool read_levels(const json_t *list, unsigned *ret)
{
	*ret = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		int level = index_of(json_string_value(json_array_get(list, i)), level_names,
				     ARRAY_LEN(level_names));

		if (level < 0)
			return false;
		*ret |= 1U << level;
	}
	return *ret != 0;
}

static bool read_dimensions(const json_t *list, struct programme_table *t)
{
	if (json_array_size(list) > PROGRAMME_TABLE_DIMENSIONS)
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		int d = index_of(json_string_value(json_array_get(list, i)), dimension_codes,
				 PROGRAMME_DIMENSIONS);

		if (d < 0 || !(possible[t->part].dimensions & 1U << d) ||
		    (i && t->dimensions[0] == (enum programme_dimension)d))
			return false;
		t->dimensions[t->dimensions_len++] = (enum programme_dimension)d;
	}
	return true;
}

static bool read_notes(const struct programme *p, const json_t *list, struct programme_table *t)
{
	const json_t *notes = json_object_get(p->root, "notes");

	if (json_array_size(list) > PROGRAMME_TABLE_NOTES)
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));

		if (!name || !json_object_get(notes, name))
			return false;
		t->notes[t->notes_len++] = name;
	}
	return true;
}

static enum rc read_table(const struct programme *p, json_t *json, struct programme_table *t,
			  struct err *reterr)
{
	const char *part = NULL, *unit = NULL, *audience = NULL;
	json_t *regions = NULL, *dimensions = NULL, *notes = NULL;
	int which;

	if (json_unpack(json, "{s:s, s:s, s:s, s:s, s:o, s:o, s:{s:s, s:s !}, s:o !}", "id", &t->id,
			"part", &part, "audience", &audience, "unit", &unit, "regions", &regions,
			"dimensions", &dimensions, "label", "nb", &t->label[PUBLISHED_NB], "en",
			&t->label[PUBLISHED_EN], "notes", &notes))
		return bad(t->id,
			   "a table has id, part, audience, unit, regions, dimensions, "
			   "label and notes",
			   reterr);
	which = index_of(part, part_names, PROGRAMME_PARTS);
	if (which < 0)
		return bad(t->id, "no such part", reterr);
	t->part = (enum programme_part)which;
	which = index_of(unit, unit_names, PROGRAMME_UNITS);
	if (which < 0 || !(possible[t->part].units & 1U << which))
		return bad(t->id, "no such unit in this part", reterr);
	t->unit = (enum programme_unit)which;
	which = index_of(audience, audience_names, ARRAY_LEN(audience_names));
	if (which < 0)
		return bad(t->id, "no such audience", reterr);
	t->audience = (enum published_audience)which;
	if (!read_levels(regions, &t->levels) || t->levels & ~possible[t->part].levels)
		return bad(t->id, "no such regions in this part", reterr);
	if (!read_dimensions(dimensions, t))
		return bad(t->id, "no such dimensions in this part", reterr);
	if (!read_notes(p, notes, t))
		return bad(t->id, "no such note", reterr);
	/* Organisations below the regions agree first; the design says so. */
	if (t->audience == PUBLISHED_PUBLIC && t->levels & (PROGRAMME_HF | PROGRAMME_MUNICIPALITY))
		return bad(t->id, "single organisations are for the sector", reterr);
	return RC_OK;
}

static enum rc read_tables(struct programme *p, struct err *reterr)
{
	const json_t *list = json_object_get(p->root, "tables");
	enum rc rc = RC_OK;

	if (!json_array_size(list) || !programme_version(p)[0] ||
	    programme_threshold(p) < THRESHOLD_MIN || programme_threshold(p) > THRESHOLD_MAX)
		return bad("programme", "it has tables, a version and a threshold from 3", reterr);
	p->tables = calloc(json_array_size(list), sizeof(*p->tables));
	if (!p->tables)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	for (size_t i = 0; !rc && i < json_array_size(list); i++) {
		rc = read_table(p, json_array_get(list, i), &p->tables[p->len], reterr);
		for (size_t j = 0; !rc && j < p->len; j++)
			if (!strcmp(p->tables[j].id, p->tables[p->len].id))
				rc = bad(p->tables[j].id, "two tables of one id", reterr);
		p->len++;
	}
	return rc;
}

enum rc programme_load(const char *dir, struct programme **ret, struct err *reterr)
{
	CLEANUP(programme_freep) struct programme *p = calloc(1, sizeof(*p));
	CLEANUP(buf_release) struct buf text = buf_capped(FILE_MAX), path = buf_capped(8192);
	enum rc rc;

	if (!p || buf_addf(&path, "%s/statistics/programme.json", dir))
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	rc = buf_read_regular(&text, buf_text(&path));
	if (rc)
		return err_set(reterr, rc, "programme-unreadable", buf_text(&path),
			       "the programme cannot be read (%s)", rc_name(rc));
	if (json_strict_load(buf_text(&text), text.len, DEPTH, &p->root, NULL))
		return bad(buf_text(&path), "not one strict JSON value", reterr);
	rc = read_tables(p, reterr);
	if (!rc)
		*ret = TAKE_PTR(p);
	return rc;
}

const char *programme_version(const struct programme *p)
{
	const char *version = json_string_value(json_object_get(p->root, "programme"));

	return version ? version : "";
}

int64_t programme_threshold(const struct programme *p)
{
	return json_integer_value(json_object_get(p->root, "threshold"));
}

const struct programme_table *programme_tables(const struct programme *p, size_t *ret_len)
{
	*ret_len = p->len;
	return p->tables;
}

const char *programme_dimension_code(enum programme_dimension dimension)
{
	return dimension_codes[dimension];
}

static const char *text_of(const struct programme *p, const char *group, const char *name,
			   enum published_lang lang)
{
	const json_t *texts = json_object_get(json_object_get(p->root, group), name);
	const char *text = json_string_value(json_object_get(texts, published_lang_name(lang)));

	return text ? text : "";
}

const char *programme_dimension_label(const struct programme *p, const char *code,
				      enum published_lang lang)
{
	return text_of(p, "dimensions", code, lang);
}

const char *programme_word(const struct programme *p, const char *name, enum published_lang lang)
{
	return text_of(p, "words", name, lang);
}

const char *programme_contents_label(const struct programme *p, const char *code,
				     enum published_lang lang)
{
	return text_of(p, "contents", code, lang);
}

const char *programme_note(const struct programme *p, const char *name, enum published_lang lang,
			   bool *ret_mandatory)
{
	const json_t *note = json_object_get(json_object_get(p->root, "notes"), name);

	*ret_mandatory = json_is_true(json_object_get(note, "mandatory"));
	return text_of(p, "notes", name, lang);
}
