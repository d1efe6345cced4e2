#include "http/internal.h"

#include "base/clock.h"
#include "http/listen.h"
#include "http/log.h"
#include "http/route.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What follows the drain's own patience: answers leave, then sockets close. */
#define DRAIN_SEND_US 1000000
#define DRAIN_CLOSE_US 2000000

static struct http_options with_defaults(const struct http_options *given)
{
	struct http_options o = *given;

	o.threads = o.threads ? o.threads : 1;
	o.workers = o.workers ? o.workers : 2;
	o.queue_limit = o.queue_limit ? o.queue_limit : 1024;
	o.connections = o.connections ? o.connections : 1024;
	o.head_ms = o.head_ms ? o.head_ms : 10000;
	o.deadline_ms = o.deadline_ms ? o.deadline_ms : 30000;
	o.idle_ms = o.idle_ms ? o.idle_ms : 60000;
	o.drop_cap = o.drop_cap ? o.drop_cap : 16u << 20;
	if (o.connections < o.threads)
		o.connections = o.threads;
	o.lingering = o.lingering ? o.lingering : (o.connections + 3) / 4;
	o.lingering_each = o.lingering_each ? o.lingering_each : (o.lingering + 3) / 4;
	return o;
}

static struct http_server *server_new(const struct http_options *options)
{
	struct http_server *s = calloc(1, sizeof(*s));
	pthread_condattr_t monotonic;

	if (!s)
		return NULL;
	atomic_init(&s->refs, 1);
	s->options = with_defaults(options);
	s->listen_fd = -1;
	pthread_mutex_init(&s->watch_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->watch_wake, &monotonic);
	pthread_cond_init(&s->quiet, &monotonic);
	pthread_condattr_destroy(&monotonic);
	s->listen = strdup(options->listen);
	if (!s->listen) {
		server_unref(s);
		return NULL;
	}
	return s;
}

void server_unref(struct http_server *s)
{
	if (atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	pthread_cond_destroy(&s->watch_wake);
	pthread_cond_destroy(&s->quiet);
	pthread_mutex_destroy(&s->watch_lock);
	places_free(s->lingering);
	free(s->listen);
	free(s->unix_path);
	free(s);
}

static struct MHD_Daemon *start_daemon(struct http_server *s)
{
	const struct http_options *o = &s->options;
	unsigned longest = o->idle_ms > o->deadline_ms ? o->idle_ms : o->deadline_ms;

	/* Our own deadlines come first; the timeout is what remains should a
	 * connection ever be unwatched. No MHD_OPTION_STRICT_FOR_CLIENT: the gate
	 * refuses what it would, and its answer has its head twice, which leaves
	 * bytes on a proxy's connection that pass for another answer. */
	return MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL,
		NULL, access_handle, s, MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
		MHD_OPTION_THREAD_POOL_SIZE, o->threads > 1 ? o->threads : 0,
		MHD_OPTION_CONNECTION_LIMIT, o->connections, MHD_OPTION_CONNECTION_TIMEOUT,
		longest / 1000 + 2, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_URI_LOG_CALLBACK, access_begin, s, MHD_OPTION_NOTIFY_COMPLETED,
		access_done, s, MHD_OPTION_NOTIFY_CONNECTION, watch_notify, s, MHD_OPTION_END);
}

static enum rc start_parts(struct http_server *s, struct err *reterr)
{
	const struct http_options *o = &s->options;
	enum rc rc = route_check(o->routes, o->route_count, reterr);

	if (rc)
		return rc;
	rc = listen_open(s->listen, &s->listen_fd, &s->port, &s->unix_path, reterr);
	if (rc)
		return rc;
	rc = client_rules_read(o->trusted_proxies, o->client_header, &s->client_rules, reterr);
	if (rc)
		return rc;
	rc = places_new(&(struct places_caps){ o->lingering, o->lingering_each, 0 }, &s->lingering);
	/* One flow never has more than half of the workers, so that another finds one free
	 * and a processor to run it. */
	if (!rc)
		rc = pool_new(o->workers, o->door ? (o->workers + 1) / 2 : o->workers,
			      o->queue_limit, &s->pool);
	if (!rc)
		rc = watch_start(s);
	if (rc)
		return err_set(reterr, rc, "http-threads", s->listen, "cannot start the threads");
	s->daemon = start_daemon(s);
	if (!s->daemon)
		return err_set(reterr, RC_IO, "http-start", s->listen,
			       "cannot start the HTTP daemon");
	return RC_OK;
}

enum rc http_server_start(const struct http_options *options, struct http_server **ret,
			  struct err *reterr)
{
	struct http_server *s = server_new(options);
	enum rc rc;

	if (!s)
		return err_set(reterr, RC_NOMEM, "out-of-memory", NULL, "starting the HTTP server");
	rc = start_parts(s, reterr);
	if (rc) {
		http_server_free(s);
		return rc;
	}
	*ret = s;
	return RC_OK;
}

unsigned http_server_port(const struct http_server *server)
{
	return server->port;
}

/* The socket is closed only when no thread can be in accept() with its number. */
static void close_listener(struct http_server *s)
{
	if (s->listen_fd >= 0)
		close(s->listen_fd);
	s->listen_fd = -1;
}

static void remove_path(struct http_server *s)
{
	if (s->unix_path)
		unlink(s->unix_path);
	free(s->unix_path);
	s->unix_path = NULL;
}

/* libmicrohttpd aborts the process when it is stopped with a suspended
 * connection, so it is stopped only when no request is open. */
enum rc http_server_drain(struct http_server *s, unsigned timeout_ms)
{
	int64_t until = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
	bool quiet = true, all_answered;

	s->drained = true;
	if (!s->daemon)
		return RC_OK;
	atomic_store(&s->draining, true);
	MHD_quiesce_daemon(s->daemon);
	shutdown(s->listen_fd, SHUT_RDWR);
	remove_path(s);
	all_answered = watch_wait_quiet(s, until);
	if (!all_answered) {
		watch_cut(s, "shutting-down", false);
		quiet = watch_wait_quiet(s, clock_monotonic_us() + DRAIN_SEND_US);
	}
	if (!quiet) {
		watch_cut(s, "shutting-down", true);
		quiet = watch_wait_quiet(s, clock_monotonic_us() + DRAIN_CLOSE_US);
	}
	if (!quiet) {
		log_event(s->options.log, LOG_LEVEL_ERROR, "http-stuck", NULL);
		return RC_BUSY;
	}
	MHD_stop_daemon(s->daemon);
	s->daemon = NULL;
	close_listener(s);
	return all_answered ? RC_OK : RC_LIMIT;
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	if (!s->drained)
		http_server_drain(s, 0);
	if (s->daemon)
		return; /* its threads still run: better leaked than freed under them */
	watch_stop(s);
	pool_free(s->pool);
	remove_path(s);
	close_listener(s);
	server_unref(s);
}

void http_server_counts(struct http_server *server, struct http_server_counts *ret)
{
	pthread_mutex_lock(&server->watch_lock);
	ret->connections = server->connection_count;
	ret->requests = server->requests;
	ret->made_room = server->made_room;
	pthread_mutex_unlock(&server->watch_lock);
	ret->queued = pool_waiting(server->pool);
	ret->lingering = (unsigned)places_taken(server->lingering);
	ret->refused_busy = atomic_load(&server->refused_busy);
}
