/* Fetching a JWK Set: one GET, and the only place that knows libcurl.
 *
 * Over https with the server's certificate verified; plain http only to this very
 * machine, and only where the caller allows it (a test environment). No redirect
 * is followed, no proxy of the environment is used, no cookie, no password file
 * and no earlier connection; the body is capped at JOSE_JWKS_MAX_LEN and the whole
 * at JWKS_FETCH_SECONDS, however slowly the bytes drip.
 *
 * Codes of failures: jwks-unreachable (name, connection, broken transfer),
 * jwks-timeout, jwks-certificate, jwks-status (anything but 200), jwks-too-large,
 * jwks-ca (the CA file), jwks-stopped. `where` is the address. */
#ifndef VARDE_ISSUERS_JWKS_FETCH_H
#define VARDE_ISSUERS_JWKS_FETCH_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

#define JWKS_CONNECT_SECONDS 5
#define JWKS_FETCH_SECONDS 15

struct jwks_source {
	const char *url;
	const char *ca;   /* file of CA certificates (PEM), read each time; NULL: the system's */
	bool local_http;  /* http to a loopback address is taken */
	const bool *stop; /* atomic; once true the fetch ends within about a second */
};

/* Whether the address may be fetched at all, and the CA file is one now.
 * RC_INVALID: jwks-url, jwks-ca. */
NODISCARD enum rc jwks_fetch_check(const struct jwks_source *source, struct err *reterr);

/* Appends the body of the answer to `out`, whose cap is to be at least
 * JOSE_JWKS_MAX_LEN. RC_INVALID, RC_IO, RC_LIMIT, RC_NOMEM. Any thread. */
NODISCARD enum rc jwks_fetch(const struct jwks_source *source, struct buf *out, struct err *reterr);

#endif
