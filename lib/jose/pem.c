#include "base/buf.h"
#include "jose/key.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#define PEM_MAX 65536

int jose_no_passphrase(char *out, int size, int writing, void *arg)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

enum rc jose_key_from_pem(const char *pem, size_t len, unsigned flags, const char *kid,
			  struct jose_key **ret, struct err *reterr)
{
	EVP_PKEY *pkey;
	BIO *bio;

	if (len > PEM_MAX)
		return err_set(reterr, RC_LIMIT, "key-malformed", NULL,
			       "a key file has at most %d bytes", PEM_MAX);
	bio = BIO_new_mem_buf(pem, (int)len);
	if (!bio)
		return jose_no_memory(reterr);
	if (flags & JOSE_KEY_PRIVATE)
		pkey = PEM_read_bio_PrivateKey(bio, NULL, jose_no_passphrase, NULL);
	else
		pkey = PEM_read_bio_PUBKEY(bio, NULL, jose_no_passphrase, NULL);
	BIO_free(bio);
	ERR_clear_error();
	if (!pkey)
		return err_set(reterr, RC_INVALID, "key-malformed", NULL, "not a PEM %s",
			       flags & JOSE_KEY_PRIVATE ? "private key without passphrase"
							: "public key");
	return jose_key_make(pkey, flags, JOSE_ALG_NONE, kid, ret, reterr);
}
