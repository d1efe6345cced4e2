/* Nonces that a resource server asks for in DPoP proofs (RFC 9449 section 9): who
 * holds a key for a moment cannot make proofs for later, and no proof outlives a
 * restart.
 *
 * Nothing is stored. Time is cut into windows; a window's nonce is a keyed hash of
 * its number, the same for everyone, under a key that lives as long as the process.
 * Taken are the nonces of this window and the one before: each serves for one to
 * two windows. */
#ifndef VARDE_JOSE_NONCE_H
#define VARDE_JOSE_NONCE_H

#include "base/cleanup.h"
#include "base/err.h"

#include <stdint.h>

#define JOSE_NONCE_SIZE 25 /* 18 bytes as base64url, and NUL */
#define JOSE_NONCE_WINDOW_S 120

struct jose_nonces;

enum jose_nonce_age {
	JOSE_NONCE_FRESH,
	JOSE_NONCE_AGEING, /* taken, but not for long: hand out a new one */
	JOSE_NONCE_OTHER,  /* expired, or never ours */
};

/* Makes a key. RC_NOMEM. */
NODISCARD enum rc jose_nonces_new(struct jose_nonces **ret, struct err *reterr);
/* Wipes the key. */
void jose_nonces_free(struct jose_nonces *nonces);
DEFINE_CLEANUP(struct jose_nonces *, jose_nonces_free)

/* The nonce to hand out now, into `out`, which it returns. Any thread. */
const char *jose_nonce_now(const struct jose_nonces *nonces, int64_t now_ms,
			   char out[JOSE_NONCE_SIZE]);

/* Compares in constant time. Any thread. */
enum jose_nonce_age jose_nonce_check(const struct jose_nonces *nonces, const char *text,
				     int64_t now_ms);

#endif
