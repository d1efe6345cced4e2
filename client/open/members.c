#include "open/members.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct members {
	char *list; /* the pointers, each ended by NUL */
	size_t len; /* how many; 0 is all */
};

/* RFC 6901 section 3: empty, or '/' first, and '~' only as ~0 and ~1. */
static bool is_pointer(const char *text)
{
	if (*text && *text != '/')
		return false;
	for (; (text = strchr(text, '~')); text++)
		if (text[1] != '0' && text[1] != '1')
			return false;
	return true;
}

enum rc members_new(const char *list, struct members **ret, struct err *reterr)
{
	CLEANUP(members_freep) struct members *members = calloc(1, sizeof(*members));
	char *at;

	if (members && list)
		members->list = strdup(list);
	if (!members || (list && !members->list))
		return err_set(reterr, RC_NOMEM, "no-memory", NULL,
			       "no memory for the members asked for");
	for (at = members->list; at; members->len++) {
		char *comma = strchr(at, ',');

		if (comma)
			*comma++ = '\0';
		if (!is_pointer(at))
			return err_set(reterr, RC_INVALID, "members", "--members",
				       "this is not a JSON Pointer");
		at = comma;
	}
	*ret = TAKE_PTR(members);
	return RC_OK;
}

/* The next reference token without its escapes, in place of the pointer's rest. */
static char *next_token(char **rest)
{
	char *token = *rest, *from, *to;

	*rest = strchr(token, '/');
	if (*rest)
		*(*rest)++ = '\0';
	for (from = to = token; *from; from++) {
		if (*from == '~' && from[1]) {
			*to++ = from[1] == '1' ? '/' : '~';
			from++;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return token;
}

/* RFC 6901 section 4: no sign, no leading zero. */
static json_t *element(const json_t *array, const char *token)
{
	size_t digits = strspn(token, "0123456789");

	if (digits == 0 || digits > 9 || token[digits] || (token[0] == '0' && token[1]))
		return NULL;
	return json_array_get(array, strtoul(token, NULL, 10));
}

static json_t *resolve(json_t *value, const char *pointer)
{
	CLEANUP_FREE char *copy = strdup(pointer);
	char *rest = copy && *copy ? copy + 1 : NULL;

	if (!copy)
		return NULL;
	while (rest && value) {
		const char *token = next_token(&rest);

		value = json_is_array(value) ? element(value, token)
					     : json_object_get(value, token);
	}
	return value;
}

json_t *members_pick(const struct members *members, const json_t *document)
{
	json_t *whole = (json_t *)(uintptr_t)document;
	const char *pointer = members->list;
	json_t *picked;
	size_t i;

	if (members->len == 0)
		return json_incref(whole);
	picked = json_object();
	for (i = 0; picked && i < members->len; i++, pointer += strlen(pointer) + 1) {
		json_t *value = resolve(whole, pointer);

		if (value && json_object_set(picked, pointer, value) != 0) {
			json_decref(picked);
			return NULL;
		}
	}
	return picked;
}

void members_free(struct members *members)
{
	free(members->list);
	free(members);
}
