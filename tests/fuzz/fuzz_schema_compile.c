/* JSON Schema, compiled: a schema is code from outside. It is compiled or refused
 * with a code, the same each time, and what is compiled needs its document no more.
 * The marks of the same document are read as well, and cover what they say. */
#include "fuzz_findings.h"

#include "schema/marks.h"
#include "schema/schema.h"
#include "json/strict.h"

#define URI "https://varde.example/fuzz"

/* Less than the default, so that a slow schema shows within a second. */
static const struct schema_limits limits = {
	.documents = 20,
	.nodes = 2000,
	.schema_depth = 64,
	.regex_bytes = 512,
	.regex_steps = 20000,
	.regex_heap_kib = 512,
	.instance_depth = 32,
	.evaluation_depth = 128,
	.reference_hops = 20000,
	.steps = 100000,
};

static enum rc compile(struct schema_registry *registry, struct schema **ret, struct err *reterr)
{
	enum rc rc = schema_compile(registry, URI, ret, reterr);

	MUST(rc != RC_NOMEM && rc != RC_IO);
	MUST(!rc || (!*ret && !strncmp(reterr->code, "schema-", 7)));
	return rc;
}

/* Twice, with the same outcome. NULL where it is refused. */
static struct schema *compile_document(const json_t *document)
{
	CLEANUP(schema_registry_freep) struct schema_registry *registry = NULL;
	CLEANUP(schema_freep) struct schema *first = NULL, *second = NULL;
	struct err why = { 0 }, again = { 0 };
	enum rc rc;

	MUST(!schema_registry_new(&limits, &registry, NULL));
	rc = schema_registry_add(registry, URI, document, &why);
	if (rc) {
		MUST(rc != RC_NOMEM && !strncmp(why.code, "schema-", 7));
		return NULL;
	}
	rc = compile(registry, &first, &why);
	MUST(compile(registry, &second, &again) == rc);
	MUST(!strcmp(why.code, again.code) && !strcmp(why.where, again.where));
	return TAKE_PTR(first);
}

/* On a value that has something of everything. */
static void try(const struct schema *schema)
{
	json_t *value = json_pack("[i,f,b,n,s,{s:s,s:[i,i],s:{}},[],[s,s]]", -1, 0.5, 1, "text",
				  "a", "2026-01-15", "b", 1, 1, "", "x", "y");
	struct findings found = { 0 };
	enum rc rc = schema_check(schema, value, &(struct schema_options){ true }, &found);

	MUST(rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT);
	MUST((rc == RC_OK) == (found.errors == 0));
	fuzz_check_findings(&found, value);
	MUST((schema_accepts(schema, value, &(struct schema_options){ true }) == RC_OK) ==
	     (rc == RC_OK));
	findings_release(&found);
	json_decref(value);
}

static void check_marks(const json_t *document)
{
	CLEANUP(marks_freep) struct marks *marks = NULL;
	struct err err = { 0 };
	enum rc rc = marks_new(document, &marks, &err);
	const struct marks_node *root, *node;

	if (rc) {
		MUST((rc == RC_INVALID || rc == RC_LIMIT) && !strncmp(err.code, "schema-", 7));
		return;
	}
	root = marks_root(marks);
	node = marks_items(marks_lookup(root, "a"));
	MUST(root && marks_is_sealed(NULL) && !marks_is_transport(NULL));
	/* A mark goes for all that is below it. */
	MUST(!marks_is_sealed(root) || marks_is_sealed(marks_lookup(root, "a")));
	MUST(!marks_is_sealed(marks_lookup(root, "a")) || marks_is_sealed(node));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(schema_freep) struct schema *schema = NULL;
	json_t *document = NULL;

	if (json_strict_load((const char *)data, size, 100, &document, NULL))
		return 0;
	schema = compile_document(document);
	check_marks(document);
	json_decref(document);
	if (schema)
		try(schema);
	return 0;
}
