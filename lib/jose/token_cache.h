/* Verified tokens by the SHA-256 of their text, until they expire: a sender that
 * posts a thousand reports has its token verified once.
 *
 * Each is known under the generation of the issuers' keys that verified it: once
 * the keys have changed, what older ones verified is not found any more, also
 * where a slow thread puts it in late.
 *
 * Bounded: when full, a dead entry, else the one that goes soonest of its bucket
 * makes room. Any thread; the lock is held for a look-up only. */
#ifndef VARDE_JOSE_TOKEN_CACHE_H
#define VARDE_JOSE_TOKEN_CACHE_H

#include "base/cleanup.h"
#include "jose/token.h"

struct jose_token_cache;

/* Room for about `capacity` tokens (1 to 2^20). RC_NOMEM, RC_INVALID. */
NODISCARD enum rc jose_token_cache_new(size_t capacity, struct jose_token_cache **ret,
				       struct err *reterr);
void jose_token_cache_free(struct jose_token_cache *cache);
DEFINE_CLEANUP(struct jose_token_cache *, jose_token_cache_free)

/* The token of exactly this text, if it was verified under this generation of keys
 * and this scheme and is still usable at `now_ms`: one more owner,
 * jose_token_free() it. NULL else. */
struct jose_token *jose_token_cache_get(struct jose_token_cache *cache, uint64_t generation,
					enum jose_scheme scheme, const char *text, size_t len,
					int64_t now_ms);

/* Remembers a verified token; the cache becomes one more owner. Not kept when it
 * is no longer usable. */
void jose_token_cache_put(struct jose_token_cache *cache, uint64_t generation, const char *text,
			  size_t len, struct jose_token *token, int64_t now_ms);

#endif
