#include "operate/key_import.h"

#include "jose/cert.h"
#include "operate/call.h"
#include "json/strict.h"

#include <string.h>

#define JWK_DEPTH 8

/* --kid takes the place of the JWK's own. */
static enum rc from_jwk(const char *text, const char *kid, struct jose_key **ret,
			struct err *reterr)
{
	json_t *jwk = NULL;
	enum rc rc = json_strict_load(text, strlen(text), JWK_DEPTH, &jwk, reterr);

	if (rc)
		return rc;
	if (kid && json_is_object(jwk))
		json_object_set_new(jwk, "kid", json_string(kid));
	rc = jose_key_from_jwk(jwk, JOSE_KEY_CHECK, ret, reterr);
	json_decref(jwk);
	return rc;
}

static enum rc from_certificate(const char *text, const char *kid, struct key_import *import,
				struct err *reterr)
{
	struct jose_cert cert;
	enum rc rc;

	if (strstr(text, "PRIVATE KEY-----")) /* it would be kept with the evidence */
		return err_set(reterr, RC_INVALID, "key-private", "cert",
			       "the file holds a private key: it belongs with its owner only");
	rc = jose_key_from_cert_pem(text, strlen(text), JOSE_KEY_CHECK, kid, &import->key, &cert,
				    reterr);
	if (rc)
		return rc;
	memcpy(import->orgnr, cert.orgnr, sizeof(import->orgnr));
	import->evidence = text;
	import->valid_from = cert.not_before_ms;
	import->valid_to = cert.not_after_ms + 1;
	if (import->orgnr[0])
		return RC_OK;
	key_import_release(import);
	return err_set(reterr, RC_INVALID, "certificate-organisation", "cert",
		       "the certificate names no organisation");
}

enum rc key_import(const struct operate_call *call, struct key_import *ret, struct err *reterr)
{
	const char *jwk = operate_text(call, "jwk"), *pem = operate_text(call, "pem");
	const char *cert = operate_text(call, "cert"), *kid = operate_text(call, "kid");
	struct key_import import = { .source = jwk ? "jwk" : pem ? "pem" : "cert" };
	enum rc rc;

	if (!!jwk + !!pem + !!cert != 1)
		return err_set(reterr, RC_INVALID, "argument-missing", "jwk",
			       "a key comes as one of a JWK, a PEM public key and a certificate");
	if (jwk)
		rc = from_jwk(jwk, kid, &import.key, reterr);
	else if (pem)
		rc = jose_key_from_pem(pem, strlen(pem), JOSE_KEY_CHECK, kid, &import.key, reterr);
	else
		rc = from_certificate(cert, kid, &import, reterr);
	if (rc) {
		if (reterr && !reterr->where[0])
			snprintf(reterr->where, sizeof(reterr->where), "%s", import.source);
		return rc;
	}
	*ret = import;
	return RC_OK;
}

void key_import_release(struct key_import *import)
{
	jose_key_free(import->key);
	*import = (struct key_import){ 0 };
}
