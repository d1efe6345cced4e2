/* For whom a caller may act: for its own organisation, and for each data owner
 * that has registered it as a processor (databehandler). The owner is whose file
 * takes a document and whose rows are read. */
#ifndef VARDE_INTAKE_OWNER_H
#define VARDE_INTAKE_OWNER_H

#include "intake/caller.h"

/* Whether the tenant's phase lets anything be done by it or for it; else refuses
 * with tenant-suspended or tenant-not-open (403). */
NODISCARD enum rc intake_tenant_open(const struct tenant *tenant, struct refusal *refusal);

/* Whether the caller may do any of `rights` (a mask of enum control_right) for
 * `orgnr` at `now_ms`, as far as that organisation has a say. */
bool intake_acts_for(const struct intake_caller *caller, const char *orgnr, unsigned rights,
		     int64_t now_ms);

/* The data owner of that number, if the caller may do any of `rights` for it.
 * Refuses (403) with tenant-mismatch, the same for an organisation that has not
 * registered the caller and for one that does not exist; and, to who may know,
 * with tenant-suspended, tenant-not-open, tenant-not-owner. Any thread. */
NODISCARD enum rc intake_owner(const struct intake_caller *caller, const char *orgnr,
			       unsigned rights, int64_t now_ms, const struct tenant **ret,
			       struct refusal *refusal);

/* Whether a document of `owner`, for which the caller may send, may be signed with
 * a key of `key_owner`: the owner's own, the caller's organisation's, or its
 * supplier's where the owner has registered that. */
bool intake_owner_takes_key(const struct intake_caller *caller, const struct tenant *owner,
			    const char *key_owner, int64_t now_ms);

#endif
