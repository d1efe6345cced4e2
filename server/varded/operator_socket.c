#include "varded/operator_socket.h"

#include "base/clock.h"
#include "config/config.h"
#include "http/log.h"
#include "installation/installation.h"
#include "operate/dial.h"
#include "operate/operate.h"
#include "operate/wire.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define THREADS 3
#define REQUEST_SECONDS 10
#define ANSWER_SECONDS 60

struct operator_socket {
	struct installation *installation;
	struct log *log;
	struct operate_process process;
	int listener;
	int stop; /* eventfd, readable from the moment we stop */
	pthread_mutex_t lock;
	bool stopping;            /* under lock */
	int connections[THREADS]; /* under lock; -1: idle */
	pthread_t threads[THREADS];
	size_t threads_len;
};

/* What a thread needs to know: whose it is and its place in `connections`. */
struct server {
	struct operator_socket *socket;
	size_t index;
};

static bool may_operate(int fd, int64_t *ret_uid)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		return false;
	*ret_uid = (int64_t)peer.uid;
	return peer.uid == geteuid() || peer.uid == 0;
}

static enum rc send_piece(void *ctx, const void *bytes, size_t len)
{
	const int *fd = ctx;

	return wire_send(*fd, WIRE_OUTPUT, bytes, len);
}

static void say_served(struct operator_socket *s, const struct wire_request *request, int64_t uid,
		       const char *code)
{
	const struct operate_function *function = operate_find(request->function);

	log_event(s->log, LOG_LEVEL_INFO, "operator-call", "{s:s, s:s, s:I, s:s}", "command",
		  function ? function->name : "unknown", "operator", request->operator ? request->operator : "",
		  "uid", (json_int_t)uid, "code", code);
}

/* Reads a request, runs it, answers. */
static void serve(struct operator_socket *s, int fd, int64_t uid)
{
	struct operate_output out = { .bytes = send_piece, .ctx = &fd };
	struct wire_request request = { 0 };
	struct err err = { 0 };
	enum rc rc = wire_read_request(fd, &request, &err);

	if (!rc) {
		struct operate_call call = { .args = request.args,
					     .operator= request.operator,
					     .uid = uid,
					     .reason = request.reason,
					     .now_ms = clock_now_ms(),
					     .process = &s->process };

		rc = operate_run(s->installation, request.function, &call, &out, &err);
	}
	if (rc && !err.code[0])
		err_set(&err, rc, rc_name(rc), NULL, "failed");
	say_served(s, &request, uid, rc ? err.code : "ok");
	if (wire_send_end(fd, rc, &out, &err))
		shutdown(fd, SHUT_RDWR); /* the caller sees an answer without its end */
	json_decref(out.result);
	wire_request_release(&request);
}

static void refuse(int fd)
{
	const struct operate_output out = { 0 };
	struct err err;

	err_set(&err, RC_FORBIDDEN, "operator-forbidden", NULL,
		"only the daemon's own user and root may operate it");
	if (wire_send_end(fd, RC_FORBIDDEN, &out, &err))
		return;
}

/* Says which connection this thread serves, so that stop can cut it. */
static bool enter(struct server *server, int fd)
{
	struct operator_socket *s = server->socket;
	bool go;

	pthread_mutex_lock(&s->lock);
	go = !s->stopping;
	s->connections[server->index] = go ? fd : -1;
	pthread_mutex_unlock(&s->lock);
	return go;
}

static void leave(struct server *server, int fd)
{
	pthread_mutex_lock(&server->socket->lock);
	server->socket->connections[server->index] = -1;
	pthread_mutex_unlock(&server->socket->lock);
	close(fd);
}

static void serve_one(struct server *server, int fd)
{
	const struct timeval in = { .tv_sec = REQUEST_SECONDS }, out = { .tv_sec = ANSWER_SECONDS };
	int64_t uid = -1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof(in));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &out, sizeof(out));
	if (enter(server, fd)) {
		if (may_operate(fd, &uid))
			serve(server->socket, fd, uid);
		else
			refuse(fd);
	}
	leave(server, fd);
}

static void *work(void *arg)
{
	struct server *server = arg;
	struct operator_socket *s = server->socket;

	for (;;) {
		struct pollfd fds[] = { { .fd = s->listener, .events = POLLIN },
					{ .fd = s->stop, .events = POLLIN } };
		int fd;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (fds[1].revents)
			break;
		fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			serve_one(server, fd);
		else if (errno == EMFILE || errno == ENFILE)
			poll(&fds[1], 1, 100); /* no descriptor to spare: wait, but not for ever */
	}
	free(server);
	return NULL;
}

static enum rc start_threads(struct operator_socket *s, struct err *reterr)
{
	while (s->threads_len < THREADS) {
		struct server *server = calloc(1, sizeof(*server));

		if (!server)
			return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
		*server = (struct server){ .socket = s, .index = s->threads_len };
		if (pthread_create(&s->threads[s->threads_len], NULL, work, server)) {
			free(server);
			return err_set(reterr, RC_NOMEM, "no-memory", NULL,
				       "no thread for the operator socket");
		}
		s->threads_len++;
	}
	return RC_OK;
}

enum rc operator_socket_start(struct installation *installation,
			      const struct operate_process *process, struct log *log,
			      struct operator_socket **ret, struct err *reterr)
{
	CLEANUP(operator_socket_stopp) struct operator_socket *s = calloc(1, sizeof(*s));
	enum rc rc;

	if (!s)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	s->installation = installation;
	s->log = log;
	s->process = *process;
	pthread_mutex_init(&s->lock, NULL);
	for (size_t i = 0; i < THREADS; i++)
		s->connections[i] = -1;
	s->listener = -1;
	s->stop = eventfd(0, EFD_CLOEXEC);
	if (s->stop < 0)
		return err_set(reterr, RC_IO, "operator-socket", NULL, "cannot make an eventfd");
	rc = operate_listen(installation->config->data, &s->listener, reterr);
	if (!rc)
		rc = start_threads(s, reterr);
	if (!rc)
		*ret = TAKE_PTR(s);
	return rc;
}

void operator_socket_stop(struct operator_socket *s)
{
	char path[PATH_MAX];

	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	for (size_t i = 0; i < THREADS; i++)
		if (s->connections[i] >= 0)
			shutdown(s->connections[i], SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
	if (s->stop >= 0)
		eventfd_write(s->stop, 1);
	for (size_t i = 0; i < s->threads_len; i++)
		pthread_join(s->threads[i], NULL);
	if (s->listener >= 0 &&
	    !config_data_path(s->installation->config, OPERATE_SOCKET, path, sizeof(path)))
		unlink(path);
	if (s->listener >= 0)
		close(s->listener);
	if (s->stop >= 0)
		close(s->stop);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
