/* Keys of the fuzz targets: made once per program and only read, so that no
 * private key lies in the tree. What a signature's bytes are decides nothing. */
#ifndef VARDE_TESTS_FUZZ_KEYS_H
#define VARDE_TESTS_FUZZ_KEYS_H

#include "fuzz.h"

#include "base/b64.h"
#include "jose/jwks.h"
#include "jose/jws.h"
#include "jose/signature.h"

#include <openssl/ec.h>
#include <openssl/pem.h>

/* A fresh P-256 private key of this kid; the caller keeps it. */
static inline __attribute__((unused)) struct jose_key *fuzz_key(const char *kid)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	BIO *bio = BIO_new(BIO_s_mem());
	struct jose_key *key = NULL;
	char *pem;
	long len;

	MUST(pkey && bio && PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL));
	len = BIO_get_mem_data(bio, &pem);
	MUST(!jose_key_from_pem(pem, (size_t)len, JOSE_KEY_PRIVATE, kid, &key, NULL));
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return key;
}

/* The compact JWS of any header and payload, honest or not: ES256 under `key`, or
 * with `signature` in its place where that is not NULL. The caller frees. */
static inline __attribute__((unused)) char *fuzz_jws(const struct jose_key *key,
						     struct piece header, struct piece payload,
						     const struct piece *signature, size_t *ret_len)
{
	struct buf out = buf_capped(1 << 22);
	unsigned char made[JOSE_SIGNATURE_MAX];
	size_t made_len;

	b64_encode(&out, header.at, header.len);
	buf_addc(&out, '.');
	b64_encode(&out, payload.at, payload.len);
	MUST(!buf_rc(&out));
	if (!signature)
		MUST(!jose_signature_make(key, JOSE_ES256, out.data, out.len, made, &made_len,
					  NULL));
	buf_addc(&out, '.');
	b64_encode(&out, signature ? (const void *)signature->at : made,
		   signature ? signature->len : made_len);
	MUST(!buf_rc(&out));
	return buf_take(&out, ret_len);
}

/* Another character at a place that the input decides, but not a dot's. */
static inline __attribute__((unused)) void fuzz_touch(char *jws, size_t len, size_t where)
{
	char *c = &jws[where % len];

	if (*c == '.')
		c = jws;
	*c = *c == 'A' ? 'B' : 'A';
}

#endif
