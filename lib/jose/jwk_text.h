/* Inside of jose: what the text of a JWK says, before any arithmetic (jwk_text.c),
 * for those who then build a key of it (jwk.c). */
#ifndef VARDE_JOSE_JWK_TEXT_H
#define VARDE_JOSE_JWK_TEXT_H

#include "jose/key.h"

#include <jansson.h>

#define JOSE_NUMBER_MAX (JOSE_RSA_MAX_BITS / 8)
#define JOSE_NUMBER_SIZE (JOSE_NUMBER_MAX + 3) /* room to decode into */

/* A string member, or NULL where it is absent or of another type. */
const char *jose_jwk_member(const json_t *jwk, const char *name);

/* Strict base64url of 1 to JOSE_NUMBER_MAX bytes. */
NODISCARD enum rc jose_jwk_number(const json_t *jwk, const char *name,
				  unsigned char out[JOSE_NUMBER_SIZE], size_t *ret_len,
				  struct err *reterr);

/* The ES* algorithm of a JWK's crv, or JOSE_ALG_NONE. `crv` may be NULL. */
enum jose_alg jose_jwk_curve_alg(const char *crv);

/* Checks members, types and lengths; tells whether it is an EC key, else RSA, and
 * the alg it names or JOSE_ALG_NONE. Wrong types, secrets and private members are
 * refused before anything is found unsupported. */
NODISCARD enum rc jose_jwk_check(const json_t *jwk, unsigned flags, bool *ret_ec,
				 enum jose_alg *ret_alg, struct err *reterr);

/* key-malformed. */
enum rc jose_jwk_malformed(const char *member, const char *why, struct err *reterr);

#endif
