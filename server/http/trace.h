/* Trace identifiers: 16 random bytes, or the caller's where a valid W3C
 * traceparent (version 00 and up) came with the request. */
#ifndef VARDE_HTTP_TRACE_H
#define VARDE_HTTP_TRACE_H

#include "http/http.h"

/* `traceparent` may be NULL. */
void trace_id(const char *traceparent, char out[TRACE_ID_SIZE]);

#endif
