#include "documents/documents.h"

#include "base/buf.h"
#include "schema/marks.h"
#include "schema/schema.h"
#include "json/strict.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA_FILE_MAX ((size_t)2 << 20)
#define SCHEMA_FILE_DEPTH 128

struct documents {
	struct document_type *list; /* in order of name */
	size_t len, size;
};

/* Row mappings: which members of a kind are its key, and its place in the life of
 * a report. A new kind of document is a folder of schemas, its rules, and a line here. */
struct mapping {
	const char *kind;
	const char *id, *revision, *supersedes;
	const char *about, *ended_by;     /* as struct document_type */
	const char *erases, *erases_when; /* it does when this member says so */
};

static const struct mapping mappings[] = {
	{ "incident-report", "report_id", "revision", "supersedes", NULL, "withdrawal", NULL,
	  NULL },
	{ "review", "report_id", "review_revision", "supersedes", "incident-report", "withdrawal",
	  NULL, NULL },
	{ "withdrawal", "report_id", "withdrawal_revision", "supersedes", "incident-report", NULL,
	  "reason", "legal_erasure" },
};

static const struct mapping *mapping_of(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(mappings); i++)
		if (!strcmp(mappings[i].kind, kind))
			return &mappings[i];
	return NULL;
}

static void release_type(struct document_type *t)
{
	free(t->name);
	free(t->kind);
	free(t->version);
	free(t->text);
	marks_free(t->marks);
	schema_free(t->schema);
}

void documents_free(struct documents *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->len; i++)
		release_type(&d->list[i]);
	free(d->list);
	free(d);
}

/* One file: text, schema, marks. A failing file names itself in `where`. */
static enum rc load_type(const char *path, struct document_type *type, struct err *reterr)
{
	CLEANUP(schema_registry_freep) struct schema_registry *registry = NULL;
	CLEANUP(buf_release) struct buf text = buf_capped(SCHEMA_FILE_MAX);
	json_t *json = NULL;
	char uri[128];
	enum rc rc;

	rc = buf_read_file(&text, path);
	if (rc)
		return err_set(reterr, rc, "schema-unreadable", path, "cannot read the schema");
	rc = json_strict_load(buf_text(&text), text.len, SCHEMA_FILE_DEPTH, &json, reterr);
	snprintf(uri, sizeof(uri), "urn:varde:file:%.100s", type->name);
	if (!rc)
		rc = schema_registry_new(NULL, &registry, reterr);
	if (!rc)
		rc = schema_registry_add(registry, uri, json, reterr);
	if (!rc)
		rc = schema_compile(registry, uri, &type->schema, reterr);
	if (!rc)
		rc = marks_new(json, &type->marks, reterr);
	json_decref(json);
	if (rc && reterr)
		snprintf(reterr->where, sizeof(reterr->where), "%s", path);
	if (!rc)
		type->text = buf_take(&text, &type->text_len);
	return rc;
}

static enum rc add_file(struct documents *d, const char *folder, const char *kind, const char *file,
			struct err *reterr)
{
	struct document_type *list, type = { 0 };
	char path[4096];
	enum rc rc;

	if (d->len == d->size) {
		list = realloc(d->list, (d->size + 8) * sizeof(*list));
		if (!list)
			return RC_NOMEM;
		d->list = list;
		d->size += 8;
	}
	type.kind = strdup(kind);
	type.about = mapping_of(kind)->about;
	type.ended_by = mapping_of(kind)->ended_by;
	type.takes_back = mapping_of(kind)->erases != NULL;
	type.version = strndup(file, strlen(file) - strlen(".json"));
	if (!type.kind || !type.version ||
	    asprintf(&type.name, "%s/%s", type.kind, type.version) < 0) {
		type.name = NULL;
		release_type(&type);
		return RC_NOMEM;
	}
	snprintf(path, sizeof(path), "%s/%s/%s", folder, kind, file);
	rc = load_type(path, &type, reterr);
	if (rc)
		release_type(&type);
	else
		d->list[d->len++] = type;
	return rc;
}

/* "N.N.json" */
static bool is_version_file(const char *name)
{
	size_t major = strspn(name, "0123456789");
	size_t minor = name[major] == '.' ? strspn(name + major + 1, "0123456789") : 0;

	return major && minor && !strcmp(name + major + 1 + minor, ".json");
}

static int compare(const void *a, const void *b)
{
	const struct document_type *ta = a, *tb = b;

	return strcmp(ta->name, tb->name);
}

struct loader {
	const char *folder;
	void (*broken)(void *ctx, const struct err *err);
	void *ctx;
};

static enum rc load_kind(struct documents *d, const struct loader *loader, const char *kind)
{
	char path[4096];
	struct dirent *entry;
	enum rc rc = RC_OK;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", loader->folder, kind);
	dir = opendir(path);
	while (dir && !rc && (entry = readdir(dir))) {
		struct err err = { 0 };

		if (!is_version_file(entry->d_name))
			continue;
		rc = add_file(d, loader->folder, kind, entry->d_name, &err);
		if (rc && rc != RC_NOMEM) {
			if (loader->broken)
				loader->broken(loader->ctx, &err);
			rc = RC_OK;
		}
	}
	if (dir)
		closedir(dir);
	return rc;
}

/* Senders rely on what the configuration opens: missing is fatal, and broken is
 * said with the reason. */
static enum rc open_accepted(struct documents *d, const char *folder, char *const *accept, size_t n,
			     struct err *reterr)
{
	for (size_t i = 0; i < n; i++) {
		struct document_type key = { .name = accept[i] };
		struct document_type *type =
			d->len ? bsearch(&key, d->list, d->len, sizeof(key), compare) : NULL;
		struct document_type probe = { .name = accept[i] };
		char path[4096];
		enum rc rc;

		if (type) {
			type->open = true;
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s.json", folder, accept[i]);
		rc = load_type(path, &probe, reterr);
		probe.name = NULL;
		release_type(&probe);
		return rc ? rc
			  : err_set(reterr, RC_NOT_FOUND, "schema-missing", accept[i],
				    "no kind of document that this program stores");
	}
	return RC_OK;
}

enum rc documents_load(const char *folder, char *const *accept, size_t accept_len,
		       void (*broken)(void *ctx, const struct err *err), void *ctx,
		       struct documents **ret, struct err *reterr)
{
	CLEANUP(documents_freep) struct documents *d = calloc(1, sizeof(*d));
	const struct loader loader = { folder, broken, ctx };
	enum rc rc = d ? RC_OK : RC_NOMEM;

	for (size_t i = 0; !rc && i < ARRAY_LEN(mappings); i++)
		rc = load_kind(d, &loader, mappings[i].kind);
	if (rc)
		return err_set(reterr, rc, "no-memory", folder, "out of memory");
	if (d->len)
		qsort(d->list, d->len, sizeof(*d->list), compare);
	rc = open_accepted(d, folder, accept, accept_len, reterr);
	if (!rc)
		*ret = TAKE_PTR(d);
	return rc;
}

const struct document_type *documents_find(const struct documents *d, const char *name)
{
	CLEANUP_FREE char *copy = strdup(name);
	struct document_type key = { .name = copy };

	if (!copy || !d->len)
		return NULL;
	return bsearch(&key, d->list, d->len, sizeof(key), compare);
}

const struct document_type *documents_list(const struct documents *d, size_t *ret_len)
{
	*ret_len = d->len;
	return d->list;
}

static bool says(const json_t *document, const char *member, const char *word)
{
	const char *text = json_string_value(json_object_get(document, member));

	return text && !strcmp(text, word);
}

enum rc document_key_read(const struct document_type *type, const json_t *document,
			  struct document_key *ret)
{
	const struct mapping *mapping = mapping_of(type->kind);
	const char *id = json_string_value(json_object_get(document, mapping->id));
	const json_t *revision = json_object_get(document, mapping->revision);

	if (!id || strlen(id) != sizeof(ret->report_id) - 1 || !json_is_integer(revision) ||
	    json_integer_value(revision) < 1)
		return RC_INVALID;
	for (size_t i = 0; i < sizeof(ret->report_id); i++)
		ret->report_id[i] = (char)(id[i] >= 'A' && id[i] <= 'F' ? id[i] + 32 : id[i]);
	ret->revision = json_integer_value(revision);
	ret->supersedes = json_string_value(json_object_get(document, mapping->supersedes));
	ret->erases = mapping->erases && says(document, mapping->erases, mapping->erases_when);
	ret->local_case_id = json_string_value(
		json_object_get(json_object_get(document, "source"), "local_case_id"));
	return RC_OK;
}
