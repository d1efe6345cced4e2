/* libmicrohttpd's callbacks: one request from its request line to its end. */
#include "http/internal.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "http/access_log.h"
#include "http/negotiate.h"
#include "http/route.h"
#include "http/trace.h"

#include <string.h>
#include <strings.h>

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

static struct verdict find_route(struct exchange *x)
{
	const struct http_options *o = &x->server->options;
	CLEANUP(buf_release) struct buf allow = buf_capped(256);
	bool known;

	x->route = route_find(o->routes, o->route_count, x->head.method, &x->head.uri, &known);
	if (x->route)
		return (struct verdict){ .code = NULL };
	if (!known)
		return (struct verdict){ .code = "not-found" };
	route_allow(o->routes, o->route_count, &x->head.uri, &allow);
	exchange_add_header(x, "Allow", buf_text(&allow));
	x->options = !strcmp(x->head.method, "OPTIONS");
	return (struct verdict){ .code = x->options ? NULL : "method-not-allowed" };
}

static struct verdict judge(struct exchange *x)
{
	struct verdict v = gate_check(&x->head), route;

	if (x->head.uri_broken)
		return v;
	/* Also for a refused request, so that the log can name its route. */
	route = find_route(x);
	if (!v.code && atomic_load(&x->server->draining))
		v = (struct verdict){ .code = "shutting-down", .close = true };
	if (!v.code)
		v = route;
	if (!v.code && x->route)
		v = gate_check_route(&x->head, x->route);
	return v;
}

static bool expects_continue(const struct exchange *x, const char *version)
{
	const char *expect = head_get(&x->head, "Expect");

	return expect && !strcasecmp(expect, "100-continue") && !strcmp(version, "HTTP/1.1");
}

static enum MHD_Result queue_answer(struct exchange *x, struct MHD_Connection *connection)
{
	watch_request_answered(x->server, connection);
	if (!x->answer.response)
		return MHD_NO;
	return MHD_queue_response(connection, (unsigned)x->answer.status, x->answer.response);
}

static enum MHD_Result refuse(struct exchange *x, struct MHD_Connection *connection)
{
	struct problem problem = { .code = x->verdict.code,
				   .reason = x->verdict.reason,
				   .detail = x->verdict.detail[x->lang] };

	exchange_give(x, answer_problem(x, &problem, true));
	return queue_answer(x, connection);
}

/* The head is there. A verdict leaves now only where the client waits for it,
 * where the body has no certain end or would not fit what we read and drop. */
static enum MHD_Result begin(struct exchange *x, struct MHD_Connection *connection,
			     const char *method, const char *version)
{
	x->judged = true;
	if (head_copy(x, connection, method, version))
		return MHD_NO;
	trace_id(head_get(&x->head, "traceparent"), x->trace_id);
	x->lang = negotiate_lang(head_get(&x->head, "Accept-Language"));
	x->verdict = judge(x);
	if (x->route && !x->verdict.code)
		x->body = buf_capped(x->route->body_cap);
	if (!x->verdict.code || !head_has_body(&x->head))
		return x->verdict.at_once ? refuse(x, connection) : MHD_YES;
	if (x->verdict.at_once || expects_continue(x, version) ||
	    head_length(&x->head) > x->server->options.drop_cap)
		return refuse(x, connection);
	return MHD_YES;
}

static enum MHD_Result receive(struct exchange *x, const char *data, size_t n)
{
	x->bytes_in += n;
	if (!x->verdict.code && !x->options && buf_add(&x->body, data, n)) {
		x->verdict.code = buf_rc(&x->body) == RC_LIMIT ? "content-too-large" : "busy";
		buf_clear(&x->body);
	}
	if (!x->verdict.code && !x->options)
		return MHD_YES;
	x->dropped += n;
	return x->dropped > x->server->options.drop_cap ? MHD_NO : MHD_YES;
}

static void run(struct pool_job *job)
{
	struct exchange *x = (struct exchange *)job;
	bool waiting;

	pthread_mutex_lock(&x->lock);
	waiting = x->state == EXCHANGE_WAITING;
	pthread_mutex_unlock(&x->lock);
	if (waiting)
		x->route->handler(x, x->server->options.ctx);
	else
		exchange_unref(x);
}

/* Suspends before the job can be seen by anyone who might resume, and under the
 * lock, so that the watchdog cannot either. */
static enum MHD_Result dispatch(struct exchange *x, struct MHD_Connection *connection)
{
	atomic_fetch_add(&x->refs, 1);
	pthread_mutex_lock(&x->lock);
	x->state = EXCHANGE_WAITING;
	MHD_suspend_connection(connection);
	pthread_mutex_unlock(&x->lock);
	x->job.run = run;
	if (pool_submit(x->server->pool, &x->job)) {
		atomic_fetch_add(&x->server->refused_busy, 1);
		exchange_refuse_because(x, "busy", "workers-busy");
	}
	return MHD_YES;
}

enum MHD_Result access_handle(void *cls, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *data_size, void **closure)
{
	struct exchange *x = *closure;
	enum MHD_Result result;
	bool answered;

	(void)cls;
	(void)url;
	if (!x)
		return MHD_NO;
	if (!x->judged)
		return begin(x, connection, method, version);
	if (*data_size) {
		result = receive(x, data, *data_size);
		*data_size = 0;
		return result;
	}
	pthread_mutex_lock(&x->lock);
	answered = x->state == EXCHANGE_ANSWERED;
	pthread_mutex_unlock(&x->lock);
	if (answered)
		return queue_answer(x, connection);
	if (x->verdict.code)
		return refuse(x, connection);
	if (x->options) {
		exchange_give(x, answer_empty(x, 204));
		return queue_answer(x, connection);
	}
	return dispatch(x, connection);
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
	exchange_unref(x);
}
