/* How many persons reserve themselves and how many documents were dropped for it: what an
 * operator, and `vardectl quality`, may show. */
#ifndef VARDE_OPERATE_RESERVATION_COUNTS_H
#define VARDE_OPERATE_RESERVATION_COUNTS_H

#include "base/err.h"

#include <jansson.h>

struct installation;

/* Below this a count is not told. */
#define RESERVATION_TOLD_FROM 5

/* {"mode","decision","persons":N|null,"documents":N|null}: null where it is less than
 * RESERVATION_TOLD_FROM, none or not. Of all tenants together, never of one. Reads the salt of
 * every stored document: seconds for a million. New reference in *ret; the store's errors. */
NODISCARD enum rc reservation_counts(struct installation *installation, json_t **ret,
				     struct err *reterr);

#endif
