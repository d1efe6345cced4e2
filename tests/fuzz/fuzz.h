/* What every fuzz target has in common. A target is one file with one function,
 *
 *   int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
 *
 * which libFuzzer calls with inputs it invents, and replay.c with those kept in
 * corpus/. It keeps nothing from one input to the next; keys and schemas that are
 * only read may be made once. It stops with MUST() when a promise of a header is
 * broken: not crashing is the least of them. */
#ifndef VARDE_TESTS_FUZZ_H
#define VARDE_TESTS_FUZZ_H

#include "base/buf.h"
#include "base/cleanup.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Bytes of the input, or of what is made of it. */
struct piece {
	const char *at;
	size_t len;
};

/* Takes what stands before the next `end` off `rest`, or all of it. */
static inline __attribute__((unused)) struct piece fuzz_take(struct piece *rest, char end)
{
	const char *stop = rest->len ? memchr(rest->at, end, rest->len) : NULL;
	struct piece taken = { rest->at, stop ? (size_t)(stop - rest->at) : rest->len };

	if (rest->at)
		rest->at += taken.len + (stop ? 1 : 0);
	rest->len -= taken.len + (stop ? 1 : 0);
	return taken;
}

static inline __attribute__((unused)) bool fuzz_same(struct piece a, const void *bytes, size_t len)
{
	return a.len == len && (!len || !memcmp(a.at, bytes, len));
}

/* The piece as a text of its own, ended by NUL and cut at the first NUL in it, so
 * that reading past it is seen. The caller frees. */
static inline __attribute__((unused)) char *fuzz_text(struct piece p)
{
	const char *end = p.len ? memchr(p.at, '\0', p.len) : NULL;
	size_t len = end ? (size_t)(end - p.at) : p.len;
	char *text = malloc(len + 1);

	MUST(text);
	if (len)
		memcpy(text, p.at, len);
	text[len] = '\0';
	return text;
}

#endif
