/* Inside of jose: what a verified token holds, and how its claims get there. */
#ifndef VARDE_JOSE_TOKEN_CLAIMS_H
#define VARDE_JOSE_TOKEN_CLAIMS_H

#include "jose/token.h"

#include <jansson.h>

#define JOSE_CLAIM_MAX 255

struct jose_token {
	int owners; /* atomic */
	enum jose_scheme scheme;
	char issuer[64];
	char tenant[JOSE_ORGNR_SIZE], unit[JOSE_ORGNR_SIZE], supplier[JOSE_ORGNR_SIZE];
	char client_id[JOSE_CLAIM_MAX + 1], jti[JOSE_CLAIM_MAX + 1];
	char jkt[JOSE_THUMBPRINT_SIZE];
	int64_t expires_s, usable_until_s;
	json_t *scopes; /* array of texts, read only */
};

/* client_id, jti and scope, the same in both profiles. */
NODISCARD enum rc jose_token_read_grant(const json_t *claims, struct jose_token *token,
					struct err *reterr);

/* Who is speaking, and to which key the token is bound, as each issuer writes it. */
NODISCARD enum rc jose_token_read_maskinporten(const json_t *claims, struct jose_token *token,
					       struct err *reterr);
NODISCARD enum rc jose_token_read_helseid(const json_t *claims, struct jose_token *token,
					  struct err *reterr);

#endif
