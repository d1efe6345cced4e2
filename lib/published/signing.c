#include "published/signing.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <sodium.h>
#include <string.h>

enum rc published_key_parse(const char *text, size_t len, unsigned char out[PUBLISHED_KEY_SIZE],
			    struct err *reterr)
{
	size_t got = 0;
	const char *end = NULL;

	if (sodium_hex2bin(out, PUBLISHED_KEY_SIZE, text, len, " \t\r\n", &got, &end) ||
	    got != PUBLISHED_KEY_SIZE || end != text + len)
		return err_set(reterr, RC_INVALID, "release-key-malformed", NULL,
			       "wanted are 64 hex digits");
	return RC_OK;
}

enum rc published_key_load(const char *path, unsigned char out[PUBLISHED_KEY_SIZE],
			   struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(256);
	enum rc rc = buf_read_file(&text, path);

	if (rc)
		return err_set(reterr, rc, "release-key-unreadable", path,
			       "the release key cannot be read (%s)", rc_name(rc));
	rc = published_key_parse(buf_text(&text), text.len, out, reterr);
	if (rc)
		err_at(reterr, path);
	return rc;
}

void published_key_of(const unsigned char seed[PUBLISHED_SEED_SIZE],
		      unsigned char out[PUBLISHED_KEY_SIZE])
{
	unsigned char secret[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(out, secret, seed);
	sodium_memzero(secret, sizeof(secret));
}

/* Purpose, NUL, bytes. */
static enum rc signed_bytes(const char *purpose, const void *bytes, size_t len, struct buf *out)
{
	*out = buf_capped(strlen(purpose) + 1 + len);
	buf_add(out, purpose, strlen(purpose) + 1);
	buf_add(out, bytes, len);
	return buf_rc(out);
}

enum rc published_sign(const unsigned char seed[PUBLISHED_SEED_SIZE], const char *purpose,
		       const void *bytes, size_t len, unsigned char out[PUBLISHED_SIGNATURE_SIZE])
{
	CLEANUP(buf_release) struct buf text = { 0 };
	unsigned char key[PUBLISHED_KEY_SIZE], secret[crypto_sign_SECRETKEYBYTES];
	enum rc rc = signed_bytes(purpose, bytes, len, &text);

	if (rc)
		return rc;
	crypto_sign_seed_keypair(key, secret, seed);
	crypto_sign_detached(out, NULL, (const unsigned char *)text.data, text.len, secret);
	sodium_memzero(secret, sizeof(secret));
	return RC_OK;
}

enum rc published_verify(const unsigned char key[PUBLISHED_KEY_SIZE], const char *purpose,
			 const void *bytes, size_t len,
			 const unsigned char signature[PUBLISHED_SIGNATURE_SIZE])
{
	CLEANUP(buf_release) struct buf text = { 0 };
	enum rc rc = signed_bytes(purpose, bytes, len, &text);

	if (rc)
		return rc;
	return crypto_sign_verify_detached(signature, (const unsigned char *)text.data, text.len,
					   key)
		       ? RC_CORRUPT
		       : RC_OK;
}
