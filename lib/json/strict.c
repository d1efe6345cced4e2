#include "json/strict.h"

#include <stdio.h>
#include <string.h>

bool json_depth_within(const char *text, size_t len, unsigned max)
{
	unsigned depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > max)
				return false;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return true;
}

enum rc json_strict_load(const char *text, size_t len, unsigned max_depth, json_t **ret,
			 struct err *reterr)
{
	json_error_t where;
	char place[32];
	json_t *value;

	/* jansson 2.14 swallows a NUL byte behind a number or a literal. */
	if (memchr(text, '\0', len))
		return err_set(reterr, RC_INVALID, "invalid-json", NULL,
			       "a NUL byte has no place in JSON");
	if (!json_depth_within(text, len, max_depth))
		return err_set(reterr, RC_INVALID, "invalid-json", NULL,
			       "nested deeper than %u levels", max_depth);
	value = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
	if (value) {
		*ret = value;
		return RC_OK;
	}
	if (json_error_code(&where) == json_error_out_of_memory)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	/* jansson's own text quotes the input, so only the place is passed on. */
	snprintf(place, sizeof(place), "%d:%d", where.line, where.column);
	return err_set(reterr, RC_INVALID, "invalid-json", place, "not one strict JSON value");
}
