#include "program/daemon.h"

#include "http/log.h"
#include "program/harden.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADMIN_CONNECTIONS 16

static int usage(const struct daemon *d, FILE *out)
{
	fprintf(out, "usage: %s --config FILE | --version | --help\n%s", d->name, d->about);
	return out == stdout ? EXIT_SUCCESS : DAEMON_REFUSED;
}

/* Blocked in every thread: they are only ever taken by sigwait(). */
static void block_signals(sigset_t *ret)
{
	sigemptyset(ret);
	sigaddset(ret, SIGTERM);
	sigaddset(ret, SIGINT);
	sigaddset(ret, SIGHUP);
	pthread_sigmask(SIG_BLOCK, ret, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void say(struct log *log, enum log_level level, const char *event, const struct err *err)
{
	log_event(log, level, event, "{s:s, s:s, s:s}", "code", err->code, "where", err->where,
		  "text", err->text);
}

static void wait_for_end(const struct daemon *d, struct log *log, const sigset_t *signals)
{
	struct err err;
	int signal = 0;

	for (;;) {
		if (sigwait(signals, &signal))
			continue;
		if (signal != SIGHUP)
			break;
		err = (struct err){ 0 };
		if (d->reload(d->ctx, &err))
			say(log, LOG_LEVEL_ERROR, "reload-failed", &err);
		else
			log_event(log, LOG_LEVEL_INFO, "reloaded", NULL);
	}
	log_event(log, LOG_LEVEL_INFO, d->stopping, "{s:s}", "signal",
		  signal == SIGTERM ? "TERM" : "INT");
}

static int run(const struct daemon *d, const char *config_path)
{
	struct log *log;
	struct err err = { 0 };
	sigset_t signals;
	enum rc rc;

	harden_process();
	block_signals(&signals);
	log = log_new(stderr);
	rc = d->start(d->ctx, config_path, log, &err);
	if (rc)
		say(log, LOG_LEVEL_ERROR, d->refused, &err);
	else
		wait_for_end(d, log, &signals);
	d->stop(d->ctx);
	if (!rc)
		log_event(log, LOG_LEVEL_INFO, d->stopped, NULL);
	log_free(log);
	return rc ? DAEMON_REFUSED : EXIT_SUCCESS;
}

int daemon_main(const struct daemon *d, int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("%s " VARDE_VERSION "\n", d->name);
		return EXIT_SUCCESS;
	}
	if (argc == 2 && !strcmp(argv[1], "--help"))
		return usage(d, stdout);
	if (argc != 3 || strcmp(argv[1], "--config"))
		return usage(d, stderr);
	return run(d, argv[2]);
}

enum rc daemon_admin_start(const char *listen, const struct http_route *routes, size_t route_count,
			   void *ctx, struct http_server **ret, struct err *reterr)
{
	const struct http_options options = { .listen = listen,
					      .routes = routes,
					      .route_count = route_count,
					      .ctx = ctx,
					      .workers = 1,
					      .connections = ADMIN_CONNECTIONS };

	return listen ? http_server_start(&options, ret, reterr) : RC_OK;
}
