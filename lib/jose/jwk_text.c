#include "jose/jwk_text.h"

#include "base/b64.h"
#include "base/buf.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

static const char *const private_members[] = { "d", "p", "q", "dp", "dq", "qi", "oth" };

enum rc jose_jwk_malformed(const char *member, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "key-malformed", member, "%s", why);
}

static enum rc unsupported(const char *member, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_UNSUPPORTED, "key-unsupported", member, "%s", why);
}

const char *jose_jwk_member(const json_t *jwk, const char *name)
{
	return json_string_value(json_object_get(jwk, name));
}

/* RFC 7517 4.3: an array of distinct strings. */
static enum rc check_key_ops(const json_t *ops, const char *wanted, struct err *reterr)
{
	bool found = false;

	if (!ops)
		return RC_OK;
	if (!json_is_array(ops) || json_array_size(ops) > 16)
		return jose_jwk_malformed("key_ops", "key_ops is an array of a few strings",
					  reterr);
	for (size_t i = 0; i < json_array_size(ops); i++) {
		const char *op = json_string_value(json_array_get(ops, i));

		if (!op)
			return jose_jwk_malformed("key_ops", "key_ops is an array of strings",
						  reterr);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(op, json_string_value(json_array_get(ops, j))))
				return jose_jwk_malformed(
					"key_ops", "key_ops names an operation twice", reterr);
		found |= !strcmp(op, wanted);
	}
	return found ? RC_OK : unsupported("key_ops", "the key is not for signatures", reterr);
}

/* Malformed and secret before unsupported, so that a set may pass over keys of
 * other kinds without overlooking one that must not be in it. */
static enum rc check_members(const json_t *jwk, unsigned flags, struct err *reterr)
{
	static const char *const texts[] = { "kty", "use", "alg", "kid", "crv" };
	const char *use, *kty;

	if (!json_is_object(jwk))
		return jose_jwk_malformed(NULL, "a JWK is an object", reterr);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const json_t *value = json_object_get(jwk, texts[i]);

		if (value && !json_is_string(value))
			return jose_jwk_malformed(texts[i], "the member is a string", reterr);
	}
	kty = jose_jwk_member(jwk, "kty");
	if (!kty)
		return jose_jwk_malformed("kty", "the key type is missing", reterr);
	if (json_object_get(jwk, "k") || !strcmp(kty, "oct"))
		return err_set(reterr, RC_INVALID, "key-symmetric", NULL,
			       "a symmetric key proves no author");
	if (json_object_get(jwk, "oth"))
		return jose_jwk_malformed("oth", "RSA keys have two primes", reterr);
	for (size_t i = 0; !(flags & JOSE_KEY_PRIVATE) && i < ARRAY_LEN(private_members); i++)
		if (json_object_get(jwk, private_members[i]))
			return err_set(reterr, RC_INVALID, "key-private", private_members[i],
				       "a public key is wanted, this one holds private members");
	use = jose_jwk_member(jwk, "use");
	if (use && strcmp(use, "sig"))
		return unsupported("use", "the key is not for signatures", reterr);
	return check_key_ops(json_object_get(jwk, "key_ops"),
			     flags & JOSE_KEY_PRIVATE ? "sign" : "verify", reterr);
}

/* ret_alg is JOSE_ALG_NONE where the key names none. */
static enum rc check_alg(const json_t *jwk, enum jose_alg *ret_alg, struct err *reterr)
{
	const char *name = jose_jwk_member(jwk, "alg");
	enum jose_alg alg = jose_alg_from_name(name);

	if (name && !alg)
		return unsupported("alg",
				   "the key's algorithm is not one of RS256, PS256, ES256, ES384",
				   reterr);
	*ret_alg = alg;
	return RC_OK;
}

enum jose_alg jose_jwk_curve_alg(const char *crv)
{
	if (crv && !strcmp(crv, "P-256"))
		return JOSE_ES256;
	return crv && !strcmp(crv, "P-384") ? JOSE_ES384 : JOSE_ALG_NONE;
}

enum rc jose_jwk_number(const json_t *jwk, const char *name, unsigned char out[JOSE_NUMBER_SIZE],
			size_t *ret_len, struct err *reterr)
{
	const json_t *value = json_object_get(jwk, name);
	size_t len = json_string_length(value);

	if (!json_is_string(value) || len == 0)
		return jose_jwk_malformed(name, "the member is missing or not a text", reterr);
	if (len > B64_ENCODED_LEN(JOSE_NUMBER_MAX))
		return err_set(reterr, RC_INVALID, "key-weak", name,
			       "the number is longer than %d bits", JOSE_RSA_MAX_BITS);
	if (b64_decode(json_string_value(value), len, out, ret_len))
		return jose_jwk_malformed(name, "the member is not strict base64url", reterr);
	return RC_OK;
}

static enum rc check_rsa_text(const json_t *jwk, struct err *reterr)
{
	unsigned char n[JOSE_NUMBER_SIZE];
	const char *e = jose_jwk_member(jwk, "e");
	size_t len;
	enum rc rc;

	if (!e)
		return jose_jwk_malformed("e", "the member is missing or not a text", reterr);
	if (strcmp(e, "AQAB"))
		return err_set(reterr, RC_INVALID, "key-weak", "e",
			       "an RSA key has the exponent 65537");
	rc = jose_jwk_number(jwk, "n", n, &len, reterr);
	if (rc)
		return rc;
	if (!n[0] || !(n[len - 1] & 1))
		return jose_jwk_malformed("n", "the modulus is odd and has no leading zero",
					  reterr);
	if (len < JOSE_RSA_MIN_BITS / 8 || (len == JOSE_RSA_MIN_BITS / 8 && n[0] < 0x80))
		return err_set(reterr, RC_INVALID, "key-weak", "n",
			       "an RSA key has at least %d bits", JOSE_RSA_MIN_BITS);
	return RC_OK;
}

static enum rc check_ec_text(const json_t *jwk, struct err *reterr)
{
	static const char *const names[] = { "x", "y" };
	size_t half = jose_alg_half(jose_jwk_curve_alg(jose_jwk_member(jwk, "crv")));
	unsigned char raw[JOSE_NUMBER_SIZE];
	size_t len;

	if (!jose_jwk_member(jwk, "crv"))
		return jose_jwk_malformed("crv", "the curve is missing", reterr);
	if (!half)
		return unsupported("crv", "the curve is P-256 or P-384", reterr);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		enum rc rc = jose_jwk_number(jwk, names[i], raw, &len, reterr);

		if (rc)
			return rc;
		if (len != half)
			return jose_jwk_malformed(
				names[i], "a coordinate has exactly its curve's length", reterr);
	}
	return RC_OK;
}

enum rc jose_jwk_check(const json_t *jwk, unsigned flags, bool *ret_ec, enum jose_alg *ret_alg,
		       struct err *reterr)
{
	enum rc rc = check_members(jwk, flags, reterr);
	const char *kty;

	if (rc)
		return rc;
	kty = jose_jwk_member(jwk, "kty");
	*ret_ec = !strcmp(kty, "EC");
	if (*ret_ec)
		rc = check_ec_text(jwk, reterr);
	else if (!strcmp(kty, "RSA"))
		rc = check_rsa_text(jwk, reterr);
	else
		rc = unsupported("kty", "the key type is RSA or EC", reterr);
	return rc ? rc : check_alg(jwk, ret_alg, reterr);
}

enum rc jose_jwk_thumbprint(const json_t *jwk, char ret[JOSE_THUMBPRINT_SIZE], struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(2048);
	CLEANUP(buf_release) struct buf print = buf_capped(JOSE_THUMBPRINT_SIZE);
	unsigned char digest[SHA256_DIGEST_LENGTH];
	enum jose_alg alg;
	bool ec;
	enum rc rc = jose_jwk_check(jwk, 0, &ec, &alg, reterr);

	if (rc)
		return rc;
	/* RFC 7638 section 3: the required members, sorted, no white space. All
	 * texts were checked to be base64url or known names, so none is escaped. */
	if (ec)
		buf_addf(&text, "{\"crv\":\"%s\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}",
			 jose_jwk_member(jwk, "crv"), jose_jwk_member(jwk, "x"),
			 jose_jwk_member(jwk, "y"));
	else
		buf_addf(&text, "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"%s\"}",
			 jose_jwk_member(jwk, "n"));
	if (buf_rc(&text) || !EVP_Digest(text.data, text.len, digest, NULL, EVP_sha256(), NULL) ||
	    b64_encode(&print, digest, sizeof(digest)))
		return jose_no_memory(reterr);
	memcpy(ret, print.data, JOSE_THUMBPRINT_SIZE);
	return RC_OK;
}
