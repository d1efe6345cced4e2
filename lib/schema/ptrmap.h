/* A map from an address to an address: "which resource does this JSON object
 * belong to", "which node was made of it". */
#ifndef VARDE_SCHEMA_PTRMAP_H
#define VARDE_SCHEMA_PTRMAP_H

#include "base/rc.h"

#include <stddef.h>

struct ptrmap {
	struct ptrmap_entry *entries;
	size_t used, size;
};

/* NULL when absent. */
void *ptrmap_get(const struct ptrmap *m, const void *key);

/* Adds or replaces. RC_NOMEM. */
NODISCARD enum rc ptrmap_put(struct ptrmap *m, const void *key, void *value);

void ptrmap_release(struct ptrmap *m);

#endif
