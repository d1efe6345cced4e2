/* Which members are sealed: a mark is found, or the schema is refused. */
#include "unit.h"

#include "schema/marks.h"

#include <string.h>

static json_t *parse(const char *text)
{
	char *copy = strdup(text);
	json_t *json;

	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	json = json_loads(copy, JSON_DECODE_ANY, NULL);
	ck_assert_msg(json != NULL, "%s", copy);
	free(copy);
	return json;
}

static struct marks *marks_of(const char *text)
{
	json_t *schema = parse(text);
	struct marks *m = NULL;
	struct err err = { 0 };

	ck_assert_msg(marks_new(schema, &m, &err) == RC_OK, "%s %s", err.where, err.text);
	json_decref(schema); /* the tree stands alone */
	return m;
}

START_TEST(marks_are_found_through_properties_items_and_definitions)
{
	CLEANUP(marks_freep)
	struct marks *m = marks_of("{'properties':{'plain':{},'name':{'x-varde-sealed':true},'"
				   "people':{'items':{'$ref':'#/$defs/person'}},"
				   "'source':{'properties':{'at':{'x-varde-transport':true},'unit':"
				   "true}},'me':{'$ref':'#/$defs/alias',"
				   "'x-varde-title-en':'Me'}},'$defs':{'alias':{'$ref':'#/$defs/"
				   "person'},'person':{'properties':"
				   "{'number':{'x-varde-sealed':true},'age':{},'parents':{'items':{"
				   "'$ref':'#/$defs/person'}}}}}}");
	const struct marks_node *root = marks_root(m),
				*person = marks_items(marks_lookup(root, "people"));
	const struct marks_node *source = marks_lookup(root, "source");

	ck_assert(!marks_is_sealed(root) && !marks_is_sealed(marks_lookup(root, "plain")));
	ck_assert(marks_is_sealed(marks_lookup(root, "name")));
	ck_assert(!marks_is_sealed(person) && marks_is_sealed(marks_lookup(person, "number")));
	ck_assert(!marks_is_sealed(marks_lookup(person, "age")));
	person = marks_items(marks_lookup(person, "parents"));
	ck_assert(marks_is_sealed(marks_lookup(person, "number")) && !marks_is_sealed(person));
	person = marks_lookup(root, "me");
	ck_assert(marks_is_sealed(marks_lookup(person, "number")) && !marks_is_sealed(person));
	ck_assert(marks_is_transport(marks_lookup(source, "at")) && !marks_is_transport(source));
	ck_assert(!marks_is_sealed(marks_lookup(source, "at")) && marks_lookup(source, "unit"));
}
END_TEST

START_TEST(a_mark_covers_what_is_below_and_unknown_is_sealed)
{
	CLEANUP(marks_freep)
	struct marks *m = marks_of(
		"{'properties':{'a':{'x-varde-sealed':true,'properties':{'b':{'items':{'$ref':'#/"
		"$defs/d'}}}},"
		"'c':{'$ref':'#/$defs/d'},'t':{'x-varde-transport':true,'properties':{'u':{}}}},"
		"'$defs':{'d':{'properties':{'e':{}}}}}");
	const struct marks_node *root = marks_root(m), *a = marks_lookup(root, "a"),
				*t = marks_lookup(root, "t");

	ck_assert(marks_is_sealed(marks_lookup(marks_items(marks_lookup(a, "b")), "e")));
	ck_assert(!marks_is_sealed(marks_lookup(marks_lookup(root, "c"), "e")));
	ck_assert(marks_is_transport(marks_lookup(t, "u")));
	ck_assert_ptr_null(marks_lookup(root, "unknown"));
	ck_assert_ptr_null(marks_lookup(marks_lookup(root, "unknown"), "x"));
	ck_assert_ptr_null(marks_items(root));
	ck_assert_ptr_null(marks_items(NULL));
	ck_assert(marks_is_sealed(NULL) && !marks_is_transport(NULL));
	ck_assert(!marks_is_leaf(root) && !marks_is_leaf(a) && !marks_is_leaf(NULL));
	ck_assert(marks_is_leaf(marks_lookup(t, "u")) && !marks_is_leaf(marks_lookup(a, "b")));
}
END_TEST

START_TEST(a_mark_that_would_not_be_found_is_refused)
{
	static const char *const bad[] = {
		"{'anyOf':[{'properties':{'a':{'x-varde-sealed':true}}}]}",
		"{'allOf':[{'x-varde-transport':true}]}",
		"{'if':{'properties':{'a':{'x-varde-sealed':true}}}}",
		"{'properties':{'a':{'then':{'x-varde-sealed':true}}}}",
		"{'patternProperties':{'^a':{'x-varde-sealed':true}}}",
		"{'additionalProperties':{'x-varde-sealed':true}}",
		"{'prefixItems':[{'x-varde-sealed':true}]}",
		"{'contains':{'x-varde-sealed':true}}",
		"{'$defs':{'unused':{'x-varde-sealed':true}}}",
		"{'properties':{'a':{'$ref':'#/properties/"
		"b'}},'$defs':{'c':{'properties':{'d':{'x-varde-sealed':true}}}}}",
		"{'$ref':'#/$defs/a/properties/"
		"b','$defs':{'a':{'properties':{'b':{'x-varde-sealed':true}}}}}",
		"{'properties':{'a':{'x-varde-sealed':false}}}",
		"{'properties':{'a':{'x-varde-sealed':'yes'}}}",
		"{'properties':{'x-varde-sealed':{'type':'string'}}}",
		"{'$ref':'#/$defs/"
		"a','properties':{'m':{}},'$defs':{'a':{'properties':{'m':{'x-varde-sealed':true}}}"
		"}}",
		"{'$ref':'#/$defs/a','items':{},'$defs':{'a':{'items':{'x-varde-sealed':true}}}}",
		"{'$ref':'#/$defs/a','$defs':{'a':{'$ref':'#/$defs/a'}}}",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		json_t *schema = parse(bad[i]);
		struct marks *m = NULL;
		struct err err = { 0 };

		ck_assert_msg(marks_new(schema, &m, &err) == RC_INVALID, "%s", bad[i]);
		ck_assert_str_eq(err.code, "schema-marks");
		ck_assert_ptr_null(m);
		json_decref(schema);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("schema_marks");
	TCase *cases = tcase_create("marks");

	tcase_add_test(cases, marks_are_found_through_properties_items_and_definitions);
	tcase_add_test(cases, a_mark_covers_what_is_below_and_unknown_is_sealed);
	tcase_add_test(cases, a_mark_that_would_not_be_found_is_refused);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
