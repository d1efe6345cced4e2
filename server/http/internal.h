/* What the files of this room share; nobody else includes it.
 *
 * An exchange lives as long as someone holds it: its connection (until
 * libmicrohttpd says that the request is over) and its handler (until it
 * answers). States, each change under `lock`:
 *
 *   RECEIVING --door--> VERIFYING          connection suspended, `verify` queued
 *   VERIFYING --admitted--> RECEIVING      connection resumed, the body comes
 *   VERIFYING --verify, deadline or drain--> REFUSED   connection resumed
 *   RECEIVING --gate, door or cap--> REFUSED           the body is read and dropped
 *   REFUSED --end of the body, or at once--> ANSWERED
 *   RECEIVING --body complete--> WAITING   connection suspended, the handler queued
 *   WAITING --handler, deadline or drain--> ANSWERED   connection resumed
 *
 * Lock order: server.watch_lock, exchange.lock, libmicrohttpd's own. */
#ifndef VARDE_HTTP_INTERNAL_H
#define VARDE_HTTP_INTERNAL_H

#include "http/client.h"
#include "http/gate.h"
#include "http/head.h"
#include "http/http.h"
#include "http/pool.h"
#include "limits/places.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#define CONNECTION_MEMORY 65536
#define REPLY_HEADERS_MAX 8
#define TENANT_SIZE 10

enum exchange_state {
	EXCHANGE_RECEIVING,
	EXCHANGE_VERIFYING,
	EXCHANGE_WAITING,
	EXCHANGE_REFUSED,
	EXCHANGE_ANSWERED
};

/* How far libmicrohttpd has come with it. */
enum exchange_stage {
	STAGE_HEAD, /* not there yet */
	STAGE_DOOR, /* being verified; its handler will be called as for the head once more */
	STAGE_BODY,
};

/* A finished answer, built by whichever thread gives it. */
struct answer {
	struct MHD_Response *response; /* NULL: memory ran out, the connection closes */
	int status;
	const char *code, *reason;
	size_t bytes;
};

struct reply_header {
	char *name, *value;
};

struct exchange {
	struct pool_job job;
	atomic_uint refs;
	struct http_server *server;

	/* Written on libmicrohttpd's thread before the handler sees it. */
	struct head head;
	void *head_memory;
	size_t head_size;
	const char *raw_target; /* as libmicrohttpd showed it; for its address only */
	size_t raw_target_len;
	const struct http_route *route;
	struct buf body;
	uint64_t bytes_in, dropped;
	int64_t began_us, deadline_us;
	enum exchange_stage stage;
	struct verdict verdict;
	struct client client;
	char flow[TURNS_NAME_SIZE];
	char trace_id[TRACE_ID_SIZE];
	enum problem_lang lang;
	bool options, expects_continue;
	bool dropping; /* refused: what still comes of the body is not kept */
	struct place *lingering;

	/* The handler's or `verify`'s, until it answers. */
	bool at_door; /* who answers gives up what it holds */
	void *held;
	void (*release)(void *held);
	http_handler *next; /* what runs instead of the route's handler */
	void *next_state;
	struct reply_header headers[REPLY_HEADERS_MAX];
	size_t header_count;

	pthread_mutex_t lock; /* guards the rest */
	enum exchange_state state;
	struct MHD_Connection *connection; /* NULL once the request is over */
	int fd;
	struct answer answer;
	char tenant[TENANT_SIZE], owner[TENANT_SIZE], sender[TENANT_SIZE];
	const char *noted_code, *noted_reason;
	struct http_stored stored;
};

/* One open socket. In the server's list from accept to close. */
struct connection {
	struct connection *next, **link;
	int fd;
	int64_t deadline_us;       /* shut down after that, unless a request is WAITING */
	bool extended;             /* the deadline is already that of sending the answer */
	bool cut;                  /* was shut down to make room */
	bool head_read;            /* of the request that it has now */
	bool used;                 /* has had a request */
	int64_t waiting_since_us;  /* for a request */
	struct exchange *exchange; /* borrowed; NULL between requests */
};

struct http_server {
	atomic_uint refs; /* the program, and every exchange */
	struct http_options options;
	char *listen;
	int listen_fd;
	unsigned port;
	char *unix_path; /* removed at the end; NULL for TCP */
	struct MHD_Daemon *daemon;
	struct pool *pool;
	struct client_rules client_rules;
	struct places *lingering; /* by the client's net */
	atomic_bool draining;
	bool drained;
	atomic_ullong refused_busy;

	pthread_mutex_t watch_lock; /* guards the rest */
	pthread_cond_t watch_wake;  /* the watchdog should look now */
	pthread_cond_t quiet;       /* a request ended */
	struct connection *connections;
	unsigned connection_count;
	unsigned requests;
	uint64_t made_room;
	bool watching;
	pthread_t watchdog;
};

/* exchange.c */
struct exchange *exchange_new(struct http_server *server);
void exchange_unref(struct exchange *x);
/* Gives up what it holds and its body: it was refused, or it is over. */
void exchange_let_go(struct exchange *x);

/* admit.c: from the head to the body. What to tell libmicrohttpd. */
enum MHD_Result admit_head(struct exchange *x, struct MHD_Connection *connection,
			   const char *method, const char *version);
enum MHD_Result admit_verified(struct exchange *x, struct MHD_Connection *connection);
/* A fault that shows only in the body; false when the rest of that will not be read. */
bool admit_refuse(struct exchange *x, const char *code);

/* server.c */
void server_unref(struct http_server *server);

/* reply.c: builds the problem for an exchange; with the handler's headers only
 * where the caller owns them. */
struct answer answer_problem(struct exchange *x, const struct problem *problem, bool own_headers);
struct answer answer_empty(struct exchange *x, int status);
/* Makes it the answer, if there is none yet; resumes a waiting connection.
 * Takes the answer in any case. False when another was first. */
bool exchange_give(struct exchange *x, struct answer answer);
void answer_release(struct answer *answer);

/* access.c: suspends the connection and has a worker run it; a full queue refuses. */
void exchange_dispatch(struct exchange *x, struct MHD_Connection *connection,
		       enum exchange_state state, void (*run)(struct pool_job *job));

/* access.c: queues the answer that is there. */
enum MHD_Result access_answer(struct exchange *x, struct MHD_Connection *connection);

/* access.c: libmicrohttpd's callbacks; `cls` is the server. */
void *access_begin(void *cls, const char *target, struct MHD_Connection *connection);
enum MHD_Result access_handle(void *cls, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *data_size, void **closure);
void access_done(void *cls, struct MHD_Connection *connection, void **closure,
		 enum MHD_RequestTerminationCode how);

/* watch.c: open connections and their deadlines. */
void watch_notify(void *cls, struct MHD_Connection *connection, void **socket_context,
		  enum MHD_ConnectionNotificationCode what);
void watch_request_began(struct http_server *server, struct MHD_Connection *connection,
			 struct exchange *x);
void watch_head_read(struct http_server *server, struct MHD_Connection *connection);
void watch_request_answered(struct http_server *server, struct MHD_Connection *connection);
void watch_request_ended(struct http_server *server, struct MHD_Connection *connection);
enum rc watch_start(struct http_server *server);
void watch_stop(struct http_server *server);
/* Waits until no request is open or `until_us`; true when none is. */
bool watch_wait_quiet(struct http_server *server, int64_t until_us);
/* Answers every waiting request `code`, shuts down those being received; with
 * `all` every socket. */
void watch_cut(struct http_server *server, const char *code, bool all);

/* receive.c: copies the head that libmicrohttpd holds. RC_NOMEM. */
NODISCARD enum rc head_copy(struct exchange *x, struct MHD_Connection *connection,
			    const char *method, const char *version);

#endif
