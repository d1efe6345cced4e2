/* Finds the identifiers of a document before anything is compiled: only places
 * that hold schemas are walked, so that "$id" in an enum, a const or an unknown
 * keyword is not taken for one. */
#include "schema/keywords.h"
#include "schema/registry.h"
#include "schema/uri.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct scan {
	struct schema_registry *registry;
	const struct document *document;
	bool hidden;
	struct err *reterr;
};

static enum rc invalid(const struct scan *s, const struct resource *res, const char *code,
		       const char *text)
{
	return err_set(s->reterr, RC_INVALID, code, res ? res->uri : s->document->uri, "%s", text);
}

static enum rc no_memory(const struct scan *s)
{
	return err_set(s->reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

/* A string without NUL inside, or NULL. */
static const char *plain_string(const json_t *value)
{
	const char *text = json_string_value(value);

	return text && strlen(text) == json_string_length(value) ? text : NULL;
}

static enum rc append_resource(struct schema_registry *r, struct resource *res)
{
	if (r->resource_count == r->resource_size) {
		size_t size = r->resource_size ? r->resource_size * 2 : 32;
		struct resource **bigger = realloc(r->resources, size * sizeof(struct resource *));

		if (!bigger)
			return RC_NOMEM;
		r->resources = bigger;
		r->resource_size = size;
	}
	r->resources[r->resource_count++] = res;
	return RC_OK;
}

static bool is_taken(const struct scan *s, const char *uri)
{
	for (size_t i = 0; i < s->registry->resource_count; i++) {
		const struct resource *other = s->registry->resources[i];

		if (other->document == s->document && !other->hidden && !strcmp(other->uri, uri))
			return true;
	}
	return false;
}

/* The URI of the resource that begins at `schema`, to be freed by the caller. */
static enum rc resource_uri(const struct scan *s, const json_t *schema,
			    const struct resource *around, char **ret)
{
	const json_t *id = json_object_get(schema, "$id");
	CLEANUP_FREE char *fragment = NULL;
	CLEANUP_FREE char *uri = NULL;
	const char *base = around ? around->uri : s->document->uri;
	enum rc rc;

	if (id && !plain_string(id))
		return invalid(s, around, "schema-id", "$id is not a string");
	rc = uri_resolve(base, id ? plain_string(id) : base, &uri, &fragment);
	if (rc == RC_NOMEM)
		return no_memory(s);
	if (rc || *fragment)
		return invalid(s, around, "schema-id",
			       "$id is not a URI reference without fragment");
	if (!s->hidden && is_taken(s, uri))
		return invalid(s, around, "schema-id", "two schemas have the same $id");
	*ret = TAKE_PTR(uri);
	return RC_OK;
}

static enum rc add_resource(const struct scan *s, const json_t *schema, struct resource *around,
			    struct resource **ret)
{
	struct resource *res;
	char *uri = NULL;
	enum rc rc = resource_uri(s, schema, around, &uri);

	if (rc)
		return rc;
	res = calloc(1, sizeof(*res));
	if (!res || append_resource(s->registry, res)) {
		free(res);
		free(uri);
		return no_memory(s);
	}
	res->uri = uri;
	res->alias = around ? NULL : s->document->uri;
	res->root = schema;
	res->document = s->document;
	res->parent = around;
	res->hidden = s->hidden;
	*ret = res;
	return RC_OK;
}

/* Core section 8.2.2: the syntax of a plain-name fragment. */
static bool is_anchor_name(const char *name)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
	static const char rest[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789-.";

	return *name && strchr(first, *name) && strspn(name, rest) == strlen(name);
}

static enum rc add_anchor(const struct scan *s, struct resource *res, const json_t *schema,
			  const char *keyword)
{
	const json_t *value = json_object_get(schema, keyword);
	const char *name = plain_string(value);

	if (!value)
		return RC_OK;
	if (!name || !is_anchor_name(name))
		return invalid(s, res, "schema-anchor", "an anchor is not a plain name");
	if (s->hidden && !res->hidden)
		return RC_OK;
	for (size_t i = 0; i < res->anchor_count; i++)
		if (!strcmp(res->anchors[i].name, name) && res->anchors[i].schema != schema)
			return invalid(s, res, "schema-anchor", "two schemas have the same anchor");
	if (res->anchor_count == res->anchor_size) {
		size_t size = res->anchor_size ? res->anchor_size * 2 : 4;
		struct anchor *bigger = realloc(res->anchors, size * sizeof(*bigger));

		if (!bigger)
			return no_memory(s);
		res->anchors = bigger;
		res->anchor_size = size;
	}
	res->anchors[res->anchor_count++] =
		(struct anchor){ name, schema, !strcmp(keyword, "$dynamicAnchor") };
	return RC_OK;
}

static enum rc scan_schema(const struct scan *s, const json_t *schema, struct resource *around);

static enum rc scan_keyword(const struct scan *s, const json_t *value, enum shape shape,
			    struct resource *res)
{
	json_t *unconst =
		(json_t *)(uintptr_t)value; /* jansson's iterators take it so, and change nothing */
	enum rc rc = RC_OK;

	if (shape == SHAPE_SCHEMA)
		return scan_schema(s, value, res);
	if (shape == SHAPE_SCHEMA_LIST)
		for (size_t i = 0; !rc && i < json_array_size(value); i++)
			rc = scan_schema(s, json_array_get(value, i), res);
	if (shape == SHAPE_SCHEMA_MAP)
		for (void *at = json_object_iter(unconst); !rc && at;
		     at = json_object_iter_next(unconst, at))
			rc = scan_schema(s, json_object_iter_value(at), res);
	return rc;
}

static enum rc scan_schema(const struct scan *s, const json_t *schema, struct resource *around)
{
	struct resource *res = around;
	enum rc rc = RC_OK;

	if (around && !json_is_object(schema))
		return RC_OK;
	if (!around || json_object_get(schema, "$id"))
		rc = add_resource(s, schema, around, &res);
	if (rc || !json_is_object(schema))
		return rc;
	if (ptrmap_put(&s->registry->owners, schema, res))
		return no_memory(s);
	rc = add_anchor(s, res, schema, "$anchor");
	if (!rc)
		rc = add_anchor(s, res, schema, "$dynamicAnchor");
	for (int kw = 0; !rc && kw < KW_COUNT; kw++) {
		const json_t *value = json_object_get(schema, keyword_infos[kw].name);

		if (value)
			rc = scan_keyword(s, value, keyword_infos[kw].shape, res);
	}
	return rc;
}

enum rc registry_scan(struct schema_registry *r, const struct document *d, const json_t *schema,
		      struct resource *around, bool hidden, struct err *reterr)
{
	const struct scan s = { r, d, hidden, reterr };

	return scan_schema(&s, schema, around);
}
