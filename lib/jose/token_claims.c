#include "jose/token_claims.h"

#include "base/b64.h"
#include "jose/claims.h"
#include "jose/key.h"

#include <string.h>

static enum rc refuse(const char *where, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "invalid-token", where, "%s", why);
}

static enum rc no_tenant(const char *where, struct err *reterr)
{
	return err_set(reterr, RC_FORBIDDEN, "unknown-tenant", where,
		       "the token names no organisation");
}

static enum rc copy_text(const json_t *claims, const char *name, size_t max, char *out,
			 struct err *reterr)
{
	const char *text = "";

	if (jose_claim_text(claims, name, max, &text) == RC_INVALID)
		return refuse(name, "the claim is not a short text", reterr);
	memcpy(out, text, strlen(text) + 1);
	return RC_OK;
}

/* Both spellings are met: one text with spaces (RFC 8693 4.2) and an array. */
static enum rc read_scopes(const json_t *claims, json_t *scopes, struct err *reterr)
{
	const json_t *scope = json_object_get(claims, "scope");
	const char *text = json_string_value(scope);
	bool failed = false;

	if (json_is_array(scope)) {
		for (size_t i = 0; i < json_array_size(scope); i++) {
			json_t *one = json_array_get(scope, i);

			if (!json_is_string(one))
				return refuse("scope", "scope holds texts", reterr);
			failed |= json_array_append(scopes, one) != 0;
		}
	} else if (scope && !text) {
		return refuse("scope", "scope is a text", reterr);
	}
	while (text && *text) {
		size_t len = strcspn(text, " ");

		if (len)
			failed |= json_array_append_new(scopes, json_stringn(text, len)) != 0;
		text += len + (text[len] == ' ');
	}
	return failed ? jose_no_memory(reterr) : RC_OK;
}

/* {"authority": "iso6523-actorid-upis", "ID": "0192:<orgnr>"} to orgnr. */
static const char *organisation_of(const json_t *actor)
{
	const char *authority = json_string_value(json_object_get(actor, "authority"));
	const char *id = json_string_value(json_object_get(actor, "ID"));

	if (!authority || strcmp(authority, "iso6523-actorid-upis") || !id ||
	    strncmp(id, "0192:", 5) || !jose_is_nine_digits(id + 5))
		return NULL;
	return id + 5;
}

enum rc jose_token_read_maskinporten(const json_t *claims, struct jose_token *token,
				     struct err *reterr)
{
	const json_t *supplier = json_object_get(claims, "supplier");
	const char *orgnr;

	if (json_object_get(claims, "cnf"))
		return refuse("cnf", "a bound token is not a bearer token", reterr);
	orgnr = organisation_of(json_object_get(claims, "consumer"));
	if (!orgnr)
		return no_tenant("consumer", reterr);
	memcpy(token->tenant, orgnr, JOSE_ORGNR_SIZE);
	if (!supplier)
		return RC_OK;
	orgnr = organisation_of(supplier);
	if (!orgnr)
		return refuse("supplier", "the supplier is no organisation", reterr);
	memcpy(token->supplier, orgnr, JOSE_ORGNR_SIZE);
	return RC_OK;
}

#define HELSEID_ORGNR "helseid://claims/client/claims/orgnr_"

static enum rc read_binding(const json_t *claims, struct jose_token *token, struct err *reterr)
{
	const json_t *cnf = json_object_get(claims, "cnf");
	unsigned char digest[B64_DECODED_MAX(JOSE_THUMBPRINT_SIZE - 1)];
	const char *jkt;
	size_t len;

	if (!json_is_object(cnf))
		return refuse("cnf", "the token is not bound to a key", reterr);
	if (jose_claim_text(cnf, "jkt", JOSE_THUMBPRINT_SIZE - 1, &jkt) ||
	    b64_decode(jkt, strlen(jkt), digest, &len) || len != 32)
		return err_set(reterr, RC_INVALID, "invalid-dpop-proof", "cnf",
			       "the token is not bound to a DPoP key");
	memcpy(token->jkt, jkt, JOSE_THUMBPRINT_SIZE);
	return RC_OK;
}

enum rc jose_token_read_helseid(const json_t *claims, struct jose_token *token, struct err *reterr)
{
	static const char *const names[] = { HELSEID_ORGNR "parent", HELSEID_ORGNR "child",
					     HELSEID_ORGNR "supplier" };
	char *const places[] = { token->tenant, token->unit, token->supplier };
	enum rc rc = read_binding(claims, token, reterr);

	if (rc)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *orgnr;

		rc = jose_claim_text(claims, names[i], JOSE_ORGNR_SIZE - 1, &orgnr);
		if (rc == RC_NOT_FOUND && i > 0)
			continue;
		if (rc || !jose_is_nine_digits(orgnr))
			return no_tenant(names[i], reterr);
		memcpy(places[i], orgnr, JOSE_ORGNR_SIZE);
	}
	return RC_OK;
}

enum rc jose_token_read_grant(const json_t *claims, struct jose_token *token, struct err *reterr)
{
	enum rc rc = copy_text(claims, "client_id", JOSE_CLAIM_MAX, token->client_id, reterr);

	if (!rc)
		rc = copy_text(claims, "jti", JOSE_CLAIM_MAX, token->jti, reterr);
	return rc ? rc : read_scopes(claims, token->scopes, reterr);
}
