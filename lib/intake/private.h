/* Inside of the intake room only. */
#ifndef VARDE_INTAKE_PRIVATE_H
#define VARDE_INTAKE_PRIVATE_H

#include "config/config.h"
#include "installation/installation.h"
#include "intake/caller.h"
#include "issuers/issuers.h"
#include "jose/token_cache.h"

struct proofs;

struct intake {
	struct installation *installation;
	struct issuers *issuers; /* borrowed */
	struct jose_token_cache *token_cache;
	struct proofs *proofs;
};

#endif
