/* The operators' way into the running daemon: DATA/operator.sock, on which the
 * table of lib/operate is offered as lib/operate/wire.h says.
 *
 * Only the daemon's own user and root are served: the socket is 0600 in a folder
 * of 0700, and the peer's uid is asked of the kernel (SO_PEERCRED). A few threads
 * of their own serve one caller each, so that a long export holds up neither
 * intake nor the next operator. */
#ifndef VARDE_VARDED_OPERATOR_SOCKET_H
#define VARDE_VARDED_OPERATOR_SOCKET_H

#include "base/cleanup.h"
#include "base/err.h"

struct installation;
struct log;
struct operate_process;
struct operator_socket;

/* Makes the socket and starts to serve. The caller holds the folder's lock;
 * `installation`, `log` and what `process` names are borrowed until stop. Each call is
 * one log event, "operator-call" with command, operator, uid and code, never an
 * argument. RC_IO "operator-socket", RC_NOMEM. */
NODISCARD enum rc operator_socket_start(struct installation *installation,
					const struct operate_process *process, struct log *log,
					struct operator_socket **ret, struct err *reterr);

/* Takes no new callers, cuts the connections of those being served (a change
 * under way is finished), waits for the threads and removes the socket. NULL is
 * fine. Before installation_close(). */
void operator_socket_stop(struct operator_socket *socket);
DEFINE_CLEANUP(struct operator_socket *, operator_socket_stop)

#endif
