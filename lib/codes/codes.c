#include "codes/list.h"

#include "base/cleanup.h"
#include "json/strict.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#define FILE_MAX (1u << 20)
#define FILE_DEPTH 8
#define LISTS_MAX 200
#define NAME_MAX_LEN 40

DEFINE_CLEANUP(struct codes *, codes_free)

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct code_list *)a)->name, ((const struct code_list *)b)->name);
}

const struct code_list *codes_find(const struct codes *codes, const char *list)
{
	const struct code_list key = { .name = list };

	if (!list)
		return NULL;
	return bsearch(&key, codes->lists, codes->len, sizeof(*codes->lists), by_name);
}

/* "event_type.json" → "event_type"; false for anything else in the folder. */
static bool list_name(const char *file, char out[NAME_MAX_LEN + 1])
{
	size_t n = strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (n == 0 || n > NAME_MAX_LEN || strcmp(file + n, ".json") != 0)
		return false;
	memcpy(out, file, n);
	out[n] = '\0';
	return true;
}

static enum rc load_list(struct code_list *list, const char *dir, const char *name,
			 struct err *reterr)
{
	CLEANUP(buf_release) struct buf path = buf_capped(4096);
	CLEANUP(buf_release) struct buf text = buf_capped(FILE_MAX);
	char file[NAME_MAX_LEN + 6];
	json_t *document = NULL;
	struct err why = { 0 };
	enum rc rc;

	snprintf(file, sizeof(file), "%s.json", name);
	buf_addf(&path, "%s/%s", dir, file);
	rc = buf_rc(&path);
	if (rc == RC_OK)
		rc = buf_read_regular(&text, buf_text(&path));
	if (rc != RC_OK)
		return err_set(reterr, rc, "codes-unreadable", file, "cannot be read (%s)",
			       rc_name(rc));
	rc = json_strict_load(text.data, text.len, FILE_DEPTH, &document, &why);
	if (rc == RC_NOMEM)
		return err_set(reterr, rc, "no-memory", file, "out of memory");
	if (rc != RC_OK)
		return err_set(reterr, RC_INVALID, "codes-invalid", file, "not JSON at %.40s",
			       why.where);
	rc = code_list_init(list, document, name, reterr);
	if (rc != RC_OK)
		json_decref(document);
	return rc;
}

static int is_list_file(const struct dirent *entry)
{
	char name[NAME_MAX_LEN + 1];

	return list_name(entry->d_name, name);
}

static void free_entries(struct dirent **entries, int n)
{
	while (n > 0)
		free(entries[--n]);
	free(entries);
}

static enum rc load_lists(struct codes *codes, const char *dir, struct dirent **entries, size_t n,
			  struct err *reterr)
{
	char name[NAME_MAX_LEN + 1];
	enum rc rc = RC_OK;
	size_t i;

	if (n == 0 || n > LISTS_MAX)
		return err_set(reterr, RC_INVALID, "codes-invalid", "codes",
			       "the folder holds no code lists, or too many");
	codes->lists = calloc(n, sizeof(*codes->lists));
	if (!codes->lists)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	for (i = 0; i < n && rc == RC_OK; i++) {
		list_name(entries[i]->d_name, name);
		rc = load_list(&codes->lists[i], dir, name, reterr);
		if (rc == RC_OK)
			codes->len++;
	}
	if (rc == RC_OK)
		qsort(codes->lists, codes->len, sizeof(*codes->lists), by_name);
	return rc;
}

static json_t *describe(const struct code_list *list)
{
	return json_pack("{s:s, s:s, s:O, s:O, s:I}", "list", list->name, "version", list->version,
			 "valid_from", json_object_get(list->document, "valid_from"), "title",
			 json_object_get(list->document, "title"), "codes", (json_int_t)list->len);
}

static enum rc render(struct codes *codes, struct err *reterr)
{
	json_t *versions = json_object(), *lists = json_array(), *index = json_object();
	size_t i;

	for (i = 0; i < codes->len; i++) {
		const struct code_list *list = &codes->lists[i];

		json_object_set_new(versions, list->name, json_string(list->version));
		json_array_append_new(lists, describe(list));
	}
	/* A set that had no memory leaves the member out: count them. */
	if (json_object_size(versions) == codes->len && json_array_size(lists) == codes->len &&
	    json_object_set(index, "lists", lists) == 0) {
		codes->versions = json_dumps(versions, JSON_COMPACT);
		codes->index = json_dumps(index, JSON_COMPACT);
	}
	json_decref(versions);
	json_decref(lists);
	json_decref(index);
	if (!codes->versions || !codes->index)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	codes->index_len = strlen(codes->index);
	return RC_OK;
}

enum rc codes_load(const char *dir, struct codes **ret, struct err *reterr)
{
	CLEANUP(codes_freep) struct codes *codes = calloc(1, sizeof(*codes));
	struct dirent **entries = NULL;
	enum rc rc;
	int n;

	if (!codes)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	n = scandir(dir, &entries, is_list_file, alphasort);
	if (n < 0)
		return err_set(reterr, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "codes-unreadable",
			       dir, "the folder of code lists cannot be read");
	rc = load_lists(codes, dir, entries, (size_t)n, reterr);
	free_entries(entries, n);
	if (rc == RC_OK)
		rc = codes_read_municipalities(codes, reterr);
	if (rc == RC_OK)
		rc = codes_read_organisations(codes, reterr);
	if (rc == RC_OK)
		rc = render(codes, reterr);
	if (rc == RC_OK)
		*ret = TAKE_PTR(codes);
	return rc;
}

void codes_free(struct codes *codes)
{
	size_t i;

	if (!codes)
		return;
	for (i = 0; i < codes->len; i++)
		code_list_release(&codes->lists[i]);
	free(codes->lists);
	codes_release_municipalities(&codes->municipalities);
	free(codes->organisations);
	free(codes->versions);
	free(codes->index);
	free(codes);
}

bool codes_has(const struct codes *codes, const char *list, const char *code)
{
	return code_list_find(codes_find(codes, list), code) != NULL;
}

const char *codes_label(const struct codes *codes, const char *list, const char *code,
			const char *lang)
{
	const struct code *found = code_list_find(codes_find(codes, list), code);

	if (!found)
		return NULL;
	return lang && strcmp(lang, "en") == 0 ? found->en : found->nb;
}

const json_t *codes_member(const struct codes *codes, const char *list, const char *code,
			   const char *member)
{
	const struct code *found = code_list_find(codes_find(codes, list), code);

	return found ? json_object_get(found->row, member) : NULL;
}

const char *codes_version(const struct codes *codes, const char *list)
{
	const struct code_list *found = codes_find(codes, list);

	return found ? found->version : NULL;
}

enum rc codes_version_with(const struct codes *codes, const char *name, const json_t *codes_json,
			   const char **ret, struct err *reterr)
{
	const struct code_list *list = codes_find(codes, name);
	const char *youngest = NULL;
	const json_t *word;
	size_t i;

	if (!list || !json_array_size(codes_json))
		return err_set(reterr, RC_INVALID, "codes-unknown", name, "there is no such list");
	json_array_foreach(codes_json, i, word)
	{
		const struct code *code = code_list_find(list, json_string_value(word));

		if (!code)
			return err_set(reterr, RC_INVALID, "codes-unknown", name,
				       "the list lacks the code %.60s",
				       json_is_string(word) ? json_string_value(word) : "no text");
		if (!youngest || codes_version_compare(code->since, youngest) > 0)
			youngest = code->since;
	}
	*ret = json_array_size(codes_json) == list->len ? list->version : youngest;
	return RC_OK;
}

const char *codes_versions(const struct codes *codes)
{
	return codes->versions;
}

const char *codes_list_json(const struct codes *codes, const char *list, size_t *ret_len)
{
	const struct code_list *found = codes_find(codes, list);

	if (found && ret_len)
		*ret_len = found->text_len;
	return found ? found->text : NULL;
}

const char *codes_index_json(const struct codes *codes, size_t *ret_len)
{
	if (ret_len)
		*ret_len = codes->index_len;
	return codes->index;
}
