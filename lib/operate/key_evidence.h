/* By what we know whose a new key is, before it is registered: a certificate chain
 * to an authority that is configured, or the key's own signed word (key_proof.h).
 * In a test installation an operator may say that he does without. */
#ifndef VARDE_OPERATE_KEY_EVIDENCE_H
#define VARDE_OPERATE_KEY_EVIDENCE_H

#include "operate/key_import.h"

struct config;

struct key_evidence {
	const char *proven; /* "chain", "proof", NULL: neither */
	char *chain;        /* owned; PEM, from the certificate to the authority; or NULL */
	char *proof;        /* owned; the compact JWS; or NULL */
};

/* Judges what the call brings for the key. A certificate must have its chain where
 * authorities are configured, whatever else comes. RC_INVALID "proof-missing",
 * "authorities-missing", "unproven-production", "argument-value", and the codes of
 * jose with where = the argument. */
NODISCARD enum rc key_evidence_take(const struct config *config, const struct operate_call *call,
				    const struct key_import *import, struct key_evidence *ret,
				    struct err *reterr);

void key_evidence_release(struct key_evidence *evidence);

#endif
