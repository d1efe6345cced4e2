/* Texts kept once each: two equal words are one pointer. Codes repeat in every
 * row of a count, so rows hold pointers and compare them. Not for two threads. */
#ifndef VARDE_COUNT_WORDS_H
#define VARDE_COUNT_WORDS_H

#include "base/cleanup.h"
#include "base/rc.h"

struct words;

NODISCARD enum rc words_new(struct words **ret);
/* With all words. NULL is fine. */
void words_free(struct words *words);
DEFINE_CLEANUP(struct words *, words_free)

/* The word of that text, as long as `words`; NULL and "" are one. NULL when
 * memory ran out. */
const char *words_get(struct words *words, const char *text);

#endif
