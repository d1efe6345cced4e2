/* The members of a document that the custodian asked for. */
#ifndef VARDE_OPEN_MEMBERS_H
#define VARDE_OPEN_MEMBERS_H

#include "base/cleanup.h"
#include "base/err.h"

#include <jansson.h>

struct members;

/* From JSON Pointers (RFC 6901) with commas between; NULL is the whole document.
 * RC_INVALID "members": not a pointer. RC_NOMEM. */
NODISCARD enum rc members_new(const char *list, struct members **ret, struct err *reterr);

/* A new object {pointer: value} of those that the document has, or the document
 * itself when all is asked for. NULL when memory is out. */
json_t *members_pick(const struct members *members, const json_t *document);

void members_free(struct members *members);
DEFINE_CLEANUP(struct members *, members_free)

#endif
