/* Inside of the room: how a table lies in memory. */
#ifndef VARDE_TABULAR_INTERNAL_H
#define VARDE_TABULAR_INTERNAL_H

#include "suppress/grid.h"
#include "suppress/measure.h"
#include "suppress/protect.h"
#include "tabular/tabular.h"

#include <jansson.h>

/* Names for people; longer ones are cut. */
#define TABULAR_NAME_SIZE 160
#define TABULAR_QUOTE_SIZE 72

struct tabular_group {
	uint32_t parent;
	uint32_t first, len; /* of the children */
};

struct tabular_dimension {
	char *name;
	bool flat;
	json_t *numbers;    /* of the categories, by name */
	const char **names; /* by number: keys of `numbers`; the implied total has none */
	size_t len, size;
	struct tabular_group *groups;
	size_t groups_len, groups_size;
	uint32_t *children;
	size_t children_len, children_size;
	uint32_t total; /* after tabular_build */
};

struct tabular {
	json_t *files[TABULAR_FILES]; /* NULL: none */
	int64_t threshold;
	struct tabular_dimension dimensions[SUPPRESS_DIMENSIONS_MAX];
	uint32_t len;
	struct suppress_system *system;
	uint32_t first, nodes;
	uint32_t *node_of;                /* per cell of the table */
	uint32_t *cell_of[TABULAR_FILES]; /* per node, or SUPPRESS_NONE */
	struct suppress_audit audit;      /* after tabular_protect */
};

static inline const json_t *tabular_cells(const struct tabular *t, enum tabular_file file)
{
	return json_object_get(t->files[file], "cells");
}

/* Room for one more item in a list that grows by doubling. RC_NOMEM. */
NODISCARD enum rc tabular_grow(void *list, size_t *size, size_t len, size_t item);
enum rc tabular_no_memory(struct err *reterr);

/* --- hierarchy.c ---------------------------------------------------------------- */

/* Reads "hierarchies" into dimensions. Errors as of tabular_read. */
NODISCARD enum rc tabular_hierarchies(struct tabular *t, struct err *reterr);

/* --- dimensions.c ------------------------------------------------------------- */

void tabular_dimension_release(struct tabular_dimension *d);
/* NULL: no such dimension. */
struct tabular_dimension *tabular_dimension_find(struct tabular *t, const char *name);
/* Adds one without categories. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc tabular_dimension_add(struct tabular *t, const char *name,
					struct tabular_dimension **ret);
/* Finds or adds a category. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc tabular_category(struct tabular_dimension *d, const char *name, uint32_t *ret);

/* --- keys.c --------------------------------------------------------------------- */

/* Reads all keys: dimensions and categories of flat ones that no hierarchy names.
 * Errors as of tabular_read. */
NODISCARD enum rc tabular_keys(struct tabular *t, struct err *reterr);
/* The node of a key that was read. */
uint32_t tabular_node(const struct tabular *t, const json_t *key);

/* --- build.c ---------------------------------------------------------------------- */

/* The system of nodes, without values. `organisation` may be NULL. */
NODISCARD enum rc tabular_build(struct tabular *t, const char *organisation, uint32_t nodes_max,
				struct err *reterr);

/* --- values.c --------------------------------------------------------------------- */

/* Values and flags of the nodes, completed and checked. */
NODISCARD enum rc tabular_values(struct tabular *t, struct err *reterr);

/* --- names.c -------------------------------------------------------------------------- */

/* A name as JSON writes it, so that it cannot steer a terminal. */
void tabular_quote(const char *name, char quoted[TABULAR_QUOTE_SIZE]);
/* 'hierarchies: "org", category "A"'; without the latter where it is NULL. */
void tabular_name_category(const char *dimension, const char *category,
			   char name[TABULAR_NAME_SIZE]);
/* 'cells[3] {"org":"A"}' */
void tabular_name_cell(const struct tabular *t, enum tabular_file file, size_t index,
		       char name[TABULAR_NAME_SIZE]);
/* The same of a node: as a cell of the table or of a list, where it is one. */
void tabular_name_node(const struct tabular *t, uint32_t node, char name[TABULAR_NAME_SIZE]);

/* --- explain.c ---------------------------------------------------------------------- */

/* A node that is a total is not the sum of its parts: along which dimension. */
enum rc tabular_explain_sum(const struct tabular *t, uint32_t node, struct err *reterr);
/* A node cannot be protected, or one of the line that it is the total of. */
enum rc tabular_explain_pattern(const struct tabular *t, uint32_t node, struct err *reterr);

#endif
