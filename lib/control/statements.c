#include "control/internal.h"

#define TENANT                                                                                     \
	"orgnr, name, kind, parent, contact, phase, resume_phase, created_at, phase_since, "       \
	"coverage_start, submissions_per_minute, reads_per_minute, profile, notification_help"
#define KEY                                                                                        \
	"kid, orgnr, alg, jwk, source, evidence, valid_from, valid_to, added_at, revoked_at, "     \
	"revoke_reason, proven, proof"
#define PROJECT "code, name, decision, purpose, retention, valid_from, valid_to, added_at"

const char *const control_sql[C_END] = {
	[C_ACTION_ADD] = "INSERT INTO action (at, operator, uid, command, reason, detail) "
			 "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[C_ACTIONS] = "SELECT id, at, operator, uid, command, reason, detail FROM action "
		      "WHERE id > ?1 ORDER BY id LIMIT ?2",
	[C_TENANT_ADD] = "INSERT INTO tenant (" TENANT ") "
			 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?7, NULL, NULL, NULL, 'full', 0)",
	[C_TENANT_GET] = "SELECT " TENANT " FROM tenant WHERE orgnr = ?1",
	[C_TENANT_LIST] = "SELECT " TENANT " FROM tenant ORDER BY orgnr",
	[C_TENANT_SET] = "UPDATE tenant SET name = ?2, kind = ?3, parent = ?4, contact = ?5, "
			 "coverage_start = ?6, submissions_per_minute = ?7, reads_per_minute = ?8, "
			 "notification_help = ?9 WHERE orgnr = ?1",
	[C_TENANT_PHASE] = "UPDATE tenant SET phase = ?2, resume_phase = ?3, phase_since = ?4 "
			   "WHERE orgnr = ?1",
	[C_TENANT_PROFILE] = "UPDATE tenant SET profile = ?2 WHERE orgnr = ?1",
	/* Whether ?1 stands above ?2 already. */
	[C_PARENT_LOOP] = "WITH RECURSIVE above (orgnr) AS (SELECT ?2 UNION "
			  "SELECT parent FROM tenant JOIN above USING (orgnr) "
			  "WHERE parent IS NOT NULL) "
			  "SELECT EXISTS (SELECT 1 FROM above WHERE orgnr = ?1)",
	[C_KIND_KNOWN] = "SELECT EXISTS (SELECT 1 FROM tenant_kind WHERE code = ?1)",
	[C_KIND_LIST] = "SELECT code, name_nb, name_en, report_kind, owns_reports FROM tenant_kind "
			"ORDER BY code",
	[C_UNIT_ADD] = "INSERT INTO unit (orgnr, tenant, name, added_at) VALUES (?1, ?2, ?3, ?4) "
		       "ON CONFLICT (orgnr) DO UPDATE SET name = excluded.name, removed_at = NULL, "
		       "added_at = excluded.added_at "
		       "WHERE tenant = excluded.tenant AND removed_at IS NOT NULL",
	[C_UNIT_REMOVE] = "UPDATE unit SET removed_at = ?2 WHERE orgnr = ?1 AND removed_at IS NULL",
	[C_UNIT_LIST] = "SELECT orgnr, tenant, name, added_at, removed_at FROM unit "
			"WHERE ?1 IS NULL OR tenant = ?1 ORDER BY tenant, orgnr",
	[C_OWNS_REPORTS] = "SELECT owns_reports FROM tenant JOIN tenant_kind ON code = kind "
			   "WHERE orgnr = ?1",
	/* Whether ?1 owns reports, and would not under kind ?2. */
	[C_KIND_DISOWNS] = "SELECT EXISTS (SELECT 1 FROM tenant "
			   "JOIN tenant_kind AS was ON was.code = tenant.kind "
			   "JOIN tenant_kind AS next ON next.code = ?2 "
			   "WHERE orgnr = ?1 AND was.owns_reports AND NOT next.owns_reports)",
	/* Whether a row still to count gives one of the rights at some of the time. */
	[C_PROCESSOR_OVERLAP] =
		"SELECT EXISTS (SELECT 1 FROM processor WHERE owner = ?1 AND processor = ?2 "
		"AND ((send AND ?3) OR (read AND ?4)) AND ended_at IS NULL "
		"AND (valid_to IS NULL OR valid_to > ?5) AND (?6 IS NULL OR valid_from < ?6))",
	[C_PROCESSOR_ADD] =
		"INSERT INTO processor (owner, processor, send, read, valid_from, valid_to, "
		"added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[C_PROCESSOR_END] = "UPDATE processor SET ended_at = ?3, end_reason = ?4 "
			    "WHERE owner = ?1 AND processor = ?2 AND ended_at IS NULL "
			    "AND (valid_to IS NULL OR valid_to > ?3)",
	[C_PROCESSOR_LIST] =
		"SELECT id, owner, processor, send, read, valid_from, valid_to, added_at, "
		"ended_at, "
		"end_reason FROM processor WHERE ?1 IS NULL OR owner = ?1 OR processor = ?1 "
		"ORDER BY owner, processor, id",
	[C_KEY_ADD] =
		"INSERT INTO signing_key (kid, orgnr, alg, jwk, source, evidence, valid_from, "
		"valid_to, added_at, proven, proof) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[C_KEY_GET] = "SELECT " KEY " FROM signing_key WHERE kid = ?1",
	[C_KEY_LIST] = "SELECT " KEY " FROM signing_key WHERE ?1 IS NULL OR orgnr = ?1 "
		       "ORDER BY orgnr, kid",
	[C_KEY_REVOKE] = "UPDATE signing_key SET revoked_at = ?2, revoke_reason = ?3 "
			 "WHERE kid = ?1 AND revoked_at IS NULL",
	[C_CUSTODIAN_ADD] =
		"INSERT INTO custodian (kid, public_key, label, orgnr, proof, added_at) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[C_CUSTODIAN_GET] = "SELECT orgnr, retired_at FROM custodian WHERE kid = ?1",
	[C_CUSTODIAN_SERVING] = "SELECT count(*) FROM custodian "
				"WHERE orgnr IS NULL AND retired_at IS NULL",
	[C_CUSTODIAN_RETIRE] = "UPDATE custodian SET retired_at = ?2 "
			       "WHERE kid = ?1 AND retired_at IS NULL",
	[C_RELEASE_ADD] = "INSERT INTO statistic_release (name, as_of, closed, manifest_hash, "
			  "counts_hash, built_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
			  "ON CONFLICT (name) DO NOTHING",
	[C_RELEASE_DROP_UNPUBLISHED] =
		"DELETE FROM statistic_release WHERE name = ?1 AND promoted_at IS NULL",
	/* In their order: one that came before a published one is past. */
	[C_RELEASE_PROMOTE] = "UPDATE statistic_release SET promoted_at = ?2 "
			      "WHERE name = ?1 AND promoted_at IS NULL AND NOT EXISTS "
			      "(SELECT 1 FROM statistic_release AS later WHERE "
			      "later.promoted_at IS NOT NULL AND later.withdrawn_at IS NULL "
			      "AND later.closed >= statistic_release.closed)",
	[C_RELEASE_WITHDRAW] = "UPDATE statistic_release SET withdrawn_at = ?2, "
			       "withdraw_reason = ?3 WHERE name = ?1 AND promoted_at IS NOT NULL "
			       "AND withdrawn_at IS NULL",
	[C_RELEASE_LIST] = "SELECT number, name, as_of, closed, manifest_hash, counts_hash, "
			   "built_at, promoted_at, withdrawn_at, withdraw_reason "
			   "FROM statistic_release ORDER BY number",
	[C_CUSTODIAN_LIST] = "SELECT kid, public_key, label, orgnr, proof, added_at, retired_at "
			     "FROM custodian ORDER BY added_at, kid",
	[C_ERASURE_ADD] = "INSERT INTO erasure (orgnr, report_id, erased_at) VALUES (?1, ?2, ?3) "
			  "ON CONFLICT DO NOTHING",
	[C_ERASURE_LIST] = "SELECT orgnr, report_id, erased_at FROM erasure "
			   "WHERE ?1 IS NULL OR orgnr = ?1 ORDER BY orgnr, report_id",
	/* ?5: of one organisation not more than so many. An erased report names nobody. */
	[C_LINK_ADD] = "INSERT INTO report_link (to_orgnr, to_report, from_orgnr, from_report) "
		       "SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM erasure "
		       "WHERE orgnr = ?3 AND report_id = ?4) AND ?5 > (SELECT count(*) "
		       "FROM report_link WHERE to_orgnr = ?1 AND to_report = ?2 "
		       "AND from_orgnr = ?3) ON CONFLICT DO NOTHING",
	[C_LINK_FORGET] = "DELETE FROM report_link WHERE from_orgnr = ?1",
	[C_LINK_DROP] = "DELETE FROM report_link WHERE from_orgnr = ?1 AND from_report = ?2",
	/* ?1 is "orgnr/report". */
	[C_LINK_LIST] = "SELECT from_orgnr, from_report, 0 FROM report_link "
			"WHERE to_orgnr = substr(?1, 1, 9) AND to_report = substr(?1, 11) "
			"ORDER BY from_orgnr, from_report",
	[C_PROJECT_ADD] = "INSERT INTO project (" PROJECT ") "
			  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (code) DO NOTHING",
	[C_PROJECT_SET] = "UPDATE project SET name = ?2, decision = ?3, purpose = ?4, "
			  "retention = ?5, valid_from = ?6, valid_to = ?7 WHERE code = ?1",
	[C_PROJECT_LIST] = "SELECT " PROJECT " FROM project ORDER BY valid_from, code",
	[C_PROJECT_KNOWN] = "SELECT EXISTS (SELECT 1 FROM project WHERE code = ?1)",
	[C_KIND_OWNS] = "SELECT EXISTS (SELECT 1 FROM tenant_kind WHERE code = ?1 "
			"AND owns_reports)",
	[C_OPENING_SET] = "INSERT INTO project_opening (project, kind, opens, closes) "
			  "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (project, kind) DO UPDATE SET "
			  "opens = excluded.opens, closes = excluded.closes",
	[C_OPENING_LIST] = "SELECT project, kind, opens, closes FROM project_opening "
			   "ORDER BY project, kind",
	[C_MUNICIPALITY_ADD] = "INSERT INTO tenant_municipality (tenant, number, own, added_at) "
			       "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (tenant, number) DO UPDATE "
			       "SET own = excluded.own",
	[C_MUNICIPALITY_DISOWN] = "UPDATE tenant_municipality SET own = 0 WHERE tenant = ?1",
	[C_MUNICIPALITY_REMOVE] = "DELETE FROM tenant_municipality WHERE tenant = ?1 "
				  "AND number = ?2",
	[C_MUNICIPALITY_LIST] = "SELECT tenant, number, own, added_at FROM tenant_municipality "
				"WHERE ?1 IS NULL OR tenant = ?1 ORDER BY tenant, number",
	[C_RESERVATION_ADD] = "INSERT INTO reservation (hash) VALUES (?1) ON CONFLICT DO NOTHING",
	[C_RESERVATION_REMOVE] = "DELETE FROM reservation WHERE hash = ?1",
	[C_RESERVATION_CLEAR] = "DELETE FROM reservation",
	[C_RESERVATION_LIST] = "SELECT hash FROM reservation ORDER BY hash",
	[C_SETTING_GET] = "SELECT value FROM setting WHERE name = ?1",
	[C_SETTING_DROP] = "DELETE FROM setting WHERE name = ?1",
	[C_SETTING_SET] = "INSERT INTO setting (name, value) VALUES (?1, ?2) "
			  "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
	[C_QUICK_CHECK] = "PRAGMA quick_check(1)",
	[C_FOREIGN_KEY_CHECK] = "PRAGMA foreign_key_check",
};
