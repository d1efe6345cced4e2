#include "jose/jws.h"

#include "base/b64.h"
#include "jose/key.h"
#include "jose/signature.h"
#include "json/strict.h"

#include <string.h>

#define HEADER_DEPTH 4

static const char *const report_typs[] = { "varde+jws", NULL };

const struct jose_jws_rules jose_report_rules = {
	.max_len = (size_t)512 * 1024,
	.algs = JOSE_ALGS_ALL,
	.allowed = JOSE_HEADER_KID | JOSE_HEADER_TYP | JOSE_HEADER_CTY,
	.required = JOSE_HEADER_KID | JOSE_HEADER_TYP,
	.typs = report_typs,
};

static const struct {
	const char *name;
	unsigned bit;
} members[] = {
	{ "alg", 0 },
	{ "kid", JOSE_HEADER_KID },
	{ "typ", JOSE_HEADER_TYP },
	{ "cty", JOSE_HEADER_CTY },
	{ "jwk", JOSE_HEADER_JWK },
	{ "x5t", JOSE_HEADER_X5T },
	{ "x5t#S256", JOSE_HEADER_X5T },
};

void jose_jws_release(struct jose_jws *jws)
{
	json_decref(jws->header);
	buf_release(&jws->payload);
	*jws = (struct jose_jws){ 0 };
}

static enum rc malformed(const char *where, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "signature-malformed", where, "%s", why);
}

static bool is_member(const char *name, unsigned allowed, unsigned *seen)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (strcmp(name, members[i].name))
			continue;
		*seen |= members[i].bit;
		return !members[i].bit || members[i].bit & allowed;
	}
	return false;
}

static bool typ_accepted(const char *typ, const char *const *typs)
{
	if (!typ || !typs)
		return true;
	for (; *typs; typs++)
		if (!strcmp(typ, *typs))
			return true;
	return false;
}

static enum rc check_members(json_t *header, const struct jose_jws_rules *rules, struct err *reterr)
{
	unsigned seen = 0;
	const char *name;
	json_t *value;

	json_object_foreach(header, name, value)
	{
		if (!is_member(name, rules->allowed, &seen))
			return malformed("header",
					 "the header holds a member that does not belong here",
					 reterr);
		if (!strcmp(name, "jwk") ? !json_is_object(value) : !json_is_string(value))
			return malformed("header", "a header member has the wrong type", reterr);
	}
	if (rules->required & ~seen)
		return malformed("header", "the header lacks a required member", reterr);
	return RC_OK;
}

static enum rc check_header(struct jose_jws *jws, const struct jose_jws_rules *rules,
			    struct err *reterr)
{
	const json_t *kid;
	enum rc rc;

	if (!json_is_object(jws->header))
		return malformed("header", "the header is a JSON object", reterr);
	rc = check_members(jws->header, rules, reterr);
	if (rc)
		return rc;
	jws->alg = jose_alg_from_name(json_string_value(json_object_get(jws->header, "alg")));
	if (!(jws->alg & rules->algs))
		return err_set(reterr, RC_INVALID, "signature-algorithm", "alg",
			       "the algorithm is not taken here");
	jws->typ = json_string_value(json_object_get(jws->header, "typ"));
	if (!typ_accepted(jws->typ, rules->typs))
		return err_set(reterr, RC_INVALID, "signature-type", "typ",
			       "the type is not the one taken here");
	kid = json_object_get(jws->header, "kid");
	jws->kid = json_string_value(kid);
	if (kid && !jose_kid_ok(jws->kid, json_string_length(kid)))
		return malformed("kid", "a kid has 1 to 128 bytes, no controls", reterr);
	jws->jwk = json_object_get(jws->header, "jwk");
	return RC_OK;
}

struct segments {
	size_t header, payload, signature; /* lengths */
};

static enum rc split(const char *text, size_t len, size_t max, struct segments *ret,
		     struct err *reterr)
{
	const char *first, *second, *end = text + len;

	if (len > max)
		return malformed(NULL, "longer than is read here", reterr);
	first = memchr(text, '.', len);
	second = first ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;
	if (!second || memchr(second + 1, '.', (size_t)(end - second - 1)))
		return malformed(NULL, "a compact JWS has exactly three segments", reterr);
	ret->header = (size_t)(first - text);
	ret->payload = (size_t)(second - first - 1);
	ret->signature = (size_t)(end - second - 1);
	if (!ret->header || ret->header > JOSE_HEADER_MAX)
		return malformed("header", "the header is empty or too long", reterr);
	if (!ret->signature || ret->signature > B64_ENCODED_LEN(JOSE_SIGNATURE_MAX))
		return malformed("signature", "the signature is empty or too long", reterr);
	return RC_OK;
}

static enum rc load_header(struct jose_jws *jws, const char *text, size_t len,
			   const struct jose_jws_rules *rules, struct err *reterr)
{
	char raw[B64_DECODED_MAX(JOSE_HEADER_MAX)];
	size_t raw_len;
	enum rc rc;

	if (b64_decode(text, len, (unsigned char *)raw, &raw_len))
		return malformed("header", "the header is not strict base64url", reterr);
	rc = json_strict_load(raw, raw_len, HEADER_DEPTH, &jws->header, reterr);
	if (rc == RC_INVALID)
		return malformed("header", "the header is not one strict JSON object", reterr);
	return rc ? rc : check_header(jws, rules, reterr);
}

static enum rc parse(struct jose_jws *jws, const char *text, size_t len,
		     const struct jose_jws_rules *rules, struct err *reterr)
{
	unsigned char signature[B64_DECODED_MAX(B64_ENCODED_LEN(JOSE_SIGNATURE_MAX))];
	struct segments seg = { 0 };
	const char *payload;
	enum rc rc;

	rc = split(text, len, rules->max_len, &seg, reterr);
	if (rc)
		return rc;
	payload = text + seg.header + 1;
	if (b64_decode(payload + seg.payload + 1, seg.signature, signature, &jws->signature_len))
		return malformed("signature", "the signature is not strict base64url", reterr);
	memcpy(jws->signature, signature, jws->signature_len);
	rc = load_header(jws, text, seg.header, rules, reterr);
	if (rc)
		return rc;
	jws->payload = buf_capped(B64_DECODED_MAX(seg.payload));
	rc = b64_decode_buf(payload, seg.payload, &jws->payload);
	if (rc == RC_INVALID)
		return malformed("payload", "the payload is not strict base64url", reterr);
	if (rc)
		return jose_no_memory(reterr);
	jws->text = text;
	jws->signed_len = seg.header + 1 + seg.payload;
	return RC_OK;
}

enum rc jose_jws_parse(const char *text, size_t len, const struct jose_jws_rules *rules,
		       struct jose_jws *ret, struct err *reterr)
{
	struct jose_jws jws = { 0 };
	enum rc rc = parse(&jws, text, len, rules, reterr);

	if (rc)
		jose_jws_release(&jws);
	else
		*ret = jws;
	return rc;
}

enum rc jose_jws_verify(const struct jose_jws *jws, const struct jose_key *key, unsigned algs,
			struct err *reterr)
{
	if (!(jws->alg & key->algs & algs))
		return err_set(reterr, RC_INVALID, "signature-algorithm", "alg",
			       "the key is not for this algorithm");
	return jose_signature_verify(key, jws->alg, jws->text, jws->signed_len, jws->signature,
				     jws->signature_len, reterr);
}

enum rc jose_jws_sign_header(const struct jose_key *key, const json_t *header, const void *payload,
			     size_t len, struct buf *out, struct err *reterr)
{
	enum jose_alg alg = jose_alg_from_name(json_string_value(json_object_get(header, "alg")));
	unsigned char signature[JOSE_SIGNATURE_MAX];
	size_t signature_len, start = out->len;
	char *text;
	enum rc rc;

	if (!key->private || !(key->algs & alg))
		return err_set(reterr, RC_INVALID, "signature-algorithm", "alg",
			       "the key does not sign so");
	text = json_dumps(header, JSON_COMPACT);
	if (!text)
		return jose_no_memory(reterr);
	b64_encode(out, text, strlen(text));
	free(text);
	buf_addc(out, '.');
	b64_encode(out, payload, len);
	rc = buf_rc(out);
	if (rc)
		return err_set(reterr, rc, "signature-limit", NULL, "the text does not fit");
	rc = jose_signature_make(key, alg, out->data + start, out->len - start, signature,
				 &signature_len, reterr);
	if (rc)
		return rc;
	buf_addc(out, '.');
	b64_encode(out, signature, signature_len);
	rc = buf_rc(out);
	return rc ? err_set(reterr, rc, "signature-limit", NULL, "the text does not fit") : RC_OK;
}

enum rc jose_jws_sign(const struct jose_key *key, enum jose_alg alg, const char *typ,
		      const void *payload, size_t len, struct buf *out, struct err *reterr)
{
	json_t *header = json_pack("{s:s, s:s, s:s*}", "alg", jose_alg_name(alg), "kid", key->kid,
				   "typ", typ);
	enum rc rc;

	if (!header)
		return jose_no_memory(reterr);
	rc = jose_jws_sign_header(key, header, payload, len, out, reterr);
	json_decref(header);
	return rc;
}
