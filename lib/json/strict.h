/* JSON from outside, read strictly.
 *
 * Refused: anything that is not exactly one RFC 8259 value (a byte order mark,
 * trailing bytes, NUL bytes, \u0000), invalid UTF-8 and lone surrogates, two
 * members of one name (after unescaping) in an object, numbers outside int64 or
 * double, nesting deeper than `max_depth` (checked on the raw bytes, since
 * jansson 2.14 recurses without a limit of its own when it dumps or compares). */
#ifndef VARDE_JSON_STRICT_H
#define VARDE_JSON_STRICT_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define JSON_INTAKE_DEPTH 32

/* Whether nesting of objects and arrays in these bytes stays within `max`. */
bool json_depth_within(const char *text, size_t len, unsigned max);

/* RC_INVALID with code "invalid-json" (where = "line:column", never content),
 * RC_NOMEM. The caller owns *ret (json_decref). Any thread. */
NODISCARD enum rc json_strict_load(const char *text, size_t len, unsigned max_depth, json_t **ret,
				   struct err *reterr);

#endif
