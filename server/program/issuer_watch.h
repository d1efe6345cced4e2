/* What operators see of the issuers' keys: metrics and log events. */
#ifndef VARDE_PROGRAM_ISSUER_WATCH_H
#define VARDE_PROGRAM_ISSUER_WATCH_H

#include "base/cleanup.h"
#include "base/err.h"

struct config;
struct issuer_watch;
struct issuers;
struct log;
struct metrics;

/* Registers a row per issuer of each metric, and begins to fetch keys, telling of
 * what happens in the log: issuer-keys-changed, issuer-refresh-failed,
 * issuer-keys-refused, issuer-refresh-well, issuer-keys-expired,
 * issuer-keys-not-kept. Before the servers start. Borrows all, as long as the issuers
 * run and the metrics are asked for. RC_NOMEM. */
NODISCARD enum rc issuer_watch_start(const struct config *config, struct issuers *issuers,
				     struct metrics *metrics, struct log *log,
				     struct issuer_watch **ret, struct err *reterr);
/* After issuers_stop() or issuers_free(). NULL is allowed. */
void issuer_watch_free(struct issuer_watch *watch);

#endif
