#include "jose/dpop.h"

#include "base/b64.h"
#include "jose/claims.h"
#include "jose/htu.h"
#include "jose/jws.h"
#include "jose/key.h"
#include "json/strict.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#define URL_MAX 2048

static const char *const proof_typs[] = { "dpop+jwt", NULL };

static enum rc refuse(const char *where, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "invalid-dpop-proof", where, "%s", why);
}

/* The key is built only once its thumbprint is the one the issuer vouched for. */
static enum rc check_key(const struct jose_jws *jws, const struct jose_token *token, unsigned algs,
			 struct err *reterr)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	char print[JOSE_THUMBPRINT_SIZE];
	enum rc rc;

	rc = jose_jwk_thumbprint(jws->jwk, print, NULL);
	if (!rc && strcmp(print, jose_token_jkt(token)))
		return refuse("key", "the token is bound to another key", reterr);
	if (!rc)
		rc = jose_key_from_jwk(jws->jwk, 0, &key, NULL);
	if (rc == RC_NOMEM)
		return jose_no_memory(reterr);
	if (rc)
		return refuse("jwk", "the proof's key is not a public key that is taken here",
			      reterr);
	rc = jose_jws_verify(jws, key, algs, NULL);
	if (rc == RC_NOMEM)
		return jose_no_memory(reterr);
	return rc ? refuse("signature", "the proof is not signed with its key", reterr) : RC_OK;
}

static enum rc check_ath(const json_t *claims, const struct jose_dpop_request *request,
			 struct err *reterr)
{
	CLEANUP(buf_release) struct buf want = buf_capped(64);
	unsigned char digest[SHA256_DIGEST_LENGTH];
	const char *ath;

	if (!EVP_Digest(request->token_text, request->token_len, digest, NULL, EVP_sha256(),
			NULL) ||
	    b64_encode(&want, digest, sizeof(digest)))
		return jose_no_memory(reterr);
	if (jose_claim_text(claims, "ath", 64, &ath) || strcmp(ath, buf_text(&want)))
		return refuse("ath", "the proof is for another token", reterr);
	return RC_OK;
}

static enum rc check_claims(const json_t *claims, const struct jose_dpop_rules *rules,
			    const struct jose_dpop_request *request, int64_t now_s,
			    struct err *reterr)
{
	const char *htm, *htu;
	int64_t iat;

	if (!json_is_object(claims))
		return refuse("payload", "the payload is a JSON object", reterr);
	if (jose_claim_text(claims, "htm", 32, &htm) || strcmp(htm, request->method))
		return refuse("htm", "the proof is for another method", reterr);
	if (jose_claim_text(claims, "htu", URL_MAX, &htu) ||
	    !jose_htu_matches(htu, rules->base_url, request->path))
		return refuse("htu", "the proof is for another address", reterr);
	if (jose_claim_date(claims, "iat", &iat))
		return refuse("iat", "iat is an integer of seconds", reterr);
	if (iat < now_s - rules->max_age_s || iat > now_s + rules->max_ahead_s)
		return refuse("iat", "the proof is too old or from the future", reterr);
	return check_ath(claims, request, reterr);
}

/* RFC 9449 section 9. Asked for only where the rest is right, and before the proof is
 * used up: so it costs a client one more request, not one more reason. */
static enum rc check_nonce(const json_t *claims, const struct jose_nonces *nonces, int64_t now_ms,
			   bool *ret_ageing, struct err *reterr)
{
	enum jose_nonce_age age;
	const char *nonce;

	*ret_ageing = false;
	if (!nonces)
		return RC_OK;
	if (jose_claim_text(claims, "nonce", 255, &nonce))
		return err_set(reterr, RC_INVALID, "use-dpop-nonce", "nonce-missing",
			       "the proof has no nonce of ours");
	age = jose_nonce_check(nonces, nonce, now_ms);
	if (age == JOSE_NONCE_OTHER)
		return err_set(reterr, RC_INVALID, "use-dpop-nonce", "nonce-other",
			       "the proof's nonce has expired or is not ours");
	*ret_ageing = age == JOSE_NONCE_AGEING;
	return RC_OK;
}

static enum rc use_up(const json_t *claims, const struct jose_dpop_rules *rules,
		      const struct jose_token *token, struct jose_replay *used, int64_t now_ms,
		      struct err *reterr)
{
	int64_t until_ms = now_ms + jose_dpop_keep_s(rules) * 1000;
	const char *jti;
	int64_t iat;
	enum rc rc;

	if (jose_claim_text(claims, "jti", JOSE_JTI_MAX, &jti) ||
	    jose_claim_date(claims, "iat", &iat))
		return refuse("jti", "jti is a text of 1 to 128 bytes", reterr);
	rc = jose_replay_use(used, jose_token_tenant(token), jose_token_jkt(token), jti, iat,
			     until_ms, now_ms);
	if (rc == RC_CONFLICT)
		return err_set(reterr, rc, "invalid-dpop-proof", "replayed",
			       "the proof was used before");
	if (rc == RC_FORBIDDEN)
		return err_set(reterr, RC_CONFLICT, "invalid-dpop-proof", "floor",
			       "the proof may have been used before a crash");
	if (rc == RC_LIMIT)
		return err_set(reterr, RC_BUSY, "replay-full", "share-full",
			       "the organisation's share of the used proofs is full");
	if (rc)
		return err_set(reterr, rc, "replay-full", "memory-full",
			       "the set of used proofs is full");
	return RC_OK;
}

static enum rc parse(const struct jose_dpop_rules *rules, const char *proof, size_t len,
		     struct jose_jws *ret, struct err *reterr)
{
	const struct jose_jws_rules form = {
		.max_len = JOSE_PROOF_MAX,
		.algs = rules->algs,
		.allowed = JOSE_HEADER_TYP | JOSE_HEADER_JWK | JOSE_HEADER_KID,
		.required = JOSE_HEADER_TYP | JOSE_HEADER_JWK,
		.typs = proof_typs,
	};
	struct err why = { 0 };
	enum rc rc = jose_jws_parse(proof, len, &form, ret, &why);

	if (rc == RC_INVALID)
		return refuse(why.where[0] ? why.where : "jws", why.text, reterr);
	return rc ? jose_no_memory(reterr) : RC_OK;
}

enum rc jose_dpop_check(const struct jose_dpop_rules *rules,
			const struct jose_dpop_request *request, const char *proof, size_t len,
			struct jose_replay *used, int64_t now_ms, bool *ret_ageing,
			struct err *reterr)
{
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	bool ageing = false;
	json_t *claims;
	enum rc rc;

	if (jose_token_scheme(request->token) != JOSE_SCHEME_DPOP)
		return refuse("token", "the token is not bound to a key", reterr);
	rc = parse(rules, proof, len, &jws, reterr);
	if (!rc)
		rc = check_key(&jws, request->token, rules->algs, reterr);
	if (rc)
		return rc;
	rc = json_strict_load(buf_text(&jws.payload), jws.payload.len, JOSE_CLAIMS_DEPTH, &claims,
			      reterr);
	if (rc == RC_INVALID)
		return refuse("payload", "the payload is not one strict JSON object", reterr);
	if (rc)
		return rc;
	rc = check_claims(claims, rules, request, now_ms / 1000, reterr);
	if (!rc)
		rc = check_nonce(claims, rules->nonces, now_ms, &ageing, reterr);
	if (!rc)
		rc = use_up(claims, rules, request->token, used, now_ms, reterr);
	json_decref(claims);
	if (!rc && ret_ageing)
		*ret_ageing = ageing;
	return rc;
}
