#include "http/internal.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "http/negotiate.h"
#include "http/route.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct exchange *exchange_new(struct http_server *server)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	pthread_mutex_init(&x->lock, NULL);
	atomic_init(&x->refs, 1);
	atomic_fetch_add(&server->refs, 1);
	x->server = server;
	x->fd = -1;
	x->began_us = clock_monotonic_us();
	x->deadline_us = x->began_us + (int64_t)server->options.deadline_ms * 1000;
	return x;
}

void exchange_let_go(struct exchange *x)
{
	exchange_hold(x, NULL, NULL);
	buf_release(&x->body);
}

void exchange_unref(struct exchange *x)
{
	struct http_server *server = x->server;
	size_t i;

	if (atomic_fetch_sub(&x->refs, 1) != 1)
		return;
	exchange_let_go(x);
	for (i = 0; i < x->header_count; i++) {
		free(x->headers[i].name);
		free(x->headers[i].value);
	}
	answer_release(&x->answer);
	uri_release(&x->head.uri);
	if (x->head_memory)
		explicit_bzero(x->head_memory, x->head_size);
	free(x->head_memory);
	pthread_mutex_destroy(&x->lock);
	free(x);
	server_unref(server);
}

const char *exchange_method(const struct exchange *x)
{
	return x->head.method;
}

const char *exchange_path(const struct exchange *x)
{
	return x->head.uri.path;
}

const char *exchange_header(const struct exchange *x, const char *name)
{
	return head_get(&x->head, name);
}

const char *exchange_param(const struct exchange *x, const char *name)
{
	return route_param(x->route, &x->head.uri, name);
}

const char *exchange_query(const struct exchange *x, const char *name)
{
	size_t i;

	for (i = 0; i < x->head.uri.queries; i++)
		if (!strcmp(x->head.uri.query[i].name, name))
			return x->head.uri.query[i].value;
	return NULL;
}

const char *exchange_query_name(const struct exchange *x, size_t n)
{
	return n < x->head.uri.queries ? x->head.uri.query[n].name : NULL;
}

const char *exchange_body(const struct exchange *x, size_t *ret_len)
{
	*ret_len = x->body.len;
	return buf_text(&x->body);
}

enum problem_lang exchange_lang(const struct exchange *x)
{
	return x->lang;
}

int exchange_accepts(const struct exchange *x, const char *const types[])
{
	CLEANUP(buf_release) struct buf all = buf_capped(CONNECTION_MEMORY);
	size_t i;

	/* A list header may be spread over several lines. */
	for (i = 0; i < x->head.count; i++)
		if (!strcasecmp(x->head.headers[i].name, "Accept"))
			buf_addf(&all, "%s%s", all.len ? ", " : "", x->head.headers[i].value);
	return negotiate_type(buf_text(&all), types);
}

bool exchange_etag_matches(const struct exchange *x, const char *etag)
{
	return negotiate_etag(head_get(&x->head, "If-None-Match"), etag);
}

const char *exchange_trace_id(const struct exchange *x)
{
	return x->trace_id;
}

const char *exchange_client(const struct exchange *x)
{
	return x->client.address;
}

const char *exchange_client_net(const struct exchange *x)
{
	return x->client.net;
}

bool exchange_needs_token(const struct exchange *x)
{
	return x->route->flags & HTTP_NEEDS_TOKEN;
}

size_t exchange_body_max(const struct exchange *x)
{
	if (head_get(&x->head, "Transfer-Encoding"))
		return x->route->body_cap;
	return head_length(&x->head); /* the gate has held it to the cap */
}

void exchange_known(struct exchange *x, const char *name)
{
	snprintf(x->flow, sizeof(x->flow), "%s", name);
	x->job.turn.ring = TURNS_KNOWN;
}

void exchange_hold(struct exchange *x, void *held, void (*release)(void *held))
{
	if (x->held)
		x->release(x->held);
	x->held = held;
	x->release = release;
}

/* Another may have refused it meanwhile; then it is as if it never came in. */
void exchange_admit(struct exchange *x)
{
	bool in;

	x->at_door = false;
	pthread_mutex_lock(&x->lock);
	in = x->state == EXCHANGE_VERIFYING;
	if (in) {
		x->state = EXCHANGE_RECEIVING;
		MHD_resume_connection(x->connection);
	}
	pthread_mutex_unlock(&x->lock);
	if (!in)
		exchange_let_go(x);
	exchange_unref(x);
}

bool exchange_answered(struct exchange *x)
{
	bool answered;

	pthread_mutex_lock(&x->lock);
	answered = x->state == EXCHANGE_REFUSED || x->state == EXCHANGE_ANSWERED;
	pthread_mutex_unlock(&x->lock);
	return answered;
}

void exchange_again(struct exchange *x, http_handler *next, void *state)
{
	x->next = next;
	x->next_state = state;
	if (pool_put_back(x->server->pool, &x->job))
		next(x, state);
}

bool exchange_client_gone(struct exchange *x)
{
	struct pollfd fd = { .events = POLLRDHUP };
	bool gone = true;

	pthread_mutex_lock(&x->lock);
	if (x->connection && x->state == EXCHANGE_WAITING) {
		fd.fd = x->fd;
		gone = poll(&fd, 1, 0) > 0 && (fd.revents & (POLLRDHUP | POLLHUP | POLLERR));
	}
	pthread_mutex_unlock(&x->lock);
	return gone;
}

int64_t exchange_time_left_us(const struct exchange *x)
{
	return x->deadline_us - clock_monotonic_us();
}

static void note_number(struct exchange *x, char place[TENANT_SIZE], const char *orgnr)
{
	pthread_mutex_lock(&x->lock);
	snprintf(place, TENANT_SIZE, "%s", orgnr);
	pthread_mutex_unlock(&x->lock);
}

void exchange_note_tenant(struct exchange *x, const char *orgnr)
{
	note_number(x, x->tenant, orgnr);
}

void exchange_note_owner(struct exchange *x, const char *orgnr)
{
	note_number(x, x->owner, orgnr);
}

void exchange_note_sender(struct exchange *x, const char *orgnr)
{
	note_number(x, x->sender, orgnr);
}

void exchange_note_code(struct exchange *x, const char *code, const char *reason)
{
	pthread_mutex_lock(&x->lock);
	x->noted_code = code;
	x->noted_reason = reason;
	pthread_mutex_unlock(&x->lock);
}

void exchange_note_stored(struct exchange *x, const struct http_stored *stored)
{
	pthread_mutex_lock(&x->lock);
	x->stored = *stored;
	pthread_mutex_unlock(&x->lock);
}
