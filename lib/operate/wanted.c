#include "operate/wanted.h"

#include <ctype.h>
#include <string.h>

#define UUID_LEN 36

struct entry {
	char id[UUID_LEN + 1];
	bool met;
};

struct wanted {
	size_t len;
	struct entry list[]; /* in order of id, each once */
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->id, ((const struct entry *)b)->id);
}

/* 8-4-4-4-12 hexadecimal digits, kept in lower case. */
bool wanted_id(const char *text, char out[WANTED_ID_SIZE])
{
	size_t i;

	if (!text || strlen(text) != UUID_LEN)
		return false;
	for (i = 0; i < UUID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
		out[i] = (char)tolower((unsigned char)text[i]);
	}
	out[i] = '\0';
	return true;
}

enum rc wanted_new(const json_t *list, struct wanted **ret, struct err *reterr)
{
	size_t n = json_array_size(list), kept = 0;
	CLEANUP(wanted_freep) struct wanted *w = calloc(1, sizeof(*w) + n * sizeof(w->list[0]));

	if (!w)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	for (size_t i = 0; i < n; i++)
		if (!wanted_id(json_string_value(json_array_get(list, i)), w->list[i].id))
			return err_set(reterr, RC_INVALID, "argument-value", "reports",
				       "entry %zu is not a report id (a UUID)", i + 1);
	qsort(w->list, n, sizeof(w->list[0]), compare);
	for (size_t i = 0; i < n; i++)
		if (!kept || strcmp(w->list[kept - 1].id, w->list[i].id))
			w->list[kept++] = w->list[i];
	w->len = kept;
	*ret = TAKE_PTR(w);
	return RC_OK;
}

void wanted_free(struct wanted *w)
{
	free(w);
}

bool wanted_has(struct wanted *w, const char *report_id)
{
	struct entry key = { .met = false }, *found;

	if (!wanted_id(report_id, key.id))
		return false;
	found = bsearch(&key, w->list, w->len, sizeof(key), compare);
	if (found)
		found->met = true;
	return found != NULL;
}

json_t *wanted_ids(const struct wanted *w)
{
	json_t *list = json_array();

	for (size_t i = 0; i < w->len; i++) {
		if (json_array_append_new(list, json_string(w->list[i].id))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

size_t wanted_len(const struct wanted *w)
{
	return w->len;
}

size_t wanted_missing(const struct wanted *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->len; i++)
		n += !w->list[i].met;
	return n;
}
