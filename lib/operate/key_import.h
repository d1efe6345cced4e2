/* A public key as an operator brings it: one of a JWK, a PEM public key, and an
 * enterprise certificate, which also says whose it is and for how long. */
#ifndef VARDE_OPERATE_KEY_IMPORT_H
#define VARDE_OPERATE_KEY_IMPORT_H

#include "jose/jwk.h"
#include "operate/operate.h"

struct key_import {
	struct jose_key *key;         /* owned; its kid is --kid, the JWK's or the thumbprint */
	const char *source;           /* "jwk", "pem", "cert" */
	const char *evidence;         /* the certificate's PEM, borrowed from the call; else NULL */
	char orgnr[10];               /* of the certificate; "" when there is none */
	int64_t valid_from, valid_to; /* ms, of the certificate; else 0 */
};

/* Reads the one of jwk, pem and cert that the call holds; private keys are
 * refused. RC_INVALID "argument-missing" (none, or more than one), else the
 * codes of jose with where = the argument. */
NODISCARD enum rc key_import(const struct operate_call *call, struct key_import *ret,
			     struct err *reterr);

void key_import_release(struct key_import *import);

#endif
