/* One line per request: {"time","level":"info","event":"request","trace_id",
 * "method","route","operation","status","code","tenant","bytes_in","bytes_out",
 * "us"}. The route is the pattern, never the path or the query. A status of 0
 * means that the connection ended without an answer. */
#ifndef VARDE_HTTP_ACCESS_LOG_H
#define VARDE_HTTP_ACCESS_LOG_H

#include "http/http.h"
#include "http/log.h"

void access_log(struct log *log, const struct http_done *done);

#endif
