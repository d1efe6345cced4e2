#include "schema/ptrmap.h"

#include <stdint.h>
#include <stdlib.h>

struct ptrmap_entry {
	const void *key;
	void *value;
};

/* Where `key` is or would be: open addressing, the size is a power of two. */
static struct ptrmap_entry *slot(struct ptrmap_entry *entries, size_t size, const void *key)
{
	uint64_t hash = (uint64_t)(uintptr_t)key * UINT64_C(0x9E3779B97F4A7C15);
	size_t i = (size_t)(hash >> 20) & (size - 1);

	while (entries[i].key && entries[i].key != key)
		i = (i + 1) & (size - 1);
	return &entries[i];
}

void *ptrmap_get(const struct ptrmap *m, const void *key)
{
	return m->size ? slot(m->entries, m->size, key)->value : NULL;
}

static enum rc grow(struct ptrmap *m)
{
	size_t size = m->size ? m->size * 2 : 64;
	struct ptrmap_entry *entries = calloc(size, sizeof(*entries));

	if (!entries)
		return RC_NOMEM;
	for (size_t i = 0; i < m->size; i++)
		if (m->entries[i].key)
			*slot(entries, size, m->entries[i].key) = m->entries[i];
	free(m->entries);
	m->entries = entries;
	m->size = size;
	return RC_OK;
}

enum rc ptrmap_put(struct ptrmap *m, const void *key, void *value)
{
	struct ptrmap_entry *at;

	if (m->used * 2 >= m->size && grow(m))
		return RC_NOMEM;
	at = slot(m->entries, m->size, key);
	m->used += !at->key;
	*at = (struct ptrmap_entry){ key, value };
	return RC_OK;
}

void ptrmap_release(struct ptrmap *m)
{
	free(m->entries);
	*m = (struct ptrmap){ 0 };
}
