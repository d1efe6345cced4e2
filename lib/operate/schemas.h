/* Inside of operate: the kinds of document as rows, and what is wrong with their files. */
#ifndef VARDE_OPERATE_SCHEMAS_H
#define VARDE_OPERATE_SCHEMAS_H

#include <jansson.h>
#include <stdint.h>

struct rulebook;

/* [{schema, kind, version, state, open, deprecated, sunset, successor, kept}] */
json_t *schemas_rows(const struct rulebook *book, int64_t now_ms);

/* [{code, where, text}] of the files as they were last read. */
json_t *schemas_faults(const struct rulebook *book);

#endif
