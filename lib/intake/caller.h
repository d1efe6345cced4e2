/* Who is calling: an access token, verified, and its organisation in the register. */
#ifndef VARDE_INTAKE_CALLER_H
#define VARDE_INTAKE_CALLER_H

#include "intake/intake.h"
#include "intake/refusal.h"
#include "jose/nonce.h"
#include "jose/token.h"
#include "rulebook/rulebook.h"
#include "tenant/tenants.h"

/* As they came in the request; borrowed. */
struct intake_credentials {
	const char *authorization; /* NULL when absent */
	const char *dpop;          /* NULL when absent */
	const char *method;
	const char *path; /* as sent, without query */
};

struct intake_caller {
	struct jose_token *token;
	struct tenant_snapshot *snapshot; /* the register as it was when the request came */
	const struct tenant *tenant;      /* the token's organisation */
	struct rulebook *rulebook;        /* schemas, codes and rules, likewise */
	const char *sender; /* orgnr of who acts: the token's supplier, else the same */
	char dpop_nonce[JOSE_NONCE_SIZE]; /* for the answer's DPoP-Nonce; "": none */
};

void intake_caller_release(struct intake_caller *caller);

/* Whether the token was verified before, is still good, and its organisation may use the
 * service: then its number is in ret_orgnr. Nothing is verified, neither proof nor scope;
 * for telling who is known from who is not. Fast; any thread. */
bool intake_knows(struct intake *intake, const char *authorization, int64_t now_ms,
		  char ret_orgnr[10]);

/* Makes it so, by verifying the token. When it cannot, the refusal is that which
 * intake_authenticate() would give for any scope, and a proof that was looked at for it
 * is used up. Any thread. */
NODISCARD enum rc intake_introduce(struct intake *intake,
				   const struct intake_credentials *credentials, int64_t now_ms,
				   char ret_orgnr[10], struct refusal *refusal);

/* Verifies the token (and its DPoP proof) at `now_ms`, looks its organisation up
 * and asks for `scope` (NULL: any). A supplier need not be registered, but one that was
 * suspended or closed does not come back by somebody's delegation. RC_OK, or
 * another code with `refusal` filled: authentication-required, invalid-token,
 * invalid-dpop-proof, use-dpop-nonce (401); insufficient-scope, unknown-tenant, tenant-suspended,
 * tenant-not-open, tenant-mismatch (403); issuer-unavailable (503).
 * Any thread. */
NODISCARD enum rc intake_authenticate(struct intake *intake,
				      const struct intake_credentials *credentials,
				      const char *scope, int64_t now_ms, struct intake_caller *ret,
				      struct refusal *refusal);

#endif
