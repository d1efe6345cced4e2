#include "http/internal.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define JSON_REPLY_MAX (256u << 20)

/* What every answer carries, unless the handler set a header of that name. */
static const struct {
	const char *name, *value;
} standard[] = {
	{ "Cache-Control", "no-store" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'" },
	{ "Referrer-Policy", "no-referrer" },
};

/* What lets any page read (https://fetch.spec.whatwg.org, CORS protocol). A preflight is
 * an OPTIONS request, whose Allow is also what it may do. */
static void add_cross_origin(const struct exchange *x, struct MHD_Response *response)
{
	static const struct {
		const char *name, *value;
	} preflight[] = {
		{ "Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS" },
		{ "Access-Control-Allow-Headers",
		  "Accept, Accept-Language, Authorization, Content-Type, DPoP, If-None-Match" },
		{ "Access-Control-Max-Age", "86400" },
	};

	MHD_add_response_header(response, "Access-Control-Allow-Origin", "*");
	MHD_add_response_header(response, "Access-Control-Expose-Headers",
				"ETag, Link, RateLimit, RateLimit-Policy, Retry-After, Trace-Id, "
				"WWW-Authenticate");
	for (size_t i = 0; x->options && i < ARRAY_LEN(preflight); i++)
		MHD_add_response_header(response, preflight[i].name, preflight[i].value);
}

struct reply {
	const struct reply_header *headers;
	size_t header_count;
	struct MHD_Response *response;
	int status;
	const char *type, *code, *reason;
	size_t bytes;
};

static void forget(void *cls)
{
	struct buf *sent = cls;

	buf_release(sent);
	free(sent);
}

/* Hands the buffer's bytes to libmicrohttpd; wiped when they are sent. */
static struct MHD_Response *response_of(struct buf *body)
{
	struct MHD_Response *response;
	struct buf *sent;

	if (!body || !body->len)
		return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	sent = malloc(sizeof(*sent));
	if (!sent)
		return NULL;
	*sent = *body;
	*body = buf_capped(body->cap);
	response = MHD_create_response_from_buffer_with_free_callback_cls(sent->len, sent->data,
									  forget, sent);
	if (!response)
		forget(sent);
	return response;
}

static bool given(const struct reply *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->header_count; i++)
		if (!strcasecmp(r->headers[i].name, name))
			return true;
	return false;
}

static struct answer finish(const struct exchange *x, struct reply *r)
{
	struct answer answer = { r->response, r->status, r->code, r->reason, r->bytes };
	size_t i;

	if (!r->response)
		return answer;
	for (i = 0; i < ARRAY_LEN(standard); i++)
		if (!given(r, standard[i].name))
			MHD_add_response_header(r->response, standard[i].name, standard[i].value);
	if (r->type)
		MHD_add_response_header(r->response, "Content-Type", r->type);
	if (x->trace_id[0])
		MHD_add_response_header(r->response, "Trace-Id", x->trace_id);
	for (i = 0; i < r->header_count; i++)
		MHD_add_response_header(r->response, r->headers[i].name, r->headers[i].value);
	if (x->server->options.cross_origin)
		add_cross_origin(x, r->response);
	if (x->verdict.close || atomic_load(&x->server->draining))
		MHD_add_response_header(r->response, "Connection", "close");
	return answer;
}

static struct reply reply_init(struct exchange *x, int status, const char *type, bool own_headers)
{
	return (struct reply){
		.headers = x->headers,
		.header_count = own_headers ? x->header_count : 0,
		.status = status,
		.type = type,
	};
}

struct answer answer_empty(struct exchange *x, int status)
{
	struct reply r = reply_init(x, status, NULL, true);

	r.response = response_of(NULL);
	return finish(x, &r);
}

static int dump(const char *text, size_t len, void *cls)
{
	return buf_add(cls, text, len) ? -1 : 0;
}

static const char *challenge_of(const struct problem *p, int status)
{
	if (p->challenge)
		return p->challenge;
	if (!strcmp(p->code, "invalid-dpop-proof"))
		return "DPoP error=\"invalid_dpop_proof\"";
	if (!strcmp(p->code, "insufficient-scope"))
		return "Bearer error=\"insufficient_scope\"";
	if (status != 401)
		return NULL;
	return strcmp(p->code, "invalid-token") ? "Bearer, DPoP" : "Bearer error=\"invalid_token\"";
}

struct answer answer_problem(struct exchange *x, const struct problem *problem, bool own_headers)
{
	const struct problem_kind *kind = problem_kind(problem->code);
	struct problem known = *problem;
	unsigned retry = problem_retry_after(problem);
	struct buf body = buf_capped(JSON_REPLY_MAX);
	struct reply r =
		reply_init(x, problem_status(problem), "application/problem+json", own_headers);
	const char *challenge;
	char seconds[16];
	json_t *doc;

	known.code = kind ? kind->code : "internal-error";
	doc = problem_to_json(&known, x->lang, x->trace_id[0] ? x->trace_id : NULL);
	if (doc)
		json_dump_callback(doc, dump, &body, JSON_COMPACT);
	json_decref(doc);
	r.bytes = body.len;
	r.code = known.code;
	r.reason = known.reason;
	r.response = response_of(&body);
	buf_release(&body);
	challenge = challenge_of(&known, r.status);
	if (r.response && challenge)
		MHD_add_response_header(r.response, "WWW-Authenticate", challenge);
	if (r.response && retry) {
		snprintf(seconds, sizeof(seconds), "%u", retry);
		MHD_add_response_header(r.response, "Retry-After", seconds);
	}
	if (r.response)
		MHD_add_response_header(r.response, "Content-Language",
					x->lang == PROBLEM_EN ? "en" : "nb");
	return finish(x, &r);
}

void answer_release(struct answer *answer)
{
	if (answer->response)
		MHD_destroy_response(answer->response);
	*answer = (struct answer){ .response = NULL };
}

bool exchange_give(struct exchange *x, struct answer answer)
{
	bool first, waiting;

	pthread_mutex_lock(&x->lock);
	first = x->state != EXCHANGE_REFUSED && x->state != EXCHANGE_ANSWERED;
	if (first) {
		waiting = x->state == EXCHANGE_WAITING;
		x->answer = answer;
		if (waiting || x->state == EXCHANGE_VERIFYING)
			MHD_resume_connection(x->connection);
		x->state = waiting ? EXCHANGE_ANSWERED : EXCHANGE_REFUSED;
	}
	pthread_mutex_unlock(&x->lock);
	if (!first)
		answer_release(&answer);
	return first;
}

/* The handler's way: its share of the exchange ends with the answer. */
static void give_and_leave(struct exchange *x, struct answer answer)
{
	if (x->at_door)
		exchange_let_go(x);
	exchange_give(x, answer);
	exchange_unref(x);
}

static bool is_clean(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			return false;
	return true;
}

static void header_release(struct reply_header *header)
{
	free(header->name);
	free(header->value);
}

/* The header of that name, or the next free place; NULL when there is none. */
static struct reply_header *header_place(struct exchange *x, const char *name)
{
	size_t i;

	for (i = 0; i < x->header_count; i++)
		if (!strcasecmp(x->headers[i].name, name))
			return &x->headers[i];
	return i < REPLY_HEADERS_MAX ? &x->headers[i] : NULL;
}

void exchange_add_header(struct exchange *x, const char *name, const char *value)
{
	struct reply_header *place = header_place(x, name), h;

	if (!place || !*name || !is_clean(name) || !is_clean(value))
		return;
	h = (struct reply_header){ strdup(name), strdup(value) };
	if (!h.name || !h.value) {
		header_release(&h);
		return;
	}
	if (place == &x->headers[x->header_count])
		x->header_count++;
	else
		header_release(place);
	*place = h;
}

void exchange_reply(struct exchange *x, int status, const char *content_type, struct buf *body)
{
	struct reply r = reply_init(x, status, content_type, true);

	if (body && buf_rc(body)) {
		buf_clear(body);
		exchange_refuse(x, "internal-error");
		return;
	}
	r.bytes = body ? body->len : 0;
	r.response = response_of(body);
	give_and_leave(x, finish(x, &r));
}

void exchange_reply_static(struct exchange *x, int status, const char *content_type,
			   const char *bytes, size_t len)
{
	struct reply r = reply_init(x, status, content_type, true);
	union {
		const char *in;
		void *out;
	} same = { bytes };

	r.bytes = len;
	r.response = MHD_create_response_from_buffer(len, same.out, MHD_RESPMEM_PERSISTENT);
	give_and_leave(x, finish(x, &r));
}

void exchange_reply_json(struct exchange *x, int status, json_t *doc)
{
	CLEANUP(buf_release) struct buf body = buf_capped(JSON_REPLY_MAX);
	bool fine = doc && !json_dump_callback(doc, dump, &body, JSON_COMPACT);

	json_decref(doc);
	if (fine)
		exchange_reply(x, status, "application/json", &body);
	else
		exchange_refuse(x, "internal-error");
}

void exchange_problem(struct exchange *x, const struct problem *problem)
{
	give_and_leave(x, answer_problem(x, problem, true));
}

void exchange_refuse(struct exchange *x, const char *code)
{
	exchange_problem(x, &(struct problem){ .code = code });
}

void exchange_refuse_because(struct exchange *x, const char *code, const char *reason)
{
	exchange_problem(x, &(struct problem){ .code = code, .reason = reason });
}
