/* The arithmetic of RFC 7518 sections 3.3 to 3.5 over OpenSSL EVP. Inside of
 * jose: callers have checked that the key allows the algorithm. */
#ifndef VARDE_JOSE_SIGNATURE_H
#define VARDE_JOSE_SIGNATURE_H

#include "base/err.h"
#include "jose/jwk.h"

#include <stddef.h>

/* RC_OK, RC_INVALID with signature-invalid, RC_NOMEM. A signature of another
 * length than the key's is invalid. Any thread, also at once with one key. */
NODISCARD enum rc jose_signature_verify(const struct jose_key *key, enum jose_alg alg,
					const void *data, size_t len,
					const unsigned char *signature, size_t signature_len,
					struct err *reterr);

/* Into `out` of JOSE_SIGNATURE_MAX bytes, in JWS form (ES*: r || s). */
NODISCARD enum rc jose_signature_make(const struct jose_key *key, enum jose_alg alg,
				      const void *data, size_t len, unsigned char *out,
				      size_t *ret_len, struct err *reterr);

#endif
