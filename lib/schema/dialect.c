/* Which vocabularies a schema is written in (Core sections 8.1.1 and 8.1.2). */
#include "schema/keywords.h"
#include "schema/registry.h"
#include "schema/uri.h"

#include <string.h>

#define DIALECT_2020_12 "https://json-schema.org/draft/2020-12/schema"
#define VOCABS_2020_12                                                                             \
	(VOCAB_CORE | VOCAB_APPLICATOR | VOCAB_UNEVALUATED | VOCAB_VALIDATION | VOCAB_META_DATA |  \
	 VOCAB_FORMAT_ANNOTATION | VOCAB_CONTENT)

static enum rc unsupported(struct err *reterr, const struct resource *res, const char *text)
{
	return err_set(reterr, RC_UNSUPPORTED, "schema-dialect", res->uri, "%s", text);
}

static enum rc read_vocabularies(const struct resource *meta, unsigned *ret, struct err *reterr)
{
	json_t *list = json_object_get(meta->root, "$vocabulary");
	unsigned bits = VOCAB_CORE;
	const char *uri;
	json_t *required;

	if (!list) {
		*ret = VOCABS_2020_12;
		return RC_OK;
	}
	if (!json_is_object(list))
		return unsupported(reterr, meta, "$vocabulary is not an object");
	json_object_foreach(list, uri, required)
	{
		unsigned bit = vocabulary_of(uri);

		if (!bit && !json_is_false(required))
			return unsupported(reterr, meta,
					   "it requires a vocabulary that is not known here");
		bits |= bit;
	}
	*ret = bits;
	return RC_OK;
}

enum rc registry_dialect(struct schema_registry *r, struct resource *res, unsigned *ret,
			 struct err *reterr)
{
	CLEANUP_FREE char *uri = NULL;
	CLEANUP_FREE char *fragment = NULL;
	const json_t *name = json_object_get(res->root, "$schema");
	const struct resource *meta;
	enum rc rc = RC_OK;

	if (!res->vocabularies && !name) {
		res->vocabularies = VOCABS_2020_12;
		if (res->parent)
			rc = registry_dialect(r, res->parent, &res->vocabularies, reterr);
		if (rc)
			res->vocabularies = 0;
	} else if (!res->vocabularies) {
		if (!json_is_string(name) ||
		    uri_resolve("", json_string_value(name), &uri, &fragment) || *fragment)
			return unsupported(reterr, res,
					   "$schema is not an absolute URI without fragment");
		meta = registry_find(r, res, uri);
		if (!strcmp(uri, DIALECT_2020_12))
			res->vocabularies = VOCABS_2020_12;
		else if (!meta)
			return unsupported(reterr, res,
					   "$schema names a dialect that is neither 2020-12 nor in "
					   "the registry");
		else
			rc = read_vocabularies(meta, &res->vocabularies, reterr);
	}
	if (!rc)
		*ret = res->vocabularies;
	return rc;
}
