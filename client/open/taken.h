/* Which numbers have been seen: a growing list, cheap when they come in order. */
#ifndef VARDE_OPEN_TAKEN_H
#define VARDE_OPEN_TAKEN_H

#include "base/rc.h"

#include <stddef.h>
#include <stdint.h>

struct taken {
	int64_t *list; /* ascending */
	size_t len, size;
};

/* RC_CONFLICT when it is there already; RC_NOMEM. */
NODISCARD enum rc taken_add(struct taken *taken, int64_t number);

void taken_release(struct taken *taken);

#endif
