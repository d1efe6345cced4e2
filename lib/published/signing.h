/* The institute's signature on what it publishes: Ed25519 (RFC 8032, libsodium),
 * which gives the same bytes for the same release. Each use has a purpose text of
 * its own in front of the signed bytes, so that none stands for another.
 *
 * The secret is a seed of 64 hex digits in the credentials folder of the intake's
 * host (config_secret "release-key"); whoever reads releases has the public key,
 * 64 hex digits in a file. */
#ifndef VARDE_PUBLISHED_SIGNING_H
#define VARDE_PUBLISHED_SIGNING_H

#include "base/err.h"

#include <stddef.h>

#define PUBLISHED_SEED_SIZE 32
#define PUBLISHED_KEY_SIZE 32
#define PUBLISHED_SIGNATURE_SIZE 64

/* Exactly 64 hex digits, white space around them allowed. RC_INVALID
 * "release-key-malformed" (where is for the caller to say). */
NODISCARD enum rc published_key_parse(const char *text, size_t len,
				      unsigned char out[PUBLISHED_KEY_SIZE], struct err *reterr);
NODISCARD enum rc published_key_load(const char *path, unsigned char out[PUBLISHED_KEY_SIZE],
				     struct err *reterr);

/* The public key of a seed. */
void published_key_of(const unsigned char seed[PUBLISHED_SEED_SIZE],
		      unsigned char out[PUBLISHED_KEY_SIZE]);

/* Signs `len` bytes for `purpose` ("varde-manifest"). RC_NOMEM. */
NODISCARD enum rc published_sign(const unsigned char seed[PUBLISHED_SEED_SIZE], const char *purpose,
				 const void *bytes, size_t len,
				 unsigned char out[PUBLISHED_SIGNATURE_SIZE]);
/* RC_CORRUPT when it is not this key's signature on these bytes; RC_NOMEM. */
NODISCARD enum rc published_verify(const unsigned char key[PUBLISHED_KEY_SIZE], const char *purpose,
				   const void *bytes, size_t len,
				   const unsigned char signature[PUBLISHED_SIGNATURE_SIZE]);

#endif
