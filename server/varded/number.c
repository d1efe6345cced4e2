#include "varded/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool query_number(const struct exchange *x, const char *name, int64_t otherwise, int64_t max,
		  int64_t *ret)
{
	const char *text = exchange_query(x, name);
	char *end;

	*ret = otherwise;
	if (!text)
		return true;
	if (!*text || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	return !errno && *ret <= max;
}
