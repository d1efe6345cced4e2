#include "count/words.h"

#include <search.h>
#include <string.h>

/* A tree of the C library: a few thousand words at most. */
struct words {
	void *root;
};

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

enum rc words_new(struct words **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? RC_OK : RC_NOMEM;
}

void words_free(struct words *words)
{
	if (!words)
		return;
	tdestroy(words->root, free);
	free(words);
}

const char *words_get(struct words *words, const char *text)
{
	char *copy;
	void *node;

	if (!text || !*text)
		return "";
	node = tfind(text, &words->root, compare);
	if (node)
		return *(const char *const *)node;
	copy = strdup(text);
	if (copy && tsearch(copy, &words->root, compare))
		return copy;
	free(copy);
	return NULL;
}
