/* Keys: what is taken from JWK, PEM and key sets, and above all what is not. */
#include "jose_fixture.h"

#include "jose/jwks.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

static struct jose_key *rsa, *p256, *p384;

static void set_up(void)
{
	rsa = fx_key("RSA-2048", "rsa");
	p256 = fx_key("P-256", "p256");
	p384 = fx_key("P-384", NULL);
}

static void tear_down(void)
{
	jose_key_free(rsa);
	jose_key_free(p256);
	jose_key_free(p384);
}

static json_t *jwk_of(const struct jose_key *key)
{
	json_t *jwk = NULL;

	ck_assert_int_eq(jose_key_export(key, &jwk, NULL), RC_OK);
	return jwk;
}

START_TEST(keys_survive_the_way_out_and_in)
{
	struct jose_key *const keys[] = { rsa, p256, p384 };
	static const char *const kinds[] = { "RSA-2048", "P-256", "P-384" };
	static const unsigned algs[] = { JOSE_RS256 | JOSE_PS256, JOSE_ES256, JOSE_ES384 };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		CLEANUP(jose_key_freep) struct jose_key *public = fx_public(keys[i]);

		ck_assert_str_eq(jose_key_kind(public), kinds[i]);
		ck_assert_uint_eq(jose_key_algs(public), algs[i]);
		ck_assert_str_eq(jose_key_kid(public), jose_key_kid(keys[i]));
		ck_assert_str_eq(jose_key_thumbprint(public), jose_key_thumbprint(keys[i]));
		ck_assert(jose_key_is_private(keys[i]) && !jose_key_is_private(public));
	}
	ck_assert_str_eq(jose_key_kid(p384), jose_key_thumbprint(p384));
}
END_TEST

/* RFC 7638 section 3.1. */
START_TEST(thumbprint_of_the_rfc)
{
	json_t *jwk =
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "kty", "RSA", "n",
			  "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aP"
			  "FFxuhDR1L6tSoc_BJECP"
			  "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_"
			  "RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY"
			  "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-"
			  "bFTWhAI4vMQFh6WeZu0f"
			  "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
			  "e", "AQAB", "alg", "RS256", "kid", "2011-04-29");
	char print[JOSE_THUMBPRINT_SIZE];
	struct jose_key *key = NULL;

	ck_assert_int_eq(jose_jwk_thumbprint(jwk, print, NULL), RC_OK);
	ck_assert_str_eq(print, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	ck_assert_int_eq(jose_key_from_jwk(jwk, JOSE_KEY_CHECK, &key, NULL), RC_OK);
	ck_assert_uint_eq(jose_key_algs(key), JOSE_RS256);
	ck_assert_str_eq(jose_key_thumbprint(key), print);
	jose_key_free(key);
	json_decref(jwk);
}
END_TEST

/* Each row changes one member of a sound JWK; a NULL value takes it away. */
static const struct {
	bool ec;
	const char *member, *value; /* JSON */
	const char *code;
} broken[] = {
	{ true, "kty", NULL, "key-malformed" },
	{ true, "kty", "5", "key-malformed" },
	{ true, "kty", "\"RSA\"", "key-malformed" },
	{ true, "kty", "\"oct\"", "key-symmetric" },
	{ true, "kty", "\"OKP\"", "key-unsupported" },
	{ true, "kty", "\"ec\"", "key-unsupported" },
	{ true, "k", "\"c2VjcmV0\"", "key-symmetric" },
	{ true, "crv", NULL, "key-malformed" },
	{ true, "crv", "\"P-384\"", "key-malformed" },
	{ true, "crv", "\"P-521\"", "key-unsupported" },
	{ true, "crv", "\"secp256k1\"", "key-unsupported" },
	{ true, "crv", "\"prime256v1\"", "key-unsupported" },
	{ true, "x", NULL, "key-malformed" },
	{ true, "y", NULL, "key-malformed" },
	{ true, "y", "7", "key-malformed" },
	{ true, "x", "\"\"", "key-malformed" },
	{ true, "x", "\"AAAA=\"", "key-malformed" },
	{ true, "x", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
	  "key-malformed" }, /* 31 bytes + 4 bits */
	{ true, "x", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
	  "key-malformed" }, /* 32, off the curve */
	{ true, "x", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"", "key-malformed" }, /* 33 */
	{ true, "y", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"", "key-malformed" },
	{ true, "d", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\"", "key-private" },
	{ true, "use", "\"enc\"", "key-unsupported" },
	{ true, "use", "\"SIG\"", "key-unsupported" },
	{ true, "use", "[\"sig\"]", "key-malformed" },
	{ true, "key_ops", "[\"encrypt\"]", "key-unsupported" },
	{ true, "key_ops", "[]", "key-unsupported" },
	{ true, "key_ops", "[\"sign\"]", "key-unsupported" },
	{ true, "key_ops", "[\"verify\", \"verify\"]", "key-malformed" },
	{ true, "key_ops", "\"verify\"", "key-malformed" },
	{ true, "key_ops", "[1]", "key-malformed" },
	{ true, "alg", "\"ES384\"", "key-malformed" },
	{ true, "alg", "\"RS256\"", "key-malformed" },
	{ true, "alg", "\"ES256K\"", "key-unsupported" },
	{ true, "alg", "\"es256\"", "key-unsupported" },
	{ true, "alg", "null", "key-malformed" },
	{ true, "kid", "1", "key-malformed" },
	{ true, "kid", "\"\"", "key-malformed" },
	{ true, "kid", "\"a\\nb\"", "key-malformed" },
	{ false, "n", NULL, "key-malformed" },
	{ false, "n", "\"AQAB\"", "key-weak" },
	{ false, "n", "\"AA\"", "key-malformed" },
	{ false, "e", NULL, "key-malformed" },
	{ false, "e", "\"AQ\"", "key-weak" },     /* 1 */
	{ false, "e", "\"Aw\"", "key-weak" },     /* 3 */
	{ false, "e", "\"AAEAAQ\"", "key-weak" }, /* 65537 with a leading zero */
	{ false, "d", "\"AQAB\"", "key-private" },
	{ false, "p", "\"AQAB\"", "key-private" },
	{ false, "q", "\"AQAB\"", "key-private" },
	{ false, "dp", "\"AQAB\"", "key-private" },
	{ false, "dq", "\"AQAB\"", "key-private" },
	{ false, "qi", "\"AQAB\"", "key-private" },
	{ false, "oth", "[]", "key-malformed" },
	{ false, "alg", "\"ES256\"", "key-malformed" },
	{ false, "alg", "\"RS512\"", "key-unsupported" },
	{ false, "alg", "\"HS256\"", "key-unsupported" },
};

START_TEST(broken_jwks_are_refused)
{
	json_t *jwk = jwk_of(broken[_i].ec ? p256 : rsa);
	char print[JOSE_THUMBPRINT_SIZE];
	struct jose_key *key = NULL;
	struct err err = { 0 };

	if (broken[_i].value)
		json_object_set_new(jwk, broken[_i].member,
				    json_loads(broken[_i].value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(jwk, broken[_i].member);
	ck_assert_int_ne(jose_key_from_jwk(jwk, 0, &key, &err), RC_OK);
	ck_assert_msg(!strcmp(err.code, broken[_i].code), "%s: %s, %s", broken[_i].member, err.code,
		      err.text);
	/* What no arithmetic is needed for is refused before a key is built. */
	if (!strcmp(broken[_i].code, "key-private") || !strcmp(broken[_i].code, "key-weak"))
		ck_assert_int_ne(jose_jwk_thumbprint(jwk, print, &err), RC_OK);
	ck_assert_ptr_null(key);
	json_decref(jwk);
}
END_TEST

/* Seen from the text alone, before anything is built of a stranger's key. */
START_TEST(coordinates_have_one_length)
{
	static const char *const values[] = {
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",  /* 31 bytes */
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* 32 */
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	}; /* 33 */
	char print[JOSE_THUMBPRINT_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		json_t *jwk = jwk_of(p256);

		json_object_set_new(jwk, i & 1 ? "x" : "y", json_string(values[i]));
		ck_assert_int_eq(jose_jwk_thumbprint(jwk, print, NULL),
				 i == 1 ? RC_OK : RC_INVALID);
		json_decref(jwk);
	}
}
END_TEST

/* Moduli at the edges: 2047, 2048, 4096 and 4097 bits, even, leading zero. */
START_TEST(rsa_sizes)
{
	static const struct {
		size_t bytes;
		unsigned char first, last;
		const char *code; /* NULL: taken */
	} rows[] = {
		{ 256, 0x7f, 0x01, "key-weak" },
		{ 256, 0x80, 0x01, NULL },
		{ 256, 0x80, 0x02, "key-malformed" },
		{ 257, 0x00, 0x01, "key-malformed" },
		{ 512, 0xff, 0x01, NULL },
		{ 513, 0x01, 0x01, "key-weak" },
		{ 128, 0x80, 0x01, "key-weak" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(buf_release) struct buf text = buf_capped(1024);
		CLEANUP(jose_key_freep) struct jose_key *key = NULL;
		json_t *jwk = jwk_of(rsa);
		unsigned char n[600];
		struct err err = { 0 };

		memset(n, 0x5a, sizeof(n));
		n[0] = rows[i].first;
		n[rows[i].bytes - 1] = rows[i].last;
		ck_assert_int_eq(b64_encode(&text, n, rows[i].bytes), RC_OK);
		json_object_set_new(jwk, "n", json_string(buf_text(&text)));
		ck_assert_int_eq(jose_key_from_jwk(jwk, 0, &key, &err),
				 rows[i].code ? RC_INVALID : RC_OK);
		ck_assert_str_eq(err.code, rows[i].code ? rows[i].code : "");
		json_decref(jwk);
	}
}
END_TEST

static enum rc from_pkey(EVP_PKEY *pkey, unsigned flags, struct err *err)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	CLEANUP_FREE char *pem = fx_pem(pkey, flags & JOSE_KEY_PRIVATE);

	EVP_PKEY_free(pkey);
	return jose_key_from_pem(pem, strlen(pem), flags, NULL, &key, err);
}

START_TEST(pem_keys_of_other_kinds_are_refused)
{
	static const char *const kinds[] = { "secp256k1", "P-521", "P-224", "brainpoolP256r1" };
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY_CTX *pss = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *cubic = NULL, *bound = NULL;
	BIGNUM *three = BN_new();
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		ck_assert_int_eq(from_pkey(fx_pkey(kinds[i]), 0, &err), RC_UNSUPPORTED);
		ck_assert_int_eq(from_pkey(fx_pkey(kinds[i]), JOSE_KEY_PRIVATE, &err),
				 RC_UNSUPPORTED);
	}
	ck_assert_int_eq(from_pkey(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), 0, &err),
			 RC_UNSUPPORTED);
	ck_assert(EVP_PKEY_keygen_init(pss) == 1 && EVP_PKEY_generate(pss, &bound) == 1);
	ck_assert_int_eq(from_pkey(bound, 0, &err), RC_UNSUPPORTED);
	ck_assert_int_eq(from_pkey(fx_pkey("RSA-1024"), 0, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "key-weak");

	BN_set_word(three, 3);
	ck_assert(EVP_PKEY_keygen_init(ctx) == 1 &&
		  EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) == 1 &&
		  EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, three) == 1 &&
		  EVP_PKEY_generate(ctx, &cubic) == 1);
	ck_assert_int_eq(from_pkey(cubic, 0, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "key-weak");
	BN_free(three);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_CTX_free(pss);
}
END_TEST

START_TEST(pem_public_and_private_do_not_mix)
{
	EVP_PKEY *pkey = fx_pkey("P-256");
	CLEANUP_FREE char *public = fx_pem(pkey, false);
	CLEANUP_FREE char *private = fx_pem(pkey, true);
	BIO *bio = BIO_new(BIO_s_mem());
	struct jose_key *key = NULL;
	char *locked;
	long len;

	ck_assert_int_eq(jose_key_from_pem(private, strlen(private), 0, NULL, &key, NULL),
			 RC_INVALID);
	ck_assert_int_eq(
		jose_key_from_pem(public, strlen(public), JOSE_KEY_PRIVATE, NULL, &key, NULL),
		RC_INVALID);
	ck_assert_int_eq(jose_key_from_pem("", 0, 0, NULL, &key, NULL), RC_INVALID);
	ck_assert_int_eq(jose_key_from_pem(public, strlen(public), 0, "a\nb", &key, NULL),
			 RC_INVALID);
	/* Under a passphrase: refused, and nobody is asked at a terminal. */
	PEM_write_bio_PrivateKey(bio, pkey, EVP_aes_128_cbc(), NULL, 0, NULL,
				 (void *)(uintptr_t) "pass");
	len = BIO_get_mem_data(bio, &locked);
	ck_assert_int_eq(jose_key_from_pem(locked, (size_t)len, JOSE_KEY_PRIVATE, NULL, &key, NULL),
			 RC_INVALID);
	BIO_free(bio);
	ck_assert_int_eq(
		jose_key_from_pem(public, strlen(public), JOSE_KEY_CHECK, NULL, &key, NULL), RC_OK);
	jose_key_free(key);
	EVP_PKEY_free(pkey);
}
END_TEST

/* A private number that belongs to another public key must not sign. */
START_TEST(private_jwk_is_checked)
{
	static const char text[] =
		"{\"kty\":\"EC\",\"crv\":\"P-256\","
		"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
		"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
		"\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}"; /* RFC 7515 A.3 */
	struct jose_key *key = NULL;
	char other[sizeof(text)];
	struct err err = { 0 };

	ck_assert_int_eq(jose_key_from_jwk_text(text, strlen(text), JOSE_KEY_PRIVATE, &key, NULL),
			 RC_OK);
	ck_assert(jose_key_is_private(key));
	jose_key_free(key);
	memcpy(other, text, sizeof(text));
	*strstr(other, "jpsQ") = 'k';
	ck_assert_int_eq(jose_key_from_jwk_text(other, strlen(other), JOSE_KEY_PRIVATE, &key, &err),
			 RC_INVALID);
	ck_assert_str_eq(err.code, "key-malformed");
	ck_assert_int_eq(jose_key_from_jwk_text(text, strlen(text), 0, &key, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "key-private");
	ck_assert_int_eq(
		jose_key_from_jwk_text("{\"kty\":\"EC\",\"kty\":\"EC\"}", 23, 0, &key, &err),
		RC_INVALID);
}
END_TEST

static enum rc load_keys(json_t *keys, struct jose_jwks **ret, struct err *err)
{
	json_t *set = json_pack("{s:o}", "keys", keys);
	char *text = json_dumps(set, 0);
	enum rc rc = jose_jwks_load(text, strlen(text), ret, err);

	free(text);
	json_decref(set);
	return rc;
}

START_TEST(sets_find_by_kid)
{
	CLEANUP(jose_jwks_freep) struct jose_jwks *set = NULL;
	CLEANUP(jose_jwks_freep) struct jose_jwks *one = NULL;
	json_t *enc = jwk_of(p384), *other = jwk_of(p384);

	json_object_set_new(enc, "use", json_string("enc"));
	json_object_set_new(enc, "kid", json_string("for-encryption"));
	json_object_set_new(other, "crv", json_string("P-521"));
	json_object_set_new(other, "kid", json_string("p521"));
	ck_assert_int_eq(load_keys(json_pack("[o, o, o, o]", jwk_of(rsa), enc, other, jwk_of(p256)),
				   &set, NULL),
			 RC_OK);
	ck_assert_uint_eq(jose_jwks_len(set), 2);
	ck_assert_str_eq(jose_key_kid(jose_jwks_find(set, "p256")), "p256");
	ck_assert_ptr_nonnull(jose_jwks_find(set, "rsa"));
	ck_assert_ptr_null(jose_jwks_find(set, "for-encryption"));
	ck_assert_ptr_null(jose_jwks_find(set, "p521"));
	ck_assert_ptr_null(jose_jwks_find(set, "RSA"));
	ck_assert_ptr_null(jose_jwks_find(set, "../rsa' OR 1=1"));
	ck_assert_ptr_null(jose_jwks_find(set, NULL));
	ck_assert_int_eq(load_keys(json_pack("[o]", jwk_of(p256)), &one, NULL), RC_OK);
	ck_assert_ptr_nonnull(jose_jwks_find(one, NULL));
}
END_TEST

START_TEST(sets_are_refused_whole)
{
	struct jose_jwks *set = NULL;
	json_t *many = json_array(), *bad;
	struct err err = { 0 };

	ck_assert_int_eq(load_keys(json_pack("[o, o]", jwk_of(rsa), jwk_of(rsa)), &set, &err),
			 RC_INVALID);
	ck_assert_str_eq(err.code, "jwks-duplicate-kid");
	/* Also when one of the two would be passed over. */
	bad = jwk_of(p256);
	json_object_set_new(bad, "use", json_string("enc"));
	ck_assert_int_eq(load_keys(json_pack("[o, o]", bad, jwk_of(p256)), &set, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "jwks-duplicate-kid");
	ck_assert_int_eq(load_keys(json_pack("[o, {s:s, s:s, s:s}]", jwk_of(rsa), "kty", "oct", "k",
					     "AAAA", "kid", "s"),
				   &set, &err),
			 RC_INVALID);
	ck_assert_str_eq(err.code, "key-symmetric");
	bad = jwk_of(p256);
	json_object_set_new(bad, "x", json_string("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
	ck_assert_int_eq(load_keys(json_pack("[o, o]", jwk_of(rsa), bad), &set, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "key-malformed");
	ck_assert_str_eq(err.where, "/keys/1");
	bad = jwk_of(rsa);
	json_object_set_new(bad, "e", json_string("Aw"));
	ck_assert_int_eq(load_keys(json_pack("[o, o]", jwk_of(p256), bad), &set, &err), RC_INVALID);
	bad = jwk_of(p256);
	json_object_set_new(bad, "d", json_string("AQAB"));
	json_object_set_new(bad, "use", json_string("enc"));
	ck_assert_int_eq(load_keys(json_pack("[o, o]", jwk_of(rsa), bad), &set, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "key-private");
	bad = jwk_of(p256);
	json_object_set_new(bad, "use", json_string("enc"));
	ck_assert_int_eq(load_keys(json_pack("[o]", bad), &set, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "jwks-empty");
	ck_assert_int_eq(load_keys(json_array(), &set, &err), RC_INVALID);
	ck_assert_int_eq(load_keys(json_string("keys"), &set, &err), RC_INVALID);
	ck_assert_int_eq(load_keys(json_pack("[i]", 1), &set, &err), RC_INVALID);
	for (int i = 0; i < JOSE_JWKS_MAX_KEYS + 1; i++)
		json_array_append_new(many, json_pack("{s:s}", "kty", "OKP"));
	ck_assert_int_eq(load_keys(many, &set, &err), RC_LIMIT);
	ck_assert_int_eq(jose_jwks_load("{\"keys\":[],\"keys\":[]}", 21, &set, &err), RC_INVALID);
	ck_assert_int_eq(jose_jwks_load_file("/nonexistent/jwks.json", &set, &err), RC_NOT_FOUND);
	ck_assert_ptr_null(set);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("jose keys");
	TCase *t = tcase_create("keys");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, set_up, tear_down);
	tcase_add_test(t, keys_survive_the_way_out_and_in);
	tcase_add_test(t, thumbprint_of_the_rfc);
	tcase_add_loop_test(t, broken_jwks_are_refused, 0, ARRAY_LEN(broken));
	tcase_add_test(t, coordinates_have_one_length);
	tcase_add_test(t, rsa_sizes);
	tcase_add_test(t, pem_keys_of_other_kinds_are_refused);
	tcase_add_test(t, pem_public_and_private_do_not_mix);
	tcase_add_test(t, private_jwk_is_checked);
	tcase_add_test(t, sets_find_by_kid);
	tcase_add_test(t, sets_are_refused_whole);
	suite_add_tcase(s, t);
	return run_suite(s);
}
