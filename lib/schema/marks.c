#include "schema/marks.h"

#include "base/buf.h"
#include "schema/limits.h"
#include "schema/pool.h"
#include "schema/ptrmap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SEALED "x-varde-sealed"
#define TRANSPORT "x-varde-transport"
#define DEFS "#/$defs/"
#define REFS_MAX 16
#define NODES_MAX 20000
#define DEPTH_MAX 256

struct member {
	const char *name;
	const struct marks_node *node;
};

struct marks_node {
	bool sealed, transport;
	struct member *members;
	size_t n;
	const struct marks_node *items;
};

struct marks {
	struct pool pool;
	const struct marks_node *root;
};

/* A schema object seen from a place that is sealed or not, transport or not:
 * one node for each of the four, so that cycles end. */
struct builder {
	struct marks *marks;
	const json_t *schema;
	struct ptrmap nodes[4];
	struct ptrmap reached; /* schema objects whose marks count */
	unsigned count, depth;
	struct err *reterr;
};

static enum rc refuse(const struct builder *b, const char *where, const char *text)
{
	return err_set(b->reterr, RC_INVALID, "schema-marks", where, "%s", text);
}

static enum rc no_memory(const struct builder *b)
{
	return err_set(b->reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

static json_t *unconst(const json_t *value)
{
	return (json_t *)(uintptr_t)value; /* jansson's iterators take it so, and change nothing */
}

/* The definition that `ref` names, NULL when it is not of the form #/$defs/NAME. */
static const json_t *definition(const struct builder *b, const char *ref)
{
	if (!ref || strncmp(ref, DEFS, strlen(DEFS)) != 0 || strpbrk(ref + strlen(DEFS), "/~%"))
		return NULL;
	return json_object_get(json_object_get(b->schema, "$defs"), ref + strlen(DEFS));
}

/* A schema object and those it refers to: together they describe one value. */
struct chain {
	const json_t *parts[REFS_MAX];
	size_t n;
};

static enum rc follow(const struct builder *b, const json_t *schema, struct chain *chain)
{
	while (json_is_object(schema)) {
		const json_t *ref = json_object_get(schema, "$ref");

		if (chain->n == REFS_MAX)
			return refuse(b, json_string_value(ref),
				      "a chain of references is too long");
		chain->parts[chain->n++] = schema;
		/* Any other reference is left alone: marks behind it are found missing. */
		schema = ref ? definition(b, json_string_value(ref)) : NULL;
	}
	return RC_OK;
}

static enum rc read_marks(struct builder *b, const struct chain *chain, struct marks_node *node)
{
	for (size_t i = 0; i < chain->n; i++) {
		const json_t *sealed = json_object_get(chain->parts[i], SEALED);
		const json_t *transport = json_object_get(chain->parts[i], TRANSPORT);

		if ((sealed && !json_is_true(sealed)) || (transport && !json_is_true(transport)))
			return refuse(b, sealed ? SEALED : TRANSPORT,
				      "a mark has no other value than true");
		node->sealed |= sealed != NULL;
		node->transport |= transport != NULL;
		if (ptrmap_put(&b->reached, chain->parts[i], unconst(chain->parts[i])))
			return no_memory(b);
	}
	return RC_OK;
}

static enum rc build(struct builder *b, const json_t *schema, bool sealed, bool transport,
		     const struct marks_node **ret);

static enum rc add_members(struct builder *b, const json_t *properties, struct marks_node *node)
{
	struct member *list = pool_alloc(&b->marks->pool,
					 (node->n + json_object_size(properties)) * sizeof(*list));
	enum rc rc = RC_OK;

	if (!list)
		return no_memory(b);
	if (node->n)
		memcpy(list, node->members, node->n * sizeof(*list));
	node->members = list;
	for (void *at = json_object_iter(unconst(properties)); !rc && at;
	     at = json_object_iter_next(unconst(properties), at)) {
		struct member *m = &list[node->n];

		if (marks_lookup(node, json_object_iter_key(at)))
			return refuse(b, json_object_iter_key(at), "a member is described twice");
		m->name = pool_strdup(&b->marks->pool, json_object_iter_key(at));
		if (!m->name)
			return no_memory(b);
		rc = build(b, json_object_iter_value(at), node->sealed, node->transport, &m->node);
		node->n += !rc;
	}
	return rc;
}

static enum rc fill(struct builder *b, const struct chain *chain, struct marks_node *node)
{
	enum rc rc = read_marks(b, chain, node);

	for (size_t i = 0; !rc && i < chain->n; i++) {
		const json_t *properties = json_object_get(chain->parts[i], "properties");
		const json_t *items = json_object_get(chain->parts[i], "items");

		if (properties)
			rc = add_members(b, properties, node);
		if (!rc && items && node->items)
			rc = refuse(b, "items", "the items are described twice");
		else if (!rc && items)
			rc = build(b, items, node->sealed, node->transport, &node->items);
	}
	return rc;
}

/* Recursion ends at known objects, and at DEPTH_MAX for a schema made to recurse. */
static enum rc build(struct builder *b, const json_t *schema, bool sealed, bool transport,
		     const struct marks_node **ret)
{
	struct ptrmap *known = &b->nodes[sealed + 2 * transport];
	/* true and false are shared values: each place gets its own node */
	struct marks_node *node = json_is_object(schema) ? ptrmap_get(known, schema) : NULL;
	struct chain chain = { 0 };
	enum rc rc;

	if (node) {
		*ret = node;
		return RC_OK;
	}
	if (++b->count > NODES_MAX || b->depth == DEPTH_MAX)
		return err_set(b->reterr, RC_LIMIT, "schema-limit", NULL,
			       "more than %d places or %d levels", NODES_MAX, DEPTH_MAX);
	node = pool_alloc(&b->marks->pool, sizeof(*node));
	if (!node || (json_is_object(schema) && ptrmap_put(known, schema, node)))
		return no_memory(b);
	node->sealed = sealed;
	node->transport = transport;
	*ret = node;
	b->depth++;
	rc = follow(b, schema, &chain);
	if (!rc)
		rc = fill(b, &chain, node);
	b->depth--;
	return rc;
}

/* Any object with a mark that no walk reached protects nothing. */
static enum rc refuse_unreached(const struct builder *b, const json_t *value, struct buf *where,
				unsigned left)
{
	size_t len = where->len;
	enum rc rc = RC_OK;

	if (!left)
		return err_set(b->reterr, RC_LIMIT, "schema-limit", NULL,
			       "the schema is nested too deep");
	if ((json_object_get(value, SEALED) || json_object_get(value, TRANSPORT)) &&
	    !ptrmap_get(&b->reached, value))
		return refuse(b, buf_text(where), "a mark stands where it would not be found");
	for (void *at = json_object_iter(unconst(value)); !rc && at;
	     at = json_object_iter_next(unconst(value), at)) {
		buf_addf(where, "/%s", json_object_iter_key(at));
		rc = refuse_unreached(b, json_object_iter_value(at), where, left - 1);
		if (where->len > len)
			where->data[where->len = len] = '\0';
	}
	for (size_t i = 0; !rc && i < json_array_size(value); i++) {
		buf_addf(where, "/%zu", i);
		rc = refuse_unreached(b, json_array_get(value, i), where, left - 1);
		if (where->len > len)
			where->data[where->len = len] = '\0';
	}
	return rc;
}

enum rc marks_new(const json_t *schema, struct marks **ret, struct err *reterr)
{
	static const struct schema_limits limits = SCHEMA_LIMITS_DEFAULT;
	CLEANUP(marks_freep) struct marks *m = calloc(1, sizeof(*m));
	CLEANUP(buf_release) struct buf where = buf_capped(65536);
	struct builder b = { .marks = m, .schema = schema, .reterr = reterr };
	const struct marks_node *root = NULL;
	enum rc rc;

	if (!m)
		return no_memory(&b);
	rc = build(&b, schema, false, false, &root);
	if (!rc)
		rc = refuse_unreached(&b, schema, &where, limits.schema_depth);
	for (size_t i = 0; i < ARRAY_LEN(b.nodes); i++)
		ptrmap_release(&b.nodes[i]);
	ptrmap_release(&b.reached);
	m->root = root;
	if (!rc)
		*ret = TAKE_PTR(m);
	return rc;
}

void marks_free(struct marks *m)
{
	if (!m)
		return;
	pool_release(&m->pool);
	free(m);
}

const struct marks_node *marks_root(const struct marks *m)
{
	return m->root;
}

const struct marks_node *marks_lookup(const struct marks_node *node, const char *member_name)
{
	for (size_t i = 0; node && i < node->n; i++)
		if (!strcmp(node->members[i].name, member_name))
			return node->members[i].node;
	return NULL;
}

const struct marks_node *marks_items(const struct marks_node *node)
{
	return node ? node->items : NULL;
}

bool marks_is_sealed(const struct marks_node *node)
{
	return !node || node->sealed;
}

bool marks_is_transport(const struct marks_node *node)
{
	return node && node->transport;
}

bool marks_is_leaf(const struct marks_node *node)
{
	return node && !node->n && !node->items;
}
