/* The operator's socket, from both ends: the input is first what a client says, then
 * what a server answers. A request that is taken can be sent and is then the same; an
 * answer counts only when its end has come. */
#include "fuzz.h"

#include "operate/wire.h"
#include "json/canonical.h"

#include <sys/socket.h>
#include <unistd.h>

#define INPUT_MAX 65536 /* what a socket holds without a reader */

/* A socket at whose other end these bytes were said before it was closed. */
static int said(const void *bytes, size_t len)
{
	int pair[2];

	MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(send(pair[1], bytes, len, MSG_NOSIGNAL) == (ssize_t)len);
	close(pair[1]);
	return pair[0];
}

static void check_again(const struct wire_request *r)
{
	const struct operate_call call = {
		.args = r->args, .operator= r->operator, .reason = r->reason };
	struct wire_request again = { 0 };
	int pair[2];

	MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(!wire_send_request(pair[1], r->function, &call, NULL));
	close(pair[1]);
	MUST(!wire_read_request(pair[0], &again, NULL));
	close(pair[0]);
	MUST(!strcmp(again.function, r->function) && !strcmp(again.operator, r->operator));
	MUST(!r->reason == !again.reason && (!r->reason || !strcmp(r->reason, again.reason)));
	MUST(json_equal(again.args, r->args));
	wire_request_release(&again);
}

static void check_request(const uint8_t *data, size_t size)
{
	struct wire_request r = { 0 };
	struct err err = { 0 };
	int fd = said(data, size);
	enum rc rc = wire_read_request(fd, &r, &err);

	close(fd);
	if (rc) {
		MUST(!r.json && !strncmp(err.code, "request-", 8));
		return;
	}
	MUST(size && data[size - 1] == '\n' && r.function && r.operator&& json_is_object(r.args));
	check_again(&r);
	wire_request_release(&r);
}

static enum rc count(void *ctx, const void *bytes, size_t len)
{
	(void)bytes;
	*(size_t *)ctx += len;
	return RC_OK;
}

/* What came well is sent again, and comes the same. */
static void check_resent(const struct operate_output *sent)
{
	struct operate_output out = { 0 };
	int pair[2];

	MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(!wire_send_end(pair[1], RC_OK, sent, NULL));
	close(pair[1]);
	MUST(!wire_read_answer(pair[0], &out, NULL));
	close(pair[0]);
	MUST(out.verdict == sent->verdict && !out.result == !sent->result);
	MUST(!out.result || json_equal(out.result, sent->result));
	json_decref(out.result);
}

/* What went wrong there is told here, with the same words. */
static void check_failure(enum rc rc, const struct err *err)
{
	struct operate_output out = { 0 };
	struct err again = { 0 };
	int pair[2];

	MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(!wire_send_end(pair[1], rc, &out, err));
	close(pair[1]);
	MUST(wire_read_answer(pair[0], &out, &again) == rc);
	close(pair[0]);
	MUST(!strcmp(again.code, err->code) && !out.result);
}

static void check_answer(const uint8_t *data, size_t size)
{
	size_t bytes = 0;
	struct operate_output out = { .bytes = count, .ctx = &bytes };
	struct err err = { 0 };
	int fd = said(data, size);
	enum rc rc = wire_read_answer(fd, &out, &err);

	close(fd);
	MUST(bytes <= size && out.verdict >= 0 && out.verdict <= 2);
	MUST(!rc || !out.result);
	if (rc) {
		check_failure(rc, &err);
	} else {
		MUST(memmem(data, size, "X\0\0\0\1", 5));
		check_resent(&out);
	}
	json_decref(out.result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > INPUT_MAX)
		return 0;
	check_request(data, size);
	check_answer(data, size);
	return 0;
}
