#include "schema/compile.h"

#include <stdlib.h>
#include <string.h>

static enum rc no_memory(const struct compiler *c)
{
	return err_set(c->reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

enum rc source_no_memory(const struct source *s)
{
	return no_memory(s->compiler);
}

enum rc source_invalid(const struct source *s, enum kw kw, const char *text)
{
	return err_set(s->compiler->reterr, RC_INVALID, "schema-invalid", s->resource->uri, "%s %s",
		       keyword_infos[kw].name, text);
}

enum rc compiler_anchor(struct compiler *c, const char *name, const char **ret)
{
	json_t *known = json_object_get(c->anchor_names, name);
	char *copy;

	if (known) {
		*ret = (const char *)(uintptr_t)json_integer_value(known);
		return RC_OK;
	}
	copy = pool_strdup(&c->schema->pool, name);
	if (!copy ||
	    json_object_set_new(c->anchor_names, name, json_integer((json_int_t)(uintptr_t)copy)))
		return no_memory(c);
	*ret = copy;
	return RC_OK;
}

static enum rc push(struct compiler *c, struct pending one)
{
	if (c->count == c->size) {
		size_t size = c->size ? c->size * 2 : 64;
		struct pending *bigger = realloc(c->todo, size * sizeof(*bigger));

		if (!bigger)
			return no_memory(c);
		c->todo = bigger;
		c->size = size;
	}
	c->todo[c->count++] = one;
	return RC_OK;
}

enum rc compiler_node(struct compiler *c, const json_t *json, struct resource *resource,
		      const struct node **ret)
{
	struct resource *owner = ptrmap_get(&c->registry->owners, json);
	struct node *node;
	enum rc rc;

	if (json_is_boolean(json)) {
		*ret = json_is_true(json) ? c->yes : c->no;
		return RC_OK;
	}
	node = ptrmap_get(&c->nodes, json);
	if (!node) {
		if (c->count >= c->registry->limits.nodes)
			return err_set(c->reterr, RC_LIMIT, "schema-limit", resource->uri,
				       "more than %u schemas", c->registry->limits.nodes);
		node = pool_alloc(&c->schema->pool, sizeof(*node));
		if (!node || ptrmap_put(&c->nodes, json, node))
			return no_memory(c);
		rc = push(c, (struct pending){ json, owner ? owner : resource, node });
		if (rc)
			return rc;
	}
	*ret = node;
	return RC_OK;
}

/* Whoever enters a resource brings all its dynamic anchors into scope. */
static enum rc scope_of(struct compiler *c, struct resource *res, const struct dynamic_scope **ret)
{
	struct dynamic_scope *scope = ptrmap_get(&c->scopes, res);
	enum rc rc = RC_OK;

	if (scope) {
		*ret = scope;
		return RC_OK;
	}
	scope = pool_alloc(&c->schema->pool, sizeof(*scope));
	if (!scope || ptrmap_put(&c->scopes, res, scope))
		return no_memory(c);
	scope->anchors = pool_alloc(&c->schema->pool, res->anchor_count * sizeof(*scope->anchors));
	if (!scope->anchors)
		return no_memory(c);
	for (size_t i = 0; !rc && i < res->anchor_count; i++) {
		struct dynamic_anchor *a = &scope->anchors[scope->n];

		if (!res->anchors[i].dynamic)
			continue;
		scope->n++;
		rc = compiler_anchor(c, res->anchors[i].name, &a->name);
		if (!rc)
			rc = compiler_node(c, res->anchors[i].schema, res, &a->node);
	}
	*ret = scope;
	return rc;
}

static enum rc fill(struct compiler *c, struct pending one)
{
	struct source s = { c, one.json, one.resource, 0 };
	const char *title = json_string_value(json_object_get(one.json, "title"));
	enum rc rc = registry_dialect(c->registry, one.resource, &s.vocabularies, c->reterr);

	if (!rc)
		rc = scope_of(c, one.resource, &one.node->scope);
	if (!rc)
		rc = build_keywords(&s, one.node);
	one.node->title = title;
	return rc;
}

/* Names and values of nodes point into documents: the schema keeps them. */
static enum rc keep_documents(struct compiler *c)
{
	struct schema_registry *r = c->registry;

	c->schema->documents = calloc(r->document_count, sizeof(json_t *));
	if (!c->schema->documents)
		return no_memory(c);
	for (size_t i = 0; i < r->document_count; i++)
		c->schema->documents[c->schema->document_n++] = json_incref(r->documents[i]->root);
	return RC_OK;
}

static enum rc compile(struct compiler *c, const char *uri)
{
	struct target target;
	enum rc rc;

	c->yes = pool_alloc(&c->schema->pool, sizeof(*c->yes));
	c->no = pool_alloc(&c->schema->pool, sizeof(*c->no));
	c->anchor_names = json_object();
	if (!c->yes || !c->no || !c->anchor_names)
		return no_memory(c);
	c->no->never = true;
	rc = registry_resolve(c->registry, NULL, uri, &target, c->reterr);
	if (!rc)
		rc = compiler_node(c, target.schema, target.resource, &c->schema->root);
	while (!rc && c->done < c->count)
		rc = fill(c, c->todo[c->done++]);
	return rc ? rc : keep_documents(c);
}

enum rc schema_compile(struct schema_registry *r, const char *uri, struct schema **ret,
		       struct err *reterr)
{
	CLEANUP(schema_freep) struct schema *s = calloc(1, sizeof(*s));
	struct compiler c = { .registry = r, .schema = s, .reterr = reterr };
	enum rc rc;

	if (!s)
		return no_memory(&c);
	s->limits = r->limits;
	rc = compile(&c, uri);
	ptrmap_release(&c.nodes);
	ptrmap_release(&c.scopes);
	json_decref(c.anchor_names);
	free(c.todo);
	if (!rc)
		*ret = TAKE_PTR(s);
	return rc;
}

void schema_free(struct schema *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->regex_n; i++)
		regex_free(s->regexes[i]);
	for (size_t i = 0; i < s->document_n; i++)
		json_decref(s->documents[i]);
	free(s->regexes);
	free(s->documents);
	pool_release(&s->pool);
	free(s);
}
