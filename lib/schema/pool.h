/* Memory that is given back all at once: what a compiled schema is made of. */
#ifndef VARDE_SCHEMA_POOL_H
#define VARDE_SCHEMA_POOL_H

#include <stddef.h>

struct pool {
	struct pool_block *blocks;
};

/* `n` zeroed bytes, aligned for any type, valid until pool_release; NULL when
 * memory runs out. */
void *pool_alloc(struct pool *p, size_t n);

/* A copy of a string, or NULL. */
char *pool_strdup(struct pool *p, const char *text);

void pool_release(struct pool *p);

#endif
