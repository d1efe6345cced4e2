/* Files that are there whole or not at all, also after a power cut: written beside
 * their place, brought to disk, renamed, and the folder's entry brought to disk. */
#ifndef VARDE_BASE_FILE_H
#define VARDE_BASE_FILE_H

#include "base/err.h"

#include <stddef.h>
#include <sys/types.h>

/* Makes `path`, or replaces it in one step, with these bytes and this mode. What
 * stood there stays until the new file is on disk; "<path>.new" is used on the way.
 * RC_FULL, RC_IO with code "file-unwritable" and where = path; RC_NOMEM. Not two
 * at a time on one path. */
NODISCARD enum rc file_replace(const char *path, const void *bytes, size_t len, mode_t mode,
			       struct err *reterr);

/* Brings the names in the folder that `path` stands in to disk. RC_IO, RC_NOMEM. */
NODISCARD enum rc file_sync_parent(const char *path);

#endif
