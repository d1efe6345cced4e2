/* The watchdog. libmicrohttpd knows only inactivity: one byte a second keeps a
 * request open for ever, and a suspended connection has no timeout at all. So
 * each open socket has a deadline here, and a thread that looks at them. */
#include "http/internal.h"

#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#define WATCH_PERIOD_MS 50
#define ROOM_SHARE 8 /* of the connections, this part is kept free of waiting ones */

static struct connection *connection_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static int64_t after_ms(unsigned ms)
{
	return clock_monotonic_us() + (int64_t)ms * 1000;
}

/* Who waits longest without a request, one that never had one before others. */
static struct connection *longest_waiting(struct http_server *server)
{
	struct connection *c, *found = NULL;

	for (c = server->connections; c; c = c->next)
		if (!c->head_read && !c->cut &&
		    (!found || c->used < found->used ||
		     (c->used == found->used && c->waiting_since_us < found->waiting_since_us)))
			found = c;
	return found;
}

/* Nearly all are taken: connections that only wait, or send their heads slowly, must
 * not keep others out. With watch_lock held. */
static void make_room(struct http_server *server)
{
	unsigned most = server->options.connections;
	struct connection *c;

	if (server->connection_count < most - most / ROOM_SHARE)
		return;
	c = longest_waiting(server);
	if (!c)
		return;
	c->cut = true;
	server->made_room++;
	shutdown(c->fd, SHUT_RDWR);
}

static void opened(struct http_server *server, struct MHD_Connection *mhd, void **socket_context)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct connection *c = calloc(1, sizeof(*c));

	if (!c || !info) {
		/* Without a place in the list nobody would watch it. */
		if (info)
			shutdown(info->connect_fd, SHUT_RDWR);
		free(c);
		return;
	}
	c->fd = info->connect_fd;
	c->waiting_since_us = clock_monotonic_us();
	c->deadline_us = after_ms(server->options.head_ms);
	*socket_context = c;
	pthread_mutex_lock(&server->watch_lock);
	make_room(server);
	c->next = server->connections;
	c->link = &server->connections;
	if (c->next)
		c->next->link = &c->next;
	server->connections = c;
	server->connection_count++;
	pthread_mutex_unlock(&server->watch_lock);
}

static void closed(struct http_server *server, void **socket_context)
{
	struct connection *c = *socket_context;

	if (!c)
		return;
	pthread_mutex_lock(&server->watch_lock);
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	server->connection_count--;
	pthread_mutex_unlock(&server->watch_lock);
	*socket_context = NULL;
	free(c);
}

/* Closing is told before the descriptor is closed: while a connection stands in
 * the list, its descriptor is its own. */
void watch_notify(void *cls, struct MHD_Connection *mhd, void **socket_context,
		  enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		opened(cls, mhd, socket_context);
	else
		closed(cls, socket_context);
}

void watch_request_began(struct http_server *server, struct MHD_Connection *mhd, struct exchange *x)
{
	struct connection *c = connection_of(mhd);

	pthread_mutex_lock(&server->watch_lock);
	server->requests++;
	if (c) {
		c->extended = false;
		c->deadline_us = after_ms(server->options.head_ms);
		if (c->deadline_us > x->deadline_us)
			c->deadline_us = x->deadline_us;
		c->exchange = x;
		x->fd = c->fd;
	}
	pthread_mutex_unlock(&server->watch_lock);
}

void watch_head_read(struct http_server *server, struct MHD_Connection *mhd)
{
	struct connection *c = connection_of(mhd);

	pthread_mutex_lock(&server->watch_lock);
	if (c) {
		c->head_read = c->used = true;
		c->deadline_us = c->exchange->deadline_us;
	}
	pthread_mutex_unlock(&server->watch_lock);
}

/* The answer has as long to leave as the request had to be answered. */
static void extend(struct http_server *server, struct connection *c)
{
	c->deadline_us = after_ms(server->options.deadline_ms);
	c->extended = true;
}

void watch_request_answered(struct http_server *server, struct MHD_Connection *mhd)
{
	struct connection *c = connection_of(mhd);

	pthread_mutex_lock(&server->watch_lock);
	if (c)
		extend(server, c);
	pthread_mutex_unlock(&server->watch_lock);
}

void watch_request_ended(struct http_server *server, struct MHD_Connection *mhd)
{
	struct connection *c = connection_of(mhd);

	pthread_mutex_lock(&server->watch_lock);
	server->requests--;
	if (c) {
		c->exchange = NULL;
		c->head_read = false;
		c->waiting_since_us = clock_monotonic_us();
		c->deadline_us = after_ms(server->options.idle_ms);
	}
	if (!server->requests)
		pthread_cond_broadcast(&server->quiet);
	pthread_mutex_unlock(&server->watch_lock);
}

static enum exchange_state state_of(struct exchange *x)
{
	enum exchange_state state;

	pthread_mutex_lock(&x->lock);
	state = x->state;
	pthread_mutex_unlock(&x->lock);
	return state;
}

static void answer_for_handler(struct exchange *x, const char *code, const char *reason)
{
	struct problem problem = { .code = code, .reason = reason };

	exchange_give(x, answer_problem(x, &problem, false));
}

/* With watch_lock held, so neither the exchange nor the descriptor can go. A
 * request answered just now may not have reached libmicrohttpd yet. */
static void overdue(struct http_server *server, struct connection *c)
{
	enum exchange_state state = c->exchange ? state_of(c->exchange) : EXCHANGE_RECEIVING;

	if (state == EXCHANGE_WAITING || state == EXCHANGE_VERIFYING)
		answer_for_handler(c->exchange, "busy", "deadline");
	if (state == EXCHANGE_RECEIVING || state == EXCHANGE_REFUSED || c->extended)
		shutdown(c->fd, SHUT_RDWR);
	else
		extend(server, c);
}

void watch_cut(struct http_server *server, const char *code, bool all)
{
	enum exchange_state state;
	struct connection *c;

	pthread_mutex_lock(&server->watch_lock);
	for (c = server->connections; c; c = c->next) {
		state = c->exchange ? state_of(c->exchange) : EXCHANGE_ANSWERED;
		if (state == EXCHANGE_WAITING || state == EXCHANGE_VERIFYING)
			answer_for_handler(c->exchange, code, NULL);
		else if (all || state == EXCHANGE_RECEIVING || state == EXCHANGE_REFUSED)
			shutdown(c->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&server->watch_lock);
}

static void *watch(void *arg)
{
	struct http_server *server = arg;
	struct connection *c;
	struct timespec until;
	int64_t now;

	pthread_mutex_lock(&server->watch_lock);
	while (server->watching) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += WATCH_PERIOD_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&server->watch_wake, &server->watch_lock, &until);
		now = clock_monotonic_us();
		for (c = server->connections; c; c = c->next)
			if (c->deadline_us <= now)
				overdue(server, c);
	}
	pthread_mutex_unlock(&server->watch_lock);
	return NULL;
}

enum rc watch_start(struct http_server *server)
{
	server->watching = true;
	if (pthread_create(&server->watchdog, NULL, watch, server)) {
		server->watching = false;
		return RC_IO;
	}
	return RC_OK;
}

void watch_stop(struct http_server *server)
{
	bool was;

	pthread_mutex_lock(&server->watch_lock);
	was = server->watching;
	server->watching = false;
	pthread_cond_broadcast(&server->watch_wake);
	pthread_mutex_unlock(&server->watch_lock);
	if (was)
		pthread_join(server->watchdog, NULL);
}

bool watch_wait_quiet(struct http_server *server, int64_t until_us)
{
	struct timespec until = { .tv_sec = until_us / 1000000,
				  .tv_nsec = (until_us % 1000000) * 1000 };
	bool quiet;

	pthread_mutex_lock(&server->watch_lock);
	while (server->requests)
		if (pthread_cond_timedwait(&server->quiet, &server->watch_lock, &until) ==
		    ETIMEDOUT)
			break;
	quiet = !server->requests;
	pthread_mutex_unlock(&server->watch_lock);
	return quiet;
}
