#include "ctl/demo_keys.h"

#include "base/cleanup.h"
#include "ctl/demo_files.h"
#include "jose/key_proof.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <string.h>

static EVP_PKEY *generate(enum jose_alg alg)
{
	switch (alg) {
	case JOSE_RS256:
	case JOSE_PS256: return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	case JOSE_ES256: return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	case JOSE_ES384: return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	case JOSE_ALG_NONE: break;
	}
	return NULL;
}

static enum rc public_half(const char *pem, size_t len, enum jose_alg alg, json_t **ret,
			   struct err *reterr)
{
	struct jose_key *key = NULL;
	enum rc rc = jose_key_from_pem(pem, len, JOSE_KEY_PRIVATE, NULL, &key, reterr);

	if (!rc)
		rc = jose_key_export(key, ret, reterr);
	if (!rc)
		json_object_set_new(*ret, "alg", json_string(jose_alg_name(alg)));
	jose_key_free(key);
	return rc;
}

enum rc demo_make_key(const char *dir, const char *name, enum jose_alg alg, json_t **ret_jwk,
		      struct err *reterr)
{
	EVP_PKEY *pkey = generate(alg);
	BIO *bio = BIO_new(BIO_s_secmem());
	char *pem = NULL;
	long len = 0;
	enum rc rc = RC_OK;

	if (pkey && bio && PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL))
		len = BIO_get_mem_data(bio, &pem);
	if (len <= 0)
		rc = err_set(reterr, RC_NOMEM, "key-unmade", name,
			     "OpenSSL could not make the key");
	if (!rc)
		rc = demo_write(dir, name, pem, (size_t)len, reterr);
	if (!rc)
		rc = public_half(pem, (size_t)len, alg, ret_jwk, reterr);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return rc;
}

enum rc demo_prove_key(const char *dir, const char *name, enum jose_alg alg, const char *orgnr,
		       int64_t now_ms, struct buf *ret, struct err *reterr)
{
	CLEANUP(buf_release) struct buf pem = buf_capped(16384);
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	char path[PATH_MAX];
	enum rc rc;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	rc = buf_read_file(&pem, path);
	if (rc)
		return err_set(reterr, rc, "file-unreadable", path, "cannot be read");
	rc = jose_key_from_pem(buf_text(&pem), pem.len, JOSE_KEY_PRIVATE, NULL, &key, reterr);
	return rc ? rc : jose_key_proof_make(key, alg, orgnr, now_ms, ret, reterr);
}

enum rc demo_make_secret(const char *dir, const char *name, struct err *reterr)
{
	unsigned char bytes[32];
	char text[2 * sizeof(bytes) + 2];
	enum rc rc;

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(text, sizeof(text), bytes, sizeof(bytes));
	text[2 * sizeof(bytes)] = '\n';
	rc = demo_write(dir, name, text, 2 * sizeof(bytes) + 1, reterr);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(text, sizeof(text));
	return rc;
}
