/* A JWK Set (RFC 7517 section 5): an issuer's public keys, by kid.
 *
 * Immutable once loaded, counted, shared by threads: a refreshed set replaces the
 * whole. It is refused whole, so that the old one stays in force, when it holds
 * two keys of one kid, a symmetric key, private members, or a key that is broken
 * or weak (short RSA, e other than 65537, a point off its curve).
 *
 * Sound keys of other kinds do not spoil a set: as RFC 7517 section 5 advises,
 * those for encryption (use, key_ops) and of types, curves and algorithms that
 * are not ours are passed over, but their kid still counts as taken, so no
 * token can ever be verified under it. */
#ifndef VARDE_JOSE_JWKS_H
#define VARDE_JOSE_JWKS_H

#include "base/cleanup.h"
#include "base/err.h"
#include "jose/jwk.h"

#include <stddef.h>

#define JOSE_JWKS_MAX_KEYS 64
#define JOSE_JWKS_MAX_LEN ((size_t)256 * 1024)

struct jose_jwks;

/* From the text of a set; other members than `keys` are ignored. Codes
 * jwks-malformed, jwks-duplicate-kid, jwks-empty (no key for signatures), or a
 * key's own code with `where` = its index. RC_INVALID, RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc jose_jwks_load(const char *text, size_t len, struct jose_jwks **ret,
				 struct err *reterr);

/* The same from a file; RC_NOT_FOUND, RC_IO too. */
NODISCARD enum rc jose_jwks_load_file(const char *path, struct jose_jwks **ret, struct err *reterr);

struct jose_jwks *jose_jwks_ref(struct jose_jwks *set);
void jose_jwks_free(struct jose_jwks *set);
DEFINE_CLEANUP(struct jose_jwks *, jose_jwks_free)

/* The key of that kid, borrowed from the set; NULL where there is none. A NULL
 * kid means the only key of a set of one, else none. Any thread. */
const struct jose_key *jose_jwks_find(const struct jose_jwks *set, const char *kid);

/* How many keys can be found. */
size_t jose_jwks_len(const struct jose_jwks *set);

/* Whether two sets verify the same tokens: the same keys by the same names, in any
 * order. */
bool jose_jwks_same(const struct jose_jwks *a, const struct jose_jwks *b);

#endif
