/* Whether there is a legal basis for taking a report now: a project in force, open to
 * the sender's kind of tenant.
 *
 *   no project is in force                    → NONE      (no-legal-basis)
 *   none in force is open to this kind        → NOT_OPEN  (phase-not-open)
 *   one is                                    → OPEN
 *
 * An installation without any project: a test one needs none, and in production nothing
 * is taken: it would be health data that nobody decided to collect. Days are Norway's. */
#ifndef VARDE_TENANT_BASIS_H
#define VARDE_TENANT_BASIS_H

#include "tenant/tenants.h"

enum tenant_basis { TENANT_BASIS_OPEN, TENANT_BASIS_NOT_OPEN, TENANT_BASIS_NONE };

/* Days as "YYYY-MM-DD", of the snapshot; NULL: there is none. */
struct tenant_basis_days {
	const char *opens;  /* the first day to come on which it is so again */
	const char *closed; /* the last day past on which it was */
};

/* What holds at `now_ms` for tenants of this kind; `ret` says when it did and will
 * where it does not. */
enum tenant_basis tenant_basis_at(const struct tenant_snapshot *snapshot, bool production,
				  const char *kind, int64_t now_ms, struct tenant_basis_days *ret);

/* The opening of this kind within one project, cut to the project's own days. False:
 * there is none, or they have no day in common. */
bool tenant_opening(const struct tenant_snapshot *snapshot, const struct control_project *project,
		    const char *kind, struct control_opening *ret);

/* The last day of the time that is open to this kind without a gap from `now_ms` on.
 * False: it has no end, or is not open now. */
bool tenant_basis_ends(const struct tenant_snapshot *snapshot, const char *kind, int64_t now_ms,
		       const char **ret_last);

#endif
