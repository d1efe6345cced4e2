/* Texts with optional parts: "One.[ Another with {detail}.]" (catalogue.h). */
#ifndef VARDE_RULES_TEXT_H
#define VARDE_RULES_TEXT_H

#include "base/buf.h"

#include <stdbool.h>

/* Whether brackets pair up without nesting and {detail} stands only inside them. */
bool rules_text_valid(const char *text);

/* Appends a valid text, with `detail` in its place or, when that is NULL,
 * without the bracketed parts. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc rules_text_render(const char *text, const char *detail, struct buf *out);

#endif
