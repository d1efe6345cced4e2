/* Who may read the sector's tables: whoever brings a token of a configured issuer
 * for this service, with the scope varde:statistics.read. There is no register
 * here: the issuer says which organisations have the scope. */
#ifndef VARDE_STATD_READERS_H
#define VARDE_STATD_READERS_H

#include "base/cleanup.h"
#include "base/err.h"
#include "statd/statd.h"

/* RC_NOMEM. Both are borrowed. */
NODISCARD enum rc readers_new(const struct config *config, struct issuers *issuers,
			      struct readers **ret, struct err *reterr);
void readers_free(struct readers *readers);
DEFINE_CLEANUP(struct readers *, readers_free)

/* Whether the request is of the sector. Without Authorization it is not, and that is
 * no fault. false: the token or its proof is not good, or lacks the scope, and the
 * exchange is answered. Any thread. */
bool readers_check(struct readers *readers, struct exchange *x, bool *ret_sector);

#endif
