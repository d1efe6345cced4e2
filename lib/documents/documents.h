/* The kinds of document this installation knows: one folder per kind and one
 * file per version under schemas/, compiled once and shared read-only.
 *
 * A broken file stops neither the others nor the program: it is left out and
 * named. What a kind needs besides its schema is its row mapping below. */
#ifndef VARDE_DOCUMENTS_DOCUMENTS_H
#define VARDE_DOCUMENTS_DOCUMENTS_H

#include "base/cleanup.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct documents;
struct marks;
struct schema;

struct document_type {
	char *name;    /* "incident-report/1.0" */
	char *kind;    /* "incident-report" */
	char *version; /* "1.0" */
	bool open;     /* taken for submission here (configuration, [reports] accept) */
	/* Kinds, constants, or NULL: of which a document with the same report_id must have
	 * come before, and one after which nothing new of this kind is taken. */
	const char *about, *ended_by;
	bool takes_back; /* it ends a report, and adds nothing to it */
	struct schema *schema;
	struct marks *marks;
	char *text; /* the schema file's bytes, as served */
	size_t text_len;
};

/* Loads FOLDER/KIND/VERSION.json for every kind with a row mapping. `accept`
 * names those open for submission; one that is missing or broken is an error
 * (RC_NOT_FOUND, RC_INVALID, where = file or name), since senders rely on it.
 * `broken` (may be NULL) is told of other files that were left out. */
NODISCARD enum rc documents_load(const char *folder, char *const *accept, size_t accept_len,
				 void (*broken)(void *ctx, const struct err *err), void *ctx,
				 struct documents **ret, struct err *reterr);
void documents_free(struct documents *documents);
DEFINE_CLEANUP(struct documents *, documents_free)

/* In order of name. NULL when unknown. Any thread. */
const struct document_type *documents_find(const struct documents *documents, const char *name);
const struct document_type *documents_list(const struct documents *documents, size_t *ret_len);

/* What of a document its row is found by. */
struct document_key {
	char report_id[37]; /* lower case */
	int64_t revision;
	const char *supersedes;    /* borrowed from the document; NULL when absent */
	const char *local_case_id; /* likewise */
	bool erases;               /* it takes the content of the report's other documents */
};

/* Reads the key of a document that passed its schema. RC_INVALID when a member
 * is not there after all. */
NODISCARD enum rc document_key_read(const struct document_type *type, const json_t *document,
				    struct document_key *ret);

#endif
