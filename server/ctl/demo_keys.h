/* Keys of a demonstration: new ones, written as PEM (PKCS #8, no passphrase). */
#ifndef VARDE_CTL_DEMO_KEYS_H
#define VARDE_CTL_DEMO_KEYS_H

#include "base/buf.h"
#include "base/err.h"
#include "jose/jwk.h"

/* Makes a key for `alg` (RSA of 2048 bits, P-256 or P-384) and writes its private
 * half to the new file DIR/name (0600). `*ret_jwk` is the public JWK with kid (the
 * thumbprint), use and alg; the caller owns it. */
NODISCARD enum rc demo_make_key(const char *dir, const char *name, enum jose_alg alg,
				json_t **ret_jwk, struct err *reterr);

/* Appends the proof of the key in DIR/name that it is `orgnr`'s, as of `now_ms`
 * (jose/key_proof.h). */
NODISCARD enum rc demo_prove_key(const char *dir, const char *name, enum jose_alg alg,
				 const char *orgnr, int64_t now_ms, struct buf *ret,
				 struct err *reterr);

/* The same for 32 random bytes in hexadecimal. */
NODISCARD enum rc demo_make_secret(const char *dir, const char *name, struct err *reterr);

#endif
