/* Where the operator socket is: DATA/operator.sock. Its folder is entered by
 * file descriptor, so that a long path does not hit the 108 bytes of sun_path. */
#ifndef VARDE_OPERATE_DIAL_H
#define VARDE_OPERATE_DIAL_H

#include "base/err.h"

#define OPERATE_SOCKET "operator.sock"

/* Connects to the socket in folder `data`. RC_NOT_FOUND: nobody listens there;
 * RC_FORBIDDEN "operator-socket": another's folder; RC_IO. The caller closes. */
NODISCARD enum rc operate_dial(const char *data, int *ret_fd, struct err *reterr);

/* Makes the socket (0600, close-on-exec, listening, not blocking) in folder `data`, in place
 * of one that a dead process left. The caller holds the folder's lock. RC_IO. */
NODISCARD enum rc operate_listen(const char *data, int *ret_fd, struct err *reterr);

#endif
