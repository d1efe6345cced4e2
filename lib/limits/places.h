/* Places: how many requests of one name, and of all names, may be on their way at the
 * same time, and how many bytes those of one name may hold together. A place is taken
 * when a request comes and given back when it has gone. Any thread. */
#ifndef VARDE_LIMITS_PLACES_H
#define VARDE_LIMITS_PLACES_H

#include "base/cleanup.h"
#include "base/rc.h"
#include "limits/limits.h"

#include <stddef.h>
#include <stdint.h>

struct places;
struct place;

struct places_caps {
	int64_t all;        /* 1 to 2^18 */
	int64_t each;       /* of one name; 0: as all */
	int64_t each_bytes; /* of one name together; 0: no bound */
};

/* RC_NOMEM, RC_INVALID. */
NODISCARD enum rc places_new(const struct places_caps *caps, struct places **ret);
/* Every place must have been given back. */
void places_free(struct places *places);
DEFINE_CLEANUP(struct places *, places_free)

/* A place for something of `bytes` bytes; give it back with place_leave(). RC_LIMIT:
 * this name has as many as it may, or its bytes would be too many (what is alone is
 * never too large). RC_BUSY: all places are taken. RC_NOMEM. */
NODISCARD enum rc places_enter(struct places *places, const char *name, int64_t bytes,
			       struct place **ret);

/* NULL is allowed. */
void place_leave(struct place *place);

/* How many are taken now, by all. */
int64_t places_taken(struct places *places);

#endif
