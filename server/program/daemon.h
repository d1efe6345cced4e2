/* What main() of every daemon does alike: arguments, hardening, signals, the admin
 * listener, and the words with which it starts to serve, reads again and ends. */
#ifndef VARDE_PROGRAM_DAEMON_H
#define VARDE_PROGRAM_DAEMON_H

#include "base/cleanup.h"
#include "base/err.h"
#include "http/http.h"

struct daemon {
	const char *name;  /* of the program */
	const char *about; /* the lines of --help behind the usage, each with a newline */
	const char *refused, *stopping, *stopped; /* events of the log */

	/* Starts everything, from the file of --config; says that it has. `log` lives until
	 * stop() has returned, which is called after a failure too. */
	enum rc (*start)(void *ctx, const char *config_path, struct log *log, struct err *reterr);
	/* Reads files again (SIGHUP); what cannot be read leaves the old state in force. */
	enum rc (*reload)(void *ctx, struct err *reterr);
	void (*stop)(void *ctx);
	void *ctx;
};

/* Exit statuses beside 0. */
#define DAEMON_REFUSED 2 /* to start: the last line of the log says why */

/* Runs in the foreground until SIGTERM or SIGINT; returns main()'s status. */
int daemon_main(const struct daemon *daemon, int argc, char **argv);

/* A small server for operators and their monitoring. NULL `listen`: none. */
NODISCARD enum rc daemon_admin_start(const char *listen, const struct http_route *routes,
				     size_t route_count, void *ctx, struct http_server **ret,
				     struct err *reterr);

#endif
