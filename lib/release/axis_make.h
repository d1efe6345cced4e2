/* Inside of the room: how axes are made. */
#ifndef VARDE_RELEASE_AXIS_MAKE_H
#define VARDE_RELEASE_AXIS_MAKE_H

#include "release/axis.h"

/* NULL when memory ran out; valid until the next. */
struct axis_category *axis_add(struct axis *axis, const char *code, int32_t parent, unsigned level);
void axis_label(struct axis_category *c, enum published_lang lang, const char *text);

#endif
