/* How the issuers' keys are, for status and doctor: of the running daemon, or, on a
 * folder at rest, what a daemon would start with. */
#ifndef VARDE_OPERATE_ISSUER_KEYS_H
#define VARDE_OPERATE_ISSUER_KEYS_H

#include "issuers/issuers.h"
#include "operate/operate.h"

enum issuer_state {
	ISSUER_FRESH,       /* from a file, or fetched as they should be */
	ISSUER_STALE,       /* in force, but the last fetch failed or is overdue */
	ISSUER_UNTRIED,     /* none yet: they are fetched when the daemon starts */
	ISSUER_UNAVAILABLE, /* none in force: its tokens are answered 503 */
};

/* All of them, in the configuration's order. At rest as issuers_new(). */
NODISCARD enum rc issuer_keys_look(struct installation *installation,
				   const struct operate_call *call,
				   struct issuer_status ret[CONFIG_ISSUERS_MAX], size_t *ret_n,
				   struct err *reterr);

/* Its state, by name too, a line of text about it, and all of it in JSON. */
enum issuer_state issuer_keys_state(const struct issuer_status *issuer);
const char *issuer_keys_text(const struct issuer_status *issuer, char *out, size_t size);
json_t *issuer_keys_row(const struct issuer_status *issuer);

#endif
