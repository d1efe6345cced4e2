#include "unit.h"

#include "base/cleanup.h"
#include "minimise/minimise.h"
#include "schema/marks.h"

#include <sodium.h>
#include <string.h>

/* Every way a mark can sit: on a member, on an object as a whole, on an item,
 * behind a reference; transport; lists in lists. */
static const char example_schema[] =
	"{\"type\":\"object\",\"properties\":{"
	"\"id\":{\"type\":\"string\"},"
	"\"name\":{\"type\":\"string\",\"x-varde-sealed\":true},"
	"\"exported_at\":{\"type\":\"string\",\"x-varde-transport\":true},"
	"\"source\":{\"$ref\":\"#/$defs/source\"},"
	"\"texts\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"x-varde-sealed\":true}},"
	"\"codes\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
	"\"identifier\":{\"type\":\"object\",\"x-varde-sealed\":true,\"properties\":{\"value\":{"
	"\"type\":\"string\"}}},"
	"\"narrative\":{\"type\":\"object\",\"properties\":{"
	"\"description\":{\"type\":\"string\",\"x-varde-sealed\":true},"
	"\"a/b~c\":{\"type\":\"string\",\"x-varde-sealed\":true}}},"
	"\"patients\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/patient\"}},"
	"\"grid\":{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/"
	"patient\"}}}},"
	"\"$defs\":{"
	"\"source\":{\"type\":\"object\",\"properties\":{\"system\":{\"type\":\"string\"},"
	"\"exported_at\":{\"type\":\"string\",\"x-varde-transport\":true}}},"
	"\"patient\":{\"type\":\"object\",\"properties\":{\"sex\":{\"type\":\"string\"},"
	"\"sequence\":{\"type\":\"integer\"},"
	"\"name\":{\"type\":\"string\",\"x-varde-sealed\":true}}}}}";

static json_t *schema;
static struct marks *marks;

static void setup(void)
{
	schema = json_loads(example_schema, 0, NULL);
	ck_assert_ptr_nonnull(schema);
	ck_assert_int_eq(marks_new(schema, &marks, NULL), RC_OK);
}

static void teardown(void)
{
	marks_free(marks);
	json_decref(schema);
}

static json_t *read_json(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);

	ck_assert_msg(value != NULL, "%s", text);
	return value;
}

static void expect_split(const char *document, const char *clear, const char *pointers)
{
	json_t *doc = read_json(document), *before = json_deep_copy(doc), *ret_clear = NULL,
	       *ret_pointers = NULL;
	char *text;

	ck_assert_int_eq(minimise_split(marks, doc, &ret_clear, &ret_pointers), RC_OK);
	text = json_dumps(ret_clear, JSON_COMPACT);
	ck_assert_str_eq(text, clear);
	free(text);
	text = json_dumps(ret_pointers, JSON_COMPACT);
	ck_assert_str_eq(text, pointers);
	free(text);
	ck_assert(json_equal(doc, before));
	json_decref(doc);
	json_decref(before);
	json_decref(ret_clear);
	json_decref(ret_pointers);
}

START_TEST(sealed_members_leave_and_are_named)
{
	expect_split("{}", "{}", "[]");
	expect_split("{\"id\":\"a\",\"codes\":[],\"narrative\":{}}",
		     "{\"id\":\"a\",\"codes\":[],\"narrative\":{}}", "[]");
	expect_split("{\"name\":\"Kari\",\"id\":\"a\"}", "{\"id\":\"a\"}", "[\"/name\"]");
	expect_split("{\"narrative\":{\"description\":\"x\",\"a/b~c\":\"y\"}}", "{}",
		     "[\"/narrative/description\",\"/narrative/a~1b~0c\"]");
	expect_split("{\"identifier\":{\"value\":\"1\"},\"id\":\"b\"}", "{\"id\":\"b\"}",
		     "[\"/identifier\"]");
	expect_split("{\"texts\":[\"a\",\"b\"],\"codes\":[\"c\",\"d\"]}",
		     "{\"codes\":[\"c\",\"d\"]}", "[\"/texts/0\",\"/texts/1\"]");
}
END_TEST

START_TEST(an_item_keeps_its_index)
{
	expect_split("{\"patients\":[{\"name\":\"Kari\"},{\"name\":\"Ola\",\"sex\":\"male\"},{}]}",
		     "{\"patients\":[{},{\"sex\":\"male\"},{}]}",
		     "[\"/patients/0/name\",\"/patients/1/name\"]");
	expect_split("{\"grid\":[[{\"name\":\"Kari\"}],[]]}", "{\"grid\":[[{}],[]]}",
		     "[\"/grid/0/0/name\"]");
}
END_TEST

START_TEST(what_the_marks_do_not_know_is_sealed)
{
	expect_split("{\"id\":\"a\",\"Kari Nordmann\":1,\"Ola\":2}", "{\"id\":\"a\"}", "[\"\"]");
	expect_split("{\"source\":{\"system\":\"x\",\"secret\":{\"a\":[1]}}}",
		     "{\"source\":{\"system\":\"x\"}}", "[\"/source\"]");
	/* another shape than the schema describes */
	expect_split("{\"narrative\":\"Kari falt\"}", "{}", "[\"/narrative\"]");
	expect_split("{\"id\":{\"Kari\":1}}", "{}", "[\"/id\"]");
	expect_split("{\"id\":[\"Kari\"]}", "{}", "[\"/id\"]");
	expect_split("{\"patients\":\"Kari\"}", "{}", "[\"/patients\"]");
	expect_split("{\"patients\":{\"name\":\"Kari\"}}", "{}", "[\"/patients\"]");
	expect_split("{\"narrative\":[\"Kari\"]}", "{}", "[\"/narrative\"]");
	expect_split("{\"patients\":[\"Kari\",{\"sex\":\"male\"}]}",
		     "{\"patients\":[null,{\"sex\":\"male\"}]}", "[\"/patients/0\"]");
}
END_TEST

START_TEST(only_an_object_can_be_split)
{
	static const char *const others[] = { "[]", "\"Kari\"", "1", "null" };
	json_t *clear = NULL, *pointers = NULL;

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		json_t *doc = json_loads(others[i], JSON_DECODE_ANY, NULL);

		ck_assert_int_eq(minimise_split(marks, doc, &clear, &pointers), RC_INVALID);
		ck_assert_ptr_null(clear);
		ck_assert_ptr_null(pointers);
		json_decref(doc);
	}
}
END_TEST

/* --- random documents: whatever must be sealed says SECRET, the rest PLAIN --- */
#define SECRET "hemmelig"
#define PLAIN "kode"

static unsigned draw(unsigned n)
{
	static uint64_t state = 20261122;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state >> 33) % n;
}

static json_t *secret(void)
{
	switch (draw(4)) {
	case 0: return json_pack("{s:s}", SECRET "-navn", SECRET);
	case 1: return json_pack("[s, {s:[s]}]", SECRET, "value", SECRET);
	default: return json_string("Ole " SECRET " Nordmann");
	}
}

static json_t *random_value(const json_t *node);

static json_t *random_object(const json_t *properties)
{
	json_t *object = json_object(), *node;
	const char *name;

	json_object_foreach((json_t *)(uintptr_t)properties, name, node) if (draw(3))
		json_object_set_new(object, name, random_value(node));
	if (!draw(6))
		json_object_set_new(object, "Kari " SECRET, secret());
	return object;
}

static json_t *random_array(const json_t *items)
{
	json_t *array = json_array();

	for (unsigned n = draw(4); n > 0; n--)
		json_array_append_new(array, random_value(items));
	return array;
}

static json_t *random_value(const json_t *node)
{
	const char *ref = json_string_value(json_object_get(node, "$ref"));
	const json_t *properties, *items;

	if (ref)
		return random_value(
			json_object_get(json_object_get(schema, "$defs"), strrchr(ref, '/') + 1));
	if (json_object_get(node, "x-varde-sealed"))
		return secret();
	properties = json_object_get(node, "properties");
	items = json_object_get(node, "items");
	if (!draw(15)) /* a shape that the schema does not describe */
		return properties || items ? json_string(SECRET) : json_pack("{s:s}", "x", SECRET);
	if (properties)
		return random_object(properties);
	return items ? random_array(items) : json_string(PLAIN);
}

static size_t occurrences(const json_t *value, const char *what)
{
	char *text = json_dumps(value, JSON_COMPACT);
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	free(text);
	return n;
}

START_TEST(no_sealed_byte_is_ever_clear)
{
	size_t secrets = 0, plain = 0;

	for (int i = 0; i < 3000; i++) {
		json_t *doc = random_object(json_object_get(schema, "properties"));
		json_t *clear = NULL, *pointers = NULL;

		ck_assert_int_eq(minimise_split(marks, doc, &clear, &pointers), RC_OK);
		ck_assert_uint_eq(occurrences(clear, SECRET), 0);
		ck_assert_uint_eq(occurrences(pointers, SECRET), 0);
		ck_assert_uint_eq(occurrences(clear, PLAIN), occurrences(doc, PLAIN));
		ck_assert((occurrences(doc, SECRET) > 0) == (json_array_size(pointers) > 0));
		secrets += occurrences(doc, SECRET);
		plain += occurrences(doc, PLAIN);
		json_decref(doc);
		json_decref(clear);
		json_decref(pointers);
	}
	ck_assert_uint_gt(secrets, 3000);
	ck_assert_uint_gt(plain, 3000);
}
END_TEST

/* --- sameness ------------------------------------------------------------- */

static void fingerprint_of(const char *text, const char *name, unsigned char key_byte,
			   unsigned char out[32])
{
	unsigned char key[MINIMISE_KEY_LEN];
	json_t *doc = read_json(text);

	memset(key, key_byte, sizeof(key));
	ck_assert_int_eq(minimise_fingerprint(key, name, marks, doc, out), RC_OK);
	json_decref(doc);
}

static bool same(const char *a, const char *b)
{
	unsigned char one[32], other[32];

	fingerprint_of(a, "example/1.0", 7, one);
	fingerprint_of(b, "example/1.0", 7, other);
	return !memcmp(one, other, sizeof(one));
}

START_TEST(the_same_report_has_the_same_fingerprint)
{
	static const char doc[] = "{\"id\":\"\xC3\xA5\",\"source\":{\"system\":\"x\",\"exported_"
				  "at\":\"1\"},\"codes\":[\"a\",\"b\"]}";

	ck_assert(same(doc,
		       " { \"codes\" : [\"a\", \"b\"], "
		       "\"source\":{\"exported_at\":\"2\",\"system\":\"x\"},\"id\":\"\\u00e5\"}"));
	ck_assert(same(doc, "{\"exported_at\":\"3\",\"id\":\"\xC3\xA5\",\"source\":{\"system\":"
			    "\"x\"},\"codes\":[\"a\",\"b\"]}"));
	ck_assert(!same(
		doc,
		"{\"id\":\"\xC3\xA5\",\"source\":{\"system\":\"x\"},\"codes\":[\"b\",\"a\"]}"));
	ck_assert(
		!same(doc, "{\"id\":\"a\",\"source\":{\"system\":\"x\"},\"codes\":[\"a\",\"b\"]}"));
	/* sealed members count, and so does what nobody knows */
	ck_assert(!same("{\"name\":\"Kari\"}", "{\"name\":\"Ola\"}"));
	ck_assert(!same("{\"id\":\"a\"}", "{\"id\":\"a\",\"x\":{\"exported_at\":1}}"));
	ck_assert(!same("{\"x\":{\"exported_at\":1}}", "{\"x\":{\"exported_at\":2}}"));
}
END_TEST

START_TEST(a_fingerprint_depends_on_key_and_schema)
{
	unsigned char one[32], other[32];

	fingerprint_of("{\"id\":\"a\"}", "example/1.0", 7, one);
	fingerprint_of("{\"id\":\"a\"}", "example/1.0", 8, other);
	ck_assert_mem_ne(one, other, 32);
	fingerprint_of("{\"id\":\"a\"}", "example/1.1", 7, other);
	ck_assert_mem_ne(one, other, 32);
}
END_TEST

/* Stored fingerprints outlive this program: the construction must not drift.
 * BLAKE2b-256, key 32 x 07, over 01 0000000b "example/1.0" {"id":"a"}. */
START_TEST(the_construction_stands)
{
	static const unsigned char message[] = "\x01\x00\x00\x00\x0b"
					       "example/1.0"
					       "{\"id\":\"a\"}";
	unsigned char key[32], one[32], expected[32];

	memset(key, 7, sizeof(key));
	crypto_generichash(expected, sizeof(expected), message, sizeof(message) - 1, key,
			   sizeof(key));
	fingerprint_of("{ \"id\" : \"a\", \"exported_at\":\"1\" }", "example/1.0", 7, one);
	ck_assert_mem_eq(one, expected, 32);
}
END_TEST

START_TEST(real_numbers_have_no_fingerprint)
{
	unsigned char key[MINIMISE_KEY_LEN] = { 0 }, out[32];
	json_t *doc = read_json("{\"id\":1.5}");

	ck_assert_int_eq(minimise_fingerprint(key, "example/1.0", marks, doc, out), RC_INVALID);
	json_decref(doc);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("minimise");
	TCase *t = tcase_create("minimise");

	if (sodium_init() < 0)
		return EXIT_FAILURE;
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, sealed_members_leave_and_are_named);
	tcase_add_test(t, an_item_keeps_its_index);
	tcase_add_test(t, what_the_marks_do_not_know_is_sealed);
	tcase_add_test(t, only_an_object_can_be_split);
	tcase_add_test(t, no_sealed_byte_is_ever_clear);
	tcase_add_test(t, the_same_report_has_the_same_fingerprint);
	tcase_add_test(t, a_fingerprint_depends_on_key_and_schema);
	tcase_add_test(t, the_construction_stands);
	tcase_add_test(t, real_numbers_have_no_fingerprint);
	suite_add_tcase(s, t);
	return run_suite(s);
}
