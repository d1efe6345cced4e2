/* \p{…}: the names that ECMA-262 (tables 68 to 70) gives Unicode properties, in
 * PCRE2's words. */
#ifndef VARDE_SCHEMA_PROPERTY_H
#define VARDE_SCHEMA_PROPERTY_H

#include "base/buf.h"

#include <stdbool.h>

/* Takes "{…}" off *at and appends PCRE2's escape, negated if asked. RC_INVALID
 * when it is no such property. */
NODISCARD enum rc property_translate(const char **at, const char *end, bool negated,
				     struct buf *out);

#endif
