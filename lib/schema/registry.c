#include "schema/registry.h"

#include "base/embedded.h"
#include "schema/uri.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(struct schema_registry *r)
{
	size_t size = r->document_size ? r->document_size * 2 : 16;
	struct document **bigger;

	if (r->document_count < r->document_size)
		return true;
	bigger = realloc(r->documents, size * sizeof(struct document *));
	if (!bigger)
		return false;
	r->documents = bigger;
	r->document_size = size;
	return true;
}

static void resource_free(struct resource *res)
{
	free(res->uri);
	free(res->anchors);
	free(res);
}

static void document_free(struct document *d)
{
	free(d->uri);
	json_decref(d->root);
	free(d);
}
DEFINE_CLEANUP(struct document *, document_free)

void schema_registry_free(struct schema_registry *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->resource_count; i++)
		resource_free(r->resources[i]);
	for (size_t i = 0; i < r->document_count; i++)
		document_free(r->documents[i]);
	free(r->resources);
	free(r->documents);
	ptrmap_release(&r->owners);
	free(r);
}

/* The bundled metaschema documents carry their URI as "$id". */
static enum rc add_metaschema(struct schema_registry *r, const struct embedded_file *file,
			      struct err *reterr)
{
	json_t *document = json_loadb(file->text, file->len, JSON_REJECT_DUPLICATES, NULL);
	const char *id = json_string_value(json_object_get(document, "$id"));
	enum rc rc;

	if (!id)
		rc = err_set(reterr, RC_CORRUPT, "schema-invalid", file->path,
			     "the bundled metaschema cannot be read");
	else
		rc = schema_registry_add(r, id, document, reterr);
	json_decref(document);
	return rc;
}

enum rc schema_registry_new(const struct schema_limits *limits, struct schema_registry **ret,
			    struct err *reterr)
{
	CLEANUP(schema_registry_freep) struct schema_registry *r = calloc(1, sizeof(*r));

	if (!r)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	r->limits = limits ? *limits : (struct schema_limits)SCHEMA_LIMITS_DEFAULT;
	for (const struct embedded_file *file = embedded_metaschemas; file->path; file++) {
		enum rc rc = add_metaschema(r, file, reterr);

		if (rc)
			return rc;
	}
	*ret = TAKE_PTR(r);
	return RC_OK;
}

/* Recursion is bounded by `left`, so that jansson's own recursion (copy, dump)
 * is safe after it. */
static bool depth_within(const json_t *value, unsigned left)
{
	json_t *unconst =
		(json_t *)(uintptr_t)value; /* jansson's iterators take it so, and change nothing */

	if (!left)
		return false;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!depth_within(json_array_get(value, i), left - 1))
			return false;
	for (void *at = json_object_iter(unconst); at; at = json_object_iter_next(unconst, at))
		if (!depth_within(json_object_iter_value(at), left - 1))
			return false;
	return true;
}

static enum rc document_new(const char *uri, const json_t *json, struct document **ret)
{
	CLEANUP(document_freep) struct document *d = calloc(1, sizeof(*d));
	CLEANUP_FREE char *fragment = NULL;
	enum rc rc;

	if (!d)
		return RC_NOMEM;
	if (!uri_is_absolute(uri))
		return RC_INVALID;
	rc = uri_resolve(uri, uri, &d->uri, &fragment);
	if (rc)
		return rc;
	if (*fragment)
		return RC_INVALID;
	/* A copy of our own: nobody changes it, and no value stands in two places. */
	d->root = json_deep_copy(json);
	if (!d->root)
		return RC_NOMEM;
	*ret = TAKE_PTR(d);
	return RC_OK;
}

static void forget_resources(struct schema_registry *r, size_t keep)
{
	while (r->resource_count > keep)
		resource_free(r->resources[--r->resource_count]);
}

enum rc schema_registry_add(struct schema_registry *r, const char *uri, const json_t *document,
			    struct err *reterr)
{
	CLEANUP(document_freep) struct document *d = NULL;
	size_t keep = r->resource_count;
	enum rc rc;

	if (r->document_count >= r->limits.documents)
		return err_set(reterr, RC_LIMIT, "schema-limit", uri, "more than %u documents",
			       r->limits.documents);
	if (!json_is_object(document) && !json_is_boolean(document))
		return err_set(reterr, RC_INVALID, "schema-invalid", uri,
			       "a schema is an object or a boolean");
	if (!depth_within(document, r->limits.schema_depth))
		return err_set(reterr, RC_LIMIT, "schema-limit", uri,
			       "nested deeper than %u levels", r->limits.schema_depth);
	rc = document_new(uri, document, &d);
	if (rc)
		return err_set(reterr, rc, "schema-id", uri,
			       "not an absolute URI without fragment");
	for (size_t i = 0; i < r->document_count; i++)
		if (!strcmp(r->documents[i]->uri, d->uri))
			return err_set(reterr, RC_CONFLICT, "schema-id", uri,
				       "the registry has this URI already");
	if (!make_room(r))
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	rc = registry_scan(r, d, d->root, NULL, false, reterr);
	if (rc) {
		/* The index knows the copy's addresses by now: it must not be freed and
		 * its addresses used again, so it stays, without a URI that leads to it. */
		forget_resources(r, keep);
		d->uri[0] = '\0';
	}
	r->documents[r->document_count++] = TAKE_PTR(d);
	return rc;
}

static bool is_at(const struct resource *res, const char *uri)
{
	return !strcmp(res->uri, uri) || (res->alias && !strcmp(res->alias, uri));
}

struct resource *registry_find(const struct schema_registry *r, const struct resource *from,
			       const char *uri)
{
	struct resource *found = NULL;

	for (size_t i = 0; i < r->resource_count; i++) {
		struct resource *res = r->resources[i];

		if ((res->hidden && res != from) || !is_at(res, uri))
			continue;
		if (res == from)
			return res;
		if (!found ||
		    (from && res->document == from->document && found->document != from->document))
			found = res;
		else if (res->alias && !strcmp(res->alias, uri) &&
			 !(from && found->document == from->document))
			found = res;
	}
	return found;
}
