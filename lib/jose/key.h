/* Inside of jose: what a key is made of. Other rooms use jose/jwk.h. */
#ifndef VARDE_JOSE_KEY_H
#define VARDE_JOSE_KEY_H

#include "jose/jwk.h"

#include <openssl/evp.h>

#define JOSE_RSA_MIN_BITS 2048
#define JOSE_RSA_MAX_BITS 4096
#define JOSE_COORDINATE_MAX 48

struct jose_key {
	int owners; /* atomic */
	EVP_PKEY *pkey;
	unsigned algs;
	enum jose_alg bound; /* the one `alg` the key names, or JOSE_ALG_NONE */
	bool private;
	char kind[16];
	char thumbprint[JOSE_THUMBPRINT_SIZE];
	char kid[JOSE_KID_MAX + 1];
};

/* Coordinate (and signature half) length of an ES* algorithm's curve; 0 else. */
size_t jose_alg_half(enum jose_alg alg);

/* Whether `kid` may name a key: 1 to JOSE_KID_MAX bytes, none a control. */
bool jose_kid_ok(const char *kid, size_t len);

/* Checks what a parsed key is (type, size, exponent, group by name), fills kind,
 * algorithms and thumbprint, and runs the checks that `flags` ask for. Takes
 * ownership of `pkey` whatever happens. `bound` and `kid` may be none. */
NODISCARD enum rc jose_key_make(EVP_PKEY *pkey, unsigned flags, enum jose_alg bound,
				const char *kid, struct jose_key **ret, struct err *reterr);

/* The public members of the JWK, without kid, use and alg. */
NODISCARD enum rc jose_key_public_members(const EVP_PKEY *pkey, json_t **ret, struct err *reterr);

/* For OpenSSL's readers of PEM: something encrypted would make it ask at the
 * terminal, and is refused instead. */
int jose_no_passphrase(char *out, int size, int writing, void *arg);

static inline enum rc jose_no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

#endif
