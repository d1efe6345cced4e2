/* varde-statd --config FILE: serves promoted releases, waits for a signal, and goes
 * down in the reverse order. Runs in the foreground, as a user of its own that can
 * read the published releases and nothing of the intake. */
#include "base/clock.h"
#include "config/config.h"
#include "http/log.h"
#include "issuers/issuers.h"
#include "limits/rates.h"
#include "program/daemon.h"
#include "program/issuer_watch.h"
#include "statd/readers.h"
#include "statd/serving.h"
#include "statd/statd.h"

#include <sodium.h>

#define DRAIN_MS 8000
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

static enum rc serve(struct statd *s, struct err *reterr)
{
	const struct http_options options = {
		.listen = s->config->statistics_listen,
		.routes = statd_routes,
		.route_count = statd_routes_len,
		.ctx = s,
		.workers = (unsigned)s->config->intake_workers,
		.trusted_proxies = s->config->trusted_proxies,
		.client_header = s->config->client_header,
		.cross_origin = true,
		.log = s->log,
		.after_reply = metrics_after_reply,
		.after_reply_ctx = s->metrics,
	};

	return http_server_start(&options, &s->server, reterr);
}

static enum rc start_all(struct statd *s, struct err *reterr)
{
	enum rc rc;

	problem_use(statd_problems, statd_problems_len);
	s->metrics = metrics_new("varde_statd", statd_routes, statd_routes_len);
	if (!s->metrics)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	rc = issuer_watch_start(s->config, s->issuers, s->metrics, s->log, &s->issuer_watch,
				reterr);
	if (!rc)
		rc = serve(s, reterr);
	if (!rc)
		rc = daemon_admin_start(s->config->statistics_admin_listen, statd_admin_routes,
					statd_admin_routes_len, s, &s->admin_server, reterr);
	return rc;
}

static enum rc start(void *ctx, const char *config_path, struct log *log, struct err *reterr)
{
	struct statd *s = ctx;
	enum rc rc;

	s->log = log;
	rc = open_all(s, config_path, reterr);
	if (!rc)
		rc = start_all(s, reterr);
	if (!rc)
		log_event(log, LOG_LEVEL_INFO, "statd-started", "{s:s, s:s, s:i}", "version",
			  VARDE_VERSION, "listen", s->config->statistics_listen, "port",
			  (int)http_server_port(s->server));
	return rc;
}

static enum rc reload(void *ctx, struct err *reterr)
{
	struct statd *s = ctx;

	serving_look(s->serving);
	return issuers_reload(s->issuers, reterr);
}

static void stop(void *ctx)
{
	struct statd *s = ctx;

	if (s->server && http_server_drain(s->server, DRAIN_MS))
		log_event(s->log, LOG_LEVEL_WARNING, "drain-cut-short", NULL);
	http_server_free(s->admin_server);
	http_server_free(s->server);
	serving_stop(s->serving);
	readers_free(s->readers);
	issuers_free(s->issuers);
	issuer_watch_free(s->issuer_watch);
	rates_free(s->rates);
	metrics_free(s->metrics);
	config_free(s->config);
}

int main(int argc, char **argv)
{
	struct statd s = { 0 };
	const struct daemon daemon = {
		.name = "varde-statd",
		.about = "       The statistics API and its page, in the foreground; one JSON "
			 "object "
			 "a line on\n"
			 "       stderr. Serves the releases in [statistics] published; a "
			 "promotion is "
			 "seen within\n"
			 "       a second. SIGTERM stops, SIGHUP reads the issuers' keys again. "
			 "Exit "
			 "status: 0\n"
			 "       stopped, 2 refused to start (the last line says why).\n",
		.refused = "statd-refused",
		.stopping = "statd-stopping",
		.stopped = "statd-stopped",
		.start = start,
		.reload = reload,
		.stop = stop,
		.ctx = &s,
	};

	return daemon_main(&daemon, argc, argv);
}
