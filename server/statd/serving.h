/* Which releases are served: the current one, and earlier ones by name. A thread
 * looks at current.json and swaps the whole when it points elsewhere; a request
 * keeps the release that it began with. */
#ifndef VARDE_STATD_SERVING_H
#define VARDE_STATD_SERVING_H

#include "published/folder.h"

struct log;
struct serving;

/* Reads the key and the current release, if there is one, and begins to watch.
 * Borrowed: `folder`, `log`. RC_INVALID, RC_NOT_FOUND: the key; RC_NOMEM. */
NODISCARD enum rc serving_start(const char *folder, const char *key_file, struct log *log,
				struct serving **ret, struct err *reterr);
void serving_stop(struct serving *serving);
DEFINE_CLEANUP(struct serving *, serving_stop)

/* The current release, NULL when none is served; published_free() it. Any thread. */
struct published *serving_current(struct serving *serving);

/* A release by name, verified when it is first asked for. RC_NOT_FOUND: no such;
 * RC_FORBIDDEN: it was withdrawn; RC_CORRUPT. Any thread. */
NODISCARD enum rc serving_named(struct serving *serving, const char *name, struct published **ret,
				struct err *reterr);

/* Looks at current.json now. Any thread. */
void serving_look(struct serving *serving);

#endif
