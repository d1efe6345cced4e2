#include "http/access_log.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <inttypes.h>

/* No escaping is needed: every string is a constant of ours, a route pattern, hex
 * digits, or a tenant's number, which is held to digits here. */
static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
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
	if (is_number(done->tenant))
		buf_addf(&line, ",\"tenant\":\"%s\"", done->tenant);
	if (!done->complete)
		buf_adds(&line, ",\"complete\":false");
	buf_addf(&line, ",\"bytes_in\":%" PRIu64 ",\"bytes_out\":%" PRIu64 ",\"us\":%" PRId64 "}",
		 done->bytes_in, done->bytes_out, done->elapsed_us);
	log_line(log, &line);
}
