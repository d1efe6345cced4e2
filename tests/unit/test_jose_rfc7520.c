/* The examples of RFC 7520 sections 3 and 4, RFC 7797 and RFC 8037: those of our
 * algorithms give the very same texts, each other one is refused, and why. */
#include "jose_fixture.h"

#include "json/strict.h"

static const struct jose_jws_rules any = {
	.max_len = 65536,
	.algs = JOSE_ALGS_ALL,
	.allowed = JOSE_HEADER_KID | JOSE_HEADER_TYP | JOSE_HEADER_CTY,
};

/* Every file of the folder stands in one of these tables. */
static const struct {
	const char *file;
	const char *excluded; /* NULL: must verify */
} examples[] = {
	{ "jws_4_1.rsa_v15_signature.json", NULL },
	{ "jws_4_2.rsa-pss_signature.json", "PS384: of the PSS family PS256 alone is taken" },
	{ "jws_4_3.ecdsa_signature.json", "ES512 and P-521: not taken" },
	{ "jws_4_4.hmac-sha2_integrity_protection.json", "HS256: symmetric, proves no author" },
	{ "jws_4_5.signature_with_detached_content.json",
	  "HS256, and detached content is not taken" },
	{ "jws_4_6.protecting_specific_header_fields.json",
	  "HS256, and only the compact form is taken" },
	{ "jws_4_7.protecting_content_only.json",
	  "HS256, and an algorithm outside the protected header" },
	{ "jws_4_8.multiple_signatures.json",
	  "only the compact form is taken; its RS256 signature is tried below" },
	{ "rfc7797_4.2.hmac-sha2_b64_false.json", "HS256, b64 and crit: not taken" },
	{ "rfc7797_hmac-sha2_b64_false.json", "HS256, b64 and crit: not taken" },
	{ "curve25519_jws.json", "EdDSA: not among the algorithms of health-sector issuers" },
};

static const struct {
	const char *file;
	unsigned flags;
	enum rc rc;
	const char *why;
} keys[] = {
	{ "jwk_3_1.ec_public_key.json", 0, RC_UNSUPPORTED, "P-521 is not taken" },
	{ "jwk_3_2.ec_private_key.json", 0, RC_INVALID, "private where a public key is wanted" },
	{ "jwk_3_2.ec_private_key.json", JOSE_KEY_PRIVATE, RC_UNSUPPORTED, "P-521 is not taken" },
	{ "jwk_3_3.rsa_public_key.json", JOSE_KEY_CHECK, RC_OK, "" },
	{ "jwk_3_3.rsa_public_key.json", JOSE_KEY_PRIVATE, RC_INVALID,
	  "public where a private key is wanted" },
	{ "jwk_3_4.rsa_private_key.json", JOSE_KEY_PRIVATE | JOSE_KEY_CHECK, RC_OK, "" },
	{ "jwk_3_4.rsa_private_key.json", 0, RC_INVALID, "private where a public key is wanted" },
	{ "jwk_3_5.symmetric_key_mac_computation.json", 0, RC_INVALID, "symmetric" },
	{ "jwk_3_6.symmetric_key_encryption.json", 0, RC_INVALID, "symmetric" },
};

static json_t *load(const char *name)
{
	CLEANUP(buf_release) struct buf text = buf_capped(1 << 20);
	char path[4200];
	json_t *root = NULL;

	snprintf(path, sizeof(path), "%s/%s", test_data("rfc7520"), name);
	ck_assert_int_eq(buf_read_file(&text, path), RC_OK);
	ck_assert_int_eq(json_strict_load(buf_text(&text), text.len, 32, &root, NULL), RC_OK);
	return root;
}

static const char *text_at(const json_t *root, const char *a, const char *b)
{
	return json_string_value(json_object_get(json_object_get(root, a), b));
}

/* The example's own key verifies it, and, where it is reproducible, makes it. */
static bool sound(const json_t *root, const char *compact)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	CLEANUP(buf_release) struct buf again = buf_capped(65536);
	const char *payload = text_at(root, "input", "payload");

	if (jose_key_from_jwk(json_object_get(json_object_get(root, "input"), "key"),
			      JOSE_KEY_PRIVATE, &key, NULL) ||
	    jose_jws_parse(compact, strlen(compact), &any, &jws, NULL) ||
	    jose_jws_verify(&jws, key, JOSE_ALGS_ALL, NULL))
		return false;
	ck_assert_str_eq(buf_text(&jws.payload), payload);
	if (json_is_true(json_object_get(root, "reproducible"))) {
		ck_assert_int_eq(
			jose_jws_sign_header(
				key, json_object_get(json_object_get(root, "signing"), "protected"),
				payload, strlen(payload), &again, NULL),
			RC_OK);
		ck_assert_str_eq(buf_text(&again), compact);
	}
	return true;
}

START_TEST(signatures)
{
	unsigned accepted = 0;

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		json_t *root = load(examples[i].file);
		const char *compact = text_at(root, "output", "compact");
		CLEANUP_FREE char *json =
			json_dumps(json_object_get(json_object_get(root, "output"), "json"), 0);
		bool ok = compact && sound(root, compact);

		ck_assert_msg(ok == !examples[i].excluded, "%s", examples[i].file);
		ck_assert_msg(!sound(root, json), "%s in JSON form", examples[i].file);
		accepted += ok;
		if (examples[i].excluded)
			printf("  excluded and refused: %s: %s\n", examples[i].file,
			       examples[i].excluded);
		json_decref(root);
	}
	printf("RFC 7520 and kin: %zu signatures run, %u accepted, %zu excluded and refused\n",
	       ARRAY_LEN(examples), accepted, ARRAY_LEN(examples) - accepted);
}
END_TEST

/* 4.8.2: one of three signatures of the JSON form, put as a compact JWS. */
START_TEST(the_rs256_one_of_several)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	CLEANUP(buf_release) struct buf text = buf_capped(65536);
	json_t *root = load("jws_4_8.multiple_signatures.json"),
	       *public = load("jwk_3_3.rsa_public_key.json");
	const json_t *json = json_object_get(json_object_get(root, "output"), "json");
	const json_t *first = json_array_get(json_object_get(json, "signatures"), 0);

	buf_addf(&text, "%s.%s.%s", json_string_value(json_object_get(first, "protected")),
		 json_string_value(json_object_get(json, "payload")),
		 json_string_value(json_object_get(first, "signature")));
	ck_assert_int_eq(jose_key_from_jwk(public, 0, &key, NULL), RC_OK);
	ck_assert_int_eq(jose_jws_parse(buf_text(&text), text.len, &any, &jws, NULL), RC_OK);
	ck_assert_int_eq(jose_jws_verify(&jws, key, JOSE_RS256, NULL), RC_OK);
	json_decref(root);
	json_decref(public);
}
END_TEST

START_TEST(key_examples)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		CLEANUP(jose_key_freep) struct jose_key *key = NULL;
		json_t *jwk = load(keys[i].file);

		ck_assert_msg(jose_key_from_jwk(jwk, keys[i].flags, &key, NULL) == keys[i].rc, "%s",
			      keys[i].file);
		if (key)
			ck_assert_str_eq(jose_key_kid(key), "bilbo.baggins@hobbiton.example");
		else
			printf("  refused: %s: %s\n", keys[i].file, keys[i].why);
		json_decref(jwk);
	}
}
END_TEST

int main(void)
{
	Suite *s;
	TCase *t;

	if (!test_data("rfc7520"))
		return TEST_SKIPPED;
	s = suite_create("jose rfc7520");
	t = tcase_create("rfc7520");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, signatures);
	tcase_add_test(t, the_rs256_one_of_several);
	tcase_add_test(t, key_examples);
	suite_add_tcase(s, t);
	return run_suite(s);
}
