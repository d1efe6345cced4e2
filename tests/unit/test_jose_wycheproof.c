/* Project Wycheproof: every case of json_web_signature and json_web_key is run.
 * A case that Wycheproof calls invalid must be refused, without exception. A
 * valid one must be accepted unless a row of `exclusions` says why Varde does
 * not take it, and then it must be refused. */
#include "unit.h"

#include "base/b64.h"
#include "base/cleanup.h"
#include "jose/jwks.h"
#include "jose/jws.h"
#include "json/strict.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name; /* a token's alg, or a key's kty */
	const char *why;
} exclusions[] = {
	{ "oct", "symmetric key: whoever verifies could have signed, so it proves no author" },
	{ "RS384", "design 4 takes RS256 of the PKCS#1 v1.5 family, nothing else" },
	{ "RS512", "design 4 takes RS256 of the PKCS#1 v1.5 family, nothing else" },
	{ "PS384", "design 4 takes PS256 of the PSS family, nothing else (346 and 350 also: key is "
		   "for PS256)" },
	{ "PS512", "design 4 takes PS256 of the PSS family, nothing else" },
	{ "ES512", "P-521 costs eight times P-256 to verify and no issuer asks for it" },
	{ "ES521", "no such algorithm; Wycheproof's record of a P-521 key" },
};

static const struct jose_jws_rules any = {
	.max_len = 65536,
	.algs = JOSE_ALGS_ALL,
	.allowed = JOSE_HEADER_KID | JOSE_HEADER_TYP | JOSE_HEADER_CTY,
};

struct counts {
	unsigned run, accepted, refused, excluded[ARRAY_LEN(exclusions)];
};

static json_t *load(const char *name)
{
	CLEANUP(buf_release) struct buf text = buf_capped(1 << 22);
	char path[4200];
	json_t *root = NULL;

	snprintf(path, sizeof(path), "%s/%s", test_data("wycheproof"), name);
	ck_assert_int_eq(buf_read_file(&text, path), RC_OK);
	ck_assert_int_eq(json_strict_load(buf_text(&text), text.len, 32, &root, NULL), RC_OK);
	return root;
}

/* As a service would: the set is loaded, the key found by kid, the rest checked. */
static bool accepted(const json_t *keys, const char *jws)
{
	CLEANUP(jose_jwks_freep) struct jose_jwks *set = NULL;
	CLEANUP(jose_jws_release) struct jose_jws parsed = { 0 };
	CLEANUP_FREE char *text = json_dumps(keys, 0);
	const struct jose_key *key;
	struct err err;

	if (jose_jwks_load(text, strlen(text), &set, &err))
		return false;
	if (jose_jws_parse(jws, strlen(jws), &any, &parsed, &err))
		return false;
	key = jose_jwks_find(set, parsed.kid);
	return key && jose_jws_verify(&parsed, key, JOSE_ALGS_ALL, &err) == RC_OK;
}

/* The header's alg of a well-formed token, for looking up exclusions only. */
static void alg_of(const char *jws, char out[16])
{
	CLEANUP(buf_release) struct buf raw = buf_capped(4096);
	json_t *header = NULL;

	out[0] = '\0';
	if (b64_decode_buf(jws, strcspn(jws, "."), &raw) ||
	    json_strict_load(buf_text(&raw), raw.len, 8, &header, NULL))
		return;
	snprintf(out, 16, "%s", json_string_value(json_object_get(header, "alg")));
	json_decref(header);
}

static int exclusion_of(const json_t *keys, const char *jws)
{
	const json_t *key = json_array_get(json_object_get(keys, "keys"), 0);
	const char *kty = json_string_value(json_object_get(key, "kty"));
	char alg[16];

	alg_of(jws, alg);
	for (size_t i = 0; i < ARRAY_LEN(exclusions); i++)
		if (!strcmp(exclusions[i].name, kty) || !strcmp(exclusions[i].name, alg))
			return (int)i;
	return -1;
}

static void run_case(const json_t *keys, const json_t *test, struct counts *counts)
{
	int id = (int)json_integer_value(json_object_get(test, "tcId"));
	const char *jws = json_string_value(json_object_get(test, "jws"));
	bool valid = !strcmp(json_string_value(json_object_get(test, "result")), "valid");
	bool taken = accepted(keys, jws);
	int why = exclusion_of(keys, jws);

	counts->run++;
	if (taken)
		counts->accepted++;
	else if (!valid)
		counts->refused++;
	else if (why >= 0)
		counts->excluded[why]++;
	ck_assert_msg(!taken || valid, "case %d is invalid but was accepted", id);
	ck_assert_msg(taken || !valid || why >= 0, "case %d is valid but was refused", id);
	ck_assert_msg(!taken || why < 0, "case %d is excluded but was accepted", id);
}

static void run_file(const char *name)
{
	struct counts counts = { 0 };
	json_t *root = load(name), *group, *test;
	size_t i, j;

	json_array_foreach(json_object_get(root, "testGroups"), i, group)
	{
		json_t *key = json_object_get(group, "public");
		json_t *keys;

		if (!key) /* symmetric groups have no public half */
			key = json_object_get(group, "private");
		ck_assert_ptr_nonnull(key);
		keys = json_object_get(key, "keys") ? json_incref(key)
						    : json_pack("{s:[O]}", "keys", key);
		json_array_foreach(json_object_get(group, "tests"), j, test)
			run_case(keys, test, &counts);
		json_decref(keys);
	}
	ck_assert_uint_eq(counts.run,
			  (unsigned)json_integer_value(json_object_get(root, "numberOfTests")));
	printf("%s: %u run, %u accepted, %u refused as they should be\n", name, counts.run,
	       counts.accepted, counts.refused);
	for (i = 0; i < ARRAY_LEN(exclusions); i++)
		if (counts.excluded[i])
			printf("  %u valid cases excluded and refused: %s: %s\n",
			       counts.excluded[i], exclusions[i].name, exclusions[i].why);
	json_decref(root);
}

START_TEST(signatures)
{
	run_file("json_web_signature_test.json");
}
END_TEST

START_TEST(keys)
{
	run_file("json_web_key_test.json");
}
END_TEST

int main(void)
{
	Suite *s;
	TCase *t;

	if (!test_data("wycheproof"))
		return TEST_SKIPPED;
	s = suite_create("jose wycheproof");
	t = tcase_create("wycheproof");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, signatures);
	tcase_add_test(t, keys);
	suite_add_tcase(s, t);
	return run_suite(s);
}
