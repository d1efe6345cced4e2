/* An issuer's section of the configuration in the terms of lib/jose. */
#ifndef VARDE_ISSUERS_SETTINGS_H
#define VARDE_ISSUERS_SETTINGS_H

#include "config/config.h"
#include "issuers/jwks_fetch.h"
#include "jose/token.h"

/* All but the keys. Texts are borrowed from the configuration. RC_INVALID with
 * config-value, jwks-url or jwks-ca. */
NODISCARD enum rc issuer_settings(const struct config *config, const struct config_issuer *from,
				  struct jose_issuer *ret, struct err *reterr);

/* Where and how the keys are fetched; for an issuer with an address. */
struct jwks_source issuer_source(const struct config *config, const struct config_issuer *from);

#endif
