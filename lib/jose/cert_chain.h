/* Whether an enterprise certificate was issued by an authority that the operator
 * trusts (RFC 5280 section 6): at the time of registration, never for a request.
 * Revocation lists are not fetched: this host talks to nobody. A certificate that
 * its authority revokes later is revoked here by its key.
 *
 * Codes: cert-authorities (the bundle cannot be used), cert-malformed, cert-use (an
 * authority's own certificate, or one for servers or code only), cert-chain (it
 * leads to no authority of the bundle, or not rightly; the text says why). */
#ifndef VARDE_JOSE_CERT_CHAIN_H
#define VARDE_JOSE_CERT_CHAIN_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* How many certificates a PEM bundle of authorities holds. Each must be one of an
 * authority; roots or issuing ones, either may be where a chain ends. RC_INVALID
 * cert-authorities, RC_NOMEM. Any thread. */
NODISCARD enum rc jose_cert_authorities(const char *bundle, size_t len, size_t *ret_count,
					struct err *reterr);

/* Verifies the first certificate of a PEM text, with those behind it as steps, at
 * `now_ms` or, when it is not valid yet, at its own beginning. `*ret` (a buffer
 * with a cap of the caller's) gets the chain in PEM, from the certificate to the
 * authority: evidence that needs nothing else. RC_INVALID, RC_NOMEM. Any thread. */
NODISCARD enum rc jose_cert_chain_verify(const char *pem, size_t len, const char *bundle,
					 size_t bundle_len, int64_t now_ms, struct buf *ret,
					 struct err *reterr);

#endif
