/* Inside of the room: how code lists lie in memory. */
#ifndef VARDE_CODES_LIST_H
#define VARDE_CODES_LIST_H

#include "base/buf.h"
#include "codes/codes.h"

#include <jansson.h>

struct code {
	const char *code;
	const char *nb, *en;
	const json_t *row; /* all that the file says of it */
	const char *since; /* the version of the list that brought it */
};

struct code_list {
	json_t *document; /* owns every text below */
	const char *name;
	const char *version;
	struct code *codes; /* in order of code */
	size_t len;
	char *text; /* the document, compact */
	size_t text_len;
};

struct municipality {
	const char *code;
	int64_t from, to; /* days since 1970, inclusive */
};

struct municipality_change {
	int64_t day; /* the first day of `to` */
	const struct municipality *from, *to;
};

struct municipalities {
	struct municipality *list; /* in order of code */
	size_t len;
	struct municipality_change *changes;
	size_t changes_len;
	int64_t covers_from;
};

struct codes {
	struct code_list *lists; /* in order of name */
	size_t len;
	struct municipalities municipalities;
	struct codes_organisation *organisations;
	size_t organisations_len;
	char *versions;
	char *index;
	size_t index_len;
};

/* Takes over `document` on success. `name` is what the file is called. */
NODISCARD enum rc code_list_init(struct code_list *list, json_t *document, const char *name,
				 struct err *reterr);
void code_list_release(struct code_list *list);

const struct code_list *codes_find(const struct codes *codes, const char *list);
const struct code *code_list_find(const struct code_list *list, const char *code);

/* RC_INVALID with code "codes-invalid" for the file of `list`. */
NODISCARD enum rc codes_invalid(struct err *reterr, const char *list, const char *text,
				const char *code);

/* The parts that hang on one list; a missing list leaves them empty. */
NODISCARD enum rc codes_read_municipalities(struct codes *codes, struct err *reterr);
NODISCARD enum rc codes_read_organisations(struct codes *codes, struct err *reterr);
void codes_release_municipalities(struct municipalities *m);

#endif
