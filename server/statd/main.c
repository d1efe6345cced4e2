/* varde-statd --config FILE: serves promoted releases, waits for a signal, and goes
 * down in the reverse order. Runs in the foreground, as a user of its own that can
 * read the published releases and nothing of the intake. */
#include "base/clock.h"
#include "config/config.h"
#include "http/log.h"
#include "issuers/issuers.h"
#include "limits/rates.h"
#include "program/harden.h"
#include "statd/readers.h"
#include "statd/serving.h"
#include "statd/statd.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define DRAIN_MS 8000
#define EXIT_REFUSED 2
#define CLIENTS 65536

static enum rc check_config(const struct config *c, struct err *reterr)
{
	if (c->statistics_external_url && c->statistics_published && c->statistics_release_key)
		return RC_OK;
	return err_set(reterr, RC_INVALID, "config-missing-key", c->path,
		       "[statistics] needs external_url, published and release_key");
}

static enum rc open_all(struct statd *s, const char *config_path, struct err *reterr)
{
	enum rc rc = config_load(config_path, &s->config, reterr);

	if (!rc && s->config->clock_ms)
		clock_set_ms(s->config->clock_ms);
	if (!rc)
		rc = check_config(s->config, reterr);
	if (!rc && sodium_init() < 0)
		rc = err_set(reterr, RC_IO, "no-randomness", NULL, "libsodium could not start");
	if (!rc && rates_new(CLIENTS, &s->rates))
		rc = err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	if (!rc)
		rc = issuers_new(s->config, clock_now_ms(), &s->issuers, reterr);
	if (!rc)
		rc = readers_new(s->config, s->issuers, &s->readers, reterr);
	if (!rc)
		rc = serving_start(s->config->statistics_published,
				   s->config->statistics_release_key, s->log, &s->serving, reterr);
	return rc;
}

static enum rc start(struct statd *s, struct err *reterr)
{
	const struct http_options options = {
		.listen = s->config->statistics_listen,
		.routes = statd_routes,
		.route_count = statd_routes_len,
		.ctx = s,
		.workers = (unsigned)s->config->intake_workers,
		.trusted_proxies = s->config->trusted_proxies,
		.client_header = s->config->client_header,
		.log = s->log,
		.after_reply = metrics_after_reply,
	};
	struct http_options with_metrics = options;

	problem_use(statd_problems, statd_problems_len);
	s->metrics = metrics_new("varde_statd", statd_routes, statd_routes_len);
	if (!s->metrics)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	with_metrics.after_reply_ctx = s->metrics;
	return http_server_start(&with_metrics, &s->server, reterr);
}

static enum rc start_admin(struct statd *s, struct err *reterr)
{
	const struct http_options options = { .listen = s->config->statistics_admin_listen,
					      .routes = statd_admin_routes,
					      .route_count = statd_admin_routes_len,
					      .ctx = s,
					      .workers = 1,
					      .connections = 16 };

	return options.listen ? http_server_start(&options, &s->admin_server, reterr) : RC_OK;
}

/* On an issuer's own thread: with what the sector's tokens are verified. */
static void on_issuer(void *ctx, size_t issuer, enum issuer_event event, const struct err *err)
{
	const struct statd *s = ctx;
	struct issuer_status status;

	issuers_status(s->issuers, issuer, clock_now_ms(), &status);
	log_event(s->log, err ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "issuer-keys",
		  "{s:s, s:i, s:s}", "issuer", status.name, "event", (int)event, "code",
		  err ? err->code : "");
}

static void stop_all(struct statd *s)
{
	if (s->server && http_server_drain(s->server, DRAIN_MS))
		log_event(s->log, LOG_LEVEL_WARNING, "drain-cut-short", NULL);
	http_server_free(s->admin_server);
	http_server_free(s->server);
	if (s->issuers)
		issuers_stop(s->issuers);
	serving_stop(s->serving);
	readers_free(s->readers);
	issuers_free(s->issuers);
	rates_free(s->rates);
	metrics_free(s->metrics);
	config_free(s->config);
}

static void wait_for_end(struct statd *s, const sigset_t *signals)
{
	struct err err = { 0 };
	int signal = 0;

	for (;;) {
		if (sigwait(signals, &signal))
			continue;
		if (signal != SIGHUP)
			break;
		serving_look(s->serving);
		if (issuers_reload(s->issuers, &err))
			log_event(s->log, LOG_LEVEL_ERROR, "reload-failed", "{s:s, s:s, s:s}",
				  "code", err.code, "where", err.where, "text", err.text);
		else
			log_event(s->log, LOG_LEVEL_INFO, "reloaded", NULL);
	}
	log_event(s->log, LOG_LEVEL_INFO, "statd-stopping", NULL);
}

static int usage(FILE *out)
{
	fputs("usage: varde-statd --config FILE | --version | --help\n"
	      "       The statistics API, in the foreground; one JSON object a line on stderr.\n"
	      "       Serves the releases in [statistics] published; a promotion is seen within a\n"
	      "       second. SIGTERM stops, SIGHUP reads the issuers' keys again. Exit status: 0\n"
	      "       stopped, 2 refused to start (the last line says why).\n",
	      out);
	return out == stdout ? EXIT_SUCCESS : EXIT_REFUSED;
}

int main(int argc, char **argv)
{
	struct statd s = { 0 };
	struct err err = { 0 };
	sigset_t signals;
	enum rc rc;

	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("varde-statd " VARDE_VERSION);
		return EXIT_SUCCESS;
	}
	if (argc == 2 && !strcmp(argv[1], "--help"))
		return usage(stdout);
	if (argc != 3 || strcmp(argv[1], "--config"))
		return usage(stderr);
	harden_process();
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);

	s.log = log_new(stderr);
	rc = open_all(&s, argv[2], &err);
	if (!rc)
		rc = issuers_start(s.issuers, on_issuer, &s, &err);
	if (!rc)
		rc = start(&s, &err);
	if (!rc)
		rc = start_admin(&s, &err);
	if (rc) {
		log_event(s.log, LOG_LEVEL_ERROR, "statd-refused", "{s:s, s:s, s:s}", "code",
			  err.code, "where", err.where, "text", err.text);
	} else {
		log_event(s.log, LOG_LEVEL_INFO, "statd-started", "{s:s, s:s, s:i}", "version",
			  VARDE_VERSION, "listen", s.config->statistics_listen, "port",
			  (int)http_server_port(s.server));
		wait_for_end(&s, &signals);
	}
	stop_all(&s);
	log_free(s.log);
	return rc ? EXIT_REFUSED : EXIT_SUCCESS;
}
