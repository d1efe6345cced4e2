/* A certificate: the input is DER, which the target puts into PEM, unless it begins
 * as PEM does. What is read names nine digits or nobody, and its key can be used. */
#include "fuzz_keys.h"

#include "jose/cert.h"

#include <openssl/err.h>

static bool is_pem(const uint8_t *data, size_t size)
{
	static const char begin[] = "-----BEGIN";

	return size >= strlen(begin) && !memcmp(data, begin, strlen(begin));
}

static void check(const char *pem, size_t len)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	struct jose_cert cert = { 0 };
	struct err err = { 0 };
	json_t *jwk = NULL;
	enum rc rc = jose_key_from_cert_pem(pem, len, JOSE_KEY_CHECK, NULL, &key, &cert, &err);

	/* A queue of errors left behind would grow and confuse whoever asks next. */
	MUST(ERR_peek_error() == 0);
	if (rc) {
		MUST(!key && (rc == RC_INVALID || rc == RC_UNSUPPORTED || rc == RC_LIMIT));
		MUST(!strncmp(err.code, "cert-", 5) || !strncmp(err.code, "key-", 4));
		return;
	}
	MUST(!*cert.orgnr || (strlen(cert.orgnr) == 9 && strspn(cert.orgnr, "0123456789") == 9));
	MUST(jose_key_algs(key) && !jose_key_is_private(key));
	MUST(!jose_key_export(key, &jwk, NULL));
	json_decref(jwk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	BIO *bio;
	char *pem;
	long len;

	if (is_pem(data, size)) {
		check((const char *)data, size);
		return 0;
	}
	bio = BIO_new(BIO_s_mem());
	MUST(bio && size < 65536);
	PEM_write_bio(bio, "CERTIFICATE", "", data, (long)size);
	len = BIO_get_mem_data(bio, &pem);
	check(pem, (size_t)len);
	BIO_free(bio);
	return 0;
}
