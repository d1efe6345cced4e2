/* An issuer's last good key set as a file, so that a restart while the issuer is
 * down still serves: DATA/issuers/NAME.jwks.json (0600, replaced whole).
 *
 * It is a JWK Set with three members more, fetched_at, issuer and url: whoever
 * needs may name it as `jwks` of an issuer. A file of another issuer or address
 * than the configuration now has is passed over. */
#ifndef VARDE_ISSUERS_KEPT_H
#define VARDE_ISSUERS_KEPT_H

#include "config/config.h"
#include "jose/jwks.h"

/* Keeps the set of that text, fetched at `now_ms`. RC_IO, RC_FULL "jwks-not-kept"
 * with the path in `where`; RC_NOMEM. */
NODISCARD enum rc kept_save(const struct config *config, const struct config_issuer *issuer,
			    const char *text, size_t len, int64_t now_ms, struct err *reterr);

/* The kept set and when it was fetched. RC_NOT_FOUND: none, or another's;
 * RC_CORRUPT, RC_IO, RC_NOMEM "jwks-kept-unreadable" with the path in `where`. */
NODISCARD enum rc kept_load(const struct config *config, const struct config_issuer *issuer,
			    struct jose_jwks **ret, int64_t *ret_fetched_ms, struct err *reterr);

#endif
