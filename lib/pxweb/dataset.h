/* Answers of PxWebApi 2 as JSON: JSON-stat 2.0 datasets and the small documents
 * around them, as PxTools/PxApiSpecs describes them. Pure; new references, NULL
 * when memory ran out. */
#ifndef VARDE_PXWEB_DATASET_H
#define VARDE_PXWEB_DATASET_H

#include "pxweb/selection.h"

#include <jansson.h>

/* What a table does not know of itself; borrowed. */
struct px_about {
	const char *base_url; /* of the API, as "https://…/api/v2" */
	const char *release;  /* "2026K1" */
	const char *source[PUBLISHED_LANGS];
	const char *contact[PUBLISHED_LANGS];
	int64_t updated_ms; /* the release's cut-off */
};

/* A dataset with the values of a selection. A hidden cell is null with status ":";
 * eliminated variables are left out. */
json_t *px_dataset(const struct px_selection *selection, const struct px_about *about,
		   enum published_lang lang);

/* The same without values, of the whole table: its metadata. */
json_t *px_metadata(const struct published_table *table, const struct px_about *about,
		    enum published_lang lang);

/* One entry of /tables; `language` is added for /tables/{id}. */
json_t *px_table(const struct published_table *table, const struct px_about *about,
		 enum published_lang lang, bool with_language);

/* {"selection":[{variableCode, valueCodes}],"language","links"} of a selection. */
json_t *px_selection_json(const struct px_selection *selection, const struct px_about *about,
			  enum published_lang lang);

/* {rel, hreflang, href} with a path below the API's address. */
json_t *px_link(const struct px_about *about, const char *rel, enum published_lang lang,
		const char *path);

/* The dimension of time, which every checked table has. */
const struct published_dimension *px_time_of(const struct published_table *table);

/* "no"/"nb" and "en" as PxWeb says them: "no" and "en". */
const char *px_lang_name(enum published_lang lang);

/* "2026-04-01": the date alone, as the specification's pattern has it. */
const char *px_date(int64_t ms, char out[32]);

#endif
