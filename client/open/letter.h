/* The answer to one person, to be read and sent: what is held, from whom, since when, what
 * it is used for, whom to ask. In Norwegian (bokmål). */
#ifndef VARDE_OPEN_LETTER_H
#define VARDE_OPEN_LETTER_H

#include "open/open.h"

#include <jansson.h>
#include <stdint.h>

/* Writes it to stdout. `found` is what find.c gathered: documents that the person stands in,
 * in order of their export; `searched` how many documents were opened, `closed` how many
 * could not be. RC_IO, RC_NOMEM; code lists that cannot be read leave codes as they are. */
NODISCARD enum rc letter_write(const struct find_request *request, const json_t *found,
			       int64_t searched, int64_t closed, int64_t now_ms);

#endif
