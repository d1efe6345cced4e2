/* Accept, Accept-Language and If-None-Match (RFC 9110 sections 12.5 and 13.1.2).
 * Malformed members of a list count as absent. Pure functions. */
#ifndef VARDE_HTTP_NEGOTIATE_H
#define VARDE_HTTP_NEGOTIATE_H

#include "http/problem.h"

#include <stdbool.h>

/* Index in `types` of the highest quality in the Accept list, ties to the first
 * of `types`; 0 when `accept` is NULL or empty; -1 when nothing is taken. */
int negotiate_type(const char *accept, const char *const types[]);

/* nb for nb, no, nn, da, sv and everything unknown, en for en. */
enum problem_lang negotiate_lang(const char *accept_language);

/* Weak comparison of `etag` with a list of tags or "*". */
bool negotiate_etag(const char *if_none_match, const char *etag);

#endif
