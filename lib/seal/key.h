/* The inside of a custodian's key (keyfile.h). For this room only. */
#ifndef VARDE_SEAL_KEY_H
#define VARDE_SEAL_KEY_H

#include "seal/keyfile.h"

#define KEY_SEED_LEN 32

/* Bytes only, so that it may stand anywhere in sodium_malloc() memory. */
struct seal_key {
	unsigned char seed[KEY_SEED_LEN];
	unsigned char signing_secret[64];
	unsigned char box_secret[32];
	unsigned char signing_key[32];
	struct seal_recipient who;
};

/* An empty key in locked memory, to fill `seed` of and expand. */
NODISCARD enum rc key_alloc(struct seal_key **ret, struct err *reterr);

/* Everything that follows from `seed`. */
NODISCARD enum rc key_expand(struct seal_key *key, struct err *reterr);

#endif
