/* The publication programme: the fixed list of tables that the institute publishes,
 * and nothing else exists to ask for. Read from schemas/statistics/programme.json.
 *
 * A table takes a part of all counts (hospitals, municipalities, final figures, reviews),
 * levels of the organisation, further dimensions and a unit of time; every table
 * has the event class. Immutable, shared by threads; texts belong to the programme. */
#ifndef VARDE_RELEASE_PROGRAMME_H
#define VARDE_RELEASE_PROGRAMME_H

#include "base/cleanup.h"
#include "base/err.h"
#include "published/published.h"

#include <jansson.h>

enum programme_part {
	PROGRAMME_HOSPITAL,         /* health trusts, by month of registration */
	PROGRAMME_MUNICIPAL,        /* municipalities, by year of registration */
	PROGRAMME_FINAL,            /* health trusts, by year of event */
	PROGRAMME_REVIEW,           /* reviews of notified events: of health trusts */
	PROGRAMME_REVIEW_MUNICIPAL, /* and of municipalities */
	PROGRAMME_PARTS,
};

enum programme_unit {
	PROGRAMME_MONTHLY,
	PROGRAMME_QUARTERLY,
	PROGRAMME_ANNUAL,
	PROGRAMME_WINDOWS, /* three whole years */
	PROGRAMME_UNITS,
};

/* Levels of the organisation, as a mask. */
enum programme_level {
	PROGRAMME_NATION = 1,
	PROGRAMME_RHF = 2,
	PROGRAMME_HF = 4,
	PROGRAMME_COUNTY = 8,
	PROGRAMME_MUNICIPALITY = 16,
};

/* Dimensions beside organisation, event class and time. */
enum programme_dimension {
	PROGRAMME_TYPE,
	PROGRAMME_SEVERITY,
	PROGRAMME_PLACE,
	PROGRAMME_STAGE,
	PROGRAMME_TIMELINESS,
	PROGRAMME_LINKED,
	PROGRAMME_REGISTERED, /* year of registration */
	PROGRAMME_REVIEWS,    /* how far the review has come */
	PROGRAMME_FACTORS,    /* what completed reviews say of contributing factors */
	PROGRAMME_DIMENSIONS,
};

#define PROGRAMME_TABLE_DIMENSIONS 2
#define PROGRAMME_TABLE_NOTES 12

struct programme_table {
	const char *id;
	enum programme_part part;
	enum programme_unit unit;
	enum published_audience audience;
	unsigned levels;
	enum programme_dimension dimensions[PROGRAMME_TABLE_DIMENSIONS];
	size_t dimensions_len;
	const char *label[PUBLISHED_LANGS];
	const char *notes[PROGRAMME_TABLE_NOTES]; /* names, for programme_note() */
	size_t notes_len;
};

struct programme;

/* Reads DIR/statistics/programme.json. RC_NOT_FOUND, RC_IO "programme-unreadable";
 * RC_INVALID "programme-invalid" with where = table or member; RC_NOMEM. */
NODISCARD enum rc programme_load(const char *dir, struct programme **ret, struct err *reterr);
void programme_free(struct programme *programme);
DEFINE_CLEANUP(struct programme *, programme_free)

const char *programme_version(const struct programme *programme);
int64_t programme_threshold(const struct programme *programme);
const struct programme_table *programme_tables(const struct programme *programme, size_t *ret_len);

/* PxWeb code of a dimension: "Region", "Hendelsestype", "Tid" … */
extern const char programme_code_region[], programme_code_class[], programme_code_contents[],
	programme_code_time[];
const char *programme_dimension_code(enum programme_dimension dimension);

/* Texts by name; "" where the file has none. */
const char *programme_dimension_label(const struct programme *programme, const char *code,
				      enum published_lang lang);
const char *programme_word(const struct programme *programme, const char *name,
			   enum published_lang lang);
const char *programme_contents_label(const struct programme *programme, const char *code,
				     enum published_lang lang);
const char *programme_note(const struct programme *programme, const char *name,
			   enum published_lang lang, bool *ret_mandatory);

#endif
