/* The current release for who reads it beside other work: opened when it is first
 * asked for, and again when the pointer has moved on. An older pointer, put back by
 * whomever, is not followed. Any thread. */
#ifndef VARDE_PUBLISHED_LATEST_H
#define VARDE_PUBLISHED_LATEST_H

#include "published/folder.h"

struct published_latest;

/* Copies `dir` and `key_file`, neither read before the first asking; one of them NULL:
 * there are no releases here. RC_NOMEM. */
NODISCARD enum rc published_latest_new(const char *dir, const char *key_file,
				       struct published_latest **ret);
void published_latest_free(struct published_latest *latest);
DEFINE_CLEANUP(struct published_latest *, published_latest_free)

/* The release that is served now, published_free() it. Looks at the pointer, which is a
 * small file; while one thread opens a new release, the others have the one before.
 * RC_NOT_FOUND "release-none": none is promoted, or none is configured. RC_CORRUPT, RC_IO
 * with the err of published_open() and published_key_load(): there is one, and it cannot
 * be verified. */
NODISCARD enum rc published_latest_get(struct published_latest *latest, struct published **ret,
				       struct err *reterr);

#endif
