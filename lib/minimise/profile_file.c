#include "minimise/profile_file.h"

#include "base/buf.h"
#include "documents/documents.h"
#include "schema/marks.h"
#include "json/strict.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)256 << 10)
#define FILE_DEPTH 8
#define PATH_LEN_MAX 200

struct profile {
	json_t *data; /* the file, held to the form that the header shows */
};

struct profiles {
	struct profile *list; /* in order of name */
	size_t len;
	struct err *broken;
	size_t broken_len;
};

void profiles_free(struct profiles *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->len; i++)
		json_decref(p->list[i].data);
	free(p->list);
	free(p->broken);
	free(p);
}

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text && *text ? text : NULL;
}

const char *profile_name(const struct profile *profile)
{
	return text_of(profile->data, "name");
}

const char *profile_version(const struct profile *profile)
{
	return text_of(profile->data, "version");
}

const json_t *profile_demands(const struct profile *profile, const char *kind)
{
	return json_object_get(json_object_get(profile->data, "kinds"), kind);
}

json_t *profile_json(const struct profile *profile, const char *lang)
{
	const json_t *data = profile->data;

	return json_pack("{ss ss ss ss sO}", "name", profile_name(profile), "version",
			 profile_version(profile), "title",
			 text_of(json_object_get(data, "title"), lang), "explanation",
			 text_of(json_object_get(data, "explanation"), lang), "kinds",
			 json_object_get(data, "kinds"));
}

/* --- reading ------------------------------------------------------------------------- */

static enum rc refuse(struct err *reterr, const char *where, const char *text)
{
	return err_set(reterr, RC_INVALID, "profile-invalid", where, "%s", text);
}

static bool has_texts(const json_t *data, const char *member)
{
	const json_t *texts = json_object_get(data, member);

	return json_object_size(texts) == 2 && text_of(texts, "nb") && text_of(texts, "en");
}

/* Where a path leads in one schema; NULL: nowhere. */
static const struct marks_node *follow(const struct marks_node *node, const char *path)
{
	char step[PATH_LEN_MAX + 1];

	while (node && *path) {
		size_t len = strcspn(++path, "/");

		memcpy(step, path, len);
		step[len] = '\0';
		node = strcmp(step, "*") ? marks_lookup(node, step) : marks_items(node);
		path += len;
	}
	return node;
}

static bool is_path(const char *path)
{
	return path && *path == '/' && strlen(path) <= PATH_LEN_MAX &&
	       !path[strspn(path, "/*_abcdefghijklmnopqrstuvwxyz0123456789")];
}

/* Some version of the kind has a member there, and for what is compared a plain one. */
static bool leads_somewhere(const struct documents *documents, const char *kind, const char *path,
			    bool plain)
{
	size_t n;
	const struct document_type *types = documents_list(documents, &n);

	for (size_t i = 0; i < n; i++) {
		const struct marks_node *node;

		if (strcmp(types[i].kind, kind))
			continue;
		node = follow(marks_root(types[i].marks), path);
		if (node && (!plain || marks_is_leaf(node)))
			return true;
	}
	return false;
}

static bool is_kind(const struct documents *documents, const char *kind)
{
	size_t n;
	const struct document_type *types = documents_list(documents, &n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(types[i].kind, kind))
			return true;
	return false;
}

static enum rc check_list(const struct documents *documents, const char *kind, const char *name,
			  const json_t *list, struct err *reterr)
{
	bool plain = strcmp(name, profile_lists[0].name) != 0;
	const json_t *item;
	size_t i;

	if (!json_is_array(list))
		return refuse(reterr, kind, "what is asked of a kind are lists of members");
	json_array_foreach(list, i, item)
	{
		const char *path = json_string_value(item);

		if (!is_path(path))
			return refuse(reterr, kind, "a member is written as a path, /a/*/b");
		if (!leads_somewhere(documents, kind, path, plain))
			return refuse(reterr, path, "no schema of this kind has such a member");
	}
	return RC_OK;
}

static bool is_list_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(profile_lists); i++)
		if (!strcmp(profile_lists[i].name, name))
			return true;
	return false;
}

static enum rc check_kind(const struct documents *documents, const char *kind, json_t *demands,
			  struct err *reterr)
{
	const char *name;
	json_t *list;
	enum rc rc = RC_OK;

	if (!is_kind(documents, kind))
		return refuse(reterr, kind, "there is no such kind of document");
	if (!json_is_object(demands))
		return refuse(reterr, kind, "what is asked of a kind is an object of lists");
	json_object_foreach(demands, name, list)
	{
		if (!is_list_name(name))
			return refuse(reterr, name, "a kind has forbid, month and owner only");
		if (!rc)
			rc = check_list(documents, kind, name, list, reterr);
	}
	return rc;
}

static enum rc check_profile(const struct documents *documents, const json_t *data,
			     const char *name, struct err *reterr)
{
	json_t *kinds = json_object_get(data, "kinds"), *demands;
	const char *own = text_of(data, "name"), *kind;
	enum rc rc = RC_OK;

	if (!own || strcmp(own, name))
		return refuse(reterr, name, "\"name\" is not the name of the file");
	if (!text_of(data, "version"))
		return refuse(reterr, name, "there is no version");
	if (!has_texts(data, "title") || !has_texts(data, "explanation"))
		return refuse(reterr, name, "title or explanation is missing in nb or en");
	if (!json_is_object(kinds) || json_object_size(data) != 5)
		return refuse(reterr, name,
			      "has name, version, title, explanation and kinds, no more");
	json_object_foreach(kinds, kind, demands) if (!rc) rc =
		check_kind(documents, kind, demands, reterr);
	return rc;
}

static enum rc read_file(const char *path, const char *name, const struct documents *documents,
			 json_t **ret, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(FILE_MAX);
	json_t *data = NULL;
	enum rc rc = buf_read_regular(&text, path);

	if (rc)
		return err_set(reterr, rc, "profile-unreadable", name, "%s", rc_name(rc));
	rc = json_strict_load(buf_text(&text), text.len, FILE_DEPTH, &data, reterr);
	if (rc)
		return rc == RC_NOMEM ? rc : refuse(reterr, name, "is not JSON");
	rc = check_profile(documents, data, name, reterr);
	if (rc)
		json_decref(data);
	else
		*ret = data;
	return rc;
}

/* "NAME.json" with a NAME as profiles have them: its length, 0 when it is another file. */
static size_t name_len(const char *file)
{
	size_t n = strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n <= PROFILE_NAME_MAX && !strcmp(file + n, ".json") ? n : 0;
}

static enum rc note_broken(struct profiles *p, const char *name, const struct err *why)
{
	struct err *list = reallocarray(p->broken, p->broken_len + 1, sizeof(*list));

	if (!list)
		return RC_NOMEM;
	p->broken = list;
	list[p->broken_len] = *why;
	if (strcmp(why->where, name))
		snprintf(list[p->broken_len].where, sizeof(why->where), "%s: %.100s", name,
			 why->where);
	p->broken_len++;
	return RC_OK;
}

static enum rc add_file(struct profiles *p, const char *folder, const char *file,
			const struct documents *documents)
{
	struct profile *list = reallocarray(p->list, p->len + 1, sizeof(*list));
	char path[4400], name[PROFILE_NAME_MAX + 1];
	struct err err = { 0 };
	enum rc rc;

	if (!list)
		return RC_NOMEM;
	p->list = list;
	snprintf(name, sizeof(name), "%.*s", (int)name_len(file), file);
	snprintf(path, sizeof(path), "%s/%s", folder, file);
	rc = read_file(path, name, documents, &list[p->len].data, &err);
	if (rc == RC_NOMEM)
		return rc;
	if (rc)
		return note_broken(p, name, &err);
	p->len++;
	return RC_OK;
}

static int compare(const void *a, const void *b)
{
	return strcmp(profile_name(a), profile_name(b));
}

enum rc profiles_load(const char *schemas, const struct documents *documents, struct profiles **ret,
		      struct err *reterr)
{
	CLEANUP(profiles_freep) struct profiles *p = calloc(1, sizeof(*p));
	enum rc rc = p ? RC_OK : RC_NOMEM;
	struct dirent *entry;
	char folder[4000];
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/profiles", schemas);
	dir = opendir(folder);
	while (dir && !rc && (entry = readdir(dir)))
		if (name_len(entry->d_name))
			rc = add_file(p, folder, entry->d_name, documents);
	if (dir)
		closedir(dir);
	if (rc)
		return err_set(reterr, rc, "no-memory", folder, "out of memory");
	if (p->len)
		qsort(p->list, p->len, sizeof(*p->list), compare);
	if (!profiles_find(p, PROFILE_FULL))
		return err_set(reterr, RC_NOT_FOUND, "profile-missing", folder,
			       "no sound profile " PROFILE_FULL
			       ", which every tenant begins with%s%s",
			       p->broken_len ? ": " : "", p->broken_len ? p->broken[0].text : "");
	*ret = TAKE_PTR(p);
	return RC_OK;
}

const struct profile *profiles_find(const struct profiles *p, const char *name)
{
	for (size_t i = 0; i < p->len; i++)
		if (!strcmp(profile_name(&p->list[i]), name))
			return &p->list[i];
	return NULL;
}

const struct profile *profiles_at(const struct profiles *p, size_t n)
{
	return n < p->len ? &p->list[n] : NULL;
}

const struct err *profiles_broken(const struct profiles *p, size_t n)
{
	return n < p->broken_len ? &p->broken[n] : NULL;
}
