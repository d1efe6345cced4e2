/* The code lists of an installation: what words documents may use, what they
 * are called in Norwegian and English, and which places and organisations they
 * may name. Read once from schemas/codes/, never changed afterwards: a struct
 * codes may be shared by all threads. Every text that is handed out belongs to
 * the struct and lives as long. */
#ifndef VARDE_CODES_CODES_H
#define VARDE_CODES_CODES_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct codes;

/* Reads every DIR/LIST.json. Errors name the file: RC_NOT_FOUND and RC_IO
 * ("codes-unreadable"), RC_INVALID ("codes-invalid": not a code list, or lists
 * that contradict each other), RC_NOMEM. The caller owns *ret (codes_free). */
NODISCARD enum rc codes_load(const char *dir, struct codes **ret, struct err *reterr);
void codes_free(struct codes *codes);

/* Whether `code` stands in `list`; false when there is no such list. */
bool codes_has(const struct codes *codes, const char *list, const char *code);

/* The label in `lang` ("nb" or "en"; anything else is taken as "nb"), or NULL
 * when there is no such list or code. A municipality's label is its name. */
const char *codes_label(const struct codes *codes, const char *list, const char *code,
			const char *lang);

/* What the file says of a code at `member`, or NULL: lists have columns of their own. */
const json_t *codes_member(const struct codes *codes, const char *list, const char *code,
			   const char *member);

/* The version of a list, NULL when there is none of that name. */
const char *codes_version(const struct codes *codes, const char *list);

/* Which version of `list` has exactly these codes at its most: all codes of a list
 * are its version; some of them are the version that brought the youngest of them,
 * since lists only grow. `codes_json` is an array, the `enum` of a schema. RC_INVALID
 * ("codes-unknown": where = the list, text = what it lacks) when it is none, or there is
 * no such list or code. *ret belongs to the struct. */
NODISCARD enum rc codes_version_with(const struct codes *codes, const char *list,
				     const json_t *codes_json, const char **ret,
				     struct err *reterr);

/* How versions of lists are ordered, as strcmp(): "1.9" comes before "1.10". */
int codes_version_compare(const char *a, const char *b);

/* A JSON object from list to version, in order of name: what a stored row keeps
 * to say which lists it was read with. */
const char *codes_versions(const struct codes *codes);

/* The lists as JSON: all of one list as its file has it, NULL when there is no
 * such list; and the index {"lists":[{"list","version","valid_from","title",
 * "codes": how many}…]}. Compact UTF-8; `ret_len` may be NULL. */
const char *codes_list_json(const struct codes *codes, const char *list, size_t *ret_len);
const char *codes_index_json(const struct codes *codes, size_t *ret_len);

/* --- municipalities ---------------------------------------------------- */

#define CODES_CANDIDATES_MAX 16

enum codes_municipality_kind {
	CODES_MUNICIPALITY_VALID,     /* the number was in force on that date */
	CODES_MUNICIPALITY_MOVED,     /* not in force; exactly one number was, for the same place */
	CODES_MUNICIPALITY_SPLIT,     /* not in force; several numbers cover parts of the place */
	CODES_MUNICIPALITY_UNKNOWN,   /* in no year that the list covers */
	CODES_MUNICIPALITY_UNCOVERED, /* the date lies before the list begins: nothing can be said
				       */
};

struct codes_municipality_answer {
	enum codes_municipality_kind kind;
	size_t len;                                   /* candidates, 0 unless moved or split */
	const char *candidates[CODES_CANDIDATES_MAX]; /* in order of number */
};

/* What the number `code` says about a date (days since 1970-01-01). Numbers
 * change both ways: an old number for a new event is followed forwards, a new
 * one for an old event backwards. After the list's last date the list is taken
 * to hold. Source of numbers and changes: Statistics Norway, Klass 131. */
struct codes_municipality_answer codes_municipality_on(const struct codes *codes, const char *code,
						       int64_t days);

/* --- organisations ------------------------------------------------------ */

struct codes_organisation {
	const char *code;
	const char *nb, *en;
	const char *kind;   /* in the list organisation_kind */
	const char *parent; /* code of the organisation above, or NULL */
	const char *number; /* organisation number, or NULL where no source gave one */
};

/* All of them, in the file's order. */
const struct codes_organisation *codes_organisations(const struct codes *codes, size_t *ret_len);

/* By organisation number; NULL when no listed organisation has it. */
const struct codes_organisation *codes_organisation_by_number(const struct codes *codes,
							      const char *number);

#endif
