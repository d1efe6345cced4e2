/* Compact JWS: what is signed here verifies here, and every malformed, forged or
 * misdirected text of the list of inputs to reject is refused. */
#include "jose_fixture.h"

#include <pthread.h>

static struct jose_key *rsa, *p256, *p384, *other;

#define HEADER(alg, kid) "{\"alg\":\"" alg "\",\"kid\":\"" kid "\",\"typ\":\"varde+jws\"}"
#define PAYLOAD "{\"iss\":\"999888777\"}"

static void set_up(void)
{
	rsa = fx_key("RSA-2048", "rsa");
	p256 = fx_key("P-256", "p256");
	p384 = fx_key("P-384", "p384");
	other = fx_key("P-256", "other");
}

static void tear_down(void)
{
	jose_key_free(rsa);
	jose_key_free(p256);
	jose_key_free(p384);
	jose_key_free(other);
}

static enum rc check(const char *text, size_t len, const struct jose_key *key, unsigned algs,
		     struct err *err)
{
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	enum rc rc = jose_jws_parse(text, len, &jose_report_rules, &jws, err);

	return rc ? rc : jose_jws_verify(&jws, key, algs, err);
}

static void expect(const char *text, const struct jose_key *key, const char *code)
{
	struct err err = { 0 };

	ck_assert_msg(check(text, strlen(text), key, JOSE_ALGS_ALL, &err) != RC_OK,
		      "accepted: %.80s", text);
	ck_assert_msg(!strcmp(err.code, code), "%s, not %s: %.80s", err.code, code, text);
}

START_TEST(what_is_signed_verifies)
{
	static const enum jose_alg algs[] = { JOSE_RS256, JOSE_PS256, JOSE_ES256, JOSE_ES384 };
	struct jose_key *const keys[] = { rsa, rsa, p256, p384 };

	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		CLEANUP(jose_key_freep) struct jose_key *public = fx_public(keys[i]);
		CLEANUP(buf_release) struct buf text = buf_capped(4096);
		CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };

		ck_assert_int_eq(jose_jws_sign(keys[i], algs[i], "varde+jws", PAYLOAD,
					       strlen(PAYLOAD), &text, NULL),
				 RC_OK);
		ck_assert_int_eq(
			jose_jws_parse(text.data, text.len, &jose_report_rules, &jws, NULL), RC_OK);
		ck_assert_int_eq(jose_jws_verify(&jws, public, JOSE_ALGS_ALL, NULL), RC_OK);
		ck_assert_str_eq(buf_text(&jws.payload), PAYLOAD);
		ck_assert_str_eq(jws.kid, jose_key_kid(keys[i]));
		ck_assert_str_eq(jws.typ, "varde+jws");
		/* The caller's list and the key's must both allow it. */
		ck_assert_int_eq(
			jose_jws_verify(&jws, public, JOSE_ALGS_ALL & ~(unsigned)algs[i], NULL),
			RC_INVALID);
		/* A public key signs nothing. */
		ck_assert_int_eq(jose_jws_sign(public, algs[i], NULL, "x", 1, &text, NULL),
				 RC_INVALID);
	}
}
END_TEST

START_TEST(another_key_or_text_does_not_verify)
{
	CLEANUP_FREE char *text = fx_sign(p256, JOSE_ES256, HEADER("ES256", "p256"), PAYLOAD);
	char *dot = strchr(text, '.');

	expect(text, other, "signature-invalid");
	expect(text, p384, "signature-algorithm");
	expect(text, rsa, "signature-algorithm");
	dot[5] = dot[5] == 'a' ? 'b' : 'a';
	expect(text, p256, "signature-invalid");
}
END_TEST

START_TEST(an_algorithm_is_pinned_to_its_key)
{
	CLEANUP(jose_key_freep) struct jose_key *pinned = NULL;
	CLEANUP_FREE char *ps = fx_sign(rsa, JOSE_PS256, HEADER("PS256", "rsa"), PAYLOAD);
	CLEANUP_FREE char *rs = fx_sign(rsa, JOSE_RS256, HEADER("RS256", "rsa"), PAYLOAD);
	CLEANUP_FREE char *lie = fx_sign(rsa, JOSE_RS256, HEADER("PS256", "rsa"), PAYLOAD);
	json_t *jwk = NULL;

	ck_assert_int_eq(jose_key_export(rsa, &jwk, NULL), RC_OK);
	json_object_set_new(jwk, "alg", json_string("RS256"));
	ck_assert_int_eq(jose_key_from_jwk(jwk, 0, &pinned, NULL), RC_OK);
	json_decref(jwk);
	ck_assert_int_eq(check(rs, strlen(rs), pinned, JOSE_ALGS_ALL, NULL), RC_OK);
	expect(ps, pinned, "signature-algorithm");
	expect(lie, rsa, "signature-invalid");
}
END_TEST

static const struct {
	const char *header, *code;
} headers[] = {
	/* the algorithm */
	{ "{\"alg\":\"none\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"alg\":\"None\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"alg\":\"nOnE\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"alg\":\"\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"alg\":\"es256\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"alg\":\"HS256\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"alg\":\"EdDSA\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"alg\":\"ES512\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"alg\":\"ES256K\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"alg\":\"ES384\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-algorithm" },
	{ "{\"alg\":256,\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-malformed" },
	{ "{\"alg\":[\"ES256\"],\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-malformed" },
	{ "{\"alg\":null,\"kid\":\"p256\",\"typ\":\"varde+jws\"}", "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"\\u0061lg\":\"none\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}",
	  "signature-malformed" },
	/* members that do not belong */
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"crit\":[]}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"crit\":[\"b64\"],\"b64\":"
	  "false}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"crit\":[\"x\"],\"x\":1}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"b64\":true}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"zip\":\"DEF\"}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"jku\":\"https://a.example/"
	  "\"}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"x5u\":\"https://a.example/"
	  "\"}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"x5c\":[]}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"x5t\":\"AA\"}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"jwk\":{\"kty\":\"EC\"}}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"foo\":1}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"cty\":1}",
	  "signature-malformed" },
	/* kid and typ */
	{ "{\"alg\":\"ES256\",\"typ\":\"varde+jws\"}", "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"\",\"typ\":\"varde+jws\"}", "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":7,\"typ\":\"varde+jws\"}", "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"a\\nb\",\"typ\":\"varde+jws\"}", "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\"}", "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"JWT\"}", "signature-type" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"at+jwt\"}", "signature-type" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"VARDE+JWS\"}", "signature-type" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"application/varde+jws\"}",
	  "signature-type" },
	/* not an object, or not JSON */
	{ "[]", "signature-malformed" },
	{ "\"ES256\"", "signature-malformed" },
	{ "{}", "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\"", "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}{}", "signature-malformed" },
	{ "\xef\xbb\xbf{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\"}",
	  "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p\xff\",\"typ\":\"varde+jws\"}", "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":\"p\\u0000\",\"typ\":\"varde+jws\"}", "signature-malformed" },
	{ "{\"alg\":\"ES256\",\"kid\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}},\"typ\":\"varde+jws\"}",
	  "signature-malformed" },
};

START_TEST(headers_that_are_refused)
{
	/* Soundly signed, so nothing but the header speaks against it. */
	CLEANUP_FREE char *text = fx_sign(p256, JOSE_ES256, headers[_i].header, PAYLOAD);

	expect(text, p256, headers[_i].code);
}
END_TEST

START_TEST(headers_that_are_taken)
{
	static const char *const good[] = {
		HEADER("ES256", "p256"),
		"{\"alg\":\"ES256\",\"kid\":\"p256\",\"typ\":\"varde+jws\",\"cty\":\"json\"}",
		" { \"typ\" : \"varde\\u002Bjws\" , "
		"\"kid\":\"p\\u0032\\u00356\",\r\n\t\"alg\":\"ES256\" } ",
	};

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CLEANUP_FREE char *text = fx_sign(p256, JOSE_ES256, good[i], PAYLOAD);

		ck_assert_int_eq(check(text, strlen(text), p256, JOSE_ALGS_ALL, NULL), RC_OK);
	}
}
END_TEST

/* RS256 turned into HS256: the public key's text as the secret. */
START_TEST(hmac_under_the_public_key)
{
	CLEANUP(buf_release) struct buf text = buf_capped(4096);
	CLEANUP_FREE char *pem = NULL;
	EVP_PKEY *pkey = fx_pkey("RSA-2048");
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	unsigned char mac[32];
	size_t len;

	pem = fx_pem(pkey, false);
	ck_assert_int_eq(jose_key_from_pem(pem, strlen(pem), 0, "rsa", &key, NULL), RC_OK);
	b64_encode(&text, HEADER("HS256", "rsa"), strlen(HEADER("HS256", "rsa")));
	buf_addc(&text, '.');
	b64_encode(&text, PAYLOAD, strlen(PAYLOAD));
	ck_assert_ptr_nonnull(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, pem, strlen(pem),
					(unsigned char *)text.data, text.len, mac, sizeof(mac),
					&len));
	buf_addc(&text, '.');
	b64_encode(&text, mac, len);
	expect(buf_text(&text), key, "signature-algorithm");
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(segments)
{
	CLEANUP_FREE char *text = fx_sign(p256, JOSE_ES256, HEADER("ES256", "p256"), PAYLOAD);
	CLEANUP(buf_release) struct buf b = buf_capped(8192);
	static const char *const ends[] = { ".",  "..", ".AAAA", ".AAAA.AAAA", "=",
					    "==", "\n", "\r\n",  " ",          "AAA" };
	static const char *const bad[] = {
		"", ".", "..", "...", "a", "a.b", "{\"payload\":\"\"}", "{}", "AAAA.AAAA.AAAA"
	};
	size_t len = strlen(text);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(bad[i], p256, "signature-malformed");
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		buf_clear(&b);
		buf_adds(&b, text);
		buf_adds(&b, ends[i]);
		expect(buf_text(&b), p256, "signature-malformed");
	}
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&b);
		buf_adds(&b, i ? "\xef\xbb\xbf" : "\n");
		buf_adds(&b, text);
		expect(buf_text(&b), p256, "signature-malformed");
	}
	/* Every truncation: a byte less is never the same signature. */
	for (size_t i = 0; i < len; i++)
		ck_assert_int_ne(check(text, i, p256, JOSE_ALGS_ALL, NULL), RC_OK);
	/* A NUL and what follows it count too. */
	ck_assert_int_ne(check(text, len + 1, p256, JOSE_ALGS_ALL, NULL), RC_OK);
	/* Four characters more is well-formed but no ES256 signature. */
	buf_clear(&b);
	buf_addf(&b, "%sAAAA", text);
	expect(buf_text(&b), p256, "signature-invalid");
	ck_assert_int_eq(check(text, len, p256, JOSE_ALGS_ALL, NULL), RC_OK);
}
END_TEST

/* libjwt skips 189 of 255 bytes when they stand in a signature. */
START_TEST(every_byte_inserted_anywhere)
{
	CLEANUP_FREE char *text = fx_sign(p256, JOSE_ES256, HEADER("ES256", "p256"), PAYLOAD);
	size_t len = strlen(text), signature = (size_t)(strrchr(text, '.') + 1 - text);
	char longer[2048];

	for (unsigned c = 0; c < 256; c++) {
		for (size_t at = 0; at <= len; at += at < signature ? 7 : 1) {
			memcpy(longer, text, at);
			longer[at] = (char)c;
			memcpy(longer + at + 1, text + at, len - at);
			ck_assert_msg(check(longer, len + 1, at < signature ? other : p256,
					    JOSE_ALGS_ALL, NULL) != RC_OK,
				      "byte %u at %zu", c, at);
		}
	}
}
END_TEST

/* One text has one value: the last character's unused bits must be zero. */
START_TEST(trailing_bits)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	CLEANUP_FREE char *text = fx_sign(p256, JOSE_ES256, HEADER("ES256", "p256"), PAYLOAD);
	size_t last = strlen(text) - 1, taken = 0;

	for (size_t i = 0; i < 64; i++) {
		text[last] = alphabet[i];
		taken += check(text, last + 1, p256, JOSE_ALGS_ALL, NULL) == RC_OK;
	}
	ck_assert_uint_eq(taken, 1);
}
END_TEST

static char *with_signature(const char *text, const unsigned char *signature, size_t len)
{
	struct buf b = buf_capped(8192);

	buf_add(&b, text, (size_t)(strrchr(text, '.') + 1 - text));
	b64_encode(&b, signature, len);
	return buf_take(&b, NULL);
}

START_TEST(numbers_that_are_no_signature)
{
	static const unsigned char n[32] = { 0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,
					     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					     0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
					     0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };
	CLEANUP_FREE char *text = fx_sign(p256, JOSE_ES256, HEADER("ES256", "p256"), PAYLOAD);
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	unsigned char sig[512] = { 0 };
	size_t der_len = sizeof(sig);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	unsigned char *end = sig;

	for (size_t len = 1; len <= 130; len++) {
		CLEANUP_FREE char *zeros = with_signature(text, sig, len);

		expect(zeros, p256, "signature-invalid");
	}
	for (int i = 0; i < 3; i++) {
		CLEANUP_FREE char *ranged = NULL;

		memcpy(sig, n, 32); /* r = n */
		memcpy(sig + 32, n, 32);
		sig[31] -= (unsigned char)(i == 1); /* r = n - 1 */
		if (i == 2)
			memset(sig, 0xff, 64);
		ranged = with_signature(text, sig, 64);
		expect(ranged, p256, "signature-invalid");
	}
	/* The same signature in DER. */
	ck_assert_int_eq(jose_jws_parse(text, strlen(text), &jose_report_rules, &jws, NULL), RC_OK);
	ECDSA_SIG_set0(pair, BN_bin2bn(jws.signature, 32, NULL),
		       BN_bin2bn(jws.signature + 32, 32, NULL));
	der_len = (size_t)i2d_ECDSA_SIG(pair, &end);
	CLEANUP_FREE char *der = with_signature(text, sig, der_len);
	expect(der, p256, "signature-invalid");
	ECDSA_SIG_free(pair);
}
END_TEST

/* A place that takes one algorithm refuses the others while it reads the header. */
START_TEST(rules_pin_algorithms)
{
	struct jose_jws_rules pinned = jose_report_rules;
	CLEANUP_FREE char *text = fx_sign(p256, JOSE_ES256, HEADER("ES256", "p256"), PAYLOAD);
	CLEANUP_FREE char *none = fx_sign(p256, JOSE_ES256, HEADER("none", "p256"), PAYLOAD);
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	struct err err = { 0 };

	pinned.algs = JOSE_RS256 | JOSE_ES384;
	ck_assert_int_eq(jose_jws_parse(text, strlen(text), &pinned, &jws, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "signature-algorithm");
	ck_assert_int_eq(jose_jws_parse(none, strlen(none), &jose_report_rules, &jws, &err),
			 RC_INVALID);
	ck_assert_str_eq(err.code, "signature-algorithm");
}
END_TEST

START_TEST(caps)
{
	struct jose_jws_rules small = jose_report_rules;
	CLEANUP_FREE char *text = fx_sign(p256, JOSE_ES256, HEADER("ES256", "p256"), PAYLOAD);
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	CLEANUP(buf_release) struct buf big = buf_capped(1 << 20);
	struct err err = { 0 };

	small.max_len = strlen(text) - 1;
	ck_assert_int_eq(jose_jws_parse(text, strlen(text), &small, &jws, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "signature-malformed");
	small.max_len++;
	ck_assert_int_eq(jose_jws_parse(text, strlen(text), &small, &jws, &err), RC_OK);
	for (size_t i = 0; i < JOSE_HEADER_MAX + 1; i++)
		buf_addc(&big, 'A');
	buf_adds(&big, ".AAAA.AAAA");
	expect(buf_text(&big), p256, "signature-malformed");
	buf_clear(&big);
	buf_adds(&big, "e30.AAAA.");
	for (size_t i = 0; i < 684; i++)
		buf_addc(&big, 'A');
	expect(buf_text(&big), p256, "signature-malformed");
}
END_TEST

static void *verify_much(void *arg)
{
	const char *text = arg;

	for (int i = 0; i < 100; i++)
		if (check(text, strlen(text), p256, JOSE_ALGS_ALL, NULL))
			return arg;
	return NULL;
}

START_TEST(threads_share_a_key)
{
	CLEANUP_FREE char *text = fx_sign(p256, JOSE_ES256, HEADER("ES256", "p256"), PAYLOAD);
	pthread_t threads[4];
	void *failed;

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, verify_much, text), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], &failed);
		ck_assert_ptr_null(failed);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("jose");
	TCase *t = tcase_create("jws");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, set_up, tear_down);
	tcase_add_test(t, what_is_signed_verifies);
	tcase_add_test(t, another_key_or_text_does_not_verify);
	tcase_add_test(t, an_algorithm_is_pinned_to_its_key);
	tcase_add_loop_test(t, headers_that_are_refused, 0, ARRAY_LEN(headers));
	tcase_add_test(t, headers_that_are_taken);
	tcase_add_test(t, hmac_under_the_public_key);
	tcase_add_test(t, segments);
	tcase_add_test(t, every_byte_inserted_anywhere);
	tcase_add_test(t, trailing_bits);
	tcase_add_test(t, numbers_that_are_no_signature);
	tcase_add_test(t, rules_pin_algorithms);
	tcase_add_test(t, caps);
	tcase_add_test(t, threads_share_a_key);
	suite_add_tcase(s, t);
	return run_suite(s);
}
