#include "documents/code_versions.h"

#include <stdbool.h>

/* A schema's own lists so far, and in the end all. */
struct reading {
	const struct codes *codes;
	json_t *versions;
	struct err *reterr;
};

static enum rc read_enum(const struct reading *r, const char *list, const json_t *words)
{
	const char *version = NULL, *known;
	enum rc rc = codes_version_with(r->codes, list, words, &version, r->reterr);

	if (rc)
		return rc;
	known = json_string_value(json_object_get(r->versions, list));
	if (known && codes_version_compare(known, version) >= 0)
		return RC_OK;
	return json_object_set_new(r->versions, list, json_string(version)) ? RC_NOMEM : RC_OK;
}

/* The loader has bounded the depth. */
static enum rc read_schema(const struct reading *r, json_t *schema)
{
	const char *list = json_string_value(json_object_get(schema, "x-varde-codes"));
	const json_t *words = json_object_get(schema, "enum");
	json_t *below;
	enum rc rc = list && words ? read_enum(r, list, words) : RC_OK;
	const char *name;
	size_t i;

	json_array_foreach(schema, i, below)
	{
		if (!rc)
			rc = read_schema(r, below);
	}
	json_object_foreach(schema, name, below)
	{
		if (!rc)
			rc = read_schema(r, below);
	}
	return rc;
}

enum rc document_code_versions(const struct codes *codes, json_t *schema, char **ret,
			       struct err *reterr)
{
	json_t *all = json_loads(codes_versions(codes), 0, NULL);
	struct reading r = { codes, json_object(), reterr };
	enum rc rc = all && r.versions ? read_schema(&r, schema) : RC_NOMEM;

	if (!rc && json_object_update(all, r.versions))
		rc = RC_NOMEM;
	*ret = rc ? NULL : json_dumps(all, JSON_COMPACT);
	json_decref(all);
	json_decref(r.versions);
	return rc || *ret ? rc : RC_NOMEM;
}
