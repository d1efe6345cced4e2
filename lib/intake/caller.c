#include "intake/caller.h"

#include "identifiers/organisation_number.h"
#include "intake/owner.h"
#include "intake/private.h"
#include "intake/proof.h"
#include "trace/advice.h"

#include <string.h>
#include <strings.h>

void intake_caller_release(struct intake_caller *caller)
{
	jose_token_free(caller->token);
	tenant_snapshot_drop(caller->snapshot);
	rulebook_drop(caller->rulebook);
	*caller = (struct intake_caller){ 0 };
}

/* "Bearer TOKEN" or "DPoP TOKEN": one space, nothing around (RFC 9110 section 11.4). */
static enum rc split_authorization(const char *authorization, enum jose_scheme *ret_scheme,
				   const char **ret_token, struct refusal *refusal)
{
	const char *space;

	if (!authorization || !*authorization)
		return refuse(refusal, RC_FORBIDDEN, "authentication-required");
	space = strchr(authorization, ' ');
	if (space && space - authorization == 6 && !strncasecmp(authorization, "Bearer", 6))
		*ret_scheme = JOSE_SCHEME_BEARER;
	else if (space && space - authorization == 4 && !strncasecmp(authorization, "DPoP", 4))
		*ret_scheme = JOSE_SCHEME_DPOP;
	else
		return refuse_because(refusal, RC_FORBIDDEN, "invalid-token", "token-scheme");
	*ret_token = space + 1;
	return RC_OK;
}

static enum rc verify_token(struct intake *intake, enum jose_scheme scheme, const char *text,
			    int64_t now_ms, struct jose_token **ret, struct refusal *refusal)
{
	CLEANUP(issuer_set_dropp) struct issuer_set *set = NULL;
	struct err err = { 0 };
	enum rc rc;

	*ret = jose_token_cache_get(intake->token_cache, issuers_generation(intake->issuers),
				    scheme, text, strlen(text), now_ms);
	if (*ret)
		return RC_OK;
	set = issuers_hold(intake->issuers);
	rc = jose_token_verify(set->list, set->len, scheme, text, strlen(text), now_ms, ret, &err);
	if (!rc) {
		jose_token_cache_put(intake->token_cache, set->generation, text, strlen(text), *ret,
				     now_ms);
		return RC_OK;
	}
	if (rc == RC_NOMEM)
		return rc;
	if (rc == RC_NOT_FOUND || rc == RC_BUSY)
		issuers_ask(intake->issuers, scheme);
	if (rc == RC_BUSY)
		return refuse(refusal, rc, "issuer-unavailable");
	if (rc == RC_FORBIDDEN)
		return refuse_because(refusal, rc, "unknown-tenant", "token-organisation");
	return refuse_because(refusal, RC_FORBIDDEN,
			      strcmp(err.code, "invalid-dpop-proof") ? "invalid-token"
								     : "invalid-dpop-proof",
			      trace_reason("token", err.where));
}

/* HelseID does not check the sub-unit of a client that serves several
 * organisations, so the register does. */
static bool unit_belongs(const struct tenant *tenant, const char *unit)
{
	return !*unit || !strcmp(unit, tenant->row->orgnr) || tenant_has_unit(tenant, unit);
}

/* The token's organisation, and whether it may use the service at all. */
static enum rc find_tenant(struct intake_caller *caller, struct refusal *refusal)
{
	const char *orgnr = jose_token_tenant(caller->token);

	if (!organisation_number_valid(orgnr, strlen(orgnr)))
		return refuse_because(refusal, RC_FORBIDDEN, "unknown-tenant",
				      "organisation-number");
	caller->tenant = tenant_find(caller->snapshot, orgnr);
	if (!caller->tenant)
		return refuse_because(refusal, RC_FORBIDDEN, "unknown-tenant",
				      "organisation-unknown");
	if (!unit_belongs(caller->tenant, jose_token_unit(caller->token)))
		return refuse_because(refusal, RC_FORBIDDEN, "tenant-mismatch",
				      "unit-unregistered");
	return intake_tenant_open(caller->tenant, refusal);
}

/* Who acts: with a delegation that is another than who it is for. */
static enum rc find_sender(struct intake_caller *caller, struct refusal *refusal)
{
	const char *supplier = jose_token_supplier(caller->token);
	const struct tenant *known;
	enum rc rc = RC_OK;

	caller->sender = *supplier ? supplier : caller->tenant->row->orgnr;
	if (!organisation_number_valid(caller->sender, strlen(caller->sender)))
		return refuse_because(refusal, RC_FORBIDDEN, "unknown-tenant", "supplier-number");
	known = tenant_find(caller->snapshot, caller->sender);
	if (known &&
	    (known->row->phase == CONTROL_SUSPENDED || known->row->phase == CONTROL_CLOSED))
		rc = intake_tenant_open(known, refusal);
	return rc ? refuse_because(refusal, rc, refusal->code, "supplier-not-open") : RC_OK;
}

/* Two lines of a header may arrive as one with a comma (RFC 9110 section 5.3); of
 * proofs there is one (RFC 9449 section 4.3). What begins like JSON is no proof at
 * all, and has commas of its own. */
static bool is_list(const char *proof)
{
	return *proof != '{' && strchr(proof, ',');
}

/* The token that the request brings; *ret_text is its text. */
static enum rc read_token(struct intake *intake, const struct intake_credentials *credentials,
			  int64_t now_ms, enum jose_scheme *ret_scheme, const char **ret_text,
			  struct jose_token **ret, struct refusal *refusal)
{
	enum rc rc;

	if (credentials->dpop && is_list(credentials->dpop))
		return refuse_because(refusal, RC_INVALID, "invalid-request", "proof-list");
	rc = split_authorization(credentials->authorization, ret_scheme, ret_text, refusal);
	if (!rc)
		rc = verify_token(intake, *ret_scheme, *ret_text, now_ms, ret, refusal);
	return rc;
}

/* Its organisation's number, if that may use the service. */
static bool may_come(struct intake *intake, struct intake_caller *caller, char ret_orgnr[10])
{
	struct refusal refusal = { 0 };

	caller->snapshot = tenants_hold(intake->installation->tenants);
	if (find_tenant(caller, &refusal) || find_sender(caller, &refusal))
		return false;
	snprintf(ret_orgnr, 10, "%s", caller->tenant->row->orgnr);
	return true;
}

bool intake_knows(struct intake *intake, const char *authorization, int64_t now_ms,
		  char ret_orgnr[10])
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	enum jose_scheme scheme = JOSE_SCHEME_BEARER;
	struct refusal refusal = { 0 };
	const char *text = NULL;

	if (split_authorization(authorization, &scheme, &text, &refusal))
		return false;
	caller.token =
		jose_token_cache_get(intake->token_cache, issuers_generation(intake->issuers),
				     scheme, text, strlen(text), now_ms);
	return caller.token && may_come(intake, &caller, ret_orgnr);
}

enum rc intake_introduce(struct intake *intake, const struct intake_credentials *credentials,
			 int64_t now_ms, char ret_orgnr[10], struct refusal *refusal)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 }, refused = { 0 };
	enum jose_scheme scheme;
	const char *text;
	enum rc rc =
		read_token(intake, credentials, now_ms, &scheme, &text, &caller.token, refusal);

	if (rc || may_come(intake, &caller, ret_orgnr))
		return rc;
	rc = intake_authenticate(intake, credentials, NULL, now_ms, &refused, refusal);
	return rc ? rc : refuse(refusal, RC_BUSY, "busy"); /* it may since this moment */
}

enum rc intake_authenticate(struct intake *intake, const struct intake_credentials *credentials,
			    const char *scope, int64_t now_ms, struct intake_caller *ret,
			    struct refusal *refusal)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	enum jose_scheme scheme = JOSE_SCHEME_BEARER;
	const char *text = NULL;
	enum rc rc =
		read_token(intake, credentials, now_ms, &scheme, &text, &caller.token, refusal);

	if (!rc && scheme == JOSE_SCHEME_DPOP)
		rc = proofs_check(intake->proofs, credentials, caller.token, text, now_ms,
				  caller.dpop_nonce, refusal);
	memcpy(refusal->dpop_nonce, caller.dpop_nonce, sizeof(refusal->dpop_nonce));
	if (caller.token)
		snprintf(refusal->caller, sizeof(refusal->caller), "%s",
			 jose_token_tenant(caller.token));
	if (rc)
		return rc;
	if (scope && !jose_token_has_scope(caller.token, scope)) {
		refusal->scope = scope;
		return refuse(refusal, RC_FORBIDDEN, "insufficient-scope");
	}
	caller.snapshot = tenants_hold(intake->installation->tenants);
	caller.rulebook = rulebooks_hold(intake->installation->rulebooks);
	rc = find_tenant(&caller, refusal);
	if (!rc)
		rc = find_sender(&caller, refusal);
	if (rc)
		return rc;
	*ret = caller;
	caller = (struct intake_caller){ 0 };
	return RC_OK;
}
