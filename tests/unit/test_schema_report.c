/* What a check says about a document, what it costs, and where it stops. */
#include "unit.h"

#include "base/cleanup.h"
#include "schema/regex.h"
#include "schema/schema.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define URI "https://test.example/report"

static json_t *parse(const char *text)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

	ck_assert_msg(json != NULL, "%s", text);
	return json;
}

static enum rc compile(const char *text, const struct schema_limits *limits, struct schema **ret,
		       struct err *err)
{
	CLEANUP(schema_registry_freep) struct schema_registry *r = NULL;
	json_t *json = parse(text);
	enum rc rc;

	ck_assert_int_eq(schema_registry_new(limits, &r, err), RC_OK);
	rc = schema_registry_add(r, URI, json, err);
	json_decref(json);
	return rc ? rc : schema_compile(r, URI, ret, err);
}

static void describe(const struct findings *found, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < found->len; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s %s %s", i ? "; " : "",
				      found->list[i].pointer, found->list[i].code,
				      found->list[i].detail ? found->list[i].detail : "-");
}

/* Each schema, a document and all that is said about it, in order. */
static const struct {
	const char *schema, *document, *findings;
} reports[] = {
	{ "{'required':['b','a/b'],'properties':{'o':{'required':['x~y']}}}", "{'o':{}}",
	  "/a~1b schema-required -; /b schema-required -; /o/x~0y schema-required -" },
	{ "{'dependentRequired':{'a':['b','c']}}", "{'a':1,'c':1}",
	  "/b schema-dependent-required -" },
	{ "{'properties':{'p':{'additionalProperties':false}}}", "{'p':{'Ola Nordmann':1,'x':2}}",
	  "/p schema-additional-properties -" },
	{ "{'unevaluatedProperties':false}", "{'Ola':1,'Kari':2}",
	  " schema-unevaluated-properties -" },
	{ "{'propertyNames':{'maxLength':2}}", "{'Ola Nordmann':1}", " schema-property-names -" },
	{ "{'additionalProperties':{'properties':{'n':{'type':'integer'}}}}", "{'Ola':{'n':'x'}}",
	  " schema-type \"integer\"" },
	{ "{'additionalProperties':{'required':['n']}}", "{'Ola':{}}", " schema-required -" },
	{ "{'patternProperties':{'^O':{'maximum':3}}}", "{'Ola':4}", " schema-maximum 3" },
	{ "{'items':{'enum':['a','b',1]},'minItems':3}", "['a','x']",
	  " schema-min-items 3; /1 schema-enum [\"a\",\"b\",1]" },
	{ "{'prefixItems':[true],'items':false}", "[1,2,3]",
	  "/1 schema-items -; /2 schema-items -" },
	{ "{'prefixItems':[true],'unevaluatedItems':false}", "[1,2]",
	  "/1 schema-unevaluated-items -" },
	{ "{'contains':{'const':1}}", "[2]", " schema-contains -" },
	{ "{'contains':{'const':1},'minContains':2}", "[1]", " schema-min-contains 2" },
	{ "{'contains':{'const':1},'maxContains':1}", "[1,1]", " schema-max-contains 1" },
	{ "{'properties':{'s':{'title':'Postal code','pattern':'^[0-9]{4}$'}}}", "{'s':'secret'}",
	  "/s schema-pattern Postal code" },
	{ "{'multipleOf':0.5,'exclusiveMinimum':7}", "6.25",
	  " schema-exclusive-minimum 7; "
	  " schema-multiple-of 0.5" },
	{ "{'if':{'properties':{'k':{'const':1}}},'then':{'required':['t']},'else':{'required':['e'"
	  "]}}",
	  "{'k':1}", "/t schema-required -" },
	{ "{'allOf':[{'$ref':'#/$defs/a'},{'maxLength':1}],'$defs':{'a':{'minLength':9}}}",
	  "'secret'",
	  " schema-max-length 1; "
	  " schema-min-length 9" },
	{ "{'not':{'type':'string'}}", "'secret'", " schema-not -" },
	{ "{'anyOf':[{'type':'string'},{'type':'integer','minimum':5}]}", "3",
	  " schema-minimum 5" },
	{ "{'anyOf':[{'type':'string'},{'type':'null'}]}", "3", " schema-any-of -" },
	{ "{'anyOf':[{'required':['a']},{'required':['b']}]}", "{}", " schema-any-of -" },
	{ "{'oneOf':[{'type':'integer'},{'minimum':2}]}", "3",
	  " schema-one-of more than one of the alternatives holds" },
	{ "{'oneOf':[{'$ref':'#/$defs/p'},{'properties':{'kind':{'const':'q'}},'required':['z']}],"
	  "'$defs':{'p':{'properties':{'kind':{'const':'p'},'n':{'type':'integer'}},'required':['"
	  "kind','y']}}}",
	  "{'kind':'p','n':'secret'}", "/n schema-type \"integer\"; /y schema-required -" },
	{ "{'properties':{'a':{'$ref':'#/$defs/no'}},'$defs':{'no':false}}", "{'a':1}",
	  "/a schema-false -" },
	{ "{'dependentSchemas':{'a':{'maxProperties':1}}}", "{'a':1,'b':2}",
	  " schema-max-properties 1" },
	{ "{'uniqueItems':true,'type':['array','null']}", "['secret','secret']",
	  " schema-unique-items -" },
	{ "{'uniqueItems':true,'maxItems':2}", "[1,1]", " schema-unique-items -" },
	{ "{'uniqueItems':true,'maxItems':2}", "[1,1,1]", " schema-max-items 2" },
	{ "{'properties':{'d':{'format':'date'},'x':{'format':'nonsense'}}}",
	  "{'d':'secret','x':'y'}", "/d schema-format date" },
	{ "{'properties':{'a':{'properties':{'b':{'items':{'const':{'c':1}}}}}}}",
	  "{'a':{'b':[{'c':1.0},{'c':'secret'}]}}", "/a/b/1 schema-const {\"c\":1}" },
};

static char *json_quotes(const char *text)
{
	char *copy = strdup(text);

	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	return copy;
}

START_TEST(every_error_has_its_place_and_code)
{
	const struct schema_options options = { .assert_formats = true };

	for (size_t i = 0; i < ARRAY_LEN(reports); i++) {
		CLEANUP_FREE char *schema = json_quotes(reports[i].schema);
		CLEANUP_FREE char *document = json_quotes(reports[i].document);
		CLEANUP(findings_release) struct findings found = { 0 };
		CLEANUP(schema_freep) struct schema *s = NULL;
		json_t *json = parse(document);
		char text[1000];

		ck_assert_int_eq(compile(schema, NULL, &s, NULL), RC_OK);
		ck_assert_int_eq(schema_check(s, json, &options, &found), RC_INVALID);
		findings_sort(&found);
		describe(&found, text, sizeof(text));
		ck_assert_str_eq(text, reports[i].findings);
		ck_assert_msg(!strstr(text, "secret") && !strstr(text, "Ola"), "%s", text);
		json_decref(json);
	}
}
END_TEST

START_TEST(a_long_enum_is_cut_at_a_character)
{
	CLEANUP(buf_release) struct buf text = buf_capped(10000);
	CLEANUP(findings_release) struct findings found = { 0 };
	CLEANUP(schema_freep) struct schema *s = NULL;
	json_t *json = json_integer(1);

	buf_adds(&text, "{\"enum\":[\"");
	for (int i = 0; i < 500; i++)
		buf_adds(&text, "ø");
	buf_adds(&text, "\"]}");
	ck_assert_int_eq(compile(buf_text(&text), NULL, &s, NULL), RC_OK);
	ck_assert_int_eq(schema_check(s, json, NULL, &found), RC_INVALID);
	ck_assert_uint_le(strlen(found.list[0].detail), 600);
	ck_assert_uint_ge(strlen(found.list[0].detail), 590);
	ck_assert_uint_eq((strlen(found.list[0].detail) - 2) % 2, 0);
	json_decref(json);
}
END_TEST

/* --- limits ----------------------------------------------------------------- */

static void repeat(struct buf *b, const char *text, int n)
{
	while (n-- > 0)
		buf_adds(b, text);
}

START_TEST(a_schema_past_a_limit_is_not_compiled)
{
	static const struct {
		unsigned nodes, regex_bytes; /* 0: the default */
		const char *schema;
	} cases[] = {
		{ 3, 0, "{\"allOf\":[{},{},{}]}" },
		{ 0, 3, "{\"pattern\":\"abcd\"}" },
		{ 0, 3, "{\"patternProperties\":{\"abcd\":true}}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct schema_limits limits = SCHEMA_LIMITS_DEFAULT;
		CLEANUP(schema_freep) struct schema *s = NULL;
		struct err err = { 0 };

		ck_assert_int_eq(compile(cases[i].schema, NULL, &s, NULL), RC_OK);
		schema_free(TAKE_PTR(s));
		limits.nodes = cases[i].nodes ? cases[i].nodes : limits.nodes;
		limits.regex_bytes =
			cases[i].regex_bytes ? cases[i].regex_bytes : limits.regex_bytes;
		ck_assert_int_eq(compile(cases[i].schema, &limits, &s, &err), RC_LIMIT);
		ck_assert_str_eq(err.code, "schema-limit");
	}
}
END_TEST

START_TEST(a_schema_document_too_deep_or_too_many_is_not_taken)
{
	CLEANUP(schema_registry_freep) struct schema_registry *r = NULL;
	CLEANUP(buf_release) struct buf deep = buf_capped(10000);
	CLEANUP(schema_freep) struct schema *s = NULL;
	struct schema_limits few = SCHEMA_LIMITS_DEFAULT;
	json_t *yes = json_true();

	repeat(&deep, "{\"not\":", 200);
	buf_adds(&deep, "true");
	repeat(&deep, "}", 200);
	ck_assert_int_eq(compile(buf_text(&deep), NULL, &s, NULL), RC_LIMIT);
	few.documents = 10; /* nine are the metaschema's */
	ck_assert_int_eq(schema_registry_new(&few, &r, NULL), RC_OK);
	ck_assert_int_eq(schema_registry_add(r, "https://test.example/a", yes, NULL), RC_OK);
	ck_assert_int_eq(schema_registry_add(r, "https://test.example/b", yes, NULL), RC_LIMIT);
}
END_TEST

static void refused_by(const struct schema_limits *limits, const char *schema, const char *document)
{
	CLEANUP(findings_release) struct findings found = { 0 };
	CLEANUP(schema_freep) struct schema *s = NULL;
	CLEANUP(schema_freep) struct schema *free_s = NULL;
	json_t *json = parse(document);

	ck_assert_int_eq(compile(schema, NULL, &free_s, NULL), RC_OK);
	ck_assert_int_eq(schema_accepts(free_s, json, NULL), RC_OK);
	ck_assert_int_eq(compile(schema, limits, &s, NULL), RC_OK);
	ck_assert_int_eq(schema_check(s, json, NULL, &found), RC_LIMIT);
	ck_assert_int_eq(schema_accepts(s, json, NULL), RC_LIMIT);
	ck_assert(findings_has(&found, "", "schema-limit"));
	json_decref(json);
}

START_TEST(a_document_past_a_limit_is_refused)
{
	struct schema_limits hops = SCHEMA_LIMITS_DEFAULT, depth = SCHEMA_LIMITS_DEFAULT;
	struct schema_limits nested = SCHEMA_LIMITS_DEFAULT, steps = SCHEMA_LIMITS_DEFAULT;
	struct schema_limits regex = SCHEMA_LIMITS_DEFAULT;

	hops.reference_hops = 2;
	refused_by(&hops, "{\"items\":{\"$ref\":\"#/$defs/a\"},\"$defs\":{\"a\":{}}}", "[1,2,3]");
	refused_by(
		&hops,
		"{\"not\":{\"contains\":{\"not\":{\"$ref\":\"#/$defs/a\"}}},\"$defs\":{\"a\":{}}}",
		"[1,2,3]");
	depth.evaluation_depth = 3;
	refused_by(&depth, "{\"items\":{\"$ref\":\"#\"}}", "[[[]]]");
	nested.instance_depth = 2;
	refused_by(&nested, "{\"items\":{\"$ref\":\"#\"}}", "[[[]]]");
	steps.steps = 5;
	refused_by(&steps, "{\"uniqueItems\":true}", "[1,2,3,4]");
	refused_by(&steps, "{\"items\":{\"minimum\":1}}", "[1,2,3,4,5]");
	refused_by(&steps, "{\"items\":{\"not\":{\"const\":[1,2,3,4,5]}}}", "[[1,2,3,4,6]]");
	regex.regex_steps = 10;
	refused_by(&regex, "{\"pattern\":\"^(a|b)*c$\"}", "\"ababababababc\"");
}
END_TEST

/* --- no heap while all is well -------------------------------------------------- */

static volatile unsigned long
	allocations; /* changes behind malloc, which the compiler knows too well */

#ifdef __SANITIZE_ADDRESS__
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
					      void (*on_free)(const volatile void *));

static void count_malloc(const volatile void *p, size_t n)
{
	(void)p;
	(void)n;
	allocations++;
}

static void count_free(const volatile void *p)
{
	(void)p;
}

static void count_allocations(void)
{
	ck_assert_int_gt(__sanitizer_install_malloc_and_free_hooks(count_malloc, count_free), 0);
}
#else
/* glibc lets a program stand in for its allocator, also below shared libraries. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n)
{
	allocations++;
	return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	allocations++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	allocations++;
	return __libc_realloc(p, n);
}

static void count_allocations(void)
{
}
#endif

static const char all_keywords[] =
	"{\"$id\":\"https://test.example/"
	"all\",\"$dynamicAnchor\":\"n\",\"type\":\"object\",\"required\":[\"id\"],"
	"\"properties\":{\"id\":{\"format\":\"uuid\"},\"at\":{\"format\":\"date-time\"},\"mail\":{"
	"\"format\":\"email\"},"
	"\"uri\":{\"format\":\"uri\"},\"zip\":{\"pattern\":\"^(\\\\d{2}){2}\\\\p{Lu}?$\","
	"\"minLength\":4,\"maxLength\":5},"
	"\"n\":{\"multipleOf\":0.01,\"minimum\":0,\"exclusiveMaximum\":1e6},\"e\":{\"enum\":[\"a\","
	"\"b\",1,[2]]},"
	"\"c\":{\"const\":{\"x\":[1.0]}},\"list\":{\"prefixItems\":[true],\"contains\":{\"const\":"
	"3},\"uniqueItems\":true,"
	"\"unevaluatedItems\":{\"type\":\"integer\"},\"minItems\":1},\"kids\":{\"items\":{\"$"
	"dynamicRef\":\"#n\"}}},"
	"\"patternProperties\":{\"^x-\":{\"type\":[\"string\",\"null\"]}},\"propertyNames\":{"
	"\"pattern\":\"^[a-z-]+$\"},"
	"\"dependentRequired\":{\"n\":[\"e\"]},\"dependentSchemas\":{\"n\":{\"properties\":{"
	"\"extra\":true}}},"
	"\"anyOf\":[{\"required\":[\"nothing\"]},{\"properties\":{\"any\":true}}],\"oneOf\":[{\"$"
	"ref\":\"#/$defs/no\"},true],"
	"\"if\":{\"required\":[\"n\"]},\"then\":{\"not\":{\"required\":[\"nothing\"]}},\"else\":{"
	"\"maxProperties\":3},"
	"\"unevaluatedProperties\":false,\"$defs\":{\"no\":{\"not\":{}}}}";

static const char all_document[] =
	"{\"id\":\"2eb8aa08-aa98-11ea-b4aa-73b441d16380\",\"at\":\"2026-11-22T10:00:00.123Z\","
	"\"mail\":\"a@b.no\","
	"\"uri\":\"https://a.no/"
	"b?c#d\",\"zip\":\"0150Å\",\"n\":19.99,\"e\":[2],\"c\":{\"x\":[1]},\"list\":[\"a\",3,5],"
	"\"kids\":[{\"id\":\"2eb8aa08-aa98-11ea-b4aa-73b441d16381\"}],\"x-a\":null,\"extra\":1,"
	"\"any\":{}}";

START_TEST(a_valid_document_takes_no_heap)
{
	const struct schema_options options = { .assert_formats = true };
	CLEANUP(findings_release) struct findings found = { 0 };
	CLEANUP(schema_freep) struct schema *s = NULL;
	json_t *json = parse(all_document);
	unsigned long before;
	enum rc rc, plain;
	char text[1000];
	void *volatile probe;

	ck_assert_int_eq(compile(all_keywords, NULL, &s, NULL), RC_OK);
	count_allocations();
	before = allocations;
	probe = malloc(1);
	ck_assert_uint_eq(allocations, before + 1); /* the counter counts */
	free(probe);
	before = allocations;
	rc = schema_check(s, json, &options, &found);
	plain = schema_accepts(s, json, &options);
	before = allocations - before;
	describe(&found, text, sizeof(text));
	ck_assert_msg(rc == RC_OK && plain == RC_OK, "%s", text);
	ck_assert_uint_eq(before, 0);
	/* … and what is wrong does take some. */
	json_object_del(json, "id");
	before = allocations;
	ck_assert_int_eq(schema_check(s, json, &options, &found), RC_INVALID);
	ck_assert_uint_gt(allocations, before);
	json_decref(json);
}
END_TEST

START_TEST(a_schema_outlives_its_registry_and_a_failed_document_leaves_no_trace)
{
	CLEANUP(schema_registry_freep) struct schema_registry *r = NULL;
	CLEANUP(schema_freep) struct schema *s = NULL;
	json_t *bad = parse(
		"{\"$defs\":{\"a\":{\"$id\":\"https://test.example/a\"},\"b\":{\"$id\":\"x#y\"}}}");
	json_t *good = parse("{\"$ref\":\"a\"}"), *a = parse("{\"enum\":[\"yes\",7]}"),
	       *yes = parse("7.0");
	struct err err = { 0 };

	ck_assert_int_eq(schema_registry_new(NULL, &r, NULL), RC_OK);
	ck_assert_int_eq(schema_registry_add(r, URI, bad, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "schema-id");
	ck_assert_int_eq(schema_registry_add(r, URI, good, NULL), RC_OK);
	ck_assert_int_eq(schema_registry_add(r, URI, good, NULL), RC_CONFLICT);
	ck_assert_int_eq(schema_registry_add(r, "relative", a, NULL), RC_INVALID);
	ck_assert_int_eq(schema_compile(r, URI, &s, &err), RC_NOT_FOUND);
	ck_assert_str_eq(err.code, "schema-reference");
	ck_assert_int_eq(schema_registry_add(r, "https://test.example/a", a, NULL), RC_OK);
	ck_assert_int_eq(schema_compile(r, URI, &s, NULL), RC_OK);
	json_decref(a);
	json_decref(good);
	json_decref(bad);
	schema_registry_free(TAKE_PTR(r));
	ck_assert_int_eq(schema_accepts(s, yes, NULL), RC_OK);
	json_decref(yes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("schema_report");
	TCase *cases = tcase_create("report");

	tcase_add_test(cases, every_error_has_its_place_and_code);
	tcase_add_test(cases, a_long_enum_is_cut_at_a_character);
	tcase_add_test(cases, a_schema_past_a_limit_is_not_compiled);
	tcase_add_test(cases, a_schema_document_too_deep_or_too_many_is_not_taken);
	tcase_add_test(cases, a_document_past_a_limit_is_refused);
	tcase_add_test(cases, a_valid_document_takes_no_heap);
	tcase_add_test(cases, a_schema_outlives_its_registry_and_a_failed_document_leaves_no_trace);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
