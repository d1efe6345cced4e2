/* control.db, the institute's register: who may send (tenants, units, processors),
 * with which keys, to whom it is sealed (custodians), and what operators did.
 *
 * Every verb that changes takes `by` and writes it to the action log in the same
 * transaction: there is no change without its log entry. Values are checked by
 * the caller (identifiers, jose, seal); the register holds only what must hold
 * between rows. Any thread may call (one lock inside). Strings in records that
 * a list or get returns are owned by them; strings given are borrowed. A `char *`
 * said to be optional is NULL when absent; a time is ms, 0 when absent. */
#ifndef VARDE_CONTROL_CONTROL_H
#define VARDE_CONTROL_CONTROL_H

#include "base/cleanup.h"
#include "base/err.h"
#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct control;

/* Opens, makes (0600) and migrates the register. RC_UNSUPPORTED: newer than this
 * program. RC_CORRUPT, RC_IO, RC_FULL, RC_BUSY, RC_NOMEM. `vfs` is for tests: NULL. */
NODISCARD enum rc control_open(const char *path, const char *vfs, struct control **ret,
			       struct err *reterr);
/* Checkpoints and closes. NULL is fine. */
void control_free(struct control *control);
DEFINE_CLEANUP(struct control *, control_free)

NODISCARD enum rc control_check(struct control *control, struct err *reterr);

/* --- what operators did ------------------------------------------------------------- */

struct control_action {
	int64_t id; /* set by the register: 1, 2, 3 … */
	int64_t at; /* ms; the time of the change, too */
	const char *operator;
	int64_t uid;         /* of the peer on the socket; -1 unknown */
	const char *command; /* "tenant suspend" */
	const char *reason;  /* optional */
	const char *detail;  /* JSON object text; optional */
};
struct control_actions {
	struct control_action *list;
	size_t len;
};
void control_actions_release(struct control_actions *actions);

/* For what changes nothing here but must be logged (exports, extracts). */
NODISCARD enum rc control_log(struct control *control, const struct control_action *by,
			      struct err *reterr);
/* At most `limit` with id > `since`, oldest first. */
NODISCARD enum rc control_actions(struct control *control, int64_t since, int64_t limit,
				  struct control_actions *ret, struct err *reterr);

/* --- tenants ------------------------------------------------------------------------ */

/*   invited → test | active | closed        active    → suspended | closed
 *   test    → active | suspended | closed   suspended → what it was | closed */
enum control_phase {
	CONTROL_INVITED,
	CONTROL_TEST,
	CONTROL_ACTIVE,
	CONTROL_SUSPENDED,
	CONTROL_CLOSED,
};
/* "invited" … Constant. */
const char *control_phase_name(enum control_phase phase);
NODISCARD enum rc control_phase_parse(const char *name, enum control_phase *ret);

struct control_tenant {
	const char *orgnr, *name;
	const char *kind;           /* code of a tenant kind */
	const char *parent;         /* orgnr above it, registered or not; optional */
	const char *contact;        /* optional */
	const char *coverage_start; /* "2026-01": counts from that month on; optional */
	enum control_phase phase;
	enum control_phase resume_phase; /* while suspended: what it was; else = phase */
	int64_t created_at, phase_since;
	int64_t submissions_per_minute, reads_per_minute; /* its own; 0: as for all */
	const char *profile;    /* name of the minimisation profile; "full" at first */
	bool notification_help; /* /validate says whether notifying looks due */
};
struct control_tenants {
	struct control_tenant *list;
	size_t len;
};
void control_tenant_release(struct control_tenant *tenant);
void control_tenants_release(struct control_tenants *tenants);

/* Takes orgnr, name, kind, parent, contact, phase; created_at is by->at.
 * RC_CONFLICT tenant-exists; RC_INVALID kind-unknown, parent-cycle, bad-value. */
NODISCARD enum rc control_tenant_add(struct control *control, const struct control_tenant *tenant,
				     const struct control_action *by, struct err *reterr);
/* RC_NOT_FOUND tenant-unknown. */
NODISCARD enum rc control_tenant_get(struct control *control, const char *orgnr,
				     struct control_tenant *ret, struct err *reterr);
/* In order of orgnr. */
NODISCARD enum rc control_tenant_list(struct control *control, struct control_tenants *ret,
				      struct err *reterr);
/* Changes name, kind, parent, contact, coverage_start, notification_help and what is per
 * minute to those of `tenant`. As add; RC_NOT_FOUND; RC_CONFLICT kind-owner: a data owner does not
 * become a kind that owns no reports. */
NODISCARD enum rc control_tenant_set(struct control *control, const struct control_tenant *tenant,
				     const struct control_action *by, struct err *reterr);
/* A move that the table above does not have: RC_CONFLICT phase-move. Moving to
 * the phase it is in: RC_OK, nothing written. RC_NOT_FOUND. */
NODISCARD enum rc control_tenant_phase(struct control *control, const char *orgnr,
				       enum control_phase to, const struct control_action *by,
				       struct err *reterr);

/* What it shares from by->at on. RC_NOT_FOUND; RC_CONFLICT tenant-not-owner: it owns no
 * reports. Whether there is such a profile is the caller's to know. */
NODISCARD enum rc control_tenant_profile(struct control *control, const char *orgnr,
					 const char *profile, const struct control_action *by,
					 struct err *reterr);

/* What kinds of tenants there are: data, from the migrations. */
struct control_kind {
	const char *code, *name_nb, *name_en;
	const char *report_kind; /* what its reports say in report_kind; optional */
	bool owns_reports;       /* false: such a tenant only acts for others */
};
struct control_kinds {
	struct control_kind *list;
	size_t len;
};
void control_kinds_release(struct control_kinds *kinds);
NODISCARD enum rc control_kind_list(struct control *control, struct control_kinds *ret,
				    struct err *reterr);

/* --- sub-units: organisation numbers that a tenant may report for -------------------- */

struct control_unit {
	const char *orgnr;  /* the unit's */
	const char *tenant; /* its owner's */
	const char *name;
	int64_t added_at, removed_at; /* removed: no new reports, old ones stay */
};
struct control_units {
	struct control_unit *list;
	size_t len;
};
void control_units_release(struct control_units *units);

/* RC_CONFLICT unit-exists (anyone's), RC_NOT_FOUND tenant-unknown. A removed unit
 * of the same tenant comes back. */
NODISCARD enum rc control_unit_add(struct control *control, const struct control_unit *unit,
				   const struct control_action *by, struct err *reterr);
/* RC_NOT_FOUND unit-unknown. */
NODISCARD enum rc control_unit_remove(struct control *control, const char *orgnr,
				      const struct control_action *by, struct err *reterr);
/* Of one tenant, or of all (NULL); removed ones too. */
NODISCARD enum rc control_unit_list(struct control *control, const char *tenant,
				    struct control_units *ret, struct err *reterr);

/* --- processors: who acts for a data owner ---------------------------------------------- */

enum control_right {
	CONTROL_SEND = 1,
	CONTROL_READ = 2,
};
/* "send", "read" or "send,read" for a mask of them. Constant. */
const char *control_rights_name(unsigned rights);
/* The same back, in either order. RC_INVALID. */
NODISCARD enum rc control_rights_parse(const char *text, unsigned *ret);

struct control_processor {
	int64_t id;                   /* set by the register */
	const char *owner;            /* orgnr of the data owner */
	const char *processor;        /* orgnr of who acts for it; a tenant too */
	unsigned rights;              /* mask of enum control_right */
	int64_t valid_from, valid_to; /* ms, [from, to); to 0: open-ended */
	int64_t added_at;
	int64_t ended_at; /* nothing from then on, whatever the dates */
	const char *end_reason;
};
struct control_processors {
	struct control_processor *list;
	size_t len;
};
void control_processors_release(struct control_processors *processors);

/* added_at is by->at. Several rows of one pair add up; RC_CONFLICT processor-exists
 * when one in force at some of the same time gives one of the same rights.
 * RC_NOT_FOUND tenant-unknown (where = which); RC_INVALID processor-owner: the
 * owner's kind owns no reports; bad-value. */
NODISCARD enum rc control_processor_add(struct control *control,
					const struct control_processor *processor,
					const struct control_action *by, struct err *reterr);
/* Ends all rows of the pair that have not ended or run out by by->at, for
 * by->reason, which is needed. RC_NOT_FOUND processor-unknown: there are none. */
NODISCARD enum rc control_processor_end(struct control *control, const char *owner,
					const char *processor, const struct control_action *by,
					struct err *reterr);
/* Those that name `orgnr` on either side, or all (NULL), ended ones too; by owner,
 * processor, id. */
NODISCARD enum rc control_processor_list(struct control *control, const char *orgnr,
					 struct control_processors *ret, struct err *reterr);

/* --- signing keys ------------------------------------------------------------------------ */

struct control_key {
	const char *kid;   /* unique in the register, for ever */
	const char *orgnr; /* whose */
	const char *alg;
	const char *jwk;      /* public JWK as JSON text */
	const char *source;   /* "jwk", "pem", "cert" */
	const char *evidence; /* PEM of the certificate it came in, with the chain; optional */
	const char *proven;   /* "chain", "proof": how its owner was known; optional */
	const char *proof;    /* compact JWS of the key over its owner; optional */
	int64_t valid_from, valid_to; /* ms, [from, to); to 0: open-ended */
	int64_t added_at;
	int64_t revoked_at;
	const char *revoke_reason; /* optional */
};
struct control_keys {
	struct control_key *list;
	size_t len;
};
void control_key_release(struct control_key *key);
void control_keys_release(struct control_keys *keys);

/* added_at is by->at. RC_CONFLICT kid-exists; RC_NOT_FOUND tenant-unknown; RC_INVALID bad-value. */
NODISCARD enum rc control_key_add(struct control *control, const struct control_key *key,
				  const struct control_action *by, struct err *reterr);
/* RC_NOT_FOUND kid-unknown. */
NODISCARD enum rc control_key_get(struct control *control, const char *kid, struct control_key *ret,
				  struct err *reterr);
/* Of one organisation, or of all (NULL), revoked ones too; by orgnr, then kid. */
NODISCARD enum rc control_key_list(struct control *control, const char *orgnr,
				   struct control_keys *ret, struct err *reterr);
/* From by->at on, for good; by->reason is kept with it. RC_CONFLICT already-revoked. */
NODISCARD enum rc control_key_revoke(struct control *control, const char *kid,
				     const struct control_action *by, struct err *reterr);

/* --- custodians: whom reports are sealed to ------------------------------------------------- */

#define CONTROL_PUBLIC_KEY_SIZE 32

struct control_custodian {
	const char *kid;                                   /* unique for ever */
	unsigned char public_key[CONTROL_PUBLIC_KEY_SIZE]; /* X25519 */
	const char *label;
	const char *orgnr; /* NULL: the institute's, for every tenant; else that tenant's own */
	const char *proof; /* JSON text of the proof of opening */
	int64_t added_at;
	int64_t retired_at; /* serves no group from then on */
};
struct control_custodians {
	struct control_custodian *list;
	size_t len;
};
void control_custodians_release(struct control_custodians *custodians);

/* RC_CONFLICT kid-exists; RC_NOT_FOUND tenant-unknown. */
NODISCARD enum rc control_custodian_add(struct control *control,
					const struct control_custodian *custodian,
					const struct control_action *by, struct err *reterr);
/* The last serving custodian of the institute cannot go: RC_CONFLICT last-custodian.
 * RC_NOT_FOUND kid-unknown; RC_CONFLICT already-retired. */
NODISCARD enum rc control_custodian_retire(struct control *control, const char *kid,
					   const struct control_action *by, struct err *reterr);
/* All, retired ones too, by added_at, then kid. */
NODISCARD enum rc control_custodian_list(struct control *control, struct control_custodians *ret,
					 struct err *reterr);

/* --- statistical releases --------------------------------------------------------------------- */

struct control_release {
	int64_t number; /* set by the register, in the order of building */
	const char *name;
	int64_t as_of;             /* ms: the cut-off */
	const char *closed;        /* "2026-03": the last month that it closes */
	const char *manifest_hash; /* SHA-256 in hex, of manifest.json and counts.jsonl */
	const char *counts_hash;
	int64_t built_at, promoted_at, withdrawn_at;
	const char *withdraw_reason; /* optional */
};
struct control_releases {
	struct control_release *list;
	size_t len;
};
void control_releases_release(struct control_releases *releases);

/* Takes all but number, promoted_at and what follows; built_at is by->at. One of that
 * name that was never published is replaced; RC_CONFLICT release-exists otherwise. */
NODISCARD enum rc control_release_add(struct control *control,
				      const struct control_release *release,
				      const struct control_action *by, struct err *reterr);
/* RC_CONFLICT release-state: unknown, published already, or older than one that is. */
NODISCARD enum rc control_release_promote(struct control *control, const char *name,
					  const struct control_action *by, struct err *reterr);
/* by->reason is kept with it. RC_CONFLICT release-state: not published. */
NODISCARD enum rc control_release_withdraw(struct control *control, const char *name,
					   const struct control_action *by, struct err *reterr);
/* All, in the order of building. */
NODISCARD enum rc control_release_list(struct control *control, struct control_releases *ret,
				       struct err *reterr);

/* --- what is kept of reports ------------------------------------------------------------------ */

struct control_report {
	const char *orgnr, *report_id;
	int64_t at; /* ms: erased; of a link 0 */
};
struct control_reports {
	struct control_report *list;
	size_t len;
};
void control_reports_release(struct control_reports *reports);

/* Reports were erased by law, for good: a restored file must be held to it. Once is enough.
 * Whom they named is forgotten, in the register's log too. One transaction; each is logged,
 * of `by` operator, uid, command and reason. */
NODISCARD enum rc control_erasures_add(struct control *control,
				       const struct control_report *reports, size_t n,
				       const struct control_action *by, struct err *reterr);
/* Of one organisation, or of all (NULL). */
NODISCARD enum rc control_erasure_list(struct control *control, const char *orgnr,
				       struct control_reports *ret, struct err *reterr);

/* `from` is about to name `to` as related: of all of them together one transaction, and none
 * when nothing of it is new. Hints where to look, no action: not logged. Of one organisation
 * at most CONTROL_LINKS_MAX of its reports are noted that name the same one. */
#define CONTROL_LINKS_MAX 50
struct control_link {
	struct control_report from, to; /* `at` is not looked at */
};
NODISCARD enum rc control_links_add(struct control *control, const struct control_link *links,
				    size_t n, struct err *reterr);
/* Whom the organisation's reports named: they were a trial. In the register's log too. */
NODISCARD enum rc control_links_forget(struct control *control, const char *orgnr,
				       struct err *reterr);
/* Who may name `to`. */
NODISCARD enum rc control_link_list(struct control *control, const struct control_report *to,
				    struct control_reports *ret, struct err *reterr);

/* --- projects: under which decision reports are taken ---------------------------------------- */

/* Days are "YYYY-MM-DD" in Norway, the first and the last included; a last day of NULL:
 * no end. */
struct control_project {
	const char *code; /* lower-case letters, digits, hyphens */
	const char *name;
	const char *decision; /* reference to what it rests on */
	const char *purpose;
	const char *retention; /* how long what it took is kept, in words */
	const char *valid_from, *valid_to;
	int64_t added_at;
};
struct control_projects {
	struct control_project *list;
	size_t len;
};
void control_projects_release(struct control_projects *projects);

/* added_at is by->at. RC_CONFLICT project-exists; RC_INVALID bad-value. */
NODISCARD enum rc control_project_add(struct control *control,
				      const struct control_project *project,
				      const struct control_action *by, struct err *reterr);
/* Changes all but code and added_at. RC_NOT_FOUND project-unknown; RC_INVALID bad-value. */
NODISCARD enum rc control_project_set(struct control *control,
				      const struct control_project *project,
				      const struct control_action *by, struct err *reterr);
/* All, by valid_from, then code. */
NODISCARD enum rc control_project_list(struct control *control, struct control_projects *ret,
				       struct err *reterr);

/* From when to when tenants of a kind send under a project; days as above. */
struct control_opening {
	const char *project, *kind;
	const char *opens, *closes;
};
struct control_openings {
	struct control_opening *list;
	size_t len;
};
void control_openings_release(struct control_openings *openings);

/* Takes the place of the one of this project and kind. RC_NOT_FOUND project-unknown;
 * RC_INVALID kind-unknown (also of a kind that owns no reports), bad-value. */
NODISCARD enum rc control_opening_set(struct control *control,
				      const struct control_opening *opening,
				      const struct control_action *by, struct err *reterr);
/* All, by project, then kind. */
NODISCARD enum rc control_opening_list(struct control *control, struct control_openings *ret,
				       struct err *reterr);

/* --- municipalities that a tenant reports for ------------------------------------------------ */

struct control_municipality {
	const char *tenant; /* orgnr */
	const char *number; /* four digits */
	bool own;           /* the one that the tenant is; one at most */
	int64_t added_at;
};
struct control_municipalities {
	struct control_municipality *list;
	size_t len;
};
void control_municipalities_release(struct control_municipalities *municipalities);

/* One that is listed already only becomes, or stops being, the tenant's own; who was
 * that before stays on the list. RC_NOT_FOUND tenant-unknown. */
NODISCARD enum rc control_municipality_add(struct control *control,
					   const struct control_municipality *municipality,
					   const struct control_action *by, struct err *reterr);
/* RC_NOT_FOUND tenant-unknown, municipality-unlisted. */
NODISCARD enum rc control_municipality_remove(struct control *control, const char *tenant,
					      const char *number, const struct control_action *by,
					      struct err *reterr);
/* Of one tenant, or of all (NULL); by tenant, then number. */
NODISCARD enum rc control_municipality_list(struct control *control, const char *tenant,
					    struct control_municipalities *ret, struct err *reterr);

/* --- who reserves themselves (lib/reservation has the key) ------------------------------------ */

#define CONTROL_RESERVATION_SIZE 32

/* Adds to or removes from the list, all or nothing; `*ret_changed` were not there, or were. */
NODISCARD enum rc control_reservation_change(struct control *control,
					     unsigned char (*hashes)[CONTROL_RESERVATION_SIZE],
					     size_t n, bool add, const struct control_action *by,
					     size_t *ret_changed, struct err *reterr);
/* Empties the list, and forgets the setting that its key was known by. */
NODISCARD enum rc control_reservation_clear(struct control *control, const char *setting,
					    const struct control_action *by, struct err *reterr);
/* All, in order; free() it. */
NODISCARD enum rc control_reservation_list(struct control *control,
					   unsigned char (**ret)[CONTROL_RESERVATION_SIZE],
					   size_t *ret_len, struct err *reterr);

/* --- facts about the installation that must not change behind its back ------------------------ */

/* `*ret` is owned. RC_NOT_FOUND. */
NODISCARD enum rc control_setting_get(struct control *control, const char *name, char **ret,
				      struct err *reterr);
NODISCARD enum rc control_setting_set(struct control *control, const char *name, const char *value,
				      const struct control_action *by, struct err *reterr);

#endif
