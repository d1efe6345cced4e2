/* Whom is looked for: read from a file, standard input or the terminal, kept in
 * locked memory. */
#ifndef VARDE_OPEN_PERSON_H
#define VARDE_OPEN_PERSON_H

#include "base/cleanup.h"
#include "base/err.h"
#include "identifiers/person_number.h"

#include <stdbool.h>
#include <stddef.h>

struct person {
	char number[PERSON_NUMBER_LEN + 1]; /* digits */
	char hpr[10];                       /* digits without leading zeros; "" when not given */
};

/* One: a number on the first line, with or without spaces and dots inside; on the next, for
 * staff, "hpr NUMBER". `path` NULL: from standard input, or the terminal where that is one.
 * RC_INVALID "person-number" (no value is repeated), RC_NOT_FOUND, RC_IO, RC_NOMEM. */
NODISCARD enum rc person_read(const char *path, struct person **ret, struct err *reterr);
void person_free(struct person *person);
DEFINE_CLEANUP(struct person *, person_free)

/* Many: numbers, one a line; empty lines and # comments are passed over. In order, to be
 * looked up in. Errors as above, where = the line. */
struct persons;
NODISCARD enum rc persons_read(const char *path, struct persons **ret, struct err *reterr);
bool persons_has(const struct persons *persons, const char *number);
void persons_free(struct persons *persons);
DEFINE_CLEANUP(struct persons *, persons_free)

#endif
