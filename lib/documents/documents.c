#include "documents/documents.h"

#include "base/buf.h"
#include "documents/code_versions.h"
#include "schema/marks.h"
#include "schema/schema.h"
#include "json/strict.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA_FILE_MAX ((size_t)2 << 20)
#define SCHEMA_FILE_DEPTH 128
#define DAY_MS INT64_C(86400000)

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
	free(t->successor);
	free(t->text);
	free(t->code_versions);
	marks_free(t->marks);
	schema_free(t->schema);
	*t = (struct document_type){ 0 };
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

/* There are a handful. */
static struct document_type *find(const struct documents *d, const char *name)
{
	const struct document_type *end = d->list + d->len;

	for (struct document_type *t = d->list; t < end; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

/* --- one file ---------------------------------------------------------------- */

/* Schema, marks and versions of code lists, out of the text. */
static enum rc compile(const struct documents_source *source, const struct buf *text,
		       struct document_type *type, struct err *reterr)
{
	CLEANUP(schema_registry_freep) struct schema_registry *registry = NULL;
	json_t *json = NULL;
	char uri[128];
	enum rc rc = json_strict_load(buf_text(text), text->len, SCHEMA_FILE_DEPTH, &json, reterr);

	snprintf(uri, sizeof(uri), "urn:varde:file:%.100s", type->name);
	if (!rc)
		rc = schema_registry_new(NULL, &registry, reterr);
	if (!rc)
		rc = schema_registry_add(registry, uri, json, reterr);
	if (!rc)
		rc = schema_compile(registry, uri, &type->schema, reterr);
	if (!rc)
		rc = marks_new(json, &type->marks, reterr);
	if (!rc)
		rc = document_code_versions(source->codes, json, &type->code_versions, reterr);
	json_decref(json);
	return rc;
}

/* KIND and VERSION of "KIND/VERSION". */
static enum rc name_type(const char *name, struct document_type *type)
{
	const char *slash = strchr(name, '/');
	const struct mapping *mapping;

	if (!slash)
		return RC_INVALID;
	type->name = strdup(name);
	type->kind = strndup(name, (size_t)(slash - name));
	type->version = strdup(slash + 1);
	if (!type->name || !type->kind || !type->version)
		return RC_NOMEM;
	mapping = mapping_of(type->kind);
	type->about = mapping ? mapping->about : NULL;
	type->ended_by = mapping ? mapping->ended_by : NULL;
	type->takes_back = mapping && mapping->erases;
	return RC_OK;
}

/* A failing file names itself in `where`. */
static enum rc load_type(const struct documents_source *source, const char *name,
			 struct document_type *ret, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(SCHEMA_FILE_MAX);
	CLEANUP(release_type) struct document_type type = { 0 };
	char path[4096];
	enum rc rc = name_type(name, &type);

	snprintf(path, sizeof(path), "%s/%s.json", source->folder, name);
	if (rc)
		return err_set(reterr, rc, "schema-name", path, "is not KIND/VERSION");
	rc = buf_read_regular(&text, path);
	if (rc)
		return err_set(reterr, rc, "schema-unreadable", path, "cannot read the schema");
	rc = compile(source, &text, &type, reterr);
	if (rc) {
		err_at(reterr, path);
		return rc;
	}
	type.text = buf_take(&text, &type.text_len);
	*ret = type;
	type = (struct document_type){ 0 };
	return RC_OK;
}

/* The last good one of that name, made anew from its text. */
static enum rc keep_type(const struct documents_source *source, const char *name,
			 struct document_type *ret)
{
	const struct document_type *old =
		source->previous ? documents_find(source->previous, name) : NULL;
	CLEANUP(buf_release) struct buf text = buf_capped(SCHEMA_FILE_MAX);
	CLEANUP(release_type) struct document_type type = { .kept = true };
	enum rc rc;

	if (!old)
		return RC_NOT_FOUND;
	rc = name_type(name, &type);
	if (!rc)
		rc = buf_add(&text, old->text, old->text_len);
	if (!rc)
		rc = compile(source, &text, &type, NULL);
	if (rc)
		return rc;
	type.text = buf_take(&text, &type.text_len);
	*ret = type;
	type = (struct document_type){ 0 };
	return RC_OK;
}

/* --- all of them --------------------------------------------------------------- */

static enum rc add(struct documents *d, const struct document_type *type)
{
	struct document_type *list = d->list;

	if (d->len == d->size) {
		list = realloc(d->list, (d->size + 8) * sizeof(*list));
		if (!list)
			return RC_NOMEM;
		d->list = list;
		d->size += 8;
	}
	list[d->len++] = *type;
	return RC_OK;
}

static void tell(const struct documents_source *source, const struct err *err)
{
	if (source->broken)
		source->broken(source->ctx, err);
}

/* A file that is broken leaves the last good one, if there was one. */
static enum rc add_file(struct documents *d, const struct documents_source *source,
			const char *name)
{
	struct document_type type = { 0 };
	struct err err = { 0 };
	enum rc rc = load_type(source, name, &type, &err);

	if (rc && rc != RC_NOMEM) {
		tell(source, &err);
		rc = keep_type(source, name, &type);
		if (rc && rc != RC_NOMEM)
			return RC_OK;
	}
	if (!rc)
		rc = add(d, &type);
	if (rc)
		release_type(&type);
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

static void sort(struct documents *d)
{
	if (d->len)
		qsort(d->list, d->len, sizeof(*d->list), compare);
}

static enum rc load_kind(struct documents *d, const struct documents_source *source,
			 const char *kind)
{
	char path[4096], name[300];
	struct dirent *entry;
	enum rc rc = RC_OK;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", source->folder, kind);
	dir = opendir(path);
	while (dir && !rc && (entry = readdir(dir))) {
		if (!is_version_file(entry->d_name))
			continue;
		snprintf(name, sizeof(name), "%s/%.*s", kind,
			 (int)(strlen(entry->d_name) - strlen(".json")), entry->d_name);
		rc = add_file(d, source, name);
	}
	if (dir)
		closedir(dir);
	return rc;
}

/* Why there is none of an accepted name. */
static enum rc why_not(const struct documents_source *source, const char *name, struct err *reterr)
{
	CLEANUP(release_type) struct document_type probe = { 0 };
	enum rc rc = load_type(source, name, &probe, reterr);

	return rc ? rc
		  : err_set(reterr, RC_NOT_FOUND, "schema-missing", name,
			    "no kind of document that this program stores");
}

/* An accepted one whose file has gone stays, and is told of. One that never was: senders
 * rely on it, so the program does not start without; while it runs, it is told of. */
static enum rc add_missing(struct documents *d, const struct documents_source *source,
			   const char *name, struct err *reterr)
{
	struct document_type type = { 0 };
	struct err err = { 0 };
	enum rc rc = why_not(source, name, &err), kept;

	if (!source->previous || rc == RC_NOMEM) {
		if (reterr)
			*reterr = err;
		return rc;
	}
	kept = keep_type(source, name, &type);
	if (kept && rc != RC_NOT_FOUND) /* add_file() has told of it */
		return RC_OK;
	tell(source, &err);
	if (kept)
		return kept == RC_NOMEM ? kept : RC_OK;
	kept = add(d, &type);
	if (kept)
		release_type(&type);
	else
		sort(d);
	return kept;
}

static enum rc open_accepted(struct documents *d, const struct documents_source *source,
			     struct err *reterr)
{
	const struct config *c = source->config;
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < c->accept_len; i++) {
		struct document_type *type = find(d, c->accept[i]);

		if (!type) {
			rc = add_missing(d, source, c->accept[i], reterr);
			type = rc ? NULL : find(d, c->accept[i]);
		}
		if (type)
			type->accepted = true;
	}
	return rc;
}

/* What the configuration says of their end. Nobody is sent to a successor that is not
 * there: then the dates hold and the successor is told of. */
static enum rc read_ending(struct documents *d, const struct documents_source *source)
{
	const struct config *c = source->config;
	struct err err;

	for (size_t i = 0; i < c->ending_len; i++) {
		const struct config_schema *end = &c->ending[i];
		struct document_type *type = find(d, end->name);

		if (!type || (end->successor && !find(d, end->successor))) {
			err_set(&err, RC_NOT_FOUND, "schema-missing",
				type ? end->successor : end->name,
				"[schema %.60s] of the configuration names it", end->name);
			tell(source, &err);
		}
		if (!type)
			continue;
		type->deprecated_ms = end->deprecated_day * DAY_MS;
		type->sunset_ms = end->sunset_day * DAY_MS;
		if (end->successor && !(type->successor = strdup(end->successor)))
			return RC_NOMEM;
	}
	return RC_OK;
}

enum rc documents_load(const struct documents_source *source, struct documents **ret,
		       struct err *reterr)
{
	CLEANUP(documents_freep) struct documents *d = calloc(1, sizeof(*d));
	enum rc rc = d ? RC_OK : RC_NOMEM;

	for (size_t i = 0; !rc && i < ARRAY_LEN(mappings); i++)
		rc = load_kind(d, source, mappings[i].kind);
	if (!rc)
		sort(d);
	if (!rc)
		rc = open_accepted(d, source, reterr);
	if (!rc)
		rc = read_ending(d, source);
	if (rc == RC_NOMEM)
		return err_set(reterr, rc, "no-memory", source->folder, "out of memory");
	if (!rc)
		*ret = TAKE_PTR(d);
	return rc;
}

/* --- what they are to senders ------------------------------------------------------ */

enum document_state document_state(const struct document_type *t, int64_t now_ms)
{
	if (t->sunset_ms && now_ms >= t->sunset_ms)
		return DOCUMENT_RETIRED;
	if (!t->accepted)
		return DOCUMENT_CLOSED;
	return t->deprecated_ms && now_ms >= t->deprecated_ms ? DOCUMENT_DEPRECATED : DOCUMENT_OPEN;
}

const char *document_state_name(enum document_state state)
{
	switch (state) {
	case DOCUMENT_CLOSED: return "closed";
	case DOCUMENT_OPEN: return "open";
	case DOCUMENT_DEPRECATED: return "deprecated";
	case DOCUMENT_RETIRED: return "retired";
	}
	return "closed";
}

bool document_is_taken(const struct document_type *t, int64_t now_ms)
{
	enum document_state state = document_state(t, now_ms);

	return state == DOCUMENT_OPEN || state == DOCUMENT_DEPRECATED;
}

const struct document_type *documents_find(const struct documents *d, const char *name)
{
	return find(d, name);
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
