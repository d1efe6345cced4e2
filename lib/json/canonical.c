#include "json/canonical.h"

#include <stdbool.h>

static bool has_real(const json_t *value)
{
	const char *name;
	json_t *member;
	size_t i;

	if (json_is_real(value))
		return true;
	json_array_foreach(value, i, member) if (has_real(member)) return true;
	/* jansson's iteration macro wants a mutable object but changes nothing. */
	json_object_foreach((json_t *)(uintptr_t)value, name,
			    member) if (has_real(member)) return true;
	return false;
}

static int append(const char *bytes, size_t n, void *out)
{
	return buf_add(out, bytes, n) ? -1 : 0;
}

enum rc json_canonical(const json_t *value, struct buf *out)
{
	if (has_real(value))
		return RC_INVALID;
	if (json_dump_callback(value, append, out,
			       JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) == 0)
		return RC_OK;
	return buf_rc(out) ? buf_rc(out) : RC_NOMEM;
}
