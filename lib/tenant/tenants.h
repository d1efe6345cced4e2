/* The register in memory: who may send, for whom, with which keys, to whom it is
 * sealed. Read for every request, so no database and no lock stands in the way.
 *
 * control.db holds the truth; tenants_reload() reads it into a new immutable
 * snapshot and swaps it in, so that a change acts at once and a request sees one
 * state from its first step to its last. */
#ifndef VARDE_TENANT_TENANTS_H
#define VARDE_TENANT_TENANTS_H

#include "base/cleanup.h"
#include "base/err.h"
#include "control/control.h"
#include "jose/jwk.h"
#include "seal/envelope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tenants;

/* One state of the register. Shared, immutable, counted. */
struct tenant_snapshot;

/* A tenant as the register has it; all strings belong to the snapshot. */
struct tenant {
	const struct control_tenant *row;
	const char *report_kind;                 /* what `report_kind` its reports say, NULL: any */
	bool owns_reports;                       /* false: it only acts for others */
	const struct control_unit *const *units; /* sub-units in use */
	size_t units_len;
	/* The municipalities that it reports for; none: not known, so any. */
	const struct control_municipality *municipalities;
	size_t municipalities_len;
};

/* A signing key of the register with its public key ready to verify. */
struct tenant_key {
	const struct control_key *row;
	struct jose_key *key;
};

/* Reads the register and keeps it for later reloads. `control` is borrowed.
 * Errors as tenants_reload(). */
NODISCARD enum rc tenants_new(struct control *control, struct tenants **ret, struct err *reterr);

/* NULL is fine. Snapshots still held live on. */
void tenants_free(struct tenants *tenants);
DEFINE_CLEANUP(struct tenants *, tenants_free)

/* Reads the register anew. On failure the state stays what it was: RC_NOMEM, or
 * those of control_*_list; RC_CORRUPT with the kid in `where` when a stored key
 * cannot be read. Any thread. */
NODISCARD enum rc tenants_reload(struct tenants *tenants, struct err *reterr);

/* The state as of now, to be given back. Any thread. */
struct tenant_snapshot *tenants_hold(struct tenants *tenants);
void tenant_snapshot_drop(struct tenant_snapshot *snapshot);
DEFINE_CLEANUP(struct tenant_snapshot *, tenant_snapshot_drop)

/* NULL when there is none. What is found lives as long as the snapshot is held. */
const struct tenant *tenant_find(const struct tenant_snapshot *snapshot, const char *orgnr);
const struct tenant_key *tenant_key_find(const struct tenant_snapshot *snapshot, const char *kid);

/* All, in order of orgnr and of kid. */
const struct tenant *tenant_list(const struct tenant_snapshot *snapshot, size_t *ret_len);
const struct tenant_key *tenant_key_list(const struct tenant_snapshot *snapshot, size_t *ret_len);

/* Whether `unit` is one of the tenant's sub-units in use. */
bool tenant_has_unit(const struct tenant *tenant, const char *unit);

/* Whether `owner` has `processor` registered at `at_ms` for any of `rights`, a mask
 * of enum control_right. Nobody is a processor of itself. Looks only among the
 * registrations: it takes as long whether such organisations exist or not. */
bool tenant_is_processor(const struct tenant_snapshot *snapshot, const char *owner,
			 const char *processor, unsigned rights, int64_t at_ms);

/* All registrations, those ended too, in order of owner, processor, id. */
const struct control_processor *tenant_processors(const struct tenant_snapshot *snapshot,
						  size_t *ret_len);

/* Whether the registration gives its rights at `at_ms`: within its dates, and not
 * ended by then. */
bool tenant_processor_valid_at(const struct control_processor *processor, int64_t at_ms);

/* All projects, by first day, and all openings. */
const struct control_projects *tenant_projects(const struct tenant_snapshot *snapshot);
const struct control_openings *tenant_openings(const struct tenant_snapshot *snapshot);

/* Whether a key may have signed at `at_ms`: within its dates, and not revoked by
 * `now_ms`. Revocation does not look at `at_ms`: whoever holds a stolen key
 * writes that time himself. */
bool tenant_key_valid_at(const struct tenant_key *key, int64_t at_ms, int64_t now_ms);

/* Whom a group of the tenant is sealed to: the institute's custodians and the
 * tenant's own, those in service. Fills at most `max`, returns how many; 0 without
 * one of the institute's, which could then not open what it is to learn from. */
size_t tenant_recipients(const struct tenant_snapshot *snapshot, const char *orgnr,
			 struct seal_recipient *ret, size_t max);

#endif
