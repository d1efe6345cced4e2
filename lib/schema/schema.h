/* JSON Schema draft 2020-12 (json-schema.org/draft/2020-12: Core and
 * Validation), compiled once and then shared read-only by all threads.
 *
 * Dialect: a schema without "$schema" is 2020-12. A "$schema" that is neither
 * 2020-12 nor a metaschema in the registry is refused (RC_UNSUPPORTED), as is a
 * metaschema that requires a vocabulary unknown here. Nothing is ever fetched:
 * references reach only what was put into the registry and the bundled 2020-12
 * metaschema. Only schemas that the compiled one can reach are compiled; what
 * is wrong in an unreachable definition goes unnoticed. */
#ifndef VARDE_SCHEMA_SCHEMA_H
#define VARDE_SCHEMA_SCHEMA_H

#include "base/cleanup.h"
#include "base/err.h"
#include "findings/findings.h"
#include "schema/limits.h"

#include <jansson.h>
#include <stdbool.h>

/* --- registry: schema documents by URI, one thread at a time ----------------- */
struct schema_registry;

/* A registry that holds the 2020-12 metaschema. `limits` is copied; NULL for
 * the default. RC_NOMEM. Free it when the last schema is compiled. */
NODISCARD enum rc schema_registry_new(const struct schema_limits *limits,
				      struct schema_registry **ret, struct err *reterr);
void schema_registry_free(struct schema_registry *r);
DEFINE_CLEANUP(struct schema_registry *, schema_registry_free)

/* Adds a copy of `document` under the absolute URI `uri` (its retrieval URI; the
 * base of its "$id") and indexes its identifiers and anchors. On failure the
 * registry is as it was. RC_INVALID (schema-invalid, schema-id, …), RC_CONFLICT
 * (the URI is taken), RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc schema_registry_add(struct schema_registry *r, const char *uri,
				      const json_t *document, struct err *reterr);

/* --- compiled schema ---------------------------------------------------------- */
struct schema;

/* Compiles the schema at `uri` (a document's or an embedded "$id", with or
 * without a fragment) and all that it refers to. The result owns what it needs
 * and may outlive the registry. RC_NOT_FOUND or RC_INVALID (schema-reference: a
 * reference leads nowhere; schema-invalid: a keyword has a value it may not
 * have; schema-pattern: not ECMA-262), RC_UNSUPPORTED (schema-dialect),
 * RC_LIMIT, RC_NOMEM. `reterr->where` is the URI of the schema resource. */
NODISCARD enum rc schema_compile(struct schema_registry *r, const char *uri, struct schema **ret,
				 struct err *reterr);
void schema_free(struct schema *s);
DEFINE_CLEANUP(struct schema *, schema_free)

/* --- check: any thread, any number at once ------------------------------------- */
struct schema_options {
	bool assert_formats; /* "format" refuses; otherwise it is an annotation */
};

/* Checks `instance` and adds every error to `out`, unsorted. RC_OK: valid.
 * RC_INVALID: not valid. RC_LIMIT: a limit was reached, the instance counts as
 * not valid and one finding has the code "schema-limit".
 *
 * A finding's code is "schema-" and the keyword in kebab-case; its severity is
 * error; its detail comes from the schema alone. Its pointer is the value's, but
 * for a missing member where it would stand (one finding each), and for a member
 * that the schema does not name (additionalProperties, unevaluatedProperties,
 * patternProperties, propertyNames) its parent's, since such a name is the
 * sender's. anyOf and oneOf report the one branch that the value was meant for,
 * if type and constants single it out, else one finding of their own.
 *
 * No heap is used while the instance is valid, unless it has arrays or objects
 * of some ten thousands of members under unevaluated*, or a pattern backtracks
 * deeply. `options` may be NULL. The stack needed is about 64 KiB plus what
 * limits.evaluation_depth schemas inside one another take (1 KiB each). */
NODISCARD enum rc schema_check(const struct schema *s, const json_t *instance,
			       const struct schema_options *options, struct findings *out);

/* The same answer without findings, at the first error. */
NODISCARD enum rc schema_accepts(const struct schema *s, const json_t *instance,
				 const struct schema_options *options);

#endif
