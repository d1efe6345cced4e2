/* A signing key's own word for whose it is: what a sender makes offline, beside its
 * public key, so that nobody can have another's key registered as his own, and a
 * mixed-up file shows.
 *
 *   header   {"alg":…,"typ":"varde-key+jws"}           kid may stand there
 *   payload  {"organisation":"<orgnr>","date":"YYYY-MM-DD","thumbprint":"<RFC 7638>"}
 *
 * A compact JWS, signed with the key itself. The date is the day on which it was
 * made; an old one is refused, so that a proof found in a drawer says nothing.
 *
 * Codes: key-proof-malformed, key-proof-signature (not by this key),
 * key-proof-organisation, key-proof-date; `where` is the member. */
#ifndef VARDE_JOSE_KEY_PROOF_H
#define VARDE_JOSE_KEY_PROOF_H

#include "base/buf.h"
#include "base/err.h"
#include "jose/jwk.h"

#include <stdint.h>

#define JOSE_KEY_PROOF_DAYS 30 /* how old it may be */

/* Appends the proof of a private key to `out`, with the day of `now_ms`, signed by
 * `alg`, one that the key will be registered for. RC_INVALID, RC_LIMIT, RC_NOMEM.
 * Any thread. */
NODISCARD enum rc jose_key_proof_make(const struct jose_key *key, enum jose_alg alg,
				      const char *orgnr, int64_t now_ms, struct buf *out,
				      struct err *reterr);

/* Whether `text` is a proof of this key (public suffices) for `orgnr`, made within
 * JOSE_KEY_PROOF_DAYS before `now_ms`, or on the day after by the sender's calendar.
 * RC_INVALID, RC_NOMEM. Any thread. */
NODISCARD enum rc jose_key_proof_check(const char *text, size_t len, const struct jose_key *key,
				       const char *orgnr, int64_t now_ms, struct err *reterr);

#endif
