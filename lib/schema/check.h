/* The inside of one check. All state is on the stack of schema_check. */
#ifndef VARDE_SCHEMA_CHECK_H
#define VARDE_SCHEMA_CHECK_H

#include "schema/node.h"
#include "schema/seen.h"
#include "schema/value.h"

struct check {
	const struct schema *schema;
	struct findings *out; /* NULL: only whether, and stop at the first error */
	bool formats;
	bool over;                   /* a limit was reached: the answer is RC_LIMIT */
	unsigned depth, hops, steps; /* what is left */
	struct regex_scratch regex;
	struct seen_space seen;
};

/* The resources entered on the way to a schema (Core section 7.1). */
struct scope {
	const struct dynamic_scope *resource;
	const struct scope *outer;
};

/* What a keyword is checked against. */
struct frame {
	const struct node *node;
	const struct spot *spot;
	const struct scope *scope;
	struct seen *seen; /* what was evaluated here; NULL when nobody asks */
};

/* Whether the spot is valid against the node. Marks in `seen` (may be NULL)
 * which of the spot's own elements or members were evaluated. */
bool check_node(struct check *c, const struct node *node, const struct spot *spot,
		const struct scope *scope, struct seen *seen);

/* The same without findings. */
bool check_quietly(struct check *c, const struct node *node, const struct spot *spot,
		   const struct scope *scope, struct seen *seen);

/* One error at the spot, or at its member `missing`. Always false. */
bool check_fail(struct check *c, const struct spot *spot, const char *missing, enum kw kw,
		const char *detail);

/* A limit was reached. Always false. */
bool check_over(struct check *c, const struct spot *spot);

typedef bool check_fn(struct check *c, const struct keyword *k, const struct frame *f);

check_fn check_ref, check_all_of, check_any_of, check_one_of, check_not, check_condition;
check_fn check_elements, check_contains, check_unevaluated_items, check_unique;
check_fn check_members, check_property_names, check_dependent_schemas, check_required,
	check_dependent_required, check_unevaluated_properties;
check_fn check_type, check_enum, check_const, check_number, check_size, check_pattern, check_format;

#endif
