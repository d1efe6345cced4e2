#include "jose/key.h"

#include "base/b64.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

static const struct curve {
	const char *crv;   /* JWK name, an alias OpenSSL takes too */
	const char *group; /* the name OpenSSL gives back */
	enum jose_alg alg;
	size_t half;
} curves[] = {
	{ "P-256", "prime256v1", JOSE_ES256, 32 },
	{ "P-384", "secp384r1", JOSE_ES384, 48 },
};

size_t jose_alg_half(enum jose_alg alg)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (curves[i].alg == alg)
			return curves[i].half;
	return 0;
}

bool jose_kid_ok(const char *kid, size_t len)
{
	if (len < 1 || len > JOSE_KID_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)kid[i] < 0x20 || kid[i] == 0x7f)
			return false;
	return true;
}

/* By name, not by size: secp256k1 has 32-byte coordinates too. */
static const struct curve *curve_of(const EVP_PKEY *pkey)
{
	char group[64];

	if (!EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (!strcmp(group, curves[i].group) || !strcmp(group, curves[i].crv))
			return &curves[i];
	return NULL;
}

static enum rc add_number(json_t *jwk, const char *name, const unsigned char *bytes, size_t len)
{
	CLEANUP(buf_release) struct buf text = buf_capped(B64_ENCODED_LEN(JOSE_RSA_MAX_BITS / 8));

	if (b64_encode(&text, bytes, len) ||
	    json_object_set_new(jwk, name, json_string(buf_text(&text))))
		return RC_NOMEM;
	return RC_OK;
}

static enum rc add_bn(json_t *jwk, const char *name, const EVP_PKEY *pkey, const char *param,
		      size_t pad)
{
	unsigned char bytes[JOSE_RSA_MAX_BITS / 8];
	BIGNUM *bn = NULL;
	enum rc rc = RC_NOMEM;
	int len = -1;

	if (!EVP_PKEY_get_bn_param(pkey, param, &bn))
		return RC_NOMEM;
	if (!pad)
		pad = (size_t)BN_num_bytes(bn);
	if (pad <= sizeof(bytes))
		len = BN_bn2binpad(bn, bytes, (int)pad);
	if (len > 0)
		rc = add_number(jwk, name, bytes, (size_t)len);
	BN_free(bn);
	return rc;
}

enum rc jose_key_public_members(const EVP_PKEY *pkey, json_t **ret, struct err *reterr)
{
	const struct curve *curve = EVP_PKEY_is_a(pkey, "EC") ? curve_of(pkey) : NULL;
	json_t *jwk = json_object();
	bool failed;

	if (!jwk)
		return jose_no_memory(reterr);
	if (curve)
		failed = json_object_set_new(jwk, "kty", json_string("EC")) ||
			 json_object_set_new(jwk, "crv", json_string(curve->crv)) ||
			 add_bn(jwk, "x", pkey, OSSL_PKEY_PARAM_EC_PUB_X, curve->half) ||
			 add_bn(jwk, "y", pkey, OSSL_PKEY_PARAM_EC_PUB_Y, curve->half);
	else
		failed = json_object_set_new(jwk, "kty", json_string("RSA")) ||
			 add_bn(jwk, "n", pkey, OSSL_PKEY_PARAM_RSA_N, 0) ||
			 add_bn(jwk, "e", pkey, OSSL_PKEY_PARAM_RSA_E, 0);
	if (failed) {
		json_decref(jwk);
		return jose_no_memory(reterr);
	}
	*ret = jwk;
	return RC_OK;
}

static enum rc check_rsa(struct jose_key *key, struct err *reterr)
{
	int bits = EVP_PKEY_get_bits(key->pkey);
	BIGNUM *e = NULL, *n = NULL;
	bool e_ok, n_ok;

	if (bits < JOSE_RSA_MIN_BITS || bits > JOSE_RSA_MAX_BITS)
		return err_set(reterr, RC_INVALID, "key-weak", NULL,
			       "an RSA key has %d to %d bits, not %d", JOSE_RSA_MIN_BITS,
			       JOSE_RSA_MAX_BITS, bits);
	e_ok = EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_E, &e) && BN_is_word(e, 65537);
	n_ok = EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &n) && BN_is_odd(n);
	BN_free(e);
	BN_free(n);
	if (!e_ok)
		return err_set(reterr, RC_INVALID, "key-weak", NULL,
			       "an RSA key has the exponent 65537");
	if (!n_ok)
		return err_set(reterr, RC_INVALID, "key-malformed", NULL,
			       "the RSA modulus is even");
	key->algs = JOSE_RS256 | JOSE_PS256;
	snprintf(key->kind, sizeof(key->kind), "RSA-%d", bits);
	return RC_OK;
}

static enum rc check_kind(struct jose_key *key, struct err *reterr)
{
	const struct curve *curve;

	/* "RSA", not RSASSA-PSS keys, whose own parameters would bind further. */
	if (EVP_PKEY_is_a(key->pkey, "RSA"))
		return check_rsa(key, reterr);
	curve = EVP_PKEY_is_a(key->pkey, "EC") ? curve_of(key->pkey) : NULL;
	if (!curve)
		return err_set(reterr, RC_UNSUPPORTED, "key-unsupported", NULL,
			       "a key is RSA, P-256 or P-384");
	key->algs = curve->alg;
	snprintf(key->kind, sizeof(key->kind), "%s", curve->crv);
	return RC_OK;
}

static enum rc check_numbers(const struct jose_key *key, unsigned flags, struct err *reterr)
{
	EVP_PKEY_CTX *ctx = NULL;
	bool ok = true;

	if (!(flags & (JOSE_KEY_CHECK | JOSE_KEY_PRIVATE)))
		return RC_OK;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	if (!ctx)
		return jose_no_memory(reterr);
	if (flags & JOSE_KEY_CHECK)
		ok = EVP_PKEY_public_check(ctx) == 1;
	if (ok && flags & JOSE_KEY_PRIVATE)
		ok = EVP_PKEY_pairwise_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	if (!ok)
		return err_set(reterr, RC_INVALID, "key-malformed", NULL,
			       "the key's numbers do not fit together");
	return RC_OK;
}

static enum rc fill(struct jose_key *key, unsigned flags, enum jose_alg bound, const char *kid,
		    struct err *reterr)
{
	json_t *members;
	enum rc rc;

	rc = check_kind(key, reterr);
	if (rc)
		return rc;
	if (bound && !(key->algs & bound))
		return err_set(reterr, RC_INVALID, "key-malformed", "alg",
			       "the key's algorithm does not fit its type");
	if (bound)
		key->algs = key->bound = bound;
	rc = check_numbers(key, flags, reterr);
	if (rc)
		return rc;
	rc = jose_key_public_members(key->pkey, &members, reterr);
	if (rc)
		return rc;
	rc = jose_jwk_thumbprint(members, key->thumbprint, reterr);
	json_decref(members);
	if (rc)
		return rc;
	if (kid && !jose_kid_ok(kid, strlen(kid)))
		return err_set(reterr, RC_INVALID, "key-malformed", "kid",
			       "a kid has 1 to %d bytes, no controls", JOSE_KID_MAX);
	snprintf(key->kid, sizeof(key->kid), "%s", kid ? kid : key->thumbprint);
	return RC_OK;
}

enum rc jose_key_make(EVP_PKEY *pkey, unsigned flags, enum jose_alg bound, const char *kid,
		      struct jose_key **ret, struct err *reterr)
{
	CLEANUP(jose_key_freep) struct jose_key *key = calloc(1, sizeof(*key));
	enum rc rc;

	if (!key) {
		EVP_PKEY_free(pkey);
		return jose_no_memory(reterr);
	}
	key->owners = 1;
	key->pkey = pkey;
	key->private = flags & JOSE_KEY_PRIVATE;
	rc = fill(key, flags, bound, kid, reterr);
	/* OpenSSL's queue is per thread: leave nothing for the next who looks. */
	ERR_clear_error();
	if (rc)
		return rc;
	*ret = TAKE_PTR(key);
	return RC_OK;
}

struct jose_key *jose_key_ref(struct jose_key *key)
{
	__atomic_add_fetch(&key->owners, 1, __ATOMIC_RELAXED);
	return key;
}

void jose_key_free(struct jose_key *key)
{
	if (!key || __atomic_sub_fetch(&key->owners, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	EVP_PKEY_free(key->pkey); /* OpenSSL clears private numbers as it frees them */
	free(key);
}

const char *jose_key_kid(const struct jose_key *key)
{
	return key->kid;
}

const char *jose_key_thumbprint(const struct jose_key *key)
{
	return key->thumbprint;
}

unsigned jose_key_algs(const struct jose_key *key)
{
	return key->algs;
}

bool jose_key_is_private(const struct jose_key *key)
{
	return key->private;
}

const char *jose_key_kind(const struct jose_key *key)
{
	return key->kind;
}

enum rc jose_key_export(const struct jose_key *key, json_t **ret, struct err *reterr)
{
	json_t *jwk;
	enum rc rc = jose_key_public_members(key->pkey, &jwk, reterr);

	if (rc)
		return rc;
	if (json_object_set_new(jwk, "kid", json_string(key->kid)) ||
	    json_object_set_new(jwk, "use", json_string("sig")) ||
	    (key->bound &&
	     json_object_set_new(jwk, "alg", json_string(jose_alg_name(key->bound))))) {
		json_decref(jwk);
		return jose_no_memory(reterr);
	}
	*ret = jwk;
	return RC_OK;
}
