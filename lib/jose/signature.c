#include "jose/signature.h"

#include "jose/jws.h"
#include "jose/key.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

/* r and s of at most 48 bytes each as a DER SEQUENCE of two INTEGERs. */
#define DER_MAX 128

DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)
DEFINE_CLEANUP(ECDSA_SIG *, ECDSA_SIG_free)

static const EVP_MD *digest_of(enum jose_alg alg)
{
	return alg == JOSE_ES384 ? EVP_sha384() : EVP_sha256();
}

static bool set_padding(EVP_PKEY_CTX *ctx, enum jose_alg alg)
{
	if (alg != JOSE_PS256)
		return true;
	/* RFC 7518 3.5: the salt is as long as the digest, no other length. MGF1
	 * uses the signature's digest unless told otherwise. */
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) > 0;
}

/* RFC 7518 3.4 gives r || s; OpenSSL takes DER. Range is OpenSSL's to check. */
static int der_from_halves(const unsigned char *halves, size_t half, unsigned char der[DER_MAX])
{
	CLEANUP(ECDSA_SIG_freep) ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(halves, (int)half, NULL),
	       *s = BN_bin2bn(halves + half, (int)half, NULL);
	unsigned char *end = der;

	if (!sig || !r || !s || !ECDSA_SIG_set0(sig, r, s)) {
		BN_free(r);
		BN_free(s);
		return -1;
	}
	return i2d_ECDSA_SIG(sig, &end);
}

static bool halves_from_der(const unsigned char *der, size_t len, size_t half,
			    unsigned char *halves)
{
	CLEANUP(ECDSA_SIG_freep) ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);

	return sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), halves, (int)half) > 0 &&
	       BN_bn2binpad(ECDSA_SIG_get0_s(sig), halves + half, (int)half) > 0;
}

static enum rc invalid(struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "signature-invalid", NULL,
		       "the signature is not this key's");
}

enum rc jose_signature_verify(const struct jose_key *key, enum jose_alg alg, const void *data,
			      size_t len, const unsigned char *signature, size_t signature_len,
			      struct err *reterr)
{
	CLEANUP(EVP_MD_CTX_freep) EVP_MD_CTX *ctx = NULL;
	size_t half = jose_alg_half(alg);
	unsigned char der[DER_MAX];
	EVP_PKEY_CTX *pctx;
	int ok;

	if (half) {
		int der_len;

		if (signature_len != 2 * half)
			return invalid(reterr);
		der_len = der_from_halves(signature, half, der);
		if (der_len <= 0)
			return jose_no_memory(reterr);
		signature = der;
		signature_len = (size_t)der_len;
	} else if (signature_len != (size_t)EVP_PKEY_get_size(key->pkey)) {
		return invalid(reterr);
	}
	ctx = EVP_MD_CTX_new();
	if (!ctx || EVP_DigestVerifyInit(ctx, &pctx, digest_of(alg), NULL, key->pkey) != 1 ||
	    !set_padding(pctx, alg)) {
		ERR_clear_error();
		return jose_no_memory(reterr);
	}
	ok = EVP_DigestVerify(ctx, signature, signature_len, data, len);
	/* OpenSSL's queue is per thread: leave nothing for the next who looks. */
	ERR_clear_error();
	return ok == 1 ? RC_OK : invalid(reterr);
}

enum rc jose_signature_make(const struct jose_key *key, enum jose_alg alg, const void *data,
			    size_t len, unsigned char *out, size_t *ret_len, struct err *reterr)
{
	CLEANUP(EVP_MD_CTX_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char raw[JOSE_SIGNATURE_MAX];
	size_t half = jose_alg_half(alg), raw_len = sizeof(raw);
	EVP_PKEY_CTX *pctx;
	bool ok;

	ok = ctx && EVP_DigestSignInit(ctx, &pctx, digest_of(alg), NULL, key->pkey) == 1 &&
	     set_padding(pctx, alg) &&
	     EVP_DigestSign(ctx, half ? raw : out, &raw_len, data, len) == 1;
	if (ok && half)
		ok = halves_from_der(raw, raw_len, half, out);
	ERR_clear_error();
	if (!ok)
		return jose_no_memory(reterr);
	*ret_len = half ? 2 * half : raw_len;
	return RC_OK;
}
