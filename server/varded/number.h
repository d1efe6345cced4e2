/* Numbers in queries. */
#ifndef VARDE_VARDED_NUMBER_H
#define VARDE_VARDED_NUMBER_H

#include "http/http.h"

/* A whole number of the query within [0, max]; absent is `otherwise`. */
bool query_number(const struct exchange *x, const char *name, int64_t otherwise, int64_t max,
		  int64_t *ret);

#endif
