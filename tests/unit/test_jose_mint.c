/* Receipts through libjwt, and libjwt as a second opinion on our signatures:
 * both only between ourselves, never on a stranger's text. */
#include "jose_fixture.h"

#include "jose/mint.h"

#include <jwt.h>

static const struct jose_jws_rules receipt = {
	.max_len = 65536,
	.algs = JOSE_ES256,
	.allowed = JOSE_HEADER_KID | JOSE_HEADER_TYP,
	.required = JOSE_HEADER_KID | JOSE_HEADER_TYP,
	.typs = (const char *const[]){ "JWT", NULL },
};

START_TEST(what_is_minted_verifies)
{
	EVP_PKEY *pkey = fx_pkey("P-256");
	CLEANUP_FREE char *pem = fx_pem(pkey, true);
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	CLEANUP(buf_release) struct buf text = buf_capped(65536);
	json_t *claims =
		json_pack("{s:s, s:I, s:[s], s:{s:s}}", "iss", "æøå", "iat", (json_int_t)1795300000,
			  "warnings", "possible-duplicate", "o", "a", "b");
	CLEANUP_FREE char *want = json_dumps(claims, JSON_COMPACT | JSON_SORT_KEYS);
	CLEANUP_FREE char *got = NULL;
	json_t *back;

	ck_assert_int_eq(jose_mint_jwt(claims, pem, strlen(pem), "k-1", &text, NULL), RC_OK);
	ck_assert_int_eq(jose_key_from_pem(pem, strlen(pem), JOSE_KEY_PRIVATE, "k-1", &key, NULL),
			 RC_OK);
	ck_assert_int_eq(jose_jws_parse(buf_text(&text), text.len, &receipt, &jws, NULL), RC_OK);
	ck_assert_int_eq(jose_jws_verify(&jws, key, JOSE_ES256, NULL), RC_OK);
	ck_assert_str_eq(jws.kid, "k-1");
	back = json_loads(buf_text(&jws.payload), 0, NULL);
	got = json_dumps(back, JSON_COMPACT | JSON_SORT_KEYS);
	ck_assert_str_eq(got, want);
	json_decref(back);
	json_decref(claims);
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(wrong_keys_mint_nothing)
{
	static const char *const kinds[] = { "P-384", "secp256k1", "RSA-2048" };
	CLEANUP(buf_release) struct buf text = buf_capped(65536);
	CLEANUP(buf_release) struct buf small = buf_capped(16);
	json_t *claims = json_pack("{s:s}", "a", "b"), *array = json_array();
	EVP_PKEY *good = fx_pkey("P-256");
	CLEANUP_FREE char *pem = fx_pem(good, true);

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		EVP_PKEY *pkey = fx_pkey(kinds[i]);
		CLEANUP_FREE char *other = fx_pem(pkey, true);

		ck_assert_int_ne(jose_mint_jwt(claims, other, strlen(other), "k", &text, NULL),
				 RC_OK);
		EVP_PKEY_free(pkey);
	}
	ck_assert_int_eq(jose_mint_jwt(claims, "", 0, "k", &text, NULL), RC_INVALID);
	ck_assert_int_eq(jose_mint_jwt(array, pem, strlen(pem), "k", &text, NULL), RC_INVALID);
	ck_assert_uint_eq(text.len, 0);
	ck_assert_int_eq(jose_mint_jwt(claims, pem, strlen(pem), "k", &small, NULL), RC_LIMIT);
	json_decref(claims);
	json_decref(array);
	EVP_PKEY_free(good);
}
END_TEST

static void second_opinion(const char *kind, enum jose_alg alg, jwt_alg_t theirs)
{
	EVP_PKEY *pkey = fx_pkey(kind);
	CLEANUP_FREE char *pem = fx_pem(pkey, true);
	CLEANUP_FREE char *public = fx_pem(pkey, false);
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	CLEANUP(buf_release) struct buf text = buf_capped(65536);
	char payload[256];
	jwt_t *jwt = NULL;

	ck_assert_int_eq(jose_key_from_pem(pem, strlen(pem), JOSE_KEY_PRIVATE, NULL, &key, NULL),
			 RC_OK);
	for (int i = 0; i < 25; i++) {
		buf_clear(&text);
		snprintf(payload, sizeof(payload), "{\"i\":%d,\"s\":\"%.*s\"}", i, i * 3,
			 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu"
			 "vwxyz");
		ck_assert_int_eq(
			jose_jws_sign(key, alg, "JWT", payload, strlen(payload), &text, NULL),
			RC_OK);
		ck_assert_int_eq(jwt_decode(&jwt, buf_text(&text), (const unsigned char *)public,
					    (int)strlen(public)),
				 0);
		ck_assert_int_eq(jwt_get_alg(jwt), theirs);
		ck_assert_int_eq(jwt_get_grant_int(jwt, "i"), i);
		jwt_free(jwt);
		/* And it agrees that a changed payload is not signed. */
		strchr(text.data, '.')[6] ^= 1;
		ck_assert_int_ne(jwt_decode(&jwt, buf_text(&text), (const unsigned char *)public,
					    (int)strlen(public)),
				 0);
	}
	EVP_PKEY_free(pkey);
}

START_TEST(libjwt_agrees)
{
	second_opinion("RSA-2048", JOSE_RS256, JWT_ALG_RS256);
	second_opinion("P-256", JOSE_ES256, JWT_ALG_ES256);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("jose mint");
	TCase *t = tcase_create("mint");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, what_is_minted_verifies);
	tcase_add_test(t, wrong_keys_mint_nothing);
	tcase_add_test(t, libjwt_agrees);
	suite_add_tcase(s, t);
	return run_suite(s);
}
