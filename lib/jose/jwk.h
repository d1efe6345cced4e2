/* Keys for signatures: RSA of 2048 to 4096 bits with e = 65537, P-256, P-384.
 *
 * A key is read once, from a JWK (RFC 7517), a PEM file or a certificate, and
 * then shared: it is immutable, counted, and any number of threads may verify
 * or sign with it at the same time. Reading is strict, since keys also come from
 * outside (issuers' key sets, DPoP proofs): sizes, exponent, curve by name,
 * coordinates of exactly the curve's length and on the curve, `use`, `key_ops`
 * and `alg` when present.
 *
 * Codes of refusals: key-malformed, key-weak, key-symmetric, key-private (a
 * public key was wanted), key-not-private, key-unsupported (RC_UNSUPPORTED: well
 * formed, but of a kind, curve, algorithm or use that is not ours). */
#ifndef VARDE_JOSE_JWK_H
#define VARDE_JOSE_JWK_H

#include "base/cleanup.h"
#include "base/err.h"
#include "jose/alg.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* base64url of SHA-256, with its NUL. */
#define JOSE_THUMBPRINT_SIZE 44
#define JOSE_KID_MAX 128

struct jose_key;

enum jose_key_flags {
	/* A key to sign with: the private members are required (and checked to
	 * belong to the public ones, some milliseconds). Without this flag any
	 * private member is a refusal. */
	JOSE_KEY_PRIVATE = 1,
	/* Full validation of the public key, 3 to 20 ms for RSA: once for a key
	 * that is being registered, never for one that came in a request. */
	JOSE_KEY_CHECK = 2,
};

/* A key from a JWK. Members that RFC 7517 does not define, and x5c and the
 * like, are ignored as its section 4 asks. The kid is the JWK's, else the
 * thumbprint. The JWK is borrowed. The texts of a private one lie in jansson's
 * memory: programs give jansson an allocator that wipes what it frees.
 * RC_INVALID, RC_UNSUPPORTED, RC_NOMEM. Any thread. */
NODISCARD enum rc jose_key_from_jwk(const json_t *jwk, unsigned flags, struct jose_key **ret,
				    struct err *reterr);

/* The same from the JSON text of one JWK, read strictly, at most 16 KiB. */
NODISCARD enum rc jose_key_from_jwk_text(const char *text, size_t len, unsigned flags,
					 struct jose_key **ret, struct err *reterr);

/* A key from PEM: SubjectPublicKeyInfo, or with JOSE_KEY_PRIVATE an unencrypted
 * PKCS#8 or traditional private key. `kid` may be NULL (the thumbprint). The
 * text is borrowed; its owner wipes it. RC_INVALID, RC_UNSUPPORTED, RC_NOMEM. */
NODISCARD enum rc jose_key_from_pem(const char *pem, size_t len, unsigned flags, const char *kid,
				    struct jose_key **ret, struct err *reterr);

/* One more owner; returns `key`. Any thread. */
struct jose_key *jose_key_ref(struct jose_key *key);

/* One owner less; the last wipes and frees. NULL is nothing. Any thread. */
void jose_key_free(struct jose_key *key);
DEFINE_CLEANUP(struct jose_key *, jose_key_free)

/* All borrowed from the key, never NULL. */
const char *jose_key_kid(const struct jose_key *key);
const char *jose_key_thumbprint(const struct jose_key *key);

/* Which algorithms the key may be used with: its `alg` alone when it names one,
 * else all of its type. */
unsigned jose_key_algs(const struct jose_key *key);
bool jose_key_is_private(const struct jose_key *key);

/* "RSA-2048", "P-256" and so on, for lists. Borrowed. */
const char *jose_key_kind(const struct jose_key *key);

/* A new JWK of the public part: kty and the key, kid, use = sig, and alg when the
 * key is bound to one. The caller owns *ret. RC_NOMEM. */
NODISCARD enum rc jose_key_export(const struct jose_key *key, json_t **ret, struct err *reterr);

/* RFC 7638 thumbprint (SHA-256, base64url) of a public JWK, from its text alone:
 * no key is built, so it may be asked of a stranger's key. Refuses the same
 * members as jose_key_from_jwk() as far as they can be seen without arithmetic.
 * RC_INVALID, RC_UNSUPPORTED. Any thread. */
NODISCARD enum rc jose_jwk_thumbprint(const json_t *jwk, char ret[JOSE_THUMBPRINT_SIZE],
				      struct err *reterr);

#endif
