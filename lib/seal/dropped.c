#include "seal/dropped.h"

#include <string.h>

static const char words[] = "{\"varde\":\"dropped-by-reservation\"}";

enum rc seal_dropped_note(size_t len, struct buf *out)
{
	size_t n = sizeof(words) - 1 < len ? sizeof(words) - 1 : len;
	enum rc rc = buf_add(out, words, n);

	for (; !rc && n < len; n++)
		rc = buf_addc(out, ' ');
	return rc;
}

bool seal_is_dropped(const char *text, size_t len)
{
	size_t n = sizeof(words) - 1;

	return len >= n && strncmp(text, words, n) == 0 && strspn(text + n, " ") == len - n;
}
