/* The keywords of draft 2020-12: their names, the code of their findings, their
 * vocabulary, and where they hold schemas. */
#ifndef VARDE_SCHEMA_KEYWORDS_H
#define VARDE_SCHEMA_KEYWORDS_H

/* Core section 8.1.2 and Validation section 4; one bit each. */
enum vocabulary {
	VOCAB_CORE = 1,
	VOCAB_APPLICATOR = 2,
	VOCAB_UNEVALUATED = 4,
	VOCAB_VALIDATION = 8,
	VOCAB_META_DATA = 16,
	VOCAB_FORMAT_ANNOTATION = 32,
	VOCAB_FORMAT_ASSERTION = 64,
	VOCAB_CONTENT = 128,
};

/* What a keyword's value holds. */
enum shape { SHAPE_NONE, SHAPE_SCHEMA, SHAPE_SCHEMA_LIST, SHAPE_SCHEMA_MAP };

/* In the order of evaluation: assertions first, unevaluated* last (Core 11). */
enum kw {
	KW_REF,
	KW_DYNAMIC_REF,
	KW_TYPE,
	KW_ENUM,
	KW_CONST,
	KW_MULTIPLE_OF,
	KW_MAXIMUM,
	KW_EXCLUSIVE_MAXIMUM,
	KW_MINIMUM,
	KW_EXCLUSIVE_MINIMUM,
	KW_MAX_LENGTH,
	KW_MIN_LENGTH,
	KW_PATTERN,
	KW_FORMAT,
	KW_MAX_ITEMS,
	KW_MIN_ITEMS,
	KW_UNIQUE_ITEMS,
	KW_MAX_PROPERTIES,
	KW_MIN_PROPERTIES,
	KW_REQUIRED,
	KW_DEPENDENT_REQUIRED,
	KW_PREFIX_ITEMS,
	KW_ITEMS,
	KW_CONTAINS,
	KW_MIN_CONTAINS,
	KW_MAX_CONTAINS,
	KW_PROPERTIES,
	KW_PATTERN_PROPERTIES,
	KW_ADDITIONAL_PROPERTIES,
	KW_PROPERTY_NAMES,
	KW_DEPENDENT_SCHEMAS,
	KW_ALL_OF,
	KW_ANY_OF,
	KW_ONE_OF,
	KW_NOT,
	KW_IF,
	KW_THEN,
	KW_ELSE,
	KW_UNEVALUATED_ITEMS,
	KW_UNEVALUATED_PROPERTIES,
	/* never evaluated, but they hold schemas or name them */
	KW_DEFS,
	KW_CONTENT_SCHEMA,
	KW_COUNT,
	/* not keywords, but what a finding can say */
	KW_FALSE = KW_COUNT, /* the schema `false` */
	KW_LIMIT,            /* a limit was reached */
	KW_COUNT_REPORTED
};

struct keyword_info {
	const char *name, *code;
	enum vocabulary vocabulary;
	enum shape shape;
};

extern const struct keyword_info keyword_infos[KW_COUNT_REPORTED];

/* The vocabulary of this URI, or 0. */
unsigned vocabulary_of(const char *uri);

#endif
