#include "operate/key_evidence.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "config/config.h"
#include "jose/cert_chain.h"
#include "jose/key_proof.h"
#include "operate/call.h"

#include <string.h>

#define BUNDLE_MAX ((size_t)4 << 20)
#define CHAIN_MAX ((size_t)128 * 1024)

void key_evidence_release(struct key_evidence *evidence)
{
	free(evidence->chain);
	free(evidence->proof);
	*evidence = (struct key_evidence){ 0 };
}

/* Which of the operator's files the fault is in. */
static enum rc at(enum rc rc, struct err *reterr, const char *argument)
{
	err_at(reterr, argument);
	return rc;
}

static enum rc take_chain(const struct config *config, const struct operate_call *call,
			  const struct key_import *import, struct key_evidence *e,
			  struct err *reterr)
{
	CLEANUP(buf_release) struct buf bundle = buf_capped(BUNDLE_MAX);
	CLEANUP(buf_release) struct buf chain = buf_capped(CHAIN_MAX);
	const char *path = config->certificate_authorities;
	enum rc rc = buf_read_file(&bundle, path);

	if (rc)
		return err_set(reterr, rc, "cert-authorities", path,
			       "the bundle of authorities cannot be read (%s)", rc_name(rc));
	rc = jose_cert_chain_verify(import->evidence, strlen(import->evidence), buf_text(&bundle),
				    bundle.len, call->now_ms, &chain, reterr);
	if (rc)
		return at(rc, reterr,
			  reterr && !strcmp(reterr->code, "cert-authorities") ? path : "cert");
	e->chain = strdup(buf_text(&chain));
	e->proven = "chain";
	return e->chain ? RC_OK : err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

static enum rc take_proof(const struct operate_call *call, const struct key_import *import,
			  const char *file, struct key_evidence *e, struct err *reterr)
{
	static const char space[] = " \t\r\n";
	enum rc rc;

	file += strspn(file, space);
	e->proof = strndup(file, strcspn(file, space));
	if (!e->proof)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	if (file[strlen(e->proof) + strspn(file + strlen(e->proof), space)])
		rc = err_set(reterr, RC_INVALID, "key-proof-malformed", NULL,
			     "the file holds more than one compact JWS");
	else
		rc = jose_key_proof_check(e->proof, strlen(e->proof), import->key,
					  operate_text(call, "orgnr"), call->now_ms, reterr);
	if (rc)
		return at(rc, reterr, "proof");
	if (!e->proven)
		e->proven = "proof";
	return RC_OK;
}

/* Neither chain nor proof. */
static enum rc check_unproven(const struct config *config, const struct operate_call *call,
			      const struct key_import *import, struct err *reterr)
{
	if (operate_flag(call, "unproven")) {
		if (config->environment == ENVIRONMENT_TEST)
			return RC_OK;
		return err_set(reterr, RC_INVALID, "unproven-production", "unproven",
			       "in production every key is proven");
	}
	if (import->evidence)
		return err_set(reterr, RC_INVALID, "authorities-missing", "cert",
			       "no [keys] certificate_authorities are configured to hold the "
			       "certificate against: configure them, or add --proof");
	return err_set(reterr, RC_INVALID, "proof-missing", "proof",
		       "a key comes with --proof, which its owner signs with it");
}

enum rc key_evidence_take(const struct config *config, const struct operate_call *call,
			  const struct key_import *import, struct key_evidence *ret,
			  struct err *reterr)
{
	CLEANUP(key_evidence_release) struct key_evidence e = { 0 };
	const char *proof = operate_text(call, "proof");
	enum rc rc = RC_OK;

	if (proof && operate_flag(call, "unproven"))
		return err_set(reterr, RC_INVALID, "argument-value", "unproven",
			       "does not go with a proof");
	if (import->evidence && config->certificate_authorities)
		rc = take_chain(config, call, import, &e, reterr);
	if (!rc && proof)
		rc = take_proof(call, import, proof, &e, reterr);
	if (!rc && !e.proven)
		rc = check_unproven(config, call, import, reterr);
	if (rc)
		return rc;
	*ret = e;
	e = (struct key_evidence){ 0 };
	return RC_OK;
}
