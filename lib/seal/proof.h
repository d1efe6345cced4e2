/* What a custodian's proof of opening signs (custodian.h). For this room only. */
#ifndef VARDE_SEAL_PROOF_H
#define VARDE_SEAL_PROOF_H

#include "seal/envelope.h"

#define PROOF_KEY_LEN 32
#define PROOF_SIGNATURE_LEN 64

/* Appends the statement's bytes. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc proof_statement(const struct seal_recipient *who,
				  const unsigned char signing_key[PROOF_KEY_LEN],
				  const char *opened_at, struct buf *out);

#endif
