#include "intake/owner.h"

#include <string.h>

enum rc intake_tenant_open(const struct tenant *tenant, struct refusal *refusal)
{
	switch (tenant->row->phase) {
	case CONTROL_TEST:
	case CONTROL_ACTIVE: return RC_OK;
	case CONTROL_SUSPENDED: return refuse(refusal, RC_FORBIDDEN, "tenant-suspended");
	case CONTROL_INVITED:
		return refuse_because(refusal, RC_FORBIDDEN, "tenant-not-open", "phase-invited");
	case CONTROL_CLOSED: break;
	}
	return refuse_because(refusal, RC_FORBIDDEN, "tenant-not-open", "phase-closed");
}

bool intake_acts_for(const struct intake_caller *caller, const char *orgnr, unsigned rights,
		     int64_t now_ms)
{
	const char *own = caller->tenant->row->orgnr;

	return !strcmp(own, orgnr) ||
	       tenant_is_processor(caller->snapshot, orgnr, own, rights, now_ms);
}

enum rc intake_owner(const struct intake_caller *caller, const char *orgnr, unsigned rights,
		     int64_t now_ms, const struct tenant **ret, struct refusal *refusal)
{
	const struct tenant *owner;
	enum rc rc;

	if (!intake_acts_for(caller, orgnr, rights, now_ms))
		return refuse_because(refusal, RC_FORBIDDEN, "tenant-mismatch", "no-processor");
	owner = tenant_find(caller->snapshot, orgnr); /* the register has both of a pair */
	rc = intake_tenant_open(owner, refusal);
	if (rc)
		return refuse_because(refusal, rc, refusal->code, "owner-not-open");
	if (!owner->owns_reports)
		return refuse(refusal, RC_FORBIDDEN, "tenant-not-owner");
	*ret = owner;
	return RC_OK;
}

/* The supplier's delegation is from the caller's organisation, and says nothing of
 * whose signature the data owner trusts: that is the register's to say. */
static bool takes_suppliers(const struct intake_caller *caller, const struct tenant *owner,
			    int64_t now_ms)
{
	const struct tenant *supplier = tenant_find(caller->snapshot, caller->sender);
	struct refusal ignored = { 0 };

	return supplier && !intake_tenant_open(supplier, &ignored) &&
	       tenant_is_processor(caller->snapshot, owner->row->orgnr, caller->sender,
				   CONTROL_SEND, now_ms);
}

bool intake_owner_takes_key(const struct intake_caller *caller, const struct tenant *owner,
			    const char *key_owner, int64_t now_ms)
{
	if (!strcmp(key_owner, owner->row->orgnr) || !strcmp(key_owner, caller->tenant->row->orgnr))
		return true;
	return !strcmp(key_owner, caller->sender) && takes_suppliers(caller, owner, now_ms);
}
