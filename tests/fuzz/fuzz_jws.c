/* Compact JWS, under the rules of a report, of an access token and of a proof.
 *
 * The input is such a text; where it holds two newlines it is header, payload and
 * signature before they became base64url, so that mutations reach the header. An
 * empty signature is made by a known key: if the header says ES256 it must hold
 * under that key alone, and no longer when one character has changed. */
#include "fuzz_keys.h"

static const char *const token_typs[] = { "at+jwt", "JWT", NULL };
static const char *const proof_typs[] = { "dpop+jwt", NULL };

static const struct jose_jws_rules token_rules = {
	.max_len = 16384,
	.algs = JOSE_RS256 | JOSE_PS256 | JOSE_ES256,
	.allowed = JOSE_HEADER_KID | JOSE_HEADER_TYP | JOSE_HEADER_X5T,
	.typs = token_typs,
};

static const struct jose_jws_rules proof_rules = {
	.max_len = 16384,
	.algs = JOSE_PS256 | JOSE_ES256 | JOSE_ES384,
	.allowed = JOSE_HEADER_TYP | JOSE_HEADER_JWK | JOSE_HEADER_KID,
	.required = JOSE_HEADER_TYP | JOSE_HEADER_JWK,
	.typs = proof_typs,
};

static void check_b64(struct piece text, const void *bytes, size_t len)
{
	CLEANUP(buf_release) struct buf again = buf_capped(B64_ENCODED_LEN(len));

	b64_encode(&again, bytes, len);
	MUST(!buf_rc(&again) && fuzz_same(text, buf_text(&again), again.len));
}

static void check_header(const struct jose_jws *jws, const struct jose_jws_rules *rules)
{
	static const struct {
		const char *name;
		unsigned bit;
	} known[] = { { "kid", JOSE_HEADER_KID }, { "typ", JOSE_HEADER_TYP },
		      { "cty", JOSE_HEADER_CTY }, { "jwk", JOSE_HEADER_JWK },
		      { "x5t", JOSE_HEADER_X5T }, { "x5t#S256", JOSE_HEADER_X5T } };
	size_t found = 1; /* alg */
	bool typ_ok = !jws->typ;

	MUST(jws->alg != JOSE_ALG_NONE && jws->alg & rules->algs);
	MUST(!strcmp(jose_alg_name(jws->alg),
		     json_string_value(json_object_get(jws->header, "alg"))));
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		bool there = json_object_get(jws->header, known[i].name) != NULL;

		MUST(!there || known[i].bit & rules->allowed);
		MUST(there || !(known[i].bit & rules->required));
		found += there;
	}
	MUST(json_object_size(jws->header) == found);
	for (const char *const *typ = rules->typs; jws->typ && *typ; typ++)
		typ_ok |= !strcmp(*typ, jws->typ);
	MUST(typ_ok && (!jws->kid || (*jws->kid && strlen(jws->kid) <= JOSE_KID_MAX)));
}

/* What was accepted is, byte for byte, what its parts encode to. */
static bool parses(struct piece text, const struct jose_jws_rules *rules)
{
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	struct piece rest = text, header, payload;
	struct err err = { 0 };
	enum rc rc = jose_jws_parse(text.at, text.len, rules, &jws, &err);

	if (rc) {
		MUST(rc == RC_INVALID && err.code[0] && !jws.header && !jws.payload.data);
		return false;
	}
	MUST(text.len <= rules->max_len && jws.text == text.at);
	header = fuzz_take(&rest, '.');
	payload = fuzz_take(&rest, '.');
	MUST(jws.signed_len == header.len + 1 + payload.len);
	check_b64(payload, buf_text(&jws.payload), jws.payload.len);
	check_b64(rest, jws.signature, jws.signature_len);
	check_header(&jws, rules);
	return true;
}

static enum rc verify(const char *text, size_t len, const struct jose_key *key)
{
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	enum rc rc = jose_jws_parse(text, len, &jose_report_rules, &jws, NULL);

	return rc ? rc : jose_jws_verify(&jws, key, JOSE_ALGS_ALL, NULL);
}

static bool says_es256(struct piece header)
{
	json_t *json = json_loadb(header.at, header.len, 0, NULL);
	const char *alg = json_string_value(json_object_get(json, "alg"));
	bool says = alg && !strcmp(alg, "ES256");

	json_decref(json);
	return says;
}

/* Header, payload and signature, where an empty one means: sign it. */
static void check_parts(struct piece header, struct piece payload, struct piece signature)
{
	static struct jose_key *key, *other;
	CLEANUP_FREE char *text = NULL;
	bool report;
	size_t len;

	key = key ? key : fuzz_key("k");
	other = other ? other : fuzz_key("o");
	text = fuzz_jws(key, header, payload, signature.len ? &signature : NULL, &len);
	report = parses((struct piece){ text, len }, &jose_report_rules);
	parses((struct piece){ text, len }, &token_rules);
	parses((struct piece){ text, len }, &proof_rules);
	if (!report)
		return;
	MUST(verify(text, len, other) != RC_OK);
	if (signature.len)
		return;
	MUST(!verify(text, len, key) == says_es256(header));
	fuzz_touch(text, len, payload.len * 31 + header.len);
	MUST(verify(text, len, key) != RC_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct piece rest = { (const char *)data, size }, header, payload;

	parses(rest, &jose_report_rules);
	parses(rest, &token_rules);
	parses(rest, &proof_rules);
	header = fuzz_take(&rest, '\n');
	payload = fuzz_take(&rest, '\n');
	if (header.len + payload.len + 2 <= size)
		check_parts(header, payload, rest);
	return 0;
}
