/* Inside of the room: one expression over one variable's codes. */
#ifndef VARDE_PXWEB_EXPRESSION_H
#define VARDE_PXWEB_EXPRESSION_H

#include "pxweb/selection.h"

/* Marks in `chosen` (one per category) what `text` selects. RC_NOT_FOUND: nothing is
 * called so; RC_INVALID: no expression. */
NODISCARD enum rc px_expression(const struct published_dimension *dimension, const char *text,
				bool *chosen);

/* Index of a code, exact or else in any case; -1. */
int px_find_category(const struct published_dimension *dimension, const char *code, size_t len);

#endif
