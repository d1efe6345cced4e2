/* What operators see of the issuers' keys: metrics and log events. */
#ifndef VARDE_VARDED_ISSUER_WATCH_H
#define VARDE_VARDED_ISSUER_WATCH_H

#include "varded/varded.h"

/* Registers a row per issuer of each metric, and begins to fetch keys, telling of
 * what happens in the log: issuer-keys-changed, issuer-refresh-failed,
 * issuer-keys-refused, issuer-refresh-well, issuer-keys-expired,
 * issuer-keys-not-kept. Before the servers start. RC_NOMEM. */
NODISCARD enum rc issuer_watch_start(struct varded *v, struct err *reterr);

#endif
