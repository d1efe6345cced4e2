/* From the head to the body: whether a request may come in, who finds that out, and
 * what becomes of the body of one that may not. Runs on libmicrohttpd's threads. */
#include "http/internal.h"

#include "base/cleanup.h"
#include "http/negotiate.h"
#include "http/route.h"
#include "http/trace.h"

#include <string.h>
#include <strings.h>

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

/* Reading what is only dropped is a courtesy, for so many at a time. */
static bool may_linger(struct exchange *x)
{
	return !places_enter(x->server->lingering, x->client.net, 0, &x->lingering);
}

/* The answer is a refusal. It leaves now only where the client waits for it, where the
 * body has no certain end or would not fit what we read and drop. */
static enum MHD_Result refused(struct exchange *x, struct MHD_Connection *connection)
{
	x->dropping = true;
	if (!x->verdict.at_once && !head_has_body(&x->head))
		return MHD_YES;
	if (x->verdict.at_once || x->expects_continue ||
	    head_length(&x->head) > x->server->options.drop_cap || !may_linger(x))
		return access_answer(x, connection);
	return MHD_YES;
}

static void give_verdict(struct exchange *x)
{
	const struct problem problem = { .code = x->verdict.code,
					 .reason = x->verdict.reason,
					 .detail = x->verdict.detail[x->lang] };

	exchange_give(x, answer_problem(x, &problem, true));
	exchange_let_go(x);
}

bool admit_refuse(struct exchange *x, const char *code)
{
	x->verdict.code = code;
	give_verdict(x);
	x->dropping = true;
	return may_linger(x);
}

static void run_verify(struct pool_job *job)
{
	struct exchange *x = (struct exchange *)job;

	if (exchange_answered(x))
		exchange_admit(x);
	else
		x->server->options.verify(x, x->server->options.ctx);
}

/* libmicrohttpd calls us as for the head once more when the connection is resumed. */
static enum MHD_Result verify(struct exchange *x, struct MHD_Connection *connection)
{
	x->stage = STAGE_DOOR;
	exchange_dispatch(x, connection, EXCHANGE_VERIFYING, run_verify);
	return MHD_YES;
}

static enum MHD_Result enter(struct exchange *x)
{
	x->at_door = false;
	x->body = buf_capped(x->route->body_cap);
	return MHD_YES;
}

/* The door may answer, as a handler does, and then its share is gone. */
static enum MHD_Result knock(struct exchange *x, struct MHD_Connection *connection)
{
	const struct http_options *o = &x->server->options;
	enum http_entry entry;

	if (!o->door)
		return enter(x);
	x->job.turn.ring = TURNS_STRANGER;
	memcpy(x->flow, x->client.net, sizeof(x->flow));
	x->at_door = true;
	atomic_fetch_add(&x->refs, 1);
	entry = o->door(x, o->ctx);
	if (entry == HTTP_REFUSED)
		return refused(x, connection);
	atomic_fetch_sub(&x->refs, 1);
	return entry == HTTP_VERIFY ? verify(x, connection) : enter(x);
}

static void find_client(struct exchange *x, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	client_find(&x->server->client_rules, info ? info->client_addr : NULL, &x->head,
		    &x->client);
}

enum MHD_Result admit_head(struct exchange *x, struct MHD_Connection *connection,
			   const char *method, const char *version)
{
	x->stage = STAGE_BODY;
	watch_head_read(x->server, connection);
	if (head_copy(x, connection, method, version))
		return MHD_NO;
	trace_id(head_get(&x->head, "traceparent"), x->trace_id);
	x->lang = negotiate_lang(head_get(&x->head, "Accept-Language"));
	x->expects_continue = expects_continue(x, version);
	find_client(x, connection);
	x->verdict = judge(x);
	if (x->verdict.code) {
		give_verdict(x);
		return refused(x, connection);
	}
	return x->options ? MHD_YES : knock(x, connection);
}

enum MHD_Result admit_verified(struct exchange *x, struct MHD_Connection *connection)
{
	x->stage = STAGE_BODY;
	return exchange_answered(x) ? refused(x, connection) : enter(x);
}
