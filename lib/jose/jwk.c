#include "jose/jwk.h"

#include "base/b64.h"
#include "jose/jwk_text.h"
#include "json/strict.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <string.h>

#define JWK_TEXT_MAX 16384

/* One number of a private key is as long as it likes below the modulus. */
static enum rc push_number(OSSL_PARAM_BLD *bld, const json_t *jwk, const char *name,
			   const char *param, BIGNUM **bn, struct err *reterr)
{
	unsigned char raw[JOSE_NUMBER_SIZE];
	size_t len;
	enum rc rc = jose_jwk_number(jwk, name, raw, &len, reterr);

	if (rc)
		return rc;
	*bn = BN_bin2bn(raw, (int)len, NULL);
	OPENSSL_cleanse(raw, sizeof(raw));
	if (!*bn || !OSSL_PARAM_BLD_push_BN(bld, param, *bn))
		return jose_no_memory(reterr);
	return RC_OK;
}

#define BNS_MAX 8

static enum rc push_rsa(OSSL_PARAM_BLD *bld, const json_t *jwk, unsigned flags,
			BIGNUM *bns[BNS_MAX], struct err *reterr)
{
	static const struct {
		const char *name, *param;
	} parts[BNS_MAX] = {
		{ "n", OSSL_PKEY_PARAM_RSA_N },          { "e", OSSL_PKEY_PARAM_RSA_E },
		{ "d", OSSL_PKEY_PARAM_RSA_D },          { "p", OSSL_PKEY_PARAM_RSA_FACTOR1 },
		{ "q", OSSL_PKEY_PARAM_RSA_FACTOR2 },    { "dp", OSSL_PKEY_PARAM_RSA_EXPONENT1 },
		{ "dq", OSSL_PKEY_PARAM_RSA_EXPONENT2 }, { "qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
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
		       unsigned char point[1 + 2 * (JOSE_NUMBER_SIZE)], BIGNUM *bns[BNS_MAX],
		       struct err *reterr)
{
	const char *crv = jose_jwk_member(jwk, "crv");
	size_t half = jose_alg_half(jose_jwk_curve_alg(crv)), len;
	enum rc rc;

	point[0] = 4; /* uncompressed: SEC 1 section 2.3.3 */
	rc = jose_jwk_number(jwk, "x", point + 1, &len, reterr);
	if (!rc)
		rc = jose_jwk_number(jwk, "y", point + 1 + half, &len, reterr);
	if (rc)
		return rc;
	if (!OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, crv, 0) ||
	    !OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * half))
		return jose_no_memory(reterr);
	if (!(flags & JOSE_KEY_PRIVATE))
		return RC_OK;
	if (json_string_length(json_object_get(jwk, "d")) != B64_ENCODED_LEN(half))
		return jose_jwk_malformed("d", "the private number has exactly its curve's length",
					  reterr);
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

enum rc jose_key_from_jwk(const json_t *jwk, unsigned flags, struct jose_key **ret,
			  struct err *reterr)
{
	unsigned char point[1 + 2 * (JOSE_NUMBER_SIZE)];
	BIGNUM *bns[BNS_MAX] = { NULL };
	OSSL_PARAM_BLD *bld;
	EVP_PKEY *pkey = NULL;
	enum jose_alg bound = JOSE_ALG_NONE;
	bool ec;
	enum rc rc = jose_jwk_check(jwk, flags, &ec, &bound, reterr);

	if (rc)
		return rc;
	bld = OSSL_PARAM_BLD_new();
	if (!bld)
		return jose_no_memory(reterr);
	if (flags & JOSE_KEY_PRIVATE && !json_object_get(jwk, "d"))
		rc = err_set(reterr, RC_INVALID, "key-not-private", "d", "a private key is wanted");
	else
		rc = ec ? push_ec(bld, jwk, flags, point, bns, reterr)
			: push_rsa(bld, jwk, flags, bns, reterr);
	if (!rc) {
		pkey = build(bld, ec ? "EC" : "RSA", flags);
		rc = pkey ? RC_OK : jose_jwk_malformed(NULL, "the numbers are no key", reterr);
	}
	OSSL_PARAM_BLD_free(bld);
	for (size_t i = 0; i < BNS_MAX; i++)
		BN_clear_free(bns[i]);
	return rc ? rc
		  : jose_key_make(pkey, flags, bound, jose_jwk_member(jwk, "kid"), ret, reterr);
}

enum rc jose_key_from_jwk_text(const char *text, size_t len, unsigned flags, struct jose_key **ret,
			       struct err *reterr)
{
	json_t *jwk;
	enum rc rc;

	if (len > JWK_TEXT_MAX)
		return err_set(reterr, RC_LIMIT, "key-malformed", NULL,
			       "a JWK has at most %d bytes", JWK_TEXT_MAX);
	rc = json_strict_load(text, len, 8, &jwk, reterr);
	if (rc)
		return rc == RC_INVALID
			       ? jose_jwk_malformed(NULL, "not one strict JSON object", reterr)
			       : rc;
	rc = jose_key_from_jwk(jwk, flags, ret, reterr);
	json_decref(jwk);
	return rc;
}
