/* The signature algorithms Varde takes (RFC 7518 section 3.1): RS256, PS256,
 * ES256 and ES384. Each is a bit, so that "which are allowed" is one mask and
 * an intersection is one '&'. Everything else ("none", HMAC, other hashes,
 * EdDSA) has no name here and so cannot be asked for by anyone's header. */
#ifndef VARDE_JOSE_ALG_H
#define VARDE_JOSE_ALG_H

enum jose_alg {
	JOSE_ALG_NONE = 0, /* no algorithm of ours; never a way to skip a check */
	JOSE_RS256 = 1,
	JOSE_PS256 = 2,
	JOSE_ES256 = 4,
	JOSE_ES384 = 8,
};

#define JOSE_ALGS_ALL (JOSE_RS256 | JOSE_PS256 | JOSE_ES256 | JOSE_ES384)

/* "RS256" and so on; "" for anything else. Any thread. */
const char *jose_alg_name(enum jose_alg alg);

/* The algorithm of exactly this name (case counts), or JOSE_ALG_NONE. `name`
 * may be NULL. Any thread. */
enum jose_alg jose_alg_from_name(const char *name);

#endif
