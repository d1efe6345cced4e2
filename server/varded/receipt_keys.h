/* The keys that receipts are signed with: the current one from the credentials
 * folder, and the public halves of all that ever were, so that a receipt can be
 * checked years later. They are kept in the register under "receipt-keys". */
#ifndef VARDE_VARDED_RECEIPT_KEYS_H
#define VARDE_VARDED_RECEIPT_KEYS_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <jansson.h>
#include <stdint.h>

struct config;
struct control;
struct receipt_keys;

/* Reads `receipt-key.pem` (P-256) and adds its public half to the register when
 * it is new there. Errors name the file. */
NODISCARD enum rc receipt_keys_open(const struct config *config, struct control *control,
				    int64_t now_ms, struct receipt_keys **ret, struct err *reterr);
void receipt_keys_free(struct receipt_keys *keys);
DEFINE_CLEANUP(struct receipt_keys *, receipt_keys_free)

/* {"keys":[…]}, borrowed; immutable. Any thread. */
const json_t *receipt_keys_jwks(const struct receipt_keys *keys);

/* Appends the receipt as a JWT (ES256): {iss, sub, iat, receipt}. Any thread. */
NODISCARD enum rc receipt_keys_mint(const struct receipt_keys *keys, const char *issuer,
				    const char *tenant, json_t *receipt, int64_t now_ms,
				    struct buf *out, struct err *reterr);

#endif
