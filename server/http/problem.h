/* Problems (RFC 9457): one table of codes for a program, ours and its own.
 *
 * A code is kebab-case and stable; its type is "/problems/<code>", which
 * problem_page.h serves. Titles and explanations stand in bokmål and English.
 * Nothing here ever holds a value that a sender wrote. */
#ifndef VARDE_HTTP_PROBLEM_H
#define VARDE_HTTP_PROBLEM_H

#include "findings/findings.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum problem_lang { PROBLEM_NB, PROBLEM_EN };
#define PROBLEM_LANGS 2

/* One row of the table. */
struct problem_kind {
	const char *code;
	int status;
	const char *title[PROBLEM_LANGS];   /* a short clause */
	const char *explain[PROBLEM_LANGS]; /* what happened and what to do */
};

/* Adds a program's own rows behind those of this room; both live on. Once, before
 * the first server starts. */
void problem_use(const struct problem_kind *of_program, size_t len);

/* The row of a code, NULL when unknown. Any thread. */
const struct problem_kind *problem_kind(const char *code);
/* The n-th row in table order, NULL past the end. */
const struct problem_kind *problem_kind_at(size_t n);
size_t problem_kind_count(void);
/* Where a code stands in that order, -1 when unknown. */
int problem_kind_index(const char *code);

/* One occurrence. Everything but `code` is optional; all of it borrowed.
 *   exchange_problem(x, &(struct problem){ .code = "revision-stale", ... }); */
struct problem {
	const char *code;          /* of the table; an unknown one becomes internal-error */
	const char *detail;        /* a sentence about this occurrence; no sender's values */
	const json_t *errors;      /* array of {pointer, keyword | rule, code, message} */
	const char *digest;        /* "sha-256:…" of what is stored */
	unsigned current_revision; /* 0: not told */
	unsigned retry_after;      /* seconds; 0: the table's own (1 for busy, …) or none */
	const char *challenge;     /* WWW-Authenticate; NULL: "Bearer" and "DPoP" for 401 */
	const char *reason;        /* which check failed, a constant in letters and dashes: for
				    * the log, never for the client */
	const json_t *members;     /* object of extension members, added as they are */
};

/* The JSON object: type, title, status, detail, code, trace_id, then the rest.
 * Without `detail` the explanation stands in its place. `trace_id` may be NULL
 * (an item of a batch). New reference; NULL when memory ran out. */
json_t *problem_to_json(const struct problem *problem, enum problem_lang lang,
			const char *trace_id);

/* Status of a problem's code (500 for an unknown one). */
int problem_status(const struct problem *problem);

/* Seconds for Retry-After, 0 when the answer carries none. */
unsigned problem_retry_after(const struct problem *problem);

#endif
