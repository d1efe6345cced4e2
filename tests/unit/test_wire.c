/* The operator socket's frames, from both ends, whole and hostile. */
#include "unit.h"

#include "operate/wire.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

static int ours, theirs;

static void setup(void)
{
	const struct timeval patience = { .tv_sec = 5 };
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ours = pair[0];
	theirs = pair[1];
	setsockopt(ours, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(theirs, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

static void teardown(void)
{
	close(ours);
	if (theirs >= 0)
		close(theirs);
}

/* The other end says these bytes and hangs up. */
static void they_say(const void *bytes, size_t len)
{
	ck_assert_int_eq(send(theirs, bytes, len, 0), (ssize_t)len);
	close(theirs);
	theirs = -1;
}

struct collected {
	size_t len;
	unsigned sum;
	enum rc answer;
};

static enum rc collect(void *ctx, const void *bytes, size_t len)
{
	struct collected *c = ctx;
	const unsigned char *p = bytes;

	c->len += len;
	while (len--)
		c->sum = c->sum * 31 + *p++;
	return c->answer;
}

/* --- requests ------------------------------------------------------------------ */

START_TEST(a_request_arrives_as_it_was_sent)
{
	json_t *args = json_pack("{ss sb}", "orgnr", "310000019", "test", 1);
	const struct operate_call call = { .args = args, .operator= "Åse", .reason = "because" };
	struct wire_request r = { 0 };
	struct err err;

	ck_assert_int_eq(wire_send_request(theirs, "tenant add", &call, &err), RC_OK);
	ck_assert_int_eq(wire_read_request(ours, &r, &err), RC_OK);
	ck_assert_str_eq(r.function, "tenant add");
	ck_assert_str_eq(r.operator, "Åse");
	ck_assert_str_eq(r.reason, "because");
	ck_assert(json_equal(r.args, args));
	wire_request_release(&r);
	json_decref(args);
}
END_TEST

START_TEST(a_request_without_reason_has_none)
{
	const struct operate_call call = { .operator= "ola" };
	struct wire_request r = { 0 };

	ck_assert_int_eq(wire_send_request(theirs, "status", &call, NULL), RC_OK);
	ck_assert_int_eq(wire_read_request(ours, &r, NULL), RC_OK);
	ck_assert_ptr_null(r.reason);
	ck_assert(json_is_object(r.args));
	wire_request_release(&r);
}
END_TEST

#define GOOD "\"varde\":1,\"function\":\"status\",\"args\":{},\"operator\":\"o\""

static const char *const bad_requests[] = {
	"",
	"\n",
	"{" GOOD ",\"reason\":null}",     /* no end of line */
	"{" GOOD ",\"reason\":null}\n\n", /* more after it */
	"{" GOOD ",\"reason\":null}\n{}",
	"{" GOOD "}\n",                            /* a member missing */
	"{" GOOD ",\"reason\":null,\"more\":1}\n", /* one too many */
	"{" GOOD ",\"reason\":7}\n",
	"{" GOOD ",\"reason\":null,\"varde\":1}\n", /* twice */
	"{\"varde\":2,\"function\":\"status\",\"args\":{},\"operator\":\"o\",\"reason\":null}\n",
	"{\"varde\":1,\"function\":\"status\",\"args\":[],\"operator\":\"o\",\"reason\":null}\n",
	"{\"varde\":1,\"function\":null,\"args\":{},\"operator\":\"o\",\"reason\":null}\n",
	"{\"varde\":1,\"function\":\"s\\u0000x\",\"args\":{},\"operator\":\"o\",\"reason\":null}\n",
	"{\"varde\":1,\"function\":\"status\",\"args\":{\"a\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]"
	"},\"operator\":\"o\","
	"\"reason\":null}\n",
	"[1,2,3,4,5]\n",
	"GET / HTTP/1.1\r\n\r\n",
	"\xff\xfe\n",
};

START_TEST(a_bad_request_is_refused)
{
	struct wire_request r = { 0 };
	struct err err = { 0 };

	they_say(bad_requests[_i], strlen(bad_requests[_i]));
	ck_assert_int_eq(wire_read_request(ours, &r, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "request-malformed");
	ck_assert_ptr_null(r.json);
}
END_TEST

static void *flood(void *arg)
{
	char chunk[65536];
	size_t sent = 0;

	(void)arg;
	memset(chunk, 'x', sizeof(chunk));
	while (sent <= WIRE_REQUEST_MAX + sizeof(chunk)) {
		ssize_t n = send(theirs, chunk, sizeof(chunk), MSG_NOSIGNAL);

		if (n <= 0)
			break;
		sent += (size_t)n;
	}
	return NULL;
}

START_TEST(an_endless_request_is_cut)
{
	struct wire_request r = { 0 };
	struct err err;
	pthread_t thread;

	pthread_create(&thread, NULL, flood, NULL);
	ck_assert_int_eq(wire_read_request(ours, &r, &err), RC_LIMIT);
	shutdown(ours, SHUT_RDWR);
	pthread_join(thread, NULL);
}
END_TEST

START_TEST(a_silent_caller_is_not_waited_for)
{
	const struct timeval hurry = { .tv_usec = 20000 };
	struct wire_request r = { 0 };

	setsockopt(ours, SOL_SOCKET, SO_RCVTIMEO, &hurry, sizeof(hurry));
	ck_assert_int_eq(wire_read_request(ours, &r, NULL), RC_BUSY);
}
END_TEST

/* --- answers ---------------------------------------------------------------------- */

#define PIECES ((size_t)3 * WIRE_PIECE + 17)

static void *answer_much(void *arg)
{
	unsigned char *bytes = malloc(PIECES);
	json_t *result = json_pack("{si}", "items", 3);
	const struct operate_output out = { .result = result, .verdict = 1 };

	(void)arg;
	for (size_t i = 0; i < PIECES; i++)
		bytes[i] = (unsigned char)(i * 7);
	if (!wire_send(theirs, WIRE_OUTPUT, bytes, PIECES) &&
	    wire_send_end(theirs, RC_OK, &out, NULL))
		ck_abort();
	json_decref(result);
	free(bytes);
	return NULL;
}

START_TEST(a_stream_and_a_result_arrive_whole)
{
	struct collected got = { .answer = RC_OK };
	struct operate_output out = { .bytes = collect, .ctx = &got };
	unsigned sum = 0;
	pthread_t thread;

	pthread_create(&thread, NULL, answer_much, NULL);
	ck_assert_int_eq(wire_read_answer(ours, &out, NULL), RC_OK);
	pthread_join(thread, NULL);
	for (size_t i = 0; i < PIECES; i++)
		sum = sum * 31 + (unsigned char)(i * 7);
	ck_assert_uint_eq(got.len, PIECES);
	ck_assert_uint_eq(got.sum, sum);
	ck_assert_int_eq(json_integer_value(json_object_get(out.result, "items")), 3);
	ck_assert_int_eq(out.verdict, 1);
	json_decref(out.result);
}
END_TEST

START_TEST(an_error_arrives_as_it_was)
{
	const struct operate_output none = { 0 };
	struct operate_output out = { 0 };
	struct err sent = { 0 }, got = { 0 };

	err_set(&sent, RC_CONFLICT, "kid-exists", "jwk", "taken");
	ck_assert_int_eq(wire_send_end(theirs, RC_CONFLICT, &none, &sent), RC_OK);
	ck_assert_int_eq(wire_read_answer(ours, &out, &got), RC_CONFLICT);
	ck_assert_str_eq(got.code, "kid-exists");
	ck_assert_str_eq(got.where, "jwk");
	ck_assert_str_eq(got.text, "taken");
	ck_assert_int_eq(out.verdict, 2);
}
END_TEST

START_TEST(an_error_text_cut_within_a_character_still_arrives)
{
	const struct operate_output none = { 0 };
	struct operate_output out = { 0 };
	struct err sent = { .code = "x-y", .where = "\xc3" }, got = { 0 };

	ck_assert_int_eq(wire_send_end(theirs, RC_IO, &none, &sent), RC_OK);
	ck_assert_int_eq(wire_read_answer(ours, &out, &got), RC_IO);
	ck_assert_str_eq(got.code, "x-y");
}
END_TEST

struct hostile {
	const char *bytes;
	size_t len;
};
#define BYTES(text)                                                                                \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static const struct hostile bad_answers[] = {
	BYTES(""),
	BYTES("O"),
	BYTES("O\0\0\0\5ab"), /* ends within a frame */
	BYTES("O\0\0\0\2ab"), /* no exit: an export cut short */
	BYTES("R\0\0\0\2{}"),
	BYTES("X\0\0\0\0"),
	BYTES("X\0\0\0\2\0\0"),
	BYTES("X\0\0\0\1\3"),
	BYTES("X\0\0\0\1\377"),
	BYTES("Z\0\0\0\0X\0\0\0\1\0"),              /* unknown kind */
	BYTES("O\377\377\377\377"),                 /* 4 GiB */
	BYTES("O\4\0\0\1"),                         /* one over the cap */
	BYTES("R\0\0\0\2{}R\0\0\0\2{}X\0\0\0\1\0"), /* two results */
	BYTES("R\0\0\0\1{X\0\0\0\1\0"),             /* no JSON */
	BYTES("E\0\0\0\3\"a\"X\0\0\0\1\2"),         /* an error that says nothing is still one */
	BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"),
};

START_TEST(a_bad_answer_is_never_a_good_one)
{
	struct collected got = { .answer = RC_OK };
	struct operate_output out = { .bytes = collect, .ctx = &got };
	struct err err = { 0 };

	they_say(bad_answers[_i].bytes, bad_answers[_i].len);
	ck_assert_int_ne(wire_read_answer(ours, &out, &err), RC_OK);
	ck_assert_ptr_null(out.result);
}
END_TEST

START_TEST(a_frame_over_the_cap_is_not_even_read)
{
	struct operate_output out = { 0 };
	char next = 0;

	ck_assert_int_eq(send(theirs, "R\377\377\377\377z", 6, 0), 6);
	ck_assert_int_ne(wire_read_answer(ours, &out, NULL), RC_OK);
	ck_assert_int_eq(recv(ours, &next, 1, MSG_DONTWAIT), 1);
	ck_assert_int_eq(next, 'z');
}
END_TEST

START_TEST(output_that_cannot_be_written_ends_the_reading)
{
	struct collected full = { .answer = RC_FULL };
	struct operate_output out = { .bytes = collect, .ctx = &full }, deaf = { 0 };

	they_say("O\0\0\0\2abO\0\0\0\2abX\0\0\0\1\0", 20);
	ck_assert_int_ne(wire_read_answer(ours, &out, NULL), RC_OK);
	ck_assert_uint_eq(full.len, 2);
	ck_assert_int_ne(wire_read_answer(ours, &deaf, NULL), RC_OK);
}
END_TEST

START_TEST(a_reader_that_left_is_noticed)
{
	char bytes[WIRE_PIECE] = { 0 };
	enum rc rc = RC_OK;

	close(theirs);
	theirs = -1;
	for (int i = 0; i < 3 && !rc; i++)
		rc = wire_send(ours, WIRE_OUTPUT, bytes, sizeof(bytes));
	ck_assert_int_eq(rc, RC_IO);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wire");
	TCase *t = tcase_create("wire");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_request_arrives_as_it_was_sent);
	tcase_add_test(t, a_request_without_reason_has_none);
	tcase_add_loop_test(t, a_bad_request_is_refused, 0,
			    sizeof(bad_requests) / sizeof(bad_requests[0]));
	tcase_add_test(t, an_endless_request_is_cut);
	tcase_add_test(t, a_silent_caller_is_not_waited_for);
	tcase_add_test(t, a_stream_and_a_result_arrive_whole);
	tcase_add_test(t, an_error_arrives_as_it_was);
	tcase_add_test(t, an_error_text_cut_within_a_character_still_arrives);
	tcase_add_loop_test(t, a_bad_answer_is_never_a_good_one, 0,
			    sizeof(bad_answers) / sizeof(bad_answers[0]));
	tcase_add_test(t, a_frame_over_the_cap_is_not_even_read);
	tcase_add_test(t, output_that_cannot_be_written_ends_the_reading);
	tcase_add_test(t, a_reader_that_left_is_noticed);
	suite_add_tcase(s, t);
	return run_suite(s);
}
