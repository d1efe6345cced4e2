/* The pace: how many documents an organisation may send and how many answers it may
 * read per minute, and how it is told (RateLimit-Policy and RateLimit of
 * draft-ietf-httpapi-ratelimit-headers, Retry-After). The organisation is the one that
 * calls, by its token, whoever's documents it sends. */
#ifndef VARDE_VARDED_PACE_H
#define VARDE_VARDED_PACE_H

#include "varded/varded.h"

enum pace_kind { PACE_SUBMIT, PACE_READ };

/* Makes v->rates. RC_NOMEM. */
NODISCARD enum rc pace_open(struct varded *v);

/* What a request with this scope is counted as. */
enum pace_kind pace_kind(const char *scope);

/* What this organisation may do: what the register says of it, else varde.conf. */
struct rate pace_rate(const struct varded *v, const struct tenant *tenant, enum pace_kind kind);

/* Takes one, and says on the answer to come what is left. false: there was none, and
 * the exchange is answered. */
bool pace_take(struct exchange *x, struct varded *v, const struct intake_caller *caller,
	       enum pace_kind kind);

/* Takes `more` that showed only afterwards, such as the rest of a batch: never refused,
 * but what is over must be waited for before the next request. */
void pace_owe(struct exchange *x, struct varded *v, const struct intake_caller *caller,
	      enum pace_kind kind, int64_t more);

#endif
