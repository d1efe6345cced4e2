#include "http/access_log.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <inttypes.h>
#include <string.h>

/* No escaping is needed: every string is a constant of ours, a route pattern, hex
 * digits, an address that inet_ntop() wrote, or one that is held to digits, or letters and dashes,
 * here. */
static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

static void add_number(struct buf *line, const char *name, const char *number)
{
	if (is_number(number))
		buf_addf(line, ",\"%s\":\"%s\"", name, number);
}

static bool is_word(const char *text)
{
	return text && *text &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

static void add_stored(struct buf *line, const struct http_stored *stored)
{
	if (!stored->fresh && !stored->repeated && !stored->refused)
		return;
	buf_addf(line, ",\"new\":%u,\"repeated\":%u,\"refused\":%u", stored->fresh,
		 stored->repeated, stored->refused);
	if (stored->seq)
		buf_addf(line, ",\"seq\":%" PRId64, stored->seq);
}

/* Whose address an operator needs: who fails to sign in, floods, or keeps others out. */
static bool shows_client(const struct http_done *done)
{
	return done->status == 401 || done->status == 429 ||
	       (done->status == 503 && !*done->tenant);
}

void access_log(struct log *log, const struct http_done *done)
{
	CLEANUP(buf_release) struct buf line = buf_capped(2048);
	char time[CLOCK_TEXT_SIZE];

	if (!log)
		return;
	buf_addf(&line, "{\"time\":\"%s\",\"level\":\"info\",\"event\":\"request\"",
		 clock_format(clock_now_ms(), time));
	if (*done->trace_id)
		buf_addf(&line, ",\"trace_id\":\"%s\"", done->trace_id);
	buf_addf(&line, ",\"method\":\"%s\"", done->method);
	if (done->route)
		buf_addf(&line, ",\"route\":\"%s\",\"operation\":\"%s\"", done->route->pattern,
			 done->route->operation);
	buf_addf(&line, ",\"status\":%d", done->status);
	if (done->code)
		buf_addf(&line, ",\"code\":\"%s\"", done->code);
	if (is_word(done->reason))
		buf_addf(&line, ",\"reason\":\"%s\"", done->reason);
	add_number(&line, "tenant", done->tenant);
	add_number(&line, "owner", done->owner);
	add_number(&line, "sender", done->sender);
	if (shows_client(done) && *done->client)
		buf_addf(&line, ",\"client\":\"%s\"", done->client);
	add_stored(&line, &done->stored);
	if (!done->complete)
		buf_adds(&line, ",\"complete\":false");
	buf_addf(&line, ",\"bytes_in\":%" PRIu64 ",\"bytes_out\":%" PRIu64 ",\"us\":%" PRId64 "}",
		 done->bytes_in, done->bytes_out, done->elapsed_us);
	log_line(log, &line);
}
