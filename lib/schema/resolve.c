/* From a reference to the schema it means: URI, then anchor or JSON Pointer. */
#include "schema/registry.h"
#include "schema/uri.h"

#include <stdlib.h>
#include <string.h>

/* Takes the next token (RFC 6901 section 3) off `*at`, which begins with '/',
 * into `out`. False on a bad escape. */
static bool next_token(const char **at, char *out)
{
	const char *p = *at + 1;

	for (; *p && *p != '/'; p++) {
		if (*p != '~') {
			*out++ = *p;
		} else if (p[1] == '0' || p[1] == '1') {
			*out++ = *++p == '0' ? '~' : '/';
		} else {
			return false;
		}
	}
	*out = '\0';
	*at = p;
	return true;
}

static json_t *array_element(const json_t *array, const char *token)
{
	char *end;
	unsigned long i;

	if (token[0] < '0' || token[0] > '9' || (token[0] == '0' && token[1]) || strlen(token) > 9)
		return NULL;
	i = strtoul(token, &end, 10);
	return *end ? NULL : json_array_get(array, i);
}

/* Walks `pointer` from the root of *res; *res becomes the innermost resource
 * around the place reached. NULL where it leads nowhere. */
static const json_t *follow(struct schema_registry *r, struct resource **res, const char *pointer,
			    char *token)
{
	const json_t *value = (*res)->root;

	while (value && *pointer) {
		struct resource *owner;

		if (!next_token(&pointer, token))
			return NULL;
		value = json_is_array(value) ? array_element(value, token)
					     : json_object_get(value, token);
		owner = json_is_object(value) ? ptrmap_get(&r->owners, value) : NULL;
		if (owner)
			*res = owner;
	}
	return value;
}

static enum rc resolve_pointer(struct schema_registry *r, struct resource *res, const char *pointer,
			       struct target *ret, struct err *reterr)
{
	CLEANUP_FREE char *token = malloc(strlen(pointer) + 1);
	const json_t *schema;
	enum rc rc;

	if (!token)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	schema = follow(r, &res, pointer, token);
	if (!json_is_object(schema) && !json_is_boolean(schema))
		return err_set(reterr, RC_INVALID, "schema-reference", res->uri,
			       "a JSON Pointer leads to no schema in this resource");
	if (json_is_object(schema) && !ptrmap_get(&r->owners, schema)) {
		/* A place that no keyword calls a schema becomes one by being referred to. */
		rc = registry_scan(r, res->document, schema, res, true, reterr);
		if (rc)
			return rc;
		res = ptrmap_get(&r->owners, schema);
	}
	*ret = (struct target){ schema, res, NULL };
	return RC_OK;
}

static enum rc resolve_anchor(struct resource *res, const char *name, struct target *ret,
			      struct err *reterr)
{
	const struct anchor *found = NULL, *dynamic = NULL;

	for (size_t i = 0; i < res->anchor_count; i++) {
		const struct anchor *a = &res->anchors[i];

		if (strcmp(a->name, name) != 0)
			continue;
		found = a;
		if (a->dynamic)
			dynamic = a;
	}
	if (!found)
		return err_set(reterr, RC_INVALID, "schema-reference", res->uri,
			       "no schema has the anchor asked for");
	*ret = (struct target){ found->schema, res, dynamic ? dynamic->name : NULL };
	return RC_OK;
}

enum rc registry_resolve(struct schema_registry *r, struct resource *from, const char *reference,
			 struct target *ret, struct err *reterr)
{
	CLEANUP_FREE char *uri = NULL;
	CLEANUP_FREE char *fragment = NULL;
	struct resource *res;
	enum rc rc = uri_resolve(from ? from->uri : "", reference, &uri, &fragment);

	if (rc == RC_NOMEM)
		return err_set(reterr, rc, "no-memory", NULL, "out of memory");
	if (rc)
		return err_set(reterr, rc, "schema-reference", from ? from->uri : NULL,
			       "not a URI reference");
	res = registry_find(r, from, uri);
	if (!res)
		return err_set(reterr, RC_NOT_FOUND, "schema-reference", uri,
			       "not in the registry; schemas are never fetched");
	if (*fragment && *fragment != '/')
		return resolve_anchor(res, fragment, ret, reterr);
	return resolve_pointer(r, res, fragment, ret, reterr);
}
