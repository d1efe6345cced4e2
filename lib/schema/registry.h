/* The inside of a registry: documents, the schema resources in them (Core
 * section 4.3.5: a document's root, and every subschema with an "$id"), and the
 * anchors of each resource. */
#ifndef VARDE_SCHEMA_REGISTRY_H
#define VARDE_SCHEMA_REGISTRY_H

#include "schema/ptrmap.h"
#include "schema/schema.h"

struct anchor {
	const char *name; /* borrowed from the document */
	const json_t *schema;
	bool dynamic;
};

struct resource {
	char *uri;          /* canonical: absolute, no fragment */
	const char *alias;  /* the document's retrieval URI for its root, else NULL */
	const json_t *root; /* borrowed from the document */
	const struct document *document;
	struct resource *parent; /* the resource around it, NULL for a document's root */
	bool hidden;             /* found at a place that holds no schema: not found by its URI */
	struct anchor *anchors;
	size_t anchor_count, anchor_size;
	unsigned vocabularies; /* 0 until schema_dialect() asked */
};

struct document {
	char *uri;
	json_t *root;
};

struct schema_registry {
	struct schema_limits limits;
	struct document **documents;
	size_t document_count, document_size;
	struct resource **resources;
	size_t resource_count, resource_size;
	struct ptrmap owners; /* schema object → its resource */
};

/* Indexes the subschemas at and below `schema`, which stands in `around` (NULL
 * for a document's root): resources, anchors, owners. */
NODISCARD enum rc registry_scan(struct schema_registry *r, const struct document *d,
				const json_t *schema, struct resource *around, bool hidden,
				struct err *reterr);

/* The resource with this absolute URI, nearest to `from` first: `from` itself,
 * its document, the whole registry. NULL when there is none. */
struct resource *registry_find(const struct schema_registry *r, const struct resource *from,
			       const char *uri);

/* Where a reference leads: a schema, the resource it is in, and the dynamic
 * anchor that its fragment names (NULL when it names none). */
struct target {
	const json_t *schema;
	struct resource *resource;
	const char *dynamic_anchor;
};

/* Resolves `reference` as written in `from` (NULL: it is absolute). */
NODISCARD enum rc registry_resolve(struct schema_registry *r, struct resource *from,
				   const char *reference, struct target *ret, struct err *reterr);

/* The vocabularies (enum vocabulary bits) that the resource's "$schema" switches
 * on. RC_UNSUPPORTED when it is not known here. */
NODISCARD enum rc registry_dialect(struct schema_registry *r, struct resource *resource,
				   unsigned *ret, struct err *reterr);

#endif
