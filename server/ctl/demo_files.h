/* The folder of a demonstration: made, filled, never overwritten. */
#ifndef VARDE_CTL_DEMO_FILES_H
#define VARDE_CTL_DEMO_FILES_H

#include "base/err.h"

#include <stddef.h>

/* Makes `dir` (0700), or takes it when it is there and empty. RC_CONFLICT
 * "folder-not-empty", RC_IO "folder-unusable"; where = dir. */
NODISCARD enum rc demo_take_folder(const char *dir, struct err *reterr);

/* Makes DIR/name (0700). */
NODISCARD enum rc demo_make_folder(const char *dir, const char *name, struct err *reterr);

/* Writes a new file DIR/name (0600). RC_CONFLICT when it is there, RC_IO. */
NODISCARD enum rc demo_write(const char *dir, const char *name, const char *text, size_t len,
			     struct err *reterr);

/* Fills the ports that are 0 with free ones on 127.0.0.1, each another. */
NODISCARD enum rc demo_find_ports(int *ports, size_t len, struct err *reterr);

#endif
