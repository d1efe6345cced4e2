#include "schema/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 16384

struct pool_block {
	struct pool_block *next;
	size_t used, size;
	_Alignas(max_align_t) unsigned char bytes[];
};

static struct pool_block *block_for(struct pool *p, size_t n)
{
	size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;
	struct pool_block *b = p->blocks;

	if (b && b->size - b->used >= n)
		return b;
	b = calloc(1, sizeof(*b) + size);
	if (!b)
		return NULL;
	b->size = size;
	b->next = p->blocks;
	p->blocks = b;
	return b;
}

void *pool_alloc(struct pool *p, size_t n)
{
	const size_t unit = _Alignof(max_align_t);
	struct pool_block *b;
	void *at;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = (n + unit - 1) / unit * unit;
	b = block_for(p, n);
	if (!b)
		return NULL;
	at = b->bytes + b->used;
	b->used += n;
	return at;
}

char *pool_strdup(struct pool *p, const char *text)
{
	size_t n = strlen(text) + 1;
	char *copy = pool_alloc(p, n);

	return copy ? memcpy(copy, text, n) : NULL;
}

void pool_release(struct pool *p)
{
	while (p->blocks) {
		struct pool_block *next = p->blocks->next;

		free(p->blocks);
		p->blocks = next;
	}
}
