#include "schema/keywords.h"

#include "base/cleanup.h"

#include <string.h>

#define APPLICATOR(name, code, shape)                                                              \
	{                                                                                          \
		name, "schema-" code, VOCAB_APPLICATOR, shape                                      \
	}
#define VALIDATION(name, code)                                                                     \
	{                                                                                          \
		name, "schema-" code, VOCAB_VALIDATION, SHAPE_NONE                                 \
	}

const struct keyword_info keyword_infos[KW_COUNT_REPORTED] = {
	[KW_REF] = { "$ref", "schema-ref", VOCAB_CORE, SHAPE_NONE },
	[KW_DYNAMIC_REF] = { "$dynamicRef", "schema-dynamic-ref", VOCAB_CORE, SHAPE_NONE },
	[KW_TYPE] = VALIDATION("type", "type"),
	[KW_ENUM] = VALIDATION("enum", "enum"),
	[KW_CONST] = VALIDATION("const", "const"),
	[KW_MULTIPLE_OF] = VALIDATION("multipleOf", "multiple-of"),
	[KW_MAXIMUM] = VALIDATION("maximum", "maximum"),
	[KW_EXCLUSIVE_MAXIMUM] = VALIDATION("exclusiveMaximum", "exclusive-maximum"),
	[KW_MINIMUM] = VALIDATION("minimum", "minimum"),
	[KW_EXCLUSIVE_MINIMUM] = VALIDATION("exclusiveMinimum", "exclusive-minimum"),
	[KW_MAX_LENGTH] = VALIDATION("maxLength", "max-length"),
	[KW_MIN_LENGTH] = VALIDATION("minLength", "min-length"),
	[KW_PATTERN] = VALIDATION("pattern", "pattern"),
	[KW_FORMAT] = { "format", "schema-format", VOCAB_FORMAT_ANNOTATION | VOCAB_FORMAT_ASSERTION,
			SHAPE_NONE },
	[KW_MAX_ITEMS] = VALIDATION("maxItems", "max-items"),
	[KW_MIN_ITEMS] = VALIDATION("minItems", "min-items"),
	[KW_UNIQUE_ITEMS] = VALIDATION("uniqueItems", "unique-items"),
	[KW_MAX_PROPERTIES] = VALIDATION("maxProperties", "max-properties"),
	[KW_MIN_PROPERTIES] = VALIDATION("minProperties", "min-properties"),
	[KW_REQUIRED] = VALIDATION("required", "required"),
	[KW_DEPENDENT_REQUIRED] = VALIDATION("dependentRequired", "dependent-required"),
	[KW_PREFIX_ITEMS] = APPLICATOR("prefixItems", "prefix-items", SHAPE_SCHEMA_LIST),
	[KW_ITEMS] = APPLICATOR("items", "items", SHAPE_SCHEMA),
	[KW_CONTAINS] = APPLICATOR("contains", "contains", SHAPE_SCHEMA),
	[KW_MIN_CONTAINS] = VALIDATION("minContains", "min-contains"),
	[KW_MAX_CONTAINS] = VALIDATION("maxContains", "max-contains"),
	[KW_PROPERTIES] = APPLICATOR("properties", "properties", SHAPE_SCHEMA_MAP),
	[KW_PATTERN_PROPERTIES] =
		APPLICATOR("patternProperties", "pattern-properties", SHAPE_SCHEMA_MAP),
	[KW_ADDITIONAL_PROPERTIES] =
		APPLICATOR("additionalProperties", "additional-properties", SHAPE_SCHEMA),
	[KW_PROPERTY_NAMES] = APPLICATOR("propertyNames", "property-names", SHAPE_SCHEMA),
	[KW_DEPENDENT_SCHEMAS] =
		APPLICATOR("dependentSchemas", "dependent-schemas", SHAPE_SCHEMA_MAP),
	[KW_ALL_OF] = APPLICATOR("allOf", "all-of", SHAPE_SCHEMA_LIST),
	[KW_ANY_OF] = APPLICATOR("anyOf", "any-of", SHAPE_SCHEMA_LIST),
	[KW_ONE_OF] = APPLICATOR("oneOf", "one-of", SHAPE_SCHEMA_LIST),
	[KW_NOT] = APPLICATOR("not", "not", SHAPE_SCHEMA),
	[KW_IF] = APPLICATOR("if", "if", SHAPE_SCHEMA),
	[KW_THEN] = APPLICATOR("then", "then", SHAPE_SCHEMA),
	[KW_ELSE] = APPLICATOR("else", "else", SHAPE_SCHEMA),
	[KW_UNEVALUATED_ITEMS] = { "unevaluatedItems", "schema-unevaluated-items",
				   VOCAB_UNEVALUATED, SHAPE_SCHEMA },
	[KW_UNEVALUATED_PROPERTIES] = { "unevaluatedProperties", "schema-unevaluated-properties",
					VOCAB_UNEVALUATED, SHAPE_SCHEMA },
	[KW_DEFS] = { "$defs", "schema-defs", VOCAB_CORE, SHAPE_SCHEMA_MAP },
	[KW_CONTENT_SCHEMA] = { "contentSchema", "schema-content-schema", VOCAB_CONTENT,
				SHAPE_SCHEMA },
	[KW_FALSE] = { "false", "schema-false", VOCAB_CORE, SHAPE_NONE },
	[KW_LIMIT] = { "limit", "schema-limit", VOCAB_CORE, SHAPE_NONE },
};

unsigned vocabulary_of(const char *uri)
{
	static const char prefix[] = "https://json-schema.org/draft/2020-12/vocab/";
	static const struct {
		const char *name;
		enum vocabulary bit;
	} known[] = {
		{ "core", VOCAB_CORE },
		{ "applicator", VOCAB_APPLICATOR },
		{ "unevaluated", VOCAB_UNEVALUATED },
		{ "validation", VOCAB_VALIDATION },
		{ "meta-data", VOCAB_META_DATA },
		{ "format-annotation", VOCAB_FORMAT_ANNOTATION },
		{ "format-assertion", VOCAB_FORMAT_ASSERTION },
		{ "content", VOCAB_CONTENT },
	};

	if (strncmp(uri, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (!strcmp(uri + sizeof(prefix) - 1, known[i].name))
			return known[i].bit;
	return 0;
}
