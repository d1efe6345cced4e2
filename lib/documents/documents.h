/* The kinds of document this installation knows: one folder per kind and one
 * file per version under schemas/, compiled once and shared read-only.
 *
 * A broken file stops neither the others nor the program: it is named, and what was
 * good before stays in force. What a kind needs besides its schema is its row mapping
 * in documents.c. */
#ifndef VARDE_DOCUMENTS_DOCUMENTS_H
#define VARDE_DOCUMENTS_DOCUMENTS_H

#include "base/cleanup.h"
#include "base/err.h"
#include "codes/codes.h"
#include "config/config.h"

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
	bool accepted; /* named by the configuration, [reports] accept */
	bool kept;     /* its file is broken or gone: this is the last good one */
	/* Of [schema NAME] in the configuration; 0 and NULL: not said. */
	int64_t deprecated_ms, sunset_ms;
	char *successor;
	/* Kinds, constants, or NULL: of which a document with the same report_id must have
	 * come before, and one after which nothing new of this kind is taken. */
	const char *about, *ended_by;
	bool takes_back; /* it ends a report, and adds nothing to it */
	struct schema *schema;
	struct marks *marks;
	char *text; /* the schema file's bytes, as served */
	size_t text_len;
	char *code_versions; /* JSON object: code list → version that its documents are read with */
};

/* What a schema is to senders at a time. */
enum document_state {
	DOCUMENT_CLOSED,     /* known, not taken here */
	DOCUMENT_OPEN,       /* taken */
	DOCUMENT_DEPRECATED, /* taken still, and its senders are told */
	DOCUMENT_RETIRED,    /* taken no more; what was taken is recognised */
};
enum document_state document_state(const struct document_type *type, int64_t now_ms);
const char *document_state_name(enum document_state state);

/* Whether new documents of it are taken: open or deprecated. */
bool document_is_taken(const struct document_type *type, int64_t now_ms);

/* What documents_load() reads. */
struct documents_source {
	const char *folder;          /* of schemas */
	const struct config *config; /* accept and ending alone are looked at */
	const struct codes *codes;   /* what schemas may use */
	/* What was in force until now, NULL at start. With it nothing is fatal but a lack
	 * of memory: a schema whose file is broken stays as it was, one that is accepted
	 * and gone as well. */
	const struct documents *previous;
	/* Told of each file that is broken, and of what the configuration names and is not
	 * there; may be NULL. */
	void (*broken)(void *ctx, const struct err *err);
	void *ctx;
};

/* Loads FOLDER/KIND/VERSION.json for every kind with a row mapping. At start an accepted
 * one that is missing or broken is an error (RC_NOT_FOUND, RC_INVALID, where = file or
 * name), since senders rely on it. RC_NOMEM. */
NODISCARD enum rc documents_load(const struct documents_source *source, struct documents **ret,
				 struct err *reterr);
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

/* Reads the key of a document. RC_INVALID when a member is not there. */
NODISCARD enum rc document_key_read(const struct document_type *type, const json_t *document,
				    struct document_key *ret);

#endif
