/* The configured issuers with their keys: read from files at start and on
 * reload, swapped whole, so that a bad file never leaves half a set. */
#ifndef VARDE_INTAKE_ISSUERS_H
#define VARDE_INTAKE_ISSUERS_H

#include "base/cleanup.h"
#include "base/err.h"
#include "config/config.h"
#include "jose/token.h"

struct issuers;

/* One state of the keys; immutable, counted. */
struct issuer_set {
	unsigned holders; /* atomic */
	size_t len;
	struct jose_issuer list[CONFIG_ISSUERS_MAX];
	struct jose_jwks *keys[CONFIG_ISSUERS_MAX];
};

/* Reads every issuer's key set. The first that cannot be used fails all: the
 * codes of jwks.h with the file in `where`; config-value for a bad algorithm. */
NODISCARD enum rc issuers_new(const struct config *config, struct issuers **ret,
			      struct err *reterr);
void issuers_free(struct issuers *issuers);
DEFINE_CLEANUP(struct issuers *, issuers_free)

/* The same again; on failure the old keys stay. Any thread. */
NODISCARD enum rc issuers_reload(struct issuers *issuers, struct err *reterr);

/* Whether no reload has replaced this state. Any thread. */
bool issuers_is_current(struct issuers *issuers, const struct issuer_set *set);

/* The state as of now, to be given back. Any thread. */
struct issuer_set *issuers_hold(struct issuers *issuers);
void issuer_set_drop(struct issuer_set *set);
DEFINE_CLEANUP(struct issuer_set *, issuer_set_drop)

#endif
