#include "intake/signed.h"

#include "intake/owner.h"
#include "jose/jws.h"
#include "trace/advice.h"
#include "json/strict.h"

#include <string.h>

#define CLOCK_AHEAD_S 60

void intake_signed_release(struct intake_signed *s)
{
	json_decref(s->payload);
	*s = (struct intake_signed){ 0 };
}

/* What jose says in its own words, in ours. */
static const char *jws_code(const struct err *err)
{
	static const char *const ours[] = { "signature-malformed", "signature-algorithm",
					    "signature-invalid" };

	if (!strcmp(err->code, "signature-type"))
		return "signature-malformed";
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (!strcmp(err->code, ours[i]))
			return ours[i];
	return "signature-malformed";
}

/* The signature, under the key that the register has for this kid. */
static enum rc verify(const struct intake_caller *caller, const struct jose_jws *jws,
		      const struct tenant_key **ret, struct refusal *refusal)
{
	const struct tenant_key *key = tenant_key_find(caller->snapshot, jws->kid);
	struct err err = { 0 };
	enum rc rc;

	if (!key)
		return refuse(refusal, RC_INVALID, "signature-key-unknown");
	rc = jose_jws_verify(jws, key->key, JOSE_ALGS_ALL, &err);
	if (rc == RC_NOMEM)
		return rc;
	if (rc)
		return refuse_because(refusal, rc, jws_code(&err), trace_reason("key", err.where));
	*ret = key;
	return RC_OK;
}

/* What the payload says beside the document. */
struct claims {
	const char *iss, *aud;
	int64_t iat_s;
};

/* Exactly the five members, each of its type. */
static enum rc read_payload(const struct buf *bytes, struct intake_signed *s, struct claims *claims,
			    struct refusal *refusal)
{
	static const char format[] = "{s:s, s:s, s:I, s:s, s:o !}";
	json_int_t iat;
	enum rc rc;

	rc = json_strict_load(buf_text(bytes), bytes->len, JSON_INTAKE_DEPTH, &s->payload, NULL);
	if (rc)
		return rc == RC_NOMEM ? rc : refuse(refusal, rc, "invalid-json");
	if (json_unpack(s->payload, format, "iss", &claims->iss, "aud", &claims->aud, "iat", &iat,
			"schema", &s->schema, "document", &s->document) ||
	    !json_is_object(s->document))
		return refuse(refusal, RC_INVALID, "invalid-payload");
	claims->iat_s = iat;
	return RC_OK;
}

/* Whose it is: the caller must be the data owner or its processor, and so must the
 * key's organisation. */
static enum rc check_owner(const struct intake_caller *caller, const struct tenant_key *key,
			   const char *iss, int64_t now_ms, const struct tenant **ret,
			   struct refusal *refusal)
{
	enum rc rc = intake_owner(caller, iss, CONTROL_SEND, now_ms, ret, refusal);

	if (!rc && !intake_owner_takes_key(caller, *ret, key->row->orgnr, now_ms))
		rc = refuse_because(refusal, RC_FORBIDDEN, "tenant-mismatch", "key-of-another");
	if (!rc)
		snprintf(refusal->owner, sizeof(refusal->owner), "%s", (*ret)->row->orgnr);
	return rc;
}

/* For a key that is not valid: which way. */
static const char *key_reason(const struct control_key *row, int64_t at_ms, int64_t now_ms)
{
	if (row->revoked_at && row->revoked_at <= now_ms)
		return "key-revoked";
	return at_ms < row->valid_from ? "key-not-yet-valid" : "key-ended";
}

static enum rc check_time(const struct tenant_key *key, int64_t iat_s, int64_t max_age_s,
			  int64_t now_ms, struct refusal *refusal)
{
	int64_t now_s = now_ms / 1000;

	if (iat_s > now_s + CLOCK_AHEAD_S)
		return refuse_because(refusal, RC_INVALID, "signature-expired", "iat-ahead");
	if (iat_s < now_s - max_age_s)
		return refuse_because(refusal, RC_INVALID, "signature-expired", "iat-too-old");
	if (!tenant_key_valid_at(key, iat_s * 1000, now_ms))
		return refuse_because(refusal, RC_INVALID, "signature-key-expired",
				      key_reason(key->row, iat_s * 1000, now_ms));
	return RC_OK;
}

enum rc intake_signed_open(const struct intake_caller *caller, const char *service,
			   int64_t max_age_s, const char *text, size_t len, int64_t now_ms,
			   struct intake_signed *ret, struct refusal *refusal)
{
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	CLEANUP(intake_signed_release) struct intake_signed s = { 0 };
	const struct tenant_key *key = NULL;
	struct claims claims = { 0 };
	struct err err = { 0 };
	enum rc rc;

	if (len > INTAKE_JWS_MAX)
		return refuse_because(refusal, RC_LIMIT, "content-too-large", "jws-too-long");
	rc = jose_jws_parse(text, len, &jose_report_rules, &jws, &err);
	if (rc)
		return rc == RC_NOMEM ? rc
				      : refuse_because(refusal, rc, jws_code(&err),
						       trace_reason("jws", err.where[0] ? err.where
											: "form"));
	rc = verify(caller, &jws, &key, refusal);
	if (!rc)
		rc = read_payload(&jws.payload, &s, &claims, refusal);
	if (!rc)
		rc = check_owner(caller, key, claims.iss, now_ms, &s.owner, refusal);
	if (!rc && strcmp(claims.aud, service))
		rc = refuse(refusal, RC_INVALID, "signature-audience");
	if (!rc)
		rc = check_time(key, claims.iat_s, max_age_s, now_ms, refusal);
	if (rc)
		return rc;
	s.kid = key->row->kid;
	*ret = s;
	s = (struct intake_signed){ 0 };
	return RC_OK;
}
