#include "http/log.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdarg.h>

#define LOG_LINE_MAX 16384

struct log {
	pthread_mutex_t lock;
	FILE *out;
};

struct log *log_new(FILE *out)
{
	struct log *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	pthread_mutex_init(&log->lock, NULL);
	log->out = out;
	return log;
}

void log_free(struct log *log)
{
	if (!log)
		return;
	pthread_mutex_destroy(&log->lock);
	free(log);
}

void log_line(struct log *log, struct buf *line)
{
	buf_addc(line, '\n');
	if (!log || buf_rc(line))
		return;
	pthread_mutex_lock(&log->lock);
	fwrite(line->data, 1, line->len, log->out);
	fflush(log->out);
	pthread_mutex_unlock(&log->lock);
}

static int dump(const char *text, size_t len, void *cls)
{
	return buf_add(cls, text, len) ? -1 : 0;
}

void log_event(struct log *log, enum log_level level, const char *event, const char *format, ...)
{
	static const char *const levels[] = { "info", "warning", "error" };
	CLEANUP(buf_release) struct buf line = buf_capped(LOG_LINE_MAX);
	json_auto_t *doc = NULL;
	json_auto_t *members = NULL;
	char time[CLOCK_TEXT_SIZE];
	va_list ap;

	if (!log)
		return;
	doc = json_pack("{s:s, s:s, s:s}", "time", clock_format(clock_now_ms(), time), "level",
			levels[level], "event", event);
	if (format) {
		va_start(ap, format);
		members = json_vpack_ex(NULL, 0, format, ap);
		va_end(ap);
		/* An event is worth a line even if its members cannot be built. */
		if (members && doc)
			json_object_update_missing(doc, members);
	}
	if (doc && !json_dump_callback(doc, dump, &line, JSON_COMPACT))
		log_line(log, &line);
}
