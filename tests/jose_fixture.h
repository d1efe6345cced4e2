/* Keys and tokens for tests: made fresh, so no private key lies in the tree. */
#ifndef VARDE_TESTS_JOSE_FIXTURE_H
#define VARDE_TESTS_JOSE_FIXTURE_H

#include "unit.h"

#include "base/b64.h"
#include "jose/jws.h"
#include "jose/signature.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

#define FX __attribute__((unused)) static

/* "RSA-2048" and the like by bits, otherwise a curve by OpenSSL's name. */
FX EVP_PKEY *fx_pkey(const char *kind)
{
	EVP_PKEY *pkey = strncmp(kind, "RSA-", 4) ? EVP_EC_gen(kind)
						  : EVP_RSA_gen(strtoul(kind + 4, NULL, 10));

	ck_assert_ptr_nonnull(pkey);
	return pkey;
}

/* What was written to a memory BIO, which it frees; the caller frees the text. */
FX char *fx_bio_text(BIO *bio)
{
	char *data, *text;
	size_t len = (size_t)BIO_get_mem_data(bio, &data);

	text = malloc(len + 1);
	memcpy(text, data, len);
	text[len] = '\0';
	BIO_free(bio);
	return text;
}

/* PEM text; the caller frees. */
FX char *fx_pem(EVP_PKEY *pkey, bool private)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (private)
		ck_assert_int_eq(PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL), 1);
	else
		ck_assert_int_eq(PEM_write_bio_PUBKEY(bio, pkey), 1);
	return fx_bio_text(bio);
}

/* A fresh private key, through PEM as a program would read it. */
FX struct jose_key *fx_key(const char *kind, const char *kid)
{
	EVP_PKEY *pkey = fx_pkey(kind);
	char *pem = fx_pem(pkey, true);
	struct jose_key *key = NULL;
	struct err err = { 0 };

	ck_assert_msg(jose_key_from_pem(pem, strlen(pem), JOSE_KEY_PRIVATE, kid, &key, &err) ==
			      RC_OK,
		      "%s", err.text);
	free(pem);
	EVP_PKEY_free(pkey);
	return key;
}

/* The public half of a key, as its JWK says it. */
FX struct jose_key *fx_public(const struct jose_key *key)
{
	struct jose_key *public = NULL;
	json_t *jwk = NULL;

	ck_assert_int_eq(jose_key_export(key, &jwk, NULL), RC_OK);
	ck_assert_int_eq(jose_key_from_jwk(jwk, 0, &public, NULL), RC_OK);
	json_decref(jwk);
	return public;
}

/* A JWS over any header and payload text, honest or not. The caller frees. */
FX char *fx_sign(const struct jose_key *key, enum jose_alg alg, const char *header,
		 const char *payload)
{
	struct buf out = buf_capped(1 << 20);
	unsigned char signature[JOSE_SIGNATURE_MAX];
	size_t len;

	b64_encode(&out, header, strlen(header));
	buf_addc(&out, '.');
	b64_encode(&out, payload, strlen(payload));
	ck_assert_int_eq(jose_signature_make(key, alg, out.data, out.len, signature, &len, NULL),
			 RC_OK);
	buf_addc(&out, '.');
	b64_encode(&out, signature, len);
	ck_assert_int_eq(buf_rc(&out), RC_OK);
	return buf_take(&out, NULL);
}

/* {"keys": [...]} of the public halves; the caller frees. */
FX char *fx_jwks_text(struct jose_key *const *keys, size_t count)
{
	json_t *set = json_pack("{s:[]}", "keys");
	char *text;

	for (size_t i = 0; i < count; i++) {
		json_t *jwk = NULL;

		ck_assert_int_eq(jose_key_export(keys[i], &jwk, NULL), RC_OK);
		json_array_append_new(json_object_get(set, "keys"), jwk);
	}
	text = json_dumps(set, 0);
	json_decref(set);
	return text;
}

#endif
