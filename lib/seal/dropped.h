/* What is sealed in place of a document that may not be kept: a note of the same length,
 * so that neither the size nor anything else outside the envelope tells. Who opens it
 * offline learns that something was dropped, not what.
 *
 *   {"varde":"dropped-by-reservation"} and spaces up to the length */
#ifndef VARDE_SEAL_DROPPED_H
#define VARDE_SEAL_DROPPED_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends a note of `len` bytes, cut when that is less than its words. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc seal_dropped_note(size_t len, struct buf *out);

/* Whether an opened text is one. */
bool seal_is_dropped(const char *text, size_t len);

#endif
