/* A compiled schema: nodes, each a list of keywords that say something about a
 * value. Immutable once compiled; everything lives in the schema's pool. */
#ifndef VARDE_SCHEMA_NODE_H
#define VARDE_SCHEMA_NODE_H

#include "schema/format.h"
#include "schema/keywords.h"
#include "schema/pool.h"
#include "schema/regex.h"
#include "schema/schema.h"

struct node_list {
	const struct node **list;
	size_t n;
};

/* A member's name and what hangs on it. */
struct named {
	const char *name;
	size_t len;
	const struct node *node;  /* properties, dependentSchemas */
	const char *const *names; /* dependentRequired */
	size_t count;
};

struct named_list { /* ordered by length, then bytes */
	struct named *list;
	size_t n;
};

struct patterned {
	const struct regex *regex;
	const struct node *node;
};

/* properties, patternProperties and additionalProperties, which look at each
 * other and so are checked in one walk over the members. */
struct members {
	struct named_list named;
	struct patterned *patterned;
	size_t patterned_n;
	const struct node *additional; /* NULL: nothing is said */
};

/* prefixItems and items. */
struct elements {
	struct node_list prefix;
	const struct node *rest;
};

struct contains {
	const struct node *node;
	size_t min, max;
	bool min_given;
	const char *min_detail, *max_detail;
};

struct condition {
	const struct node *when, *then, *otherwise;
};

/* enum: strings ordered by length, then bytes; then all other values. */
struct choices {
	const json_t **strings, **others;
	size_t strings_n, others_n;
};

struct keyword {
	enum kw kw;
	unsigned types; /* type_bits of the values it says something about */
	const char *detail;
	union {
		const struct node *node;
		struct {
			const struct node *node;
			const char *anchor; /* NULL: it is a plain $ref */
		} dynamic;
		struct node_list nodes;
		unsigned allowed;
		const json_t *value;
		size_t size;
		const struct regex *regex;
		const struct format *format;
		struct {
			const char *const *list;
			size_t n;
		} names;
		struct named_list named;
		const struct members *members;
		const struct elements *elements;
		const struct contains *contains;
		const struct condition *condition;
		const struct choices *choices;
	};
};

/* The dynamic anchors of one schema resource. Names are unique strings of the
 * schema: they compare as pointers. */
struct dynamic_anchor {
	const char *name;
	const struct node *node;
};

struct dynamic_scope {
	struct dynamic_anchor *anchors;
	size_t n;
};

struct node {
	const struct keyword *keywords;
	size_t n;
	const struct dynamic_scope *scope;
	const char *title;
	unsigned tracks; /* TYPE_ARRAY, TYPE_OBJECT: needs to know what was evaluated */
	bool never;      /* the schema `false` */
	bool asserts_format;
};

struct schema {
	struct schema_limits limits;
	struct pool pool;
	const struct node *root;
	json_t **documents; /* kept alive: names and values point into them */
	size_t document_n;
	struct regex **regexes;
	size_t regex_n, regex_size;
};

/* The entry with this name, or NULL. */
const struct named *named_find(const struct named_list *l, const char *name, size_t len);

#endif
