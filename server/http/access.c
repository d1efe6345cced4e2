/* libmicrohttpd's callbacks: one request from its request line to its end. */
#include "http/internal.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "http/access_log.h"

#include <string.h>

/* Called when the request line is read, before any header. The target is kept
 * as sent, since libmicrohttpd decodes it leniently. */
void *access_begin(void *cls, const char *target, struct MHD_Connection *connection)
{
	struct http_server *server = cls;
	struct exchange *x = exchange_new(server);

	if (!x)
		return NULL;
	x->connection = connection;
	x->raw_target = target;
	x->raw_target_len = target ? strlen(target) : 0;
	x->head.uri_broken = !target || uri_parse(target, &x->head.uri);
	watch_request_began(server, connection, x);
	return x;
}

enum MHD_Result access_answer(struct exchange *x, struct MHD_Connection *connection)
{
	pthread_mutex_lock(&x->lock);
	x->state = EXCHANGE_ANSWERED;
	pthread_mutex_unlock(&x->lock);
	watch_request_answered(x->server, connection);
	if (!x->answer.response)
		return MHD_NO;
	return MHD_queue_response(connection, (unsigned)x->answer.status, x->answer.response);
}

static enum MHD_Result receive(struct exchange *x, const char *data, size_t n)
{
	x->bytes_in += n;
	if (!x->dropping && !x->options) {
		if (!buf_add(&x->body, data, n))
			return MHD_YES;
		if (!admit_refuse(x, buf_rc(&x->body) == RC_LIMIT ? "content-too-large" : "busy"))
			return MHD_NO;
	}
	x->dropped += n;
	return x->dropped > x->server->options.drop_cap ? MHD_NO : MHD_YES;
}

static void run(struct pool_job *job)
{
	struct exchange *x = (struct exchange *)job;

	if (x->next)
		x->next(x, x->next_state);
	else if (exchange_answered(x))
		exchange_unref(x);
	else
		x->route->handler(x, x->server->options.ctx);
}

/* Suspends before the job can be seen by anyone who might resume, and under the
 * lock, so that the watchdog cannot either. */
void exchange_dispatch(struct exchange *x, struct MHD_Connection *connection,
		       enum exchange_state state, void (*run_it)(struct pool_job *job))
{
	atomic_fetch_add(&x->refs, 1);
	pthread_mutex_lock(&x->lock);
	x->state = state;
	MHD_suspend_connection(connection);
	pthread_mutex_unlock(&x->lock);
	x->job.turn.flow = x->flow;
	x->job.run = run_it;
	if (pool_submit(x->server->pool, &x->job)) {
		atomic_fetch_add(&x->server->refused_busy, 1);
		exchange_refuse_because(x, "busy", "workers-busy");
	}
}

/* The body is here. */
static enum MHD_Result finish(struct exchange *x, struct MHD_Connection *connection)
{
	if (exchange_answered(x))
		return access_answer(x, connection);
	if (x->options) {
		exchange_give(x, answer_empty(x, 204));
		return access_answer(x, connection);
	}
	exchange_dispatch(x, connection, EXCHANGE_WAITING, run);
	return MHD_YES;
}

enum MHD_Result access_handle(void *cls, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *data_size, void **closure)
{
	struct exchange *x = *closure;
	enum MHD_Result result;

	(void)cls;
	(void)url;
	if (!x)
		return MHD_NO;
	switch (x->stage) {
	case STAGE_HEAD: return admit_head(x, connection, method, version);
	case STAGE_DOOR: return admit_verified(x, connection);
	case STAGE_BODY: break;
	}
	if (!*data_size)
		return finish(x, connection);
	result = receive(x, data, *data_size);
	*data_size = 0;
	return result;
}

static const char *known_method(const struct exchange *x)
{
	static const char *const known[] = { "GET",    "HEAD",  "POST",    "PUT",
					     "DELETE", "PATCH", "OPTIONS", "TRACE" };
	size_t i;

	for (i = 0; x->head.method && i < ARRAY_LEN(known); i++)
		if (!strcmp(known[i], x->head.method))
			return known[i];
	return "other";
}

static void tell(struct exchange *x, struct MHD_Connection *connection, bool complete)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
	const struct http_options *o = &x->server->options;
	struct http_done done = {
		.route = x->route,
		.method = known_method(x),
		.status = info ? (int)info->http_status : 0,
		.code = x->answer.code ? x->answer.code : x->noted_code,
		.reason = x->answer.code ? x->answer.reason : x->noted_reason,
		.stored = x->stored,
		.tenant = x->tenant,
		.owner = strcmp(x->owner, x->tenant) ? x->owner : "",
		.sender = strcmp(x->sender, x->tenant) ? x->sender : "",
		.client = x->client.address,
		.trace_id = x->trace_id,
		.bytes_in = x->bytes_in,
		.bytes_out = info && strcmp(known_method(x), "HEAD") ? x->answer.bytes : 0,
		.elapsed_us = clock_monotonic_us() - x->began_us,
		.complete = complete,
	};

	access_log(o->log, &done);
	if (o->after_reply)
		o->after_reply(&done, o->after_reply_ctx);
}

void access_done(void *cls, struct MHD_Connection *connection, void **closure,
		 enum MHD_RequestTerminationCode how)
{
	struct http_server *server = cls;
	struct exchange *x = *closure;

	if (!x)
		return;
	*closure = NULL;
	pthread_mutex_lock(&x->lock);
	x->connection = NULL;
	tell(x, connection, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	pthread_mutex_unlock(&x->lock);
	watch_request_ended(server, connection);
	place_leave(TAKE_PTR(x->lingering));
	exchange_unref(x);
}
