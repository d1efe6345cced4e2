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

/* Appends the words of a JSON text of strings for people: ["hf","municipality"]
 * as "hf, municipality", "1.0" without its quotes. The text may be cut short. */
void rules_text_words(const char *json, struct buf *out);

#endif
