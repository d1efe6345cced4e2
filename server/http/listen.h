/* Listening sockets. */
#ifndef VARDE_HTTP_LISTEN_H
#define VARDE_HTTP_LISTEN_H

#include "base/err.h"

/* Opens and binds "127.0.0.1:8080", "[::1]:0" or "unix:/path" (mode 0660; a
 * socket that nobody listens on is replaced). *ret_port is 0 for a Unix socket;
 * *ret_path (free it) is NULL for TCP. Names are not resolved.
 * RC_INVALID: not an address; RC_IO: cannot bind; RC_NOMEM. */
NODISCARD enum rc listen_open(const char *address, int *ret_fd, unsigned *ret_port, char **ret_path,
			      struct err *reterr);

#endif
