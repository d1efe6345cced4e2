/* Inside of the room: what a table says beside its figures. */
#ifndef VARDE_RELEASE_NOTES_H
#define VARDE_RELEASE_NOTES_H

#include "release/layout.h"

/* The programme's notes, how far the figures are closed, who contributed in each
 * period and where that changed, and how many reports are not counted. False when
 * memory ran out; what was made is the table's all the same. */
NODISCARD bool notes_make(const struct release_input *in, const struct layout *l,
			  struct published_table *t);

#endif
