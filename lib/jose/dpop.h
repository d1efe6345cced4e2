/* DPoP proofs (RFC 9449): that who sends the token holds the key it is bound to.
 *
 * Checked in the order of section 4.3 with the cheap first: the proof's form, the
 * thumbprint of its key against the token's `jkt` before a key is built of it,
 * the signature, htm, htu, iat, ath, and last the jti, which is used up only when
 * all else holds. Code invalid-dpop-proof (401), where `where` is a constant that
 * names the part or the check, for the log: jws, header, typ, alg, jwk, key (not
 * the token's), signature, payload, htm, htu, iat, ath, jti, replayed, floor (see
 * replay.h); use-dpop-nonce (401) where all but the jti was right: nonce-missing,
 * nonce-other; or replay-full: the set of used proofs has no room (memory-full), or
 * the token's organisation has had its share of it (share-full). */
#ifndef VARDE_JOSE_DPOP_H
#define VARDE_JOSE_DPOP_H

#include "base/err.h"
#include "jose/nonce.h"
#include "jose/replay.h"
#include "jose/token.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOSE_PROOF_MAX 16384
#define JOSE_JTI_MAX 128

struct jose_dpop_rules {
	const char *base_url; /* external, "https://host[:port][/prefix]"; Host is never asked */
	unsigned algs;        /* default JOSE_DPOP_ALGS */
	int64_t max_age_s;    /* iat at most so long ago, default 30 */
	int64_t max_ahead_s;  /* iat at most so far ahead, default 5 */
	const struct jose_nonces *nonces; /* NULL, the default: none is asked for */
};

/* How long a used proof is remembered: as long as it could come again, and the
 * clock may be set back by the skew meanwhile. */
static inline int64_t jose_dpop_keep_s(const struct jose_dpop_rules *rules)
{
	return rules->max_age_s + 2 * rules->max_ahead_s;
}

#define JOSE_DPOP_ALGS (JOSE_PS256 | JOSE_ES256 | JOSE_ES384)
#define JOSE_DPOP_RULES(url)                                                                       \
	(struct jose_dpop_rules)                                                                   \
	{                                                                                          \
		.base_url = (url), .algs = JOSE_DPOP_ALGS, .max_age_s = 30, .max_ahead_s = 5       \
	}

/* What the proof must be for: all borrowed for the call. */
struct jose_dpop_request {
	const struct jose_token *token; /* verified, of scheme DPoP */
	const char *token_text;         /* as sent */
	size_t token_len;
	const char *method; /* "POST" */
	const char *path;   /* as in the request line, from '/', without query */
};

/* RC_OK: the proof holds and is now used up; *ret_ageing (may be NULL) says that the
 * client should be given a new nonce for the next one. RC_INVALID; RC_CONFLICT (used before,
 * or made before the floor); RC_BUSY (replay-full); RC_NOMEM. Any thread. */
NODISCARD enum rc jose_dpop_check(const struct jose_dpop_rules *rules,
				  const struct jose_dpop_request *request, const char *proof,
				  size_t len, struct jose_replay *used, int64_t now_ms,
				  bool *ret_ageing, struct err *reterr);

#endif
