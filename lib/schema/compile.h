/* The inside of the compiler. Nodes are made when first referred to and filled
 * from a list of those to do, so nothing recurses and cycles are no matter. */
#ifndef VARDE_SCHEMA_COMPILE_H
#define VARDE_SCHEMA_COMPILE_H

#include "schema/node.h"
#include "schema/registry.h"

struct pending {
	const json_t *json;
	struct resource *resource;
	struct node *node;
};

struct compiler {
	struct schema_registry *registry;
	struct schema *schema;
	struct ptrmap nodes;  /* schema object → struct node */
	struct ptrmap scopes; /* struct resource → struct dynamic_scope */
	struct pending *todo;
	size_t done, count, size;
	struct node *yes, *no; /* the schemas true and false */
	json_t *anchor_names;  /* unique strings of dynamic anchors: name → integer */
	struct err *reterr;
};

/* One schema object under work. */
struct source {
	struct compiler *compiler;
	const json_t *json;
	struct resource *resource;
	unsigned vocabularies;
};

/* The node of a schema that stands in `resource`, made if need be. */
NODISCARD enum rc compiler_node(struct compiler *c, const json_t *json, struct resource *resource,
				const struct node **ret);

/* The schema's own copy of an anchor name; equal names give one pointer. */
NODISCARD enum rc compiler_anchor(struct compiler *c, const char *name, const char **ret);

/* Fills `node` with the keywords of the source (build.c). */
NODISCARD enum rc build_keywords(const struct source *s, struct node *node);

enum rc source_invalid(const struct source *s, enum kw kw, const char *text);
enum rc source_no_memory(const struct source *s);

/* A builder reads one keyword's value into `out`; *out->types = 0 leaves it out. */
/* a function type, so that the declarations below stay one list */
typedef enum rc build_fn(const struct source *s, const json_t *value, struct keyword *out);

/* By what they say something about: build_logic.c, build_object.c, build_scalar.c. */
build_fn build_ref, build_dynamic_ref, build_node_list, build_not, build_condition;
build_fn build_members, build_required, build_dependent_required, build_dependent_schemas;
build_fn build_property_names, build_unevaluated;
build_fn build_elements, build_contains;
build_fn build_type, build_enum, build_const, build_limit, build_multiple_of, build_size,
	build_unique, build_pattern, build_format;

/* The keyword's value, NULL when it is absent or its vocabulary switched off. */
const json_t *source_get(const struct source *s, enum kw kw);
/* The node of the subschema `value` of the source. */
NODISCARD enum rc source_node(const struct source *s, const json_t *value, enum kw kw,
			      const struct node **ret);
/* A whole number from 0 (2.0 counts; huge ones are cut). */
NODISCARD enum rc source_size(const struct source *s, const json_t *value, enum kw kw, size_t *ret);
/* The value as short JSON text in the schema's pool. */
NODISCARD enum rc source_detail(const struct source *s, const json_t *value, const char **ret);
/* A compiled pattern that the schema owns. */
NODISCARD enum rc source_regex(const struct source *s, const char *text, size_t len, enum kw kw,
			       const struct regex **ret);
void named_sort(struct named_list *l);

#endif
