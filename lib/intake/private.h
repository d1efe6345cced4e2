/* Inside of the intake room only. */
#ifndef VARDE_INTAKE_PRIVATE_H
#define VARDE_INTAKE_PRIVATE_H

#include "config/config.h"
#include "installation/installation.h"
#include "intake/caller.h"
#include "issuers/issuers.h"
#include "jose/token_cache.h"

struct jose_replay;

struct intake {
	struct installation *installation;
	struct issuers *issuers; /* borrowed */
	struct jose_token_cache *token_cache;
	struct jose_replay *replay; /* DPoP proofs seen */
	int64_t replay_floor_s;     /* proofs made until then are refused; 0: none are */
};

/* The memory of used proofs, and its file in the data folder. */
NODISCARD enum rc intake_proofs_open(struct intake *intake, int64_t now_ms, struct err *reterr);
void intake_proofs_close(struct intake *intake, int64_t now_ms);

/* RFC 9449 section 4.3: the proof fits the token, this request and this moment,
 * and has not been seen. invalid-dpop-proof otherwise. */
NODISCARD enum rc intake_check_proof(struct intake *intake,
				     const struct intake_credentials *credentials,
				     const struct jose_token *token, const char *token_text,
				     int64_t now_ms, struct refusal *refusal);

#endif
