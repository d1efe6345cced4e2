/* Inside of jose: claims of a JWT payload (RFC 7519 section 4), read strictly. */
#ifndef VARDE_JOSE_CLAIMS_H
#define VARDE_JOSE_CLAIMS_H

#include "base/rc.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOSE_CLAIMS_DEPTH 16

/* A date: an integer of 0 to 2^53, seconds. RC_NOT_FOUND when absent,
 * RC_INVALID when anything else (a text, a real, negative). */
NODISCARD enum rc jose_claim_date(const json_t *claims, const char *name, int64_t *ret);

/* A text of 1 to `max` bytes, borrowed. RC_NOT_FOUND, RC_INVALID. */
NODISCARD enum rc jose_claim_text(const json_t *claims, const char *name, size_t max,
				  const char **ret);

/* `aud` is `audience`, or an array of exactly that (RFC 7519 4.1.3). */
bool jose_claim_audience_is(const json_t *claims, const char *audience);

/* Nine digits. */
bool jose_is_nine_digits(const char *text);

#endif
