/* Mints a JWT (RFC 7519): ES256, typ JWT, for the receipts we hand out.
 *
 * The one place that uses libjwt, which reads nothing here but our own key and
 * claims: it must not parse what comes from outside (see jose/jws.h). It reads
 * the PEM again on each call, half a millisecond; receipts are asked for rarely. */
#ifndef VARDE_JOSE_MINT_H
#define VARDE_JOSE_MINT_H

#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

/* Appends the compact JWT of the claims (an object) to `out`, under the P-256
 * private key `pem` (text of `len` bytes, borrowed). RC_INVALID (no such key, no
 * object), RC_LIMIT, RC_NOMEM. Any thread. */
NODISCARD enum rc jose_mint_jwt(const json_t *claims, const char *pem, size_t len, const char *kid,
				struct buf *out, struct err *reterr);

#endif
