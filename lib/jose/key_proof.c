#include "jose/key_proof.h"

#include "base/clock.h"
#include "jose/jws.h"
#include "json/strict.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define PAYLOAD_DEPTH 1

static const char *const typs[] = { "varde-key+jws", NULL };

static const struct jose_jws_rules rules = {
	.max_len = 8192,
	.algs = JOSE_ALGS_ALL,
	.allowed = JOSE_HEADER_KID | JOSE_HEADER_TYP,
	.required = JOSE_HEADER_TYP,
	.typs = typs,
};

enum rc jose_key_proof_make(const struct jose_key *key, enum jose_alg alg, const char *orgnr,
			    int64_t now_ms, struct buf *out, struct err *reterr)
{
	char date[CLOCK_TEXT_SIZE];
	json_t *payload;
	char *text;
	enum rc rc;

	clock_format(now_ms, date);
	date[10] = '\0';
	payload = json_pack("{s:s, s:s, s:s}", "organisation", orgnr, "date", date, "thumbprint",
			    jose_key_thumbprint(key));
	text = payload ? json_dumps(payload, JSON_COMPACT) : NULL;
	json_decref(payload);
	if (!text)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	rc = jose_jws_sign(key, alg, typs[0], text, strlen(text), out, reterr);
	free(text);
	return rc;
}

static enum rc malformed(const char *where, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "key-proof-malformed", where, "%s", why);
}

static enum rc check_date(const char *date, int64_t now_ms, struct err *reterr)
{
	int64_t day, today = now_ms / DAY_MS;

	if (clock_parse_date(date, strlen(date), &day))
		return malformed("date", "the date is not YYYY-MM-DD", reterr);
	if (day > today + 1)
		return err_set(reterr, RC_INVALID, "key-proof-date", "date",
			       "the proof is dated in the future");
	if (day < today - JOSE_KEY_PROOF_DAYS)
		return err_set(reterr, RC_INVALID, "key-proof-date", "date",
			       "the proof is older than %d days: ask for a new one",
			       JOSE_KEY_PROOF_DAYS);
	return RC_OK;
}

static enum rc check_payload(const struct buf *bytes, const struct jose_key *key, const char *orgnr,
			     int64_t now_ms, struct err *reterr)
{
	const char *organisation, *date, *thumbprint;
	json_t *payload = NULL;
	enum rc rc = json_strict_load(buf_text(bytes), bytes->len, PAYLOAD_DEPTH, &payload, NULL);

	if (rc)
		return rc == RC_NOMEM
			       ? err_set(reterr, rc, "no-memory", NULL, "out of memory")
			       : malformed("payload", "the payload is not one JSON object", reterr);
	if (json_unpack(payload, "{s:s, s:s, s:s !}", "organisation", &organisation, "date", &date,
			"thumbprint", &thumbprint))
		rc = malformed("payload",
			       "the payload holds organisation, date and thumbprint, nothing else",
			       reterr);
	else if (strcmp(thumbprint, jose_key_thumbprint(key)) != 0)
		rc = err_set(reterr, RC_INVALID, "key-proof-signature", "thumbprint",
			     "the proof is about another key");
	else if (strcmp(organisation, orgnr) != 0)
		rc = err_set(reterr, RC_INVALID, "key-proof-organisation", "organisation",
			     "the proof is for another organisation");
	else
		rc = check_date(date, now_ms, reterr);
	json_decref(payload);
	return rc;
}

enum rc jose_key_proof_check(const char *text, size_t len, const struct jose_key *key,
			     const char *orgnr, int64_t now_ms, struct err *reterr)
{
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	struct err err = { 0 };
	enum rc rc = jose_jws_parse(text, len, &rules, &jws, &err);

	if (rc == RC_NOMEM)
		return err_set(reterr, rc, "no-memory", NULL, "out of memory");
	if (rc)
		return malformed(err.where[0] ? err.where : NULL,
				 "not a compact JWS with alg and typ varde-key+jws", reterr);
	rc = jose_jws_verify(&jws, key, JOSE_ALGS_ALL, &err);
	if (rc == RC_NOMEM)
		return err_set(reterr, rc, "no-memory", NULL, "out of memory");
	if (rc)
		return err_set(reterr, rc, "key-proof-signature", "signature",
			       "the proof is not signed with this key");
	return check_payload(&jws.payload, key, orgnr, now_ms, reterr);
}
