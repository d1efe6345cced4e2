/* HTTP, as the programs see it: a table of routes, a handler per route, one
 * answer per request. This room is the only one that knows libmicrohttpd.
 *
 * What happens to a request, in order:
 *   1. header gate (gate.h), route, token present, content type, declared
 *      length; the first fault refuses the request;
 *   2. the program's door says whether to let it in, and may first have a worker
 *      find out who it is, while its body waits in the kernel;
 *   3. the body is read: kept up to the route's cap, or of a refused request only
 *      dropped, up to `drop_cap` bytes, so that the refusal reaches the client. It
 *      leaves before the body only for `Expect: 100-continue`, a body declared
 *      beyond `drop_cap`, framing that cannot be trusted (RFC 9112 section 6.3), or
 *      where `lingering` others are being dropped; and then the connection closes;
 *   4. the connection is suspended and the handler is run by one of `workers`
 *      threads of our own, flow by flow in turn (turns.h); a full queue answers
 *      503 busy at once;
 *   5. the handler, or any thread later, answers exactly once.
 * A head has `head_ms` to arrive. From its request line to the answer a request has
 * `deadline_ms`. While it is being received the connection is then shut down; after
 * that it is answered 503 busy and what the handler says later is dropped. Of
 * connections that wait without a request the oldest make room for new ones when
 * nearly all are taken.
 *
 * What libmicrohttpd refuses before it calls us is text/html, closes the
 * connection and cannot be changed: 400 for a malformed request line, malformed
 * Content-Length or chunk, 413 for a length beyond 64 bits, 414 and 431 for a
 * head beyond 64 KiB, 500 for a chunk extension beyond it, 505. (0.9.75 sends the
 * head of its answer to a malformed Content-Length twice.) A bare LF that ends the
 * line of a chunk is taken, and cannot be seen from here. A proxy in front never
 * sends any of this on.
 *
 * Threads: a handler runs on a worker. Until it answers, an exchange belongs to
 * the handler, which may hand it to one other thread at a time. After
 * exchange_reply() and its relatives the pointer must not be used. */
#ifndef VARDE_HTTP_HTTP_H
#define VARDE_HTTP_HTTP_H

#include "base/buf.h"
#include "base/err.h"
#include "http/problem.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct http_server;
struct exchange;
struct log;

#define TRACE_ID_SIZE 33 /* 32 lower-case hex digits and NUL */

/* Runs on a worker thread. Must answer, itself or through another thread. */
typedef void http_handler(struct exchange *x, void *ctx);

enum http_flags {
	HTTP_NEEDS_TOKEN = 1, /* without Authorization: 401 before the body is looked at */
};

/* What the door says. */
enum http_entry {
	HTTP_ENTER,   /* read the body, then run the route's handler */
	HTTP_VERIFY,  /* first run options.verify on a worker */
	HTTP_REFUSED, /* it was answered: exchange_problem() or a relative */
};

/* Asked about each request when its head is there and before any of its body is kept,
 * on a thread that serves sockets: short, never blocking. */
typedef enum http_entry http_door(struct exchange *x, void *ctx);

/* One row of a program's static table. */
struct http_route {
	const char *method;  /* "GET" also serves HEAD; OPTIONS is answered from the table */
	const char *pattern; /* "/v1/reports/{id}/receipt": whole segments, {name} is one segment */
	http_handler *handler;
	unsigned flags;
	size_t body_cap;          /* bytes; 0: takes no body */
	const char *const *types; /* media types taken, NULL-terminated; NULL: any or none */
	const char *operation;    /* stable name: openapi's operationId, the label in metrics */
};

/* What became of the documents that a request carried. */
struct http_stored {
	unsigned fresh, repeated, refused;
	int64_t seq; /* of the one document of a single submission, 0: none */
};

/* What is told about a request when its answer has left or failed to. Runs on
 * a thread of the server: short, never blocking. */
struct http_done {
	const struct http_route *route; /* a row of the server's table; NULL: none matched */
	const char *method;             /* a known method name, else "other" */
	int status;                     /* 0: the connection ended without an answer */
	const char *client;             /* its address, or "local" */
	const char *code;               /* problem code, or NULL */
	const char *reason;             /* the problem's, or NULL */
	struct http_stored stored;      /* as noted, or zero */
	const char *tenant;             /* as noted, or "" */
	const char *owner, *sender;     /* where they are other than the tenant, else "" */
	const char *trace_id;
	uint64_t bytes_in, bytes_out; /* bodies only */
	int64_t elapsed_us;
	bool complete; /* the whole answer was handed to the kernel */
};

struct http_options {
	const char *listen; /* "127.0.0.1:8080", "[::1]:0" (0: any free port) or "unix:/path" */
	const struct http_route *routes;
	size_t route_count;
	void *ctx; /* handed to every handler and the door */

	http_door *door;      /* NULL: all may enter, and are one flow */
	http_handler *verify; /* must call exchange_admit() or answer */

	const char *trusted_proxies; /* see client.h; NULL: none */
	const char *client_header;   /* NULL: X-Forwarded-For */

	bool cross_origin; /* scripts of any page may ask and read every answer (CORS), also
			    * with a token that they bring themselves; never with cookies */

	/* 0 is the default in parentheses. */
	unsigned threads;        /* that read and write sockets (1) */
	unsigned workers;        /* that run handlers (2) */
	unsigned queue_limit;    /* requests waiting for a worker (1024) */
	unsigned connections;    /* open at the same time (1024) */
	unsigned head_ms;        /* from the connection, or the request line, to the end of the
				  * head (10 000) */
	unsigned deadline_ms;    /* from the first byte to the answer (30 000) */
	unsigned idle_ms;        /* a kept-alive connection without a request (60 000) */
	size_t drop_cap;         /* bytes read and dropped before a refusal (16 MiB) */
	unsigned lingering;      /* refused requests that are read and dropped at the same
				  * time (a quarter of the connections) */
	unsigned lingering_each; /* of one client (a quarter of that) */

	struct log *log; /* one line per request and the server's own events; NULL: none */
	void (*after_reply)(const struct http_done *done, void *ctx); /* NULL: none */
	void *after_reply_ctx;
};

/* Binds, starts the threads, serves. Copies the options' strings; the table and
 * both contexts must outlive the server. RC_INVALID (listen address, a pattern),
 * RC_IO (cannot bind: reterr says which address), RC_NOMEM. */
NODISCARD enum rc http_server_start(const struct http_options *options, struct http_server **ret,
				    struct err *reterr);

/* The bound TCP port, 0 for a Unix socket. */
unsigned http_server_port(const struct http_server *server);

/* Stops taking connections; requests still arriving on open ones are answered
 * 503 shutting-down; waits up to `timeout_ms` for requests in flight, answers
 * those that remain 503 shutting-down, and closes every connection. Whoever
 * answers for handlers (writers) must still run. RC_LIMIT when some had to be
 * cut off; RC_BUSY when a connection would not end even so: then the server's
 * threads still run, and nothing that handlers use may be freed. Call once,
 * before http_server_free. */
enum rc http_server_drain(struct http_server *server, unsigned timeout_ms);

/* Drains with no patience if that was not done, waits for handlers that run,
 * frees. NULL is allowed. An exchange still held by another thread stays valid
 * and its answer is dropped. */
void http_server_free(struct http_server *server);

struct http_server_counts {
	unsigned connections, requests, queued, lingering; /* now */
	uint64_t refused_busy;                             /* answered 503 busy, since start */
	uint64_t made_room; /* connections without a request closed for others */
};
void http_server_counts(struct http_server *server, struct http_server_counts *ret);

/* --- the request: valid until answered -------------------------------------- */

const char *exchange_method(const struct exchange *x); /* "HEAD" where a GET route serves it */

/* The path as sent, still percent-encoded, without query: for comparing DPoP's
 * `htu`. Never log it. */
const char *exchange_path(const struct exchange *x);

/* First header of that name (any case), NULL when absent. Host, Authorization,
 * DPoP, Content-Type and Content-Length cannot occur twice. */
const char *exchange_header(const struct exchange *x, const char *name);

/* The client's address as text, or "local"; and what of it shares limits: the address,
 * of IPv6 its /64 (client.h). */
const char *exchange_client(const struct exchange *x);
const char *exchange_client_net(const struct exchange *x);

/* What its answer and its log line call it. */
const char *exchange_trace_id(const struct exchange *x);

/* Whether the route needs a token. */
bool exchange_needs_token(const struct exchange *x);

/* How many bytes its body may still turn out to have: what its head says, or of a
 * chunked body all that the route takes. */
size_t exchange_body_max(const struct exchange *x);

/* Path parameter {name}, percent-decoded, never empty, without '/', control
 * characters or dot segments, UTF-8; "" when the pattern has no such name. */
const char *exchange_param(const struct exchange *x, const char *name);

/* Query parameter, strictly decoded UTF-8 ("+" is a plus); NULL when absent.
 * A name given twice was refused before the handler. */
const char *exchange_query(const struct exchange *x, const char *name);
/* The n-th query parameter's name, for refusing unknown ones; NULL past the end. */
const char *exchange_query_name(const struct exchange *x, size_t n);

/* The whole body; NUL follows it. Wiped when the exchange ends. */
const char *exchange_body(const struct exchange *x, size_t *ret_len);

enum problem_lang exchange_lang(const struct exchange *x); /* Accept-Language, nb by default */

/* Index in `types` (NULL-terminated, the preferred first) of what Accept ranks
 * highest (RFC 9110 section 12.5.1); 0 without Accept; -1 when it takes none
 * (answer not-acceptable). */
int exchange_accepts(const struct exchange *x, const char *const types[]);

/* Whether If-None-Match names this entity tag (weak comparison, RFC 9110
 * section 13.1.2): answer 304 then. `etag` with its quotes. */
bool exchange_etag_matches(const struct exchange *x, const char *etag);

/* --- the door ---------------------------------------------------------------------- */

/* The sender is known by this name (copied, cut at 47): its work is done in the turn of
 * that name. Until then it has the turn of its address, among strangers. From the door
 * or `verify`. */
void exchange_known(struct exchange *x, const char *name);

/* What the request holds until it is over, handler and answer both, or refused by the
 * door or `verify`; then `release` is called, on any thread. What it held before is
 * released now. From the door or `verify`. */
void exchange_hold(struct exchange *x, void *held, void (*release)(void *held));

/* What `verify` does instead of answering: the body may come. */
void exchange_admit(struct exchange *x);

/* Whether it was answered already, by the deadline or a drain: then nobody hears what
 * the handler says, and it should end soon. */
bool exchange_answered(struct exchange *x);

/* Runs `next` with `state` on a worker when the turn of this request comes again, and
 * until then lets others have theirs: for work that takes longer than a few
 * milliseconds, in pieces. The last thing that a handler does, instead of answering.
 * It always comes to run, however late. */
void exchange_again(struct exchange *x, http_handler *next, void *state);

/* Whether the client has closed, as far as the kernel knows now. Advice only. */
bool exchange_client_gone(struct exchange *x);

/* Monotonic microseconds until the server answers on its own; may be negative. */
int64_t exchange_time_left_us(const struct exchange *x);

/* --- for the log line ---------------------------------------------------------- */

/* Copied, cut at 9: who calls; whose data it is about; who acts for who calls. */
void exchange_note_tenant(struct exchange *x, const char *orgnr);
void exchange_note_owner(struct exchange *x, const char *orgnr);
void exchange_note_sender(struct exchange *x, const char *orgnr);
/* For an answer that is no problem by itself (a batch with refusals): a code and
 * the reason for it (NULL: none), constants both. */
void exchange_note_code(struct exchange *x, const char *code, const char *reason);
void exchange_note_stored(struct exchange *x, const struct http_stored *stored);

/* --- the answer: exactly one of these, from any thread ----------------------- */

/* Adds a header to the answer to come, or changes the one of that name; copied. At
 * most 8. Bad names or values (control characters) are left out. */
void exchange_add_header(struct exchange *x, const char *name, const char *value);

/* Takes the bytes out of `body` (NULL: none), wiped when sent. A failed buffer
 * becomes 500 internal-error. `content_type` is copied; NULL: none. */
void exchange_reply(struct exchange *x, int status, const char *content_type, struct buf *body);

/* Bytes that outlive the server, such as embedded files; not copied. */
void exchange_reply_static(struct exchange *x, int status, const char *content_type,
			   const char *bytes, size_t len);

/* Compact JSON as application/json; takes the reference, NULL becomes 500. */
void exchange_reply_json(struct exchange *x, int status, json_t *doc);

/* application/problem+json with the headers that the problem implies
 * (WWW-Authenticate, Retry-After). Borrows. */
void exchange_problem(struct exchange *x, const struct problem *problem);

/* The same with nothing but a code. */
void exchange_refuse(struct exchange *x, const char *code);
/* And a reason for the log. */
void exchange_refuse_because(struct exchange *x, const char *code, const char *reason);

#endif
