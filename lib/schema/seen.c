#include "schema/seen.h"

#include <stdlib.h>
#include <string.h>

bool seen_init(struct seen *s, struct seen_space *space, size_t count)
{
	s->n = count / 64 + 1;
	if (s->n <= SEEN_SPACE_WORDS - space->used) {
		s->space = space;
		s->words = space->words + space->used;
		space->used += s->n;
		memset(s->words, 0, s->n * sizeof(*s->words));
		return true;
	}
	s->space = NULL;
	s->words = calloc(s->n, sizeof(*s->words));
	return s->words;
}

void seen_release(struct seen *s)
{
	if (s->space)
		s->space->used -= s->n;
	else
		free(s->words);
}

void seen_add(struct seen *s, size_t index)
{
	s->words[index / 64] |= UINT64_C(1) << index % 64;
}

void seen_add_all(struct seen *s)
{
	memset(s->words, 0xFF, s->n * sizeof(*s->words));
}

void seen_merge(struct seen *into, const struct seen *from)
{
	for (size_t i = 0; i < into->n; i++)
		into->words[i] |= from->words[i];
}

bool seen_has(const struct seen *s, size_t index)
{
	return s->words[index / 64] >> index % 64 & 1;
}
