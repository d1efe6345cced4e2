/* varded --config FILE: starts everything, waits for a signal, and goes down in
 * the reverse order. Runs in the foreground. */
#include "base/clock.h"
#include "config/config.h"
#include "documents/documents.h"
#include "http/access_log.h"
#include "installation/installation.h"
#include "intake/life.h"
#include "operate/operate.h"
#include "operate/system.h"
#include "program/daemon.h"
#include "program/harden.h"
#include "program/issuer_watch.h"
#include "rulebook/rulebook.h"
#include "trace/trace.h"
#include "varded/door.h"
#include "varded/gauges.h"
#include "varded/operator_socket.h"
#include "varded/pace.h"
#include "varded/receipt_keys.h"
#include "varded/varded.h"

#include <unistd.h>

#define DRAIN_MS 8000
#define REQUESTS_TRACED 16384 /* of each of three kinds: 9 MB */
#define EXIT_STUCK 3

/* --- up ------------------------------------------------------------------------- */

static enum rc open_all(struct varded *v, const char *config_path, struct err *reterr)
{
	enum rc rc = config_load(config_path, &v->config, reterr);

	if (!rc && v->config->clock_ms)
		clock_set_ms(v->config->clock_ms);
	v->started_at = clock_now_ms();
	if (!rc)
		rc = installation_open(v->config, &v->installation, reterr);
	if (!rc)
		rc = receipt_keys_open(v->config, v->installation->control, clock_now_ms(),
				       &v->receipt_keys, reterr);
	if (!rc)
		rc = issuers_new(v->config, clock_now_ms(), &v->issuers, reterr);
	if (!rc)
		rc = intake_new(v->installation, v->issuers, &v->intake, reterr);
	if (!rc && pace_open(v))
		rc = err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	return rc;
}

/* On a writer thread: a tenant's file has failed, or is well again (RC_OK). */
static void on_tenant_file(void *ctx, const char *orgnr, enum rc rc, const struct err *err)
{
	const struct varded *v = ctx;

	if (rc)
		log_event(v->log, LOG_LEVEL_ERROR, "tenant-file-failed", "{s:s, s:s, s:s}",
			  "tenant", orgnr, "code", err->code, "text", err->text);
	else
		log_event(v->log, LOG_LEVEL_INFO, "tenant-file-well", "{s:s}", "tenant", orgnr);
}

/* Every tenant's file is opened, migrated and looked at before the first request.
 * One that failed is the writers' to mend, and one that is full is tried again
 * with its first report: neither keeps the other tenants waiting. */
static enum rc open_tenants(struct varded *v, struct err *reterr)
{
	CLEANUP(tenant_snapshot_dropp)
	struct tenant_snapshot *snapshot = tenants_hold(v->installation->tenants);
	size_t n;
	const struct tenant *list = tenant_list(snapshot, &n);
	enum rc rc = RC_OK;

	installation_on_tenant_file(v->installation, on_tenant_file, v);
	for (size_t i = 0; !rc && i < n; i++) {
		rc = writer_open(v->installation->writer, list[i].row->orgnr, reterr);
		if (rc == RC_IO || rc == RC_CORRUPT || rc == RC_FULL)
			rc = RC_OK;
	}
	return rc;
}

/* What was erased stays so, whatever file was restored. A file that failed keeps nobody
 * waiting; it is said. */
static void reconcile(struct varded *v)
{
	struct err err = { 0 };
	size_t n = 0;
	enum rc rc = life_reconcile(v->installation, clock_now_ms(), &n, &err);

	if (rc)
		log_event(v->log, LOG_LEVEL_ERROR, "erasures-unchecked", "{s:s, s:s}", "code",
			  err.code, "text", err.text);
	if (n)
		log_event(v->log, LOG_LEVEL_WARNING, "erased-again", "{s:I}", "reports",
			  (json_int_t)n);
}

static enum rc start_intake(struct varded *v, struct err *reterr)
{
	const struct http_options options = {
		.listen = v->config->intake_listen,
		.routes = varded_routes,
		.route_count = varded_routes_len,
		.ctx = v,
		.door = door_ask,
		.verify = door_verify,
		.trusted_proxies = v->config->trusted_proxies,
		.client_header = v->config->client_header,
		.lingering = (unsigned)v->config->unauthenticated,
		.lingering_each = (unsigned)v->config->unauthenticated_per_address,
		.threads = (unsigned)v->config->intake_threads,
		.workers = (unsigned)v->config->intake_workers,
		.queue_limit = (unsigned)v->config->intake_queue,
		.connections = (unsigned)v->config->intake_connections,
		.head_ms = (unsigned)v->config->intake_head_s * 1000,
		.deadline_ms = (unsigned)v->config->intake_deadline_s * 1000,
		.log = v->log,
		.after_reply = after_reply,
		.after_reply_ctx = v,
	};

	return http_server_start(&options, &v->intake_server, reterr);
}

static enum rc start_operators(struct varded *v, struct err *reterr)
{
	const struct operate_process process = { .daemon = true,
						 .started_ms = v->started_at,
						 .trace = v->trace,
						 .issuers = v->issuers };

	return operator_socket_start(v->installation, &process, v->log, &v->operator_socket,
				     reterr);
}

static enum rc start_all(struct varded *v, struct err *reterr)
{
	enum rc rc;

	problem_use(varded_problems, varded_problems_len);
	v->metrics = metrics_new("varde", varded_routes, varded_routes_len);
	if (!v->metrics)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	rc = trace_ring_new(REQUESTS_TRACED, &v->trace, reterr);
	if (!rc)
		rc = gauges_register(v);
	if (!rc && door_open(v))
		rc = err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	if (!rc)
		rc = open_tenants(v, reterr);
	if (!rc)
		reconcile(v);
	if (!rc)
		rc = issuer_watch_start(v->config, v->issuers, v->metrics, v->log, &v->issuer_watch,
					reterr);
	if (!rc)
		rc = start_operators(v, reterr);
	if (!rc)
		rc = start_intake(v, reterr);
	if (!rc)
		/* last: it says "ready", and looks at the others */
		rc = daemon_admin_start(v->config->admin_listen, varded_admin_routes,
					varded_admin_routes_len, v, &v->admin_server, reterr);
	return rc;
}

/* --- down ------------------------------------------------------------------------ */

/* No new requests, the writers finish, then everything is given back: first the
 * admin listener, whose metrics look at all the rest. */
static void stop(void *ctx)
{
	struct varded *v = ctx;
	enum rc drained = RC_OK;

	__atomic_store_n(&v->draining, true, __ATOMIC_RELEASE);
	if (v->intake_server)
		drained = http_server_drain(v->intake_server, DRAIN_MS);
	if (drained)
		log_event(v->log, LOG_LEVEL_WARNING, "drain-cut-short", NULL);
	operator_socket_stop(v->operator_socket);
	if (v->installation)
		installation_drain(v->installation);
	if (drained == RC_BUSY)
		_exit(EXIT_STUCK); /* all is on disk; what still runs must not lose its memory */
	http_server_free(v->admin_server);
	http_server_free(v->intake_server);
	intake_free(v->intake);
	issuers_free(v->issuers);
	issuer_watch_free(v->issuer_watch);
	rates_free(v->rates);
	door_close(v);
	receipt_keys_free(v->receipt_keys);
	installation_close(v->installation);
	metrics_free(v->metrics);
	trace_ring_free(v->trace);
	config_free(v->config);
}

/* --- between ----------------------------------------------------------------------- */

static void say_rulebook(const struct varded *v)
{
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(v->installation->rulebooks);
	size_t n;

	documents_list(book->documents, &n);
	for (size_t i = 0; i < book->faults_len; i++)
		log_event(v->log, LOG_LEVEL_ERROR, "schemas-broken", "{s:s, s:s, s:s}", "code",
			  book->faults[i].code, "where", book->faults[i].where, "text",
			  book->faults[i].text);
	log_event(v->log, LOG_LEVEL_INFO, "schemas-read", "{s:I, s:I}", "schemas", (json_int_t)n,
		  "faults", (json_int_t)book->faults_all);
}

/* Each for itself: one that cannot be read keeps the others from nothing. */
static enum rc reload(void *ctx, struct err *reterr)
{
	struct varded *v = ctx;
	enum rc rc = rulebooks_reload(v->installation->rulebooks, clock_now_ms(), reterr), next;

	if (!rc)
		say_rulebook(v);
	next = tenants_reload(v->installation->tenants, rc ? NULL : reterr);
	rc = rc ? rc : next;
	next = issuers_reload(v->issuers, rc ? NULL : reterr);
	return rc ? rc : next;
}

static void say_started(struct varded *v)
{
	if (!v->memory_locked && system_may_swap())
		log_event(v->log, LOG_LEVEL_WARNING, "memory-may-swap", NULL);
	if (v->config->clock_ms)
		log_event(v->log, LOG_LEVEL_WARNING, "clock-set", NULL);
	log_event(v->log, LOG_LEVEL_INFO, "varded-started", "{s:s, s:s, s:i, s:s, s:s}", "version",
		  VARDE_VERSION, "intake", v->config->intake_listen, "intake_port",
		  (int)http_server_port(v->intake_server), "admin", v->config->admin_listen,
		  "environment",
		  v->config->environment == ENVIRONMENT_TEST ? "test" : "production");
}

static enum rc start(void *ctx, const char *config_path, struct log *log, struct err *reterr)
{
	struct varded *v = ctx;
	enum rc rc;

	v->log = log;
	v->memory_locked = harden_lock_memory();
	rc = open_all(v, config_path, reterr);
	if (!rc)
		rc = start_all(v, reterr);
	if (!rc) {
		say_rulebook(v);
		say_started(v);
	}
	return rc;
}

int main(int argc, char **argv)
{
	struct varded v = { 0 };
	const struct daemon daemon = {
		.name = "varded",
		.about = "       The intake, in the foreground; one JSON object a line on stderr. "
			 "SIGTERM drains and\n"
			 "       stops, SIGHUP reads schemas, code lists, rules, issuers' keys "
			 "and the register\n"
			 "       again. README.md has the keys of FILE. Exit status: 0 stopped, 2 "
			 "refused to start (the last line "
			 "says why).\n",
		.refused = "varded-refused",
		.stopping = "varded-stopping",
		.stopped = "varded-stopped",
		.start = start,
		.reload = reload,
		.stop = stop,
		.ctx = &v,
	};

	return daemon_main(&daemon, argc, argv);
}
