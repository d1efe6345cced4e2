/* Brings a database file to this program's version.
 *
 * The steps of a set are migrations/<set>/NNNN_name.sql (embedded at build),
 * numbered from 0001 without gap. Step N runs in one transaction that also sets
 * user_version to N, so a file is always exactly at some version. Additive only:
 * a released step is never edited. */
#ifndef VARDE_MIGRATE_MIGRATE_H
#define VARDE_MIGRATE_MIGRATE_H

#include "base/err.h"
#include "base/rc.h"

#include <stdint.h>

struct db; /* sqlite/db.h */

struct migrate_set {
	const char *name;       /* folder below migrations/ */
	int32_t application_id; /* marks what kind of file it is */
};

/* The newest version this program knows; 0 when the set has no steps. */
int migrate_latest(const struct migrate_set *set);

/* Runs the steps that `db` has not had, in order, on the caller's thread, and
 * marks a fresh file with the application_id. RC_CORRUPT: another kind of file;
 * RC_UNSUPPORTED: newer than this program; the store's codes when a step fails
 * (the file stays at the step before). */
NODISCARD enum rc migrate_run(struct db *db, const struct migrate_set *set, struct err *reterr);

/* Only looks: RC_OK when the file is of this kind and version, RC_UNSUPPORTED
 * when newer or older. For read-only connections. */
NODISCARD enum rc migrate_verify(const struct db *db, const struct migrate_set *set,
				 struct err *reterr);

#endif
