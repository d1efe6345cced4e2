/* JSON from outside: what is refused that a reader might let pass, and the one
 * text that a value has. */
#include "unit.h"

#include "base/cleanup.h"
#include "json/canonical.h"
#include "json/strict.h"

#include <string.h>

#define TEXT(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static const struct {
	const char *text;
	size_t len;
} refused[] = {
	TEXT(""), TEXT(" "), TEXT("{\"a\":1,\"a\":1}"), TEXT("{\"a\":1,\"\\u0061\":1}"),
	TEXT("{} {}"), TEXT("{}\n]"), TEXT("\xEF\xBB\xBF{}"), TEXT("\"\xC3\x28\""),
	TEXT("\"\xED\xA0\x80\""), TEXT("\"\xC0\xAF\""), TEXT("\"\\ud800\""),
	TEXT("\"\\udc00\\ud800\""), TEXT("\"\\u0000\""), TEXT("\"a\0b\""), TEXT("{}\0"),
	/* jansson 2.14 swallows a NUL behind a number or a word */
	TEXT("1\0"), TEXT("[1\0,2]"), TEXT("[true\0]"), TEXT("9223372036854775808"), TEXT("1e400"),
	TEXT("01"), TEXT("+1"), TEXT(".5"), TEXT("NaN"), TEXT("[1,]"), TEXT("{\"a\":1,}"),
	TEXT("'a'"), TEXT("[1]//"), TEXT("[[[[[[[[[]]]]]]]]]"), /* 9 */
};

START_TEST(strange_texts_are_refused)
{
	struct err err = { 0 };
	json_t *value = NULL;

	ck_assert_int_eq(json_strict_load(refused[_i].text, refused[_i].len, 8, &value, &err),
			 RC_INVALID);
	ck_assert_str_eq(err.code, "invalid-json");
	ck_assert_ptr_null(value);
}
END_TEST

static const struct {
	const char *text, *canonical; /* NULL: it has none */
} taken[] = {
	{ " {\"b\" : [ 1 , -0 ],\n\"a\":{}}\r\n", "{\"a\":{},\"b\":[1,0]}" },
	{ "[[[[[[[[]]]]]]]]", "[[[[[[[[]]]]]]]]" },
	{ "\"]]]]]]]]]{{{{{{{{{[[[[[[[[[\"", "\"]]]]]]]]]{{{{{{{{{[[[[[[[[[\"" },
	{ "\"\\\"[[[[[[[[[\"", "\"\\\"[[[[[[[[[\"" },
	{ "\"\\u00e5\\ud83d\\ude00\\/\\t\"", "\"\xC3\xA5\xF0\x9F\x98\x80/\\t\"" },
	{ "-9223372036854775808", "-9223372036854775808" },
	{ "{\"\xC3\xA5\":1,\"z\":2,\"Z\":3}", "{\"Z\":3,\"z\":2,\"\xC3\xA5\":1}" },
	{ "[1.0]", NULL },
	{ "{\"a\":[{\"b\":1e2}]}", NULL },
};

START_TEST(values_have_one_text)
{
	CLEANUP(buf_release) struct buf out = buf_capped(256);
	json_t *value = NULL;
	enum rc rc;

	ck_assert_int_eq(json_strict_load(taken[_i].text, strlen(taken[_i].text), 8, &value, NULL),
			 RC_OK);
	rc = json_canonical(value, &out);
	json_decref(value);
	ck_assert_int_eq(rc, taken[_i].canonical ? RC_OK : RC_INVALID);
	if (taken[_i].canonical)
		ck_assert_str_eq(buf_text(&out), taken[_i].canonical);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *tc = tcase_create("json");

	tcase_add_loop_test(tc, strange_texts_are_refused, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(tc, values_have_one_text, 0, ARRAY_LEN(taken));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
