/* Which elements or members of one value were evaluated (Core section 11), as a
 * set of indices. Sets live on the stack of a check, in a space used like a
 * stack; only sets that do not fit take memory from the heap. */
#ifndef VARDE_SCHEMA_SEEN_H
#define VARDE_SCHEMA_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEEN_SPACE_WORDS 1024 /* 65536 indices */

struct seen_space {
	uint64_t words[SEEN_SPACE_WORDS];
	size_t used;
};

struct seen {
	uint64_t *words;
	size_t n;                 /* words */
	struct seen_space *space; /* NULL when on the heap */
};

/* An empty set for indices under `count`. False when memory runs out. Release
 * in the reverse order. */
bool seen_init(struct seen *s, struct seen_space *space, size_t count);
void seen_release(struct seen *s);

void seen_add(struct seen *s, size_t index);
void seen_add_all(struct seen *s);
void seen_merge(struct seen *into, const struct seen *from);
bool seen_has(const struct seen *s, size_t index);

#endif
