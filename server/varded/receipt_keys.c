#include "varded/receipt_keys.h"

#include "config/config.h"
#include "control/control.h"
#include "jose/jwk.h"
#include "jose/mint.h"

#include <stdlib.h>
#include <string.h>

#define SECRET_NAME "receipt-key.pem"
#define SETTING_NAME "receipt-keys"

struct receipt_keys {
	struct buf pem;
	struct jose_key *key;
	json_t *jwks;
};

void receipt_keys_free(struct receipt_keys *keys)
{
	if (!keys)
		return;
	buf_release(&keys->pem);
	jose_key_free(keys->key);
	json_decref(keys->jwks);
	free(keys);
}

static bool is_known(const json_t *list, const char *kid)
{
	json_t *jwk;
	size_t i;

	json_array_foreach(list, i, jwk)
	{
		const char *known = json_string_value(json_object_get(jwk, "kid"));

		if (known && !strcmp(known, kid))
			return true;
	}
	return false;
}

static enum rc remember(struct control *control, json_t *list, int64_t now_ms, struct err *reterr)
{
	const struct control_action by = {
		.at = now_ms,
		.operator= "varded",
		.uid = -1,
		.command = "receipt-key add",
		.reason = "first start with this key",
	};
	CLEANUP_FREE char *text = json_dumps(list, JSON_COMPACT);

	return text ? control_setting_set(control, SETTING_NAME, text, &by, reterr) : RC_NOMEM;
}

/* All public keys so far, the current one among them. */
static enum rc collect(struct receipt_keys *keys, struct control *control, int64_t now_ms,
		       struct err *reterr)
{
	CLEANUP_FREE char *stored = NULL;
	json_t *list = NULL, *jwk = NULL;
	enum rc rc = control_setting_get(control, SETTING_NAME, &stored, NULL);

	if (rc && rc != RC_NOT_FOUND)
		return err_set(reterr, rc, "register-unreadable", SETTING_NAME,
			       "cannot read the receipt keys");
	list = stored ? json_loads(stored, 0, NULL) : json_array();
	if (!list)
		return err_set(reterr, RC_CORRUPT, "register-unreadable", SETTING_NAME,
			       "cannot read the receipt keys");
	rc = RC_OK;
	if (!is_known(list, jose_key_kid(keys->key))) {
		rc = jose_key_export(keys->key, &jwk, reterr);
		if (!rc && (json_object_set_new(jwk, "alg", json_string("ES256")) ||
			    json_array_append_new(list, jwk)))
			rc = RC_NOMEM;
		if (!rc)
			rc = remember(control, list, now_ms, reterr);
	}
	keys->jwks = json_pack("{s:o}", "keys", list);
	return rc ? rc : keys->jwks ? RC_OK : RC_NOMEM;
}

enum rc receipt_keys_open(const struct config *config, struct control *control, int64_t now_ms,
			  struct receipt_keys **ret, struct err *reterr)
{
	CLEANUP(receipt_keys_freep) struct receipt_keys *keys = calloc(1, sizeof(*keys));
	enum rc rc;

	if (!keys)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	keys->pem = buf_capped(16384);
	rc = config_secret(config, SECRET_NAME, &keys->pem, reterr);
	if (rc)
		return rc;
	rc = jose_key_from_pem(buf_text(&keys->pem), keys->pem.len, JOSE_KEY_PRIVATE, NULL,
			       &keys->key, reterr);
	if (!rc && !(jose_key_algs(keys->key) & JOSE_ES256))
		rc = RC_INVALID;
	if (rc)
		return err_set(reterr, rc, "secret-malformed", SECRET_NAME,
			       "wanted is a P-256 private key in PEM");
	rc = collect(keys, control, now_ms, reterr);
	if (!rc)
		*ret = TAKE_PTR(keys);
	return rc;
}

const json_t *receipt_keys_jwks(const struct receipt_keys *keys)
{
	return keys->jwks;
}

enum rc receipt_keys_mint(const struct receipt_keys *keys, const char *issuer, const char *tenant,
			  json_t *receipt, int64_t now_ms, struct buf *out, struct err *reterr)
{
	json_t *claims = json_pack("{s:s, s:s, s:I, s:O}", "iss", issuer, "sub", tenant, "iat",
				   (json_int_t)(now_ms / 1000), "receipt", receipt);
	enum rc rc;

	if (!claims)
		return RC_NOMEM;
	rc = jose_mint_jwt(claims, buf_text(&keys->pem), keys->pem.len, jose_key_kid(keys->key),
			   out, reterr);
	json_decref(claims);
	return rc;
}
