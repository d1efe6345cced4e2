#include "codes/list.h"

#include "base/clock.h"

#include <string.h>

enum rc codes_invalid(struct err *reterr, const char *list, const char *text, const char *code)
{
	char where[80];

	snprintf(where, sizeof(where), "%s.json", list);
	return err_set(reterr, RC_INVALID, "codes-invalid", where, "%s%s%s", text, code ? ": " : "",
		       code ? code : "");
}

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text && *text ? text : NULL;
}

static bool is_date(const json_t *object, const char *member, bool needed, int64_t *ret_days)
{
	const json_t *value = json_object_get(object, member);

	if (!value)
		return !needed;
	return json_is_string(value) &&
	       clock_parse_date(json_string_value(value), json_string_length(value), ret_days) ==
		       RC_OK;
}

#define FIRST_VERSION "1.0"

/* "1.10" as 1 and 10; false when it is written otherwise. */
static bool read_version(const char *text, unsigned ret[2])
{
	int end = 0;

	return sscanf(text, "%3u.%3u%n", &ret[0], &ret[1], &end) == 2 && !text[end];
}

int codes_version_compare(const char *a, const char *b)
{
	unsigned va[2] = { 0 }, vb[2] = { 0 };

	read_version(a, va);
	read_version(b, vb);
	return va[0] != vb[0] ? (va[0] < vb[0] ? -1 : 1) : (va[1] > vb[1]) - (va[1] < vb[1]);
}

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct code *)a)->code, ((const struct code *)b)->code);
}

static const char *read_code(struct code *code, const json_t *row)
{
	const char *name = text_of(row, "name");
	int64_t from = 0, to = INT64_MAX;
	unsigned since[2];

	code->row = row;
	code->code = text_of(row, "code");
	code->nb = name ? name : text_of(row, "nb");
	code->en = name ? name : text_of(row, "en");
	code->since = json_object_get(row, "since") ? text_of(row, "since") : FIRST_VERSION;
	if (!code->code)
		return "a row without code";
	if (!code->since || !read_version(code->since, since))
		return "a code whose since is no version";
	if (!code->nb || !code->en)
		return "a code without nb and en, or name";
	if (!is_date(row, "valid_from", true, &from) || !is_date(row, "valid_to", false, &to) ||
	    to < from)
		return "a code without a sound validity";
	return NULL;
}

static enum rc read_codes(struct code_list *list, const json_t *rows, struct err *reterr)
{
	size_t i;

	list->len = json_array_size(rows);
	if (list->len == 0)
		return codes_invalid(reterr, list->name, "no codes", NULL);
	list->codes = calloc(list->len, sizeof(*list->codes));
	if (!list->codes)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	for (i = 0; i < list->len; i++) {
		const char *wrong = read_code(&list->codes[i], json_array_get(rows, i));

		if (wrong)
			return codes_invalid(reterr, list->name, wrong, list->codes[i].code);
		if (codes_version_compare(list->codes[i].since, list->version) > 0)
			return codes_invalid(reterr, list->name, "a code newer than its list",
					     list->codes[i].code);
	}
	qsort(list->codes, list->len, sizeof(*list->codes), by_code);
	for (i = 1; i < list->len; i++)
		if (strcmp(list->codes[i - 1].code, list->codes[i].code) == 0)
			return codes_invalid(reterr, list->name, "a code that stands twice",
					     list->codes[i].code);
	return RC_OK;
}

static enum rc check_head(const struct code_list *list, const json_t *document, const char *name,
			  struct err *reterr)
{
	const json_t *title = json_object_get(document, "title");
	unsigned version[2];
	int64_t from;

	if (!list->name || strcmp(list->name, name) != 0)
		return codes_invalid(reterr, name, "\"list\" is not the name of the file", NULL);
	if (!list->version || !text_of(document, "source") ||
	    !is_date(document, "valid_from", true, &from))
		return codes_invalid(reterr, name, "version, source or valid_from is missing",
				     NULL);
	if (!read_version(list->version, version))
		return codes_invalid(reterr, name, "the version is not like 1.0", NULL);
	if (!text_of(title, "nb") || !text_of(title, "en"))
		return codes_invalid(reterr, name, "no title in nb and en", NULL);
	return RC_OK;
}

enum rc code_list_init(struct code_list *list, json_t *document, const char *name,
		       struct err *reterr)
{
	struct code_list made = { .name = text_of(document, "list"),
				  .version = text_of(document, "version") };
	enum rc rc = check_head(&made, document, name, reterr);

	if (rc == RC_OK)
		rc = read_codes(&made, json_object_get(document, "codes"), reterr);
	if (rc == RC_OK) {
		made.text = json_dumps(document, JSON_COMPACT);
		if (!made.text)
			rc = err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	}
	if (rc != RC_OK) {
		code_list_release(&made);
		return rc;
	}
	made.text_len = strlen(made.text);
	made.document = document;
	*list = made;
	return RC_OK;
}

void code_list_release(struct code_list *list)
{
	free(list->codes);
	free(list->text);
	json_decref(list->document);
	*list = (struct code_list){ 0 };
}

const struct code *code_list_find(const struct code_list *list, const char *code)
{
	const struct code key = { .code = code };

	if (!list || !code)
		return NULL;
	return bsearch(&key, list->codes, list->len, sizeof(*list->codes), by_code);
}
