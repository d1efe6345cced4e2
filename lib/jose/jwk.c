#include "jose/jwk.h"

#include "base/b64.h"
#include "base/buf.h"
#include "jose/key.h"
#include "json/strict.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>
#include <string.h>

#define JWK_TEXT_MAX 16384
#define NUMBER_MAX (JOSE_RSA_MAX_BITS / 8)

static const char *const private_members[] = { "d", "p", "q", "dp", "dq", "qi", "oth" };

static enum rc malformed(const char *member, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "key-malformed", member, "%s", why);
}

static enum rc unsupported(const char *member, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_UNSUPPORTED, "key-unsupported", member, "%s", why);
}

/* A string member, or NULL where it is absent or of another type. */
static const char *text_of(const json_t *jwk, const char *name)
{
	return json_string_value(json_object_get(jwk, name));
}

/* RFC 7517 4.3: an array of distinct strings. */
static enum rc check_key_ops(const json_t *ops, const char *wanted, struct err *reterr)
{
	bool found = false;

	if (!ops)
		return RC_OK;
	if (!json_is_array(ops) || json_array_size(ops) > 16)
		return malformed("key_ops", "key_ops is an array of a few strings", reterr);
	for (size_t i = 0; i < json_array_size(ops); i++) {
		const char *op = json_string_value(json_array_get(ops, i));

		if (!op)
			return malformed("key_ops", "key_ops is an array of strings", reterr);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(op, json_string_value(json_array_get(ops, j))))
				return malformed("key_ops", "key_ops names an operation twice", reterr);
		found |= !strcmp(op, wanted);
	}
	return found ? RC_OK : unsupported("key_ops", "the key is not for signatures", reterr);
}

/* Malformed before unsupported, so that a set may skip keys of other kinds
 * without overlooking a broken or secret one. */
static enum rc check_members(const json_t *jwk, unsigned flags, struct err *reterr)
{
	static const char *const texts[] = { "kty", "use", "alg", "kid", "crv" };
	const char *use, *kty;

	if (!json_is_object(jwk))
		return malformed(NULL, "a JWK is an object", reterr);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const json_t *value = json_object_get(jwk, texts[i]);

		if (value && !json_is_string(value))
			return malformed(texts[i], "the member is a string", reterr);
	}
	kty = text_of(jwk, "kty");
	if (!kty)
		return malformed("kty", "the key type is missing", reterr);
	if (json_object_get(jwk, "k") || !strcmp(kty, "oct"))
		return err_set(reterr, RC_INVALID, "key-symmetric", NULL, "a symmetric key proves no author");
	if (json_object_get(jwk, "oth"))
		return malformed("oth", "RSA keys have two primes", reterr);
	for (size_t i = 0; !(flags & JOSE_KEY_PRIVATE) && i < ARRAY_LEN(private_members); i++)
		if (json_object_get(jwk, private_members[i]))
			return err_set(reterr, RC_INVALID, "key-private", private_members[i],
				       "a public key is wanted, this one holds private members");
	use = text_of(jwk, "use");
	if (use && strcmp(use, "sig"))
		return unsupported("use", "the key is not for signatures", reterr);
	return check_key_ops(json_object_get(jwk, "key_ops"), flags & JOSE_KEY_PRIVATE ? "sign" : "verify", reterr);
}

/* ret_alg is JOSE_ALG_NONE where the key names none. */
static enum rc check_alg(const json_t *jwk, enum jose_alg *ret_alg, struct err *reterr)
{
	const char *name = text_of(jwk, "alg");
	enum jose_alg alg = jose_alg_from_name(name);

	if (name && !alg)
		return unsupported("alg", "the key's algorithm is not one of RS256, PS256, ES256, ES384", reterr);
	*ret_alg = alg;
	return RC_OK;
}

static enum jose_alg alg_of_curve(const char *crv)
{
	if (crv && !strcmp(crv, "P-256"))
		return JOSE_ES256;
	return crv && !strcmp(crv, "P-384") ? JOSE_ES384 : JOSE_ALG_NONE;
}

/* Strict base64url of at most NUMBER_MAX bytes. */
static enum rc number(const json_t *jwk, const char *name, unsigned char out[NUMBER_MAX + 3], size_t *ret_len,
		      struct err *reterr)
{
	const json_t *value = json_object_get(jwk, name);
	size_t len = json_string_length(value);

	if (!json_is_string(value) || len == 0)
		return malformed(name, "the member is missing or not a text", reterr);
	if (len > B64_ENCODED_LEN(NUMBER_MAX))
		return err_set(reterr, RC_INVALID, "key-weak", name, "the number is longer than %d bits",
			       JOSE_RSA_MAX_BITS);
	if (b64_decode(json_string_value(value), len, out, ret_len))
		return malformed(name, "the member is not strict base64url", reterr);
	return RC_OK;
}

static enum rc check_rsa_text(const json_t *jwk, struct err *reterr)
{
	unsigned char n[NUMBER_MAX + 3];
	const char *e = text_of(jwk, "e");
	size_t len;
	enum rc rc;

	if (!e)
		return malformed("e", "the member is missing or not a text", reterr);
	if (strcmp(e, "AQAB"))
		return err_set(reterr, RC_INVALID, "key-weak", "e", "an RSA key has the exponent 65537");
	rc = number(jwk, "n", n, &len, reterr);
	if (rc)
		return rc;
	if (!n[0] || !(n[len - 1] & 1))
		return malformed("n", "the modulus is odd and has no leading zero", reterr);
	if (len < JOSE_RSA_MIN_BITS / 8 || (len == JOSE_RSA_MIN_BITS / 8 && n[0] < 0x80))
		return err_set(reterr, RC_INVALID, "key-weak", "n", "an RSA key has at least %d bits",
			       JOSE_RSA_MIN_BITS);
	return RC_OK;
}

static enum rc check_ec_text(const json_t *jwk, struct err *reterr)
{
	static const char *const names[] = { "x", "y" };
	size_t half = jose_alg_half(alg_of_curve(text_of(jwk, "crv")));
	unsigned char raw[NUMBER_MAX + 3];
	size_t len;

	if (!text_of(jwk, "crv"))
		return malformed("crv", "the curve is missing", reterr);
	if (!half)
		return unsupported("crv", "the curve is P-256 or P-384", reterr);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		enum rc rc = number(jwk, names[i], raw, &len, reterr);

		if (rc)
			return rc;
		if (len != half)
			return malformed(names[i], "a coordinate has exactly its curve's length", reterr);
	}
	return RC_OK;
}

/* All that can be said about a JWK without arithmetic. */
static enum rc check_text(const json_t *jwk, unsigned flags, bool *ret_ec, struct err *reterr)
{
	enum rc rc = check_members(jwk, flags, reterr);
	const char *kty;

	if (rc)
		return rc;
	kty = text_of(jwk, "kty");
	*ret_ec = !strcmp(kty, "EC");
	if (*ret_ec)
		return check_ec_text(jwk, reterr);
	if (!strcmp(kty, "RSA"))
		return check_rsa_text(jwk, reterr);
	return unsupported("kty", "the key type is RSA or EC", reterr);
}

enum rc jose_jwk_thumbprint(const json_t *jwk, char ret[JOSE_THUMBPRINT_SIZE], struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(2048);
	CLEANUP(buf_release) struct buf print = buf_capped(JOSE_THUMBPRINT_SIZE);
	unsigned char digest[SHA256_DIGEST_LENGTH];
	bool ec;
	enum rc rc = check_text(jwk, 0, &ec, reterr);

	if (rc)
		return rc;
	/* RFC 7638 section 3: the required members, sorted, no white space. All
	 * texts were checked to be base64url or known names, so none is escaped. */
	if (ec)
		buf_addf(&text, "{\"crv\":\"%s\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", text_of(jwk, "crv"),
			 text_of(jwk, "x"), text_of(jwk, "y"));
	else
		buf_addf(&text, "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"%s\"}", text_of(jwk, "n"));
	if (buf_rc(&text) || !EVP_Digest(text.data, text.len, digest, NULL, EVP_sha256(), NULL) ||
	    b64_encode(&print, digest, sizeof(digest)))
		return jose_no_memory(reterr);
	memcpy(ret, print.data, JOSE_THUMBPRINT_SIZE);
	return RC_OK;
}

/* One number of a private key is as long as it likes below the modulus. */
static enum rc push_number(OSSL_PARAM_BLD *bld, const json_t *jwk, const char *name, const char *param, BIGNUM **bn,
			   struct err *reterr)
{
	unsigned char raw[NUMBER_MAX + 3];
	size_t len;
	enum rc rc = number(jwk, name, raw, &len, reterr);

	if (rc)
		return rc;
	*bn = BN_bin2bn(raw, (int)len, NULL);
	OPENSSL_cleanse(raw, sizeof(raw));
	if (!*bn || !OSSL_PARAM_BLD_push_BN(bld, param, *bn))
		return jose_no_memory(reterr);
	return RC_OK;
}

#define BNS_MAX 8

static enum rc push_rsa(OSSL_PARAM_BLD *bld, const json_t *jwk, unsigned flags, BIGNUM *bns[BNS_MAX],
			struct err *reterr)
{
	static const struct {
		const char *name, *param;
	} parts[BNS_MAX] = {
		{ "n", OSSL_PKEY_PARAM_RSA_N },
		{ "e", OSSL_PKEY_PARAM_RSA_E },
		{ "d", OSSL_PKEY_PARAM_RSA_D },
		{ "p", OSSL_PKEY_PARAM_RSA_FACTOR1 },
		{ "q", OSSL_PKEY_PARAM_RSA_FACTOR2 },
		{ "dp", OSSL_PKEY_PARAM_RSA_EXPONENT1 },
		{ "dq", OSSL_PKEY_PARAM_RSA_EXPONENT2 },
		{ "qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
	};
	size_t count = flags & JOSE_KEY_PRIVATE ? BNS_MAX : 2;

	for (size_t i = 0; i < count; i++) {
		enum rc rc = push_number(bld, jwk, parts[i].name, parts[i].param, &bns[i], reterr);

		if (rc)
			return rc;
	}
	return RC_OK;
}

static enum rc push_ec(OSSL_PARAM_BLD *bld, const json_t *jwk, unsigned flags,
		       unsigned char point[1 + 2 * (NUMBER_MAX + 3)], BIGNUM *bns[BNS_MAX], struct err *reterr)
{
	const char *crv = text_of(jwk, "crv");
	size_t half = jose_alg_half(alg_of_curve(crv)), len;
	enum rc rc;

	point[0] = 4; /* uncompressed: SEC 1 section 2.3.3 */
	rc = number(jwk, "x", point + 1, &len, reterr);
	if (!rc)
		rc = number(jwk, "y", point + 1 + half, &len, reterr);
	if (rc)
		return rc;
	if (!OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, crv, 0) ||
	    !OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * half))
		return jose_no_memory(reterr);
	if (!(flags & JOSE_KEY_PRIVATE))
		return RC_OK;
	if (json_string_length(json_object_get(jwk, "d")) != B64_ENCODED_LEN(half))
		return malformed("d", "the private number has exactly its curve's length", reterr);
	return push_number(bld, jwk, "d", OSSL_PKEY_PARAM_PRIV_KEY, &bns[0], reterr);
}

static EVP_PKEY *build(OSSL_PARAM_BLD *bld, const char *type, unsigned flags)
{
	int selection = flags & JOSE_KEY_PRIVATE ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	/* A point off the curve fails here. */
	if (params && ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &pkey, selection, params) != 1)
		pkey = NULL;
	for (OSSL_PARAM *p = params; p && p->key; p++)
		OPENSSL_cleanse(p->data, p->data_size);
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return pkey;
}

enum rc jose_key_from_jwk(const json_t *jwk, unsigned flags, struct jose_key **ret, struct err *reterr)
{
	unsigned char point[1 + 2 * (NUMBER_MAX + 3)];
	BIGNUM *bns[BNS_MAX] = { NULL };
	OSSL_PARAM_BLD *bld;
	EVP_PKEY *pkey = NULL;
	enum jose_alg bound = JOSE_ALG_NONE;
	bool ec;
	enum rc rc = check_text(jwk, flags, &ec, reterr);

	if (!rc)
		rc = check_alg(jwk, &bound, reterr);
	if (rc)
		return rc;
	bld = OSSL_PARAM_BLD_new();
	if (!bld)
		return jose_no_memory(reterr);
	if (flags & JOSE_KEY_PRIVATE && !json_object_get(jwk, "d"))
		rc = err_set(reterr, RC_INVALID, "key-not-private", "d", "a private key is wanted");
	else
		rc = ec ? push_ec(bld, jwk, flags, point, bns, reterr) : push_rsa(bld, jwk, flags, bns, reterr);
	if (!rc) {
		pkey = build(bld, ec ? "EC" : "RSA", flags);
		rc = pkey ? RC_OK : malformed(NULL, "the numbers are no key", reterr);
	}
	OSSL_PARAM_BLD_free(bld);
	for (size_t i = 0; i < BNS_MAX; i++)
		BN_clear_free(bns[i]);
	return rc ? rc : jose_key_make(pkey, flags, bound, text_of(jwk, "kid"), ret, reterr);
}

enum rc jose_key_from_jwk_text(const char *text, size_t len, unsigned flags, struct jose_key **ret, struct err *reterr)
{
	json_t *jwk;
	enum rc rc;

	if (len > JWK_TEXT_MAX)
		return err_set(reterr, RC_LIMIT, "key-malformed", NULL, "a JWK has at most %d bytes", JWK_TEXT_MAX);
	rc = json_strict_load(text, len, 8, &jwk, reterr);
	if (rc)
		return rc == RC_INVALID ? malformed(NULL, "not one strict JSON object", reterr) : rc;
	rc = jose_key_from_jwk(jwk, flags, ret, reterr);
	json_decref(jwk);
	return rc;
}
