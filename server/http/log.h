/* The program's log: one JSON object per line, one write per line, so that
 * lines of several threads never mix. Every event has a stable name. Never put
 * a sender's value, a path, a query or a secret into one. */
#ifndef VARDE_HTTP_LOG_H
#define VARDE_HTTP_LOG_H

#include "base/buf.h"

#include <jansson.h>
#include <stdio.h>

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

struct log;

/* Writes to `out`, which is borrowed and stays open. NULL when out of memory. */
struct log *log_new(FILE *out);
void log_free(struct log *log);

/* {"time":…,"level":…,"event":…} and the members that jansson's json_pack makes
 * of `format`, an object: log_event(log, LOG_LEVEL_INFO, "varded-started",
 * "{s:s, s:i}", "listen", address, "port", port). `format` may be NULL. A NULL
 * log does nothing. Any thread. */
void log_event(struct log *log, enum log_level level, const char *event, const char *format, ...);

/* Writes a finished line (a newline is added). Any thread. */
void log_line(struct log *log, struct buf *line);

#endif
