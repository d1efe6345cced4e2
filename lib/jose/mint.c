#include "jose/mint.h"

#include "base/cleanup.h"
#include "jose/key.h"

#include <jwt.h>
#include <openssl/err.h>

DEFINE_CLEANUP(jwt_t *, jwt_free)

static enum rc failed(struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "mint-failed", NULL, "the receipt cannot be signed");
}

/* libjwt takes any EC key for ES256: make sure that it is one for it. */
static enum rc check_key(const char *pem, size_t len, struct err *reterr)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	enum rc rc = jose_key_from_pem(pem, len, JOSE_KEY_PRIVATE, NULL, &key, reterr);

	if (rc)
		return rc;
	if (!(jose_key_algs(key) & JOSE_ES256))
		return err_set(reterr, RC_INVALID, "key-unsupported", NULL,
			       "receipts are signed with a P-256 key");
	return RC_OK;
}

enum rc jose_mint_jwt(const json_t *claims, const char *pem, size_t len, const char *kid,
		      struct buf *out, struct err *reterr)
{
	CLEANUP(jwt_freep) jwt_t *jwt = NULL;
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *encoded = NULL;
	enum rc rc;

	if (!json_is_object(claims))
		return failed(reterr);
	rc = check_key(pem, len, reterr);
	if (rc)
		return rc;
	text = json_dumps(claims, JSON_COMPACT);
	if (!text || jwt_new(&jwt))
		return jose_no_memory(reterr);
	if (jwt_add_grants_json(jwt, text) || jwt_add_header(jwt, "kid", kid) ||
	    jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)pem, (int)len))
		return failed(reterr);
	encoded = jwt_encode_str(jwt);
	ERR_clear_error();
	if (!encoded)
		return failed(reterr);
	rc = buf_adds(out, encoded);
	return rc ? err_set(reterr, rc, "mint-failed", NULL, "the receipt does not fit") : RC_OK;
}
