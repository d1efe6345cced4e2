/* The reports that an export was asked for, and which of them it met. */
#ifndef VARDE_OPERATE_WANTED_H
#define VARDE_OPERATE_WANTED_H

#include "base/cleanup.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct wanted;

/* From an array of texts, each a UUID in any case. RC_INVALID "argument-value"
 * (where = reports), RC_NOMEM. */
NODISCARD enum rc wanted_new(const json_t *list, struct wanted **ret, struct err *reterr);
void wanted_free(struct wanted *wanted);
DEFINE_CLEANUP(struct wanted *, wanted_free)

/* Whether it is among them; it then counts as met. */
bool wanted_has(struct wanted *wanted, const char *report_id);

size_t wanted_len(const struct wanted *wanted);
/* How many were never met. */
size_t wanted_missing(const struct wanted *wanted);

#endif
