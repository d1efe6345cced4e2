/* A schema and an instance, a line of JSON each. The answer is the same with and
 * without findings and however often it is asked; findings point into the instance. */
#include "fuzz_findings.h"

#include "schema/schema.h"
#include "json/strict.h"

#define URI "https://varde.example/fuzz"

/* Less than the default, so that a slow check shows within a second. */
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

static struct schema *compile(const json_t *document)
{
	CLEANUP(schema_registry_freep) struct schema_registry *registry = NULL;
	struct schema *schema = NULL;

	MUST(!schema_registry_new(&limits, &registry, NULL));
	if (!schema_registry_add(registry, URI, document, NULL) &&
	    schema_compile(registry, URI, &schema, NULL))
		MUST(!schema);
	return schema;
}

static bool has_limit(const struct findings *f)
{
	for (size_t i = 0; i < f->len; i++)
		if (!strcmp(f->list[i].code, "schema-limit"))
			return true;
	return false;
}

static void check(const struct schema *schema, const json_t *instance, bool formats)
{
	const struct schema_options options = { .assert_formats = formats };
	struct findings first = { 0 }, second = { 0 };
	enum rc rc = schema_check(schema, instance, &options, &first), quiet;

	MUST(rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT);
	MUST((rc == RC_OK) == (first.errors == 0) && !first.warnings);
	MUST((rc == RC_LIMIT) == has_limit(&first));
	fuzz_check_findings(&first, instance);
	MUST(schema_check(schema, instance, &options, &second) == rc);
	findings_sort(&second);
	MUST(fuzz_same_findings(&first, &second));
	/* At the first error it may stop before a limit, but never call it valid. */
	quiet = schema_accepts(schema, instance, &options);
	MUST((quiet == RC_OK) == (rc == RC_OK));
	findings_release(&first);
	findings_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct piece instance_text = { (const char *)data, size };
	struct piece schema_text = fuzz_take(&instance_text, '\n');
	CLEANUP(schema_freep) struct schema *schema = NULL;
	json_t *document = NULL, *instance = NULL;

	if (json_strict_load(schema_text.at, schema_text.len, 100, &document, NULL))
		return 0;
	if (json_strict_load(instance_text.at, instance_text.len, 64, &instance, NULL)) {
		json_decref(document);
		return 0;
	}
	schema = compile(document);
	json_decref(document);
	if (schema) {
		check(schema, instance, false);
		check(schema, instance, true);
	}
	json_decref(instance);
	return 0;
}
