#include "http/head.h"

#include <stdlib.h>
#include <strings.h>

const char *head_get(const struct head *head, const char *name)
{
	size_t i;

	for (i = 0; i < head->count; i++)
		if (!strcasecmp(head->headers[i].name, name))
			return head->headers[i].value;
	return NULL;
}

size_t head_count(const struct head *head, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < head->count; i++)
		n += !strcasecmp(head->headers[i].name, name);
	return n;
}

uint64_t head_length(const struct head *head)
{
	const char *length = head_get(head, "Content-Length");

	return length ? strtoull(length, NULL, 10) : 0;
}

bool head_has_body(const struct head *head)
{
	return head_get(head, "Transfer-Encoding") || head_length(head) > 0;
}
