/* Access tokens of the configured issuers (design 4): the signature under the
 * issuer's keys, then the claims, then who is speaking.
 *
 * The scheme follows the profile. `helseid` tokens are DPoP-bound and come with
 * Authorization: DPoP (RFC 9449); `maskinporten` tokens are bearer tokens. Neither
 * is ever taken in the other's place. Claims that decide are read strictly:
 * numeric dates are integers of 0 to 2^53, `aud` is ours alone, `iss` is exact.
 *
 * Codes: invalid-token (401; `where` is a constant that names the claim, the part
 * or the check, for the log, not for the caller: jws, header, typ, alg, kid, scheme
 * (an issuer of the other scheme has the key), signature, payload, iss, aud, exp,
 * expired, lifetime, nbf, not-yet-valid, iat, issued-ahead, client_id, jti, scope,
 * cnf, supplier), invalid-dpop-proof (401: bound, but not to a DPoP key),
 * unknown-tenant (403: sound, but names no organisation). */
#ifndef VARDE_JOSE_TOKEN_H
#define VARDE_JOSE_TOKEN_H

#include "base/cleanup.h"
#include "base/err.h"
#include "jose/jwks.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOSE_TOKEN_MAX 16384
#define JOSE_ORGNR_SIZE 10

enum jose_profile { JOSE_PROFILE_HELSEID, JOSE_PROFILE_MASKINPORTEN };
enum jose_scheme { JOSE_SCHEME_BEARER, JOSE_SCHEME_DPOP };

/* What a token's typ may be (RFC 9068 section 2.1, and Norsk helsenett). */
enum jose_token_typ { JOSE_TYP_AT_JWT = 1, JOSE_TYP_JWT = 2 };
#define JOSE_TYPS_ALL (JOSE_TYP_AT_JWT | JOSE_TYP_JWT)

/* One configured issuer. All borrowed; must live through the call. */
struct jose_issuer {
	const char *name; /* ours, for logs and metrics */
	enum jose_profile profile;
	const char *iss;              /* exact, slash included or not */
	const char *audience;         /* ours, as this issuer writes it */
	unsigned algs;                /* mask the issuer is pinned to */
	unsigned typs;                /* mask of enum jose_token_typ, likewise */
	int64_t leeway_s;             /* of clocks, both ways; a few seconds */
	int64_t max_lifetime_s;       /* exp - iat at most */
	const struct jose_jwks *jwks; /* NULL: its keys are not known now */
};

/* A token that was verified. Immutable, counted, shared by threads. */
struct jose_token;

/* "helseid"/"maskinporten" and back; NULL or RC_INVALID when unknown. */
const char *jose_profile_name(enum jose_profile profile);
NODISCARD enum rc jose_profile_from_name(const char *name, enum jose_profile *ret);
enum jose_scheme jose_profile_scheme(enum jose_profile profile);

/* The typ of exactly this name, 0 for any other. */
unsigned jose_token_typ_from_name(const char *name);

/* Verifies `len` characters against the issuers of this scheme at `now_ms`. The
 * issuer is chosen by the token's kid, never by what the token says of itself;
 * without kid, by an issuer that has one key only.
 * RC_INVALID; RC_NOT_FOUND, code invalid-token, where "kid": no issuer has such a
 * key, which is when a refresh of keys may be asked for; RC_BUSY, code
 * issuer-unavailable: no issuer that is known has it, and one of this scheme is
 * without keys, so nobody can tell; RC_FORBIDDEN (unknown-tenant); RC_NOMEM.
 * The caller owns *ret. Any thread. */
NODISCARD enum rc jose_token_verify(const struct jose_issuer *issuers, size_t count,
				    enum jose_scheme scheme, const char *text, size_t len,
				    int64_t now_ms, struct jose_token **ret, struct err *reterr);

struct jose_token *jose_token_ref(struct jose_token *token);
void jose_token_free(struct jose_token *token);
DEFINE_CLEANUP(struct jose_token *, jose_token_free)

/* What a token says; texts are borrowed from it. Where a claim was absent the
 * text is "". */
enum jose_scheme jose_token_scheme(const struct jose_token *token);
const char *jose_token_issuer(const struct jose_token *token); /* jose_issuer.name */
const char *
jose_token_tenant(const struct jose_token *token); /* 9 digits; check digit not checked */
const char *
jose_token_unit(const struct jose_token *token); /* helseid: orgnr_child, unchecked by its issuer */
const char *jose_token_supplier(const struct jose_token *token); /* 9 digits */
const char *jose_token_client_id(const struct jose_token *token);
const char *jose_token_jti(const struct jose_token *token);
const char *
jose_token_jkt(const struct jose_token *token); /* DPoP: thumbprint of the holder's key */
int64_t jose_token_expires_s(const struct jose_token *token); /* claim exp, without leeway */
int64_t
jose_token_usable_until_s(const struct jose_token *token); /* exp + leeway: refused from here on */

/* Whether exactly this scope was granted. */
bool jose_token_has_scope(const struct jose_token *token, const char *scope);

#endif
