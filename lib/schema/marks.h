/* What our own schemas say about members: "x-varde-sealed" (direct identifiers
 * and free text, kept only inside the envelope) and "x-varde-transport" (how the
 * document travelled, not what it says).
 *
 * A mark must be found for every document, whatever validation would say of it.
 * So only the plain structure of a schema is walked: properties, items, and
 * $ref to "#/$defs/…" (chains and cycles allowed). A schema with a mark at any
 * place that this walk does not reach (anyOf, if, allOf, patternProperties, an
 * unused definition, …) is refused, since such a mark would protect nothing; so
 * is one that describes a member or the items of one value twice. */
#ifndef VARDE_SCHEMA_MARKS_H
#define VARDE_SCHEMA_MARKS_H

#include "base/cleanup.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

struct marks;      /* the tree; immutable, any thread may read it */
struct marks_node; /* one value's place in it; borrowed from the tree */

/* Reads the marks of a schema document, which may be freed afterwards.
 * RC_INVALID with code "schema-marks" (where = the JSON Pointer of the place in
 * the schema), RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc marks_new(const json_t *schema, struct marks **ret, struct err *reterr);
void marks_free(struct marks *m);
DEFINE_CLEANUP(struct marks *, marks_free)

/* The whole document. Never NULL. */
const struct marks_node *marks_root(const struct marks *m);

/* The member of this name; NULL when the schema does not know it: treat it as
 * sealed. `node` may be NULL, what is below an unknown place is unknown. */
const struct marks_node *marks_lookup(const struct marks_node *node, const char *member_name);

/* Every element of an array here; NULL when the schema does not describe them. */
const struct marks_node *marks_items(const struct marks_node *node);

/* Sealed itself or by something above it. True for NULL: unknown is sealed. */
bool marks_is_sealed(const struct marks_node *node);

/* Transport itself or by something above it. False for NULL. */
bool marks_is_transport(const struct marks_node *node);

/* Whether the schema describes neither members nor items here: a plain value. */
bool marks_is_leaf(const struct marks_node *node);

#endif
