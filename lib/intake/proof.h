/* Inside of the intake room: DPoP proofs (RFC 9449) of all callers, each once, also
 * over a restart and a crash. */
#ifndef VARDE_INTAKE_PROOF_H
#define VARDE_INTAKE_PROOF_H

#include "config/config.h"
#include "intake/caller.h"
#include "jose/nonce.h"

struct proofs;

/* Opens the memory of used proofs, and its file in the data folder. RC_IO,
 * RC_INVALID, RC_NOMEM. */
NODISCARD enum rc proofs_open(const struct config *config, int64_t now_ms, struct proofs **ret,
			      struct err *reterr);
/* Writes the file. NULL is fine. */
void proofs_close(struct proofs *proofs, int64_t now_ms);

/* How many are remembered, and how many there is room for. Any thread. */
void proofs_count(const struct proofs *proofs, size_t *ret_len, size_t *ret_room);

/* RFC 9449 section 4.3: the proof fits the token, this request and this moment, and
 * has not been seen. Otherwise `refusal` is filled: invalid-dpop-proof,
 * use-dpop-nonce (401), busy (503). `nonce` becomes the one that the answer should
 * bring in DPoP-Nonce, "" for none. Any thread. */
NODISCARD enum rc proofs_check(struct proofs *proofs, const struct intake_credentials *credentials,
			       const struct jose_token *token, const char *token_text,
			       int64_t now_ms, char nonce[JOSE_NONCE_SIZE],
			       struct refusal *refusal);

#endif
