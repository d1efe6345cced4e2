/* The reports that an export was asked for, and which of them it met. */
#ifndef VARDE_OPERATE_WANTED_H
#define VARDE_OPERATE_WANTED_H

#include "base/cleanup.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct wanted;

#define WANTED_ID_SIZE 37

/* Whether `text` is a UUID in any case; then it is in `out`, in lower case. */
bool wanted_id(const char *text, char out[WANTED_ID_SIZE]);

/* From an array of texts, each a UUID in any case. RC_INVALID "argument-value"
 * (where = reports), RC_NOMEM. */
NODISCARD enum rc wanted_new(const json_t *list, struct wanted **ret, struct err *reterr);
void wanted_free(struct wanted *wanted);
DEFINE_CLEANUP(struct wanted *, wanted_free)

/* Whether it is among them; it then counts as met. */
bool wanted_has(struct wanted *wanted, const char *report_id);

/* All of them, in order, each once. New reference, NULL when memory is out. */
json_t *wanted_ids(const struct wanted *wanted);

size_t wanted_len(const struct wanted *wanted);
/* How many were never met. */
size_t wanted_missing(const struct wanted *wanted);

#endif
