/* One text per JSON value: members sorted by name (code points), no white
 * space, strings with the shortest escapes, integers in decimal. Used where two
 * documents must compare as the same however they were spaced or ordered.
 * Reals are refused: our schemas admit none, and their texts differ between
 * programs. */
#ifndef VARDE_JSON_CANONICAL_H
#define VARDE_JSON_CANONICAL_H

#include "base/buf.h"

#include <jansson.h>

/* Appends the canonical text. RC_INVALID (a real number), RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc json_canonical(const json_t *value, struct buf *out);

#endif
