#include "operate/wire.h"

#include "base/cleanup.h"
#include "json/strict.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define DEPTH 16

static enum rc fault_of(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK ? RC_BUSY : RC_IO;
}

static enum rc send_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fault_of(errno);
		p += n;
		len -= (size_t)n;
	}
	return RC_OK;
}

static enum rc recv_all(int fd, void *bytes, size_t len)
{
	char *p = bytes;

	while (len) {
		ssize_t n = recv(fd, p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			return RC_IO;
		if (n < 0)
			return fault_of(errno);
		p += n;
		len -= (size_t)n;
	}
	return RC_OK;
}

void wire_request_release(struct wire_request *request)
{
	json_decref(request->json);
	*request = (struct wire_request){ 0 };
}

/* --- the client's end ----------------------------------------------------------- */

enum rc wire_send_request(int fd, const char *function, const struct operate_call *call,
			  struct err *reterr)
{
	json_t *request = json_pack("{si ss ss ss?}", "varde", 1, "function", function, "operator",
				    call->operator, "reason", call->reason);
	CLEANUP_FREE char *text = NULL;
	size_t len;
	enum rc rc;

	if (request)
		json_object_set_new(request, "args",
				    call->args ? json_deep_copy(call->args) : json_object());
	text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	json_decref(request);
	if (!text)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	len = strlen(text);
	if (len >= WIRE_REQUEST_MAX)
		return err_set(reterr, RC_LIMIT, "request-too-large", NULL,
			       "the request is too large");
	rc = send_all(fd, text, len);
	if (!rc)
		rc = send_all(fd, "\n", 1);
	return rc ? err_set(reterr, rc, "operator-socket", NULL, "varded does not read the request")
		  : RC_OK;
}

static enum rc cut(struct err *reterr)
{
	return err_set(reterr, RC_IO, "answer-cut", NULL,
		       "the answer ended early or is not understood");
}

static void copy_text(const json_t *object, const char *name, char *out, size_t size)
{
	const char *text = json_string_value(json_object_get(object, name));

	snprintf(out, size, "%s", text ? text : "");
}

/* The server's error becomes ours. */
static enum rc take_error(const json_t *json, struct err *err)
{
	json_int_t rc = json_integer_value(json_object_get(json, "rc"));

	copy_text(json, "code", err->code, sizeof(err->code));
	copy_text(json, "where", err->where, sizeof(err->where));
	copy_text(json, "text", err->text, sizeof(err->text));
	return rc > RC_OK && rc <= RC_UNSUPPORTED ? (enum rc)rc : RC_IO;
}

/* An answer while it comes in. */
struct answer {
	struct operate_output *out;
	enum rc rc;
	struct err err;
	bool ended;
};

static enum rc take_frame(struct answer *a, char kind, const struct buf *body)
{
	CLEANUP(json_decrefp) json_t *json = NULL;

	switch (kind) {
	case WIRE_OUTPUT:
		return a->out->bytes ? a->out->bytes(a->out->ctx, body->data, body->len)
				     : RC_INVALID;
	case WIRE_RESULT:
		if (a->out->result)
			return RC_INVALID;
		return json_strict_load(buf_text(body), body->len, DEPTH, &a->out->result, NULL);
	case WIRE_ERROR:
		if (json_strict_load(buf_text(body), body->len, DEPTH, &json, NULL))
			return RC_INVALID;
		a->rc = take_error(json, &a->err);
		return RC_OK;
	case WIRE_EXIT:
		if (body->len != 1 || (unsigned char)body->data[0] > 2)
			return RC_INVALID;
		a->out->verdict = (unsigned char)body->data[0];
		a->ended = true;
		return RC_OK;
	default: return RC_INVALID;
	}
}

static enum rc read_frame(int fd, char *ret_kind, struct buf *body)
{
	unsigned char head[5];
	char chunk[8192];
	size_t len;
	enum rc rc = recv_all(fd, head, sizeof(head));

	if (rc)
		return rc;
	*ret_kind = (char)head[0];
	len = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
	if (len > WIRE_FRAME_MAX)
		return RC_INVALID;
	buf_clear(body);
	while (!rc && len) {
		size_t n = len < sizeof(chunk) ? len : sizeof(chunk);

		rc = recv_all(fd, chunk, n);
		if (!rc)
			rc = buf_add(body, chunk, n);
		len -= n;
	}
	return rc;
}

enum rc wire_read_answer(int fd, struct operate_output *out, struct err *reterr)
{
	CLEANUP(buf_release) struct buf body = buf_capped(WIRE_FRAME_MAX);
	struct answer a = { .out = out, .rc = RC_OK };

	out->result = NULL;
	out->verdict = 0;
	while (!a.ended) {
		char kind;
		enum rc rc = read_frame(fd, &kind, &body);

		if (!rc)
			rc = take_frame(&a, kind, &body);
		if (rc) {
			json_decref(out->result);
			out->result = NULL;
			return rc == RC_NOMEM ? rc : cut(reterr);
		}
	}
	if (a.rc) {
		json_decref(out->result);
		out->result = NULL;
		if (reterr)
			*reterr = a.err;
	}
	return a.rc;
}

/* --- the server's end -------------------------------------------------------------- */

/* Up to the newline, which must be the last byte that comes. */
static enum rc read_line(int fd, struct buf *line)
{
	char chunk[8192];

	for (;;) {
		ssize_t n = recv(fd, chunk, sizeof(chunk), 0);
		const char *end;

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			return RC_INVALID;
		if (n < 0)
			return fault_of(errno);
		end = memchr(chunk, '\n', (size_t)n);
		if (end && end != chunk + n - 1)
			return RC_INVALID;
		if (buf_add(line, chunk, (size_t)n - (end ? 1 : 0)))
			return buf_rc(line);
		if (end)
			return RC_OK;
	}
}

static bool take_request(json_t *json, struct wire_request *r)
{
	const json_t *reason = json_object_get(json, "reason");

	r->function = json_string_value(json_object_get(json, "function"));
	r->operator= json_string_value(json_object_get(json, "operator"));
	r->reason = json_string_value(reason);
	r->args = json_object_get(json, "args");
	return json_is_object(json) && json_object_size(json) == 5 && r->function &&
	       r->operator&& json_integer_value(json_object_get(json, "varde")) == 1 &&
	       json_is_object(r->args) && (json_is_null(reason) || r->reason);
}

enum rc wire_read_request(int fd, struct wire_request *ret, struct err *reterr)
{
	CLEANUP(buf_release) struct buf line = buf_capped(WIRE_REQUEST_MAX);
	struct wire_request r = { 0 };
	enum rc rc = read_line(fd, &line);

	if (rc == RC_BUSY || rc == RC_IO || rc == RC_NOMEM || rc == RC_LIMIT)
		return err_set(reterr, rc, "request-unread", NULL,
			       "the request did not come whole");
	if (!rc)
		rc = json_strict_load(buf_text(&line), line.len, DEPTH, &r.json, NULL);
	if (!rc && take_request(r.json, &r)) {
		*ret = r;
		return RC_OK;
	}
	json_decref(r.json);
	return err_set(reterr, rc == RC_NOMEM ? rc : RC_INVALID, "request-malformed", NULL,
		       "the request is not one line of JSON as this program writes it");
}

static enum rc send_frame(int fd, enum wire_kind kind, const void *bytes, size_t len)
{
	unsigned char head[5] = { (unsigned char)kind, (unsigned char)(len >> 24),
				  (unsigned char)(len >> 16), (unsigned char)(len >> 8),
				  (unsigned char)len };
	enum rc rc = send_all(fd, head, sizeof(head));

	return rc ? rc : send_all(fd, bytes, len);
}

enum rc wire_send(int fd, enum wire_kind kind, const void *bytes, size_t len)
{
	const char *p = bytes;
	enum rc rc = RC_OK;

	if (len > WIRE_FRAME_MAX && kind != WIRE_OUTPUT)
		return RC_LIMIT;
	while (kind == WIRE_OUTPUT && !rc && len > WIRE_PIECE) {
		rc = send_frame(fd, kind, p, WIRE_PIECE);
		p += WIRE_PIECE;
		len -= WIRE_PIECE;
	}
	return rc ? rc : send_frame(fd, kind, p, len);
}

static enum rc send_json(int fd, enum wire_kind kind, const json_t *json)
{
	CLEANUP_FREE char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	return text ? wire_send(fd, kind, text, strlen(text)) : RC_NOMEM;
}

enum rc wire_send_end(int fd, enum rc outcome, const struct operate_output *out,
		      const struct err *err)
{
	char exit = (char)(outcome ? 2 : out->verdict);
	json_t *fault;
	enum rc rc = RC_OK;

	if (outcome) {
		fault = json_pack("{si ss ss ss}", "rc", (int)outcome, "code", err->code, "where",
				  err->where, "text", err->text);
		if (!fault) /* a text cut within a character */
			fault = json_pack("{si ss}", "rc", (int)outcome, "code", err->code);
		rc = send_json(fd, WIRE_ERROR, fault);
		json_decref(fault);
	} else if (out->result) {
		rc = send_json(fd, WIRE_RESULT, out->result);
	}
	return rc ? rc : wire_send(fd, WIRE_EXIT, &exit, 1);
}
