/* A passphrase, in locked memory, from a file or from the terminal. */
#ifndef VARDE_OPEN_PASSPHRASE_H
#define VARDE_OPEN_PASSPHRASE_H

#include "base/cleanup.h"
#include "base/err.h"

#include <stddef.h>

struct passphrase {
	size_t len;
	char text[]; /* sodium_malloc() */
};

/* The file's bytes, one line ending at the end left out. RC_INVALID
 * "passphrase" (empty, too long), RC_NOT_FOUND, RC_IO, RC_NOMEM. */
NODISCARD enum rc passphrase_from_file(const char *path, struct passphrase **ret,
				       struct err *reterr);

/* The same from standard input to its end. */
NODISCARD enum rc passphrase_from_stdin(struct passphrase **ret, struct err *reterr);

/* Asks on /dev/tty with echo off. RC_IO "terminal" (there is none), RC_INVALID
 * "passphrase" (empty, too long, or broken off). */
NODISCARD enum rc passphrase_from_terminal(const char *prompt, struct passphrase **ret,
					   struct err *reterr);

/* From the file when `path` is not NULL, else from the terminal. */
NODISCARD enum rc passphrase_get(const char *path, const char *prompt, struct passphrase **ret,
				 struct err *reterr);

/* Wipes. */
void passphrase_free(struct passphrase *p);
DEFINE_CLEANUP(struct passphrase *, passphrase_free)

#endif
