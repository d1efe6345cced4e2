/* How vardectl and varded talk over DATA/operator.sock (a stream socket).
 *
 * The client sends one line of JSON, ended by a newline, and nothing more:
 *   {"varde":1,"function":"tenant add","args":{…},"operator":"ola","reason":null}
 * The server answers with frames and closes:
 *   u8 kind, u32 length (big-endian), that many bytes
 *   'O'  a piece of output (export), any number of them
 *   'R'  the result, a JSON object; at most one
 *   'E'  what went wrong, {"rc":N,"code":…,"where":…,"text":…}; at most one
 *   'X'  one byte, the verdict (0 fine, 1 warning, 2 broken or failed): the end
 * An answer without 'X' was cut short and must not be trusted, least of all an
 * export. The uid is not said: the server asks the socket (SO_PEERCRED).
 *
 * Reading is by file descriptor with the caller's timeouts (SO_RCVTIMEO,
 * SO_SNDTIMEO); a timeout is RC_BUSY, a broken connection RC_IO. */
#ifndef VARDE_OPERATE_WIRE_H
#define VARDE_OPERATE_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "operate/operate.h"

#define WIRE_REQUEST_MAX ((size_t)8 << 20)
#define WIRE_FRAME_MAX ((size_t)64 << 20)
#define WIRE_PIECE 65536 /* output is cut into frames of at most this */

enum wire_kind { WIRE_OUTPUT = 'O', WIRE_RESULT = 'R', WIRE_ERROR = 'E', WIRE_EXIT = 'X' };

/* A request as read. All strings live in `json`, owned by the reader. */
struct wire_request {
	json_t *json;
	const char *function, *operator, * reason; /* reason may be NULL */
	const json_t *args;
};
void wire_request_release(struct wire_request *request);

/* --- the client's end ----------------------------------------------------------- */

/* Sends the line. RC_IO, RC_BUSY, RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc wire_send_request(int fd, const char *function, const struct operate_call *call,
				    struct err *reterr);

/* Reads the answer to its end: pieces of output go to out->bytes, result and
 * verdict into `out`. Returns what the function returned, with its err; a
 * malformed or cut answer is RC_IO "answer-cut". */
NODISCARD enum rc wire_read_answer(int fd, struct operate_output *out, struct err *reterr);

/* --- the server's end -------------------------------------------------------------- */

/* Reads the one line. RC_INVALID "request-malformed", RC_LIMIT, RC_IO, RC_BUSY. */
NODISCARD enum rc wire_read_request(int fd, struct wire_request *ret, struct err *reterr);

/* Writes one frame; output longer than WIRE_PIECE goes out in several. */
NODISCARD enum rc wire_send(int fd, enum wire_kind kind, const void *bytes, size_t len);

/* Ends the answer: result or error, then exit. */
NODISCARD enum rc wire_send_end(int fd, enum rc outcome, const struct operate_output *out,
				const struct err *err);

#endif
