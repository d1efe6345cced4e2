#include "store/internal.h"

/* Columns of a document, in the order that view.c reads them. */
#define DOCUMENT                                                                                   \
	"seq, kind, schema, report_id, revision, supersedes, received_at, first_received_at, "     \
	"digest, salt, signing_kid, sender, "                                                      \
	"(SELECT versions FROM code_set WHERE code_set.code_set = document.code_set), "            \
	"warnings, local_case_id, possible_duplicate, clear, erased_at"

/* Every kind that the file has, one step of the index for each. */
#define KINDS                                                                                      \
	"(WITH RECURSIVE k (kind) AS (SELECT min(kind) FROM document UNION ALL "                   \
	"SELECT (SELECT min(kind) FROM document WHERE kind > k.kind) FROM k "                      \
	"WHERE k.kind IS NOT NULL) SELECT kind FROM k WHERE kind IS NOT NULL)"

/* Whether a document went with the trial that it was sent in. What had been erased before
 * was a report all the same. Few are erased, so the events are seldom read. */
#define TRIAL(d)                                                                                   \
	d ".erased_at IS NOT NULL AND EXISTS (SELECT 1 FROM event WHERE event.seq > " d ".seq "    \
	  "AND event.at = " d ".erased_at AND event.name = '" STORE_TRIAL_ERASED "')"

/* What a reader of the feed may ask for; NULL is anything. */
#define WANTED                                                                                     \
	" FROM document WHERE seq > ?1 AND (?4 IS NULL OR +kind = ?4) "                            \
	"AND (?5 IS NULL OR schema = ?5) AND (?6 IS NULL OR +report_id = ?6) "                     \
	"AND (?7 IS NULL OR +local_case_id = ?7) "                                                 \
	"AND (?8 = 0 OR NOT EXISTS (SELECT 1 FROM document AS newer "                              \
	"WHERE newer.kind = document.kind AND newer.report_id = document.report_id "               \
	"AND newer.revision > document.revision))"

/* Columns of a receipt, in the order that put.c reads them. */
#define RECEIPT                                                                                    \
	"seq, schema, report_id, revision, received_at, first_received_at, digest, "               \
	"possible_duplicate, warnings, fingerprint, sender, "                                      \
	"CASE WHEN " TRIAL("document") " THEN 1 ELSE 0 END"

#define LAST_SEQ                                                                                   \
	"SELECT max((SELECT ifnull(max(seq), 0) FROM document), "                                  \
	"           (SELECT ifnull(max(seq), 0) FROM event))"

/* Without gaps, documents are what is not an event. */
#define STAT                                                                                       \
	"SELECT max(d, e), max(d, e) - events, reports, "                                          \
	" CASE WHEN d > e THEN (SELECT received_at FROM document WHERE seq = d) "                  \
	"      ELSE (SELECT at FROM event WHERE seq = e) END "                                     \
	"FROM (SELECT (SELECT ifnull(max(seq), 0) FROM document) AS d, "                           \
	"             (SELECT ifnull(max(seq), 0) FROM event) AS e, "                              \
	"             (SELECT count(*) FROM event) AS events, "                                    \
	"             (SELECT count(*) FROM document WHERE kind = 'incident-report' "              \
	"              AND revision = 1) AS reports)"

/* One parse for all members, one for each start. By seq, not by the index of kinds (+): a
 * piece reads what lies in it and no more. */
#define COUNT(which)                                                                               \
	"SELECT json_extract(clear, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14), "                \
	"substr(json_extract(clear, ?15), 1, ?16), substr(json_extract(clear, ?17), 1, ?18), "     \
	"substr(json_extract(clear, ?19), 1, ?20), count(*) "                                      \
	"FROM document AS d WHERE +kind = ?1 AND seq > ?2 AND seq <= min(?3, ?21) "                \
	"AND clear IS NOT NULL AND substr(clear, 1, 3) <> '{} ' "                                  \
	"AND " which " AND NOT EXISTS (SELECT 1 FROM document AS gone WHERE gone.kind = ?4 "       \
	"AND gone.report_id = d.report_id AND gone.clear IS NOT NULL AND gone.seq <= ?3) "         \
	"GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"

const struct migrate_set store_migrations = { .name = "tenant", .application_id = 0x56524454 };

const char *const store_sql[S_WRITER_END] = {
	[S_OWNER_GET] = "SELECT orgnr FROM owner",
	[S_OWNER_SET] = "INSERT INTO owner (one, orgnr) VALUES (1, ?1)",
	[S_LAST_SEQ] = LAST_SEQ,
	[S_CURRENT] = "SELECT " RECEIPT " FROM document WHERE kind = ?1 AND report_id = ?2 "
		      "ORDER BY revision DESC LIMIT 1",
	[S_BY_KEY] = "SELECT " RECEIPT " FROM document WHERE kind = ?1 AND report_id = ?2 "
		     "AND revision = ?3",
	[S_LOCAL_CASE] = "SELECT EXISTS (SELECT 1 FROM document WHERE kind = ?1 "
			 "AND local_case_id = ?3 AND report_id <> ?2)",
	[S_SAVEPOINT] = "SAVEPOINT item",
	[S_RELEASE] = "RELEASE item",
	[S_UNDO] = "ROLLBACK TO item",
	[S_GROUP_ADD] = "INSERT INTO sealing_group (group_id, created_at, version, commitment) "
			"VALUES (?1, ?2, ?3, ?4) RETURNING group_ref",
	[S_WRAP_ADD] = "INSERT INTO wrap (group_ref, kid, box) VALUES (?1, ?2, ?3)",
	[S_DOCUMENT_ADD] =
		"INSERT INTO document (seq, kind, report_id, revision, schema, received_at, "
		"first_received_at, supersedes, digest, fingerprint, salt, signing_kid, sender, "
		"code_set, warnings, local_case_id, possible_duplicate, clear) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
		"(SELECT code_set FROM code_set WHERE versions = ?14), ?15, ?16, ?17, ?18)",
	[S_CODES_ADD] = "INSERT INTO code_set (versions) VALUES (?1) ON CONFLICT DO NOTHING",
	[S_SEALED_ADD] = "INSERT INTO sealed (seq, group_ref, ciphertext) VALUES (?1, ?2, ?3)",
	[S_KID_ADD] = "INSERT INTO signing_key (kid, first_seq) VALUES (?1, ?2) "
		      "ON CONFLICT DO NOTHING",
	[S_EVENT_ADD] = "INSERT INTO event (seq, name, detail, operator, reason, at) "
			"VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[S_HAS] = "SELECT EXISTS (SELECT 1 FROM document WHERE kind = ?1 AND report_id = ?2 "
		  "AND NOT (" TRIAL("document") "))",
	[S_SALTS_OF] = "SELECT revision, salt FROM document WHERE kind = ?1 AND report_id = ?2 "
		       "AND salt IS NOT NULL",
	[S_SEQS] = "SELECT seq FROM document WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq",
	[S_SEQS_OF_REPORT] = "SELECT seq FROM document WHERE report_id = ?3 AND kind IN " KINDS
			     " AND seq BETWEEN ?1 AND ?2 ORDER BY seq",
	[S_ERASE_SEALED] = "DELETE FROM sealed WHERE seq = ?1",
	[S_ERASE_CONTENT] = "UPDATE document SET clear = NULL, salt = NULL, fingerprint = NULL, "
			    "local_case_id = NULL, warnings = '[]', erased_at = ?2 "
			    "WHERE seq = ?1 AND clear IS NOT NULL",
	[S_ERASE_MARK] = "UPDATE document SET erased_at = ?2 WHERE seq = ?1 AND erased_at IS NULL",
	[S_STAT] = STAT,
	[S_QUICK_CHECK] = "PRAGMA quick_check(1)",
	/* Numbers that are missing, or used twice. */
	[S_SEQ_GAPS] =
		"SELECT max(d + e <> last, distinct_seq <> last) FROM ("
		"SELECT (SELECT count(*) FROM document) AS d, "
		"(SELECT count(*) FROM event) AS e, "
		"(SELECT count(*) FROM (SELECT seq FROM document UNION SELECT seq FROM event)) "
		"AS distinct_seq, "
		"max((SELECT ifnull(max(seq), 0) FROM document), "
		"(SELECT ifnull(max(seq), 0) FROM event)) AS last)",
	[S_REVISION_GAPS] = "SELECT EXISTS (SELECT 1 FROM document GROUP BY kind, report_id "
			    "HAVING count(*) <> max(revision))",
	/* A document that is not erased has its ciphertext. */
	[S_UNSEALED] = "SELECT EXISTS (SELECT 1 FROM document LEFT JOIN sealed USING (seq) "
		       "WHERE erased_at IS NULL AND ciphertext IS NULL)",
};

const char *const view_sql[V_END] = {
	[V_OWNER_GET] = "SELECT orgnr FROM owner",
	[V_STAT] = STAT,
	[V_GET] = "SELECT " DOCUMENT " FROM document WHERE kind = ?1 AND report_id = ?2 "
		  "AND (?3 = 0 OR revision = ?3) ORDER BY revision DESC LIMIT 1",
	[V_CURRENT_REVISION] = "SELECT ifnull(max(revision), 0) FROM document "
			       "WHERE kind = ?1 AND report_id = ?2",
	[V_REVISIONS] = "SELECT " DOCUMENT " FROM document WHERE kind = ?1 AND report_id = ?2 "
			"ORDER BY revision",
	[V_LIFE] = "SELECT " DOCUMENT " FROM document WHERE report_id = ?1 AND kind IN " KINDS
		   " AND NOT EXISTS (SELECT 1 FROM document AS newer "
		   "WHERE newer.kind = document.kind AND newer.report_id = ?1 "
		   "AND newer.revision > document.revision) ORDER BY kind",
	[V_ERASED] = "SELECT report_id, min(erased_at) FROM document AS d "
		     "WHERE erased_at IS NOT NULL AND clear IS NULL AND kind = ?1 "
		     "AND EXISTS (SELECT 1 FROM document AS other WHERE other.kind = ?2 "
		     "AND other.report_id = d.report_id) AND NOT (" TRIAL("d") ") "
									       "GROUP BY report_id",
	[V_LIST_SINCE] = "SELECT " DOCUMENT " FROM document WHERE seq > ?1 ORDER BY seq LIMIT ?2",
	[V_SEALED_NEXT] =
		"SELECT seq, kind, schema, report_id, revision, received_at, digest, "
		"signing_kid, sender, group_ref, group_id, ciphertext "
		"FROM sealed JOIN document USING (seq) JOIN sealing_group USING (group_ref) "
		"WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT 1",
	[V_GROUP] = "SELECT group_id, created_at, version, commitment FROM sealing_group "
		    "WHERE group_ref = ?1",
	/* What was erased says nothing, nor takes anything back. */
	[V_BESIDE] = "SELECT clear, (SELECT other.clear FROM document AS other "
		     "WHERE other.kind = ?2 AND other.report_id = d.report_id AND other.seq <= ?3 "
		     "AND other.clear IS NOT NULL ORDER BY other.revision DESC LIMIT 1) "
		     "FROM document AS d WHERE +kind = ?1 AND seq <= ?3 AND clear IS NOT NULL "
		     "AND json_extract(clear, ?5) IS NOT NULL "
		     "AND NOT EXISTS (SELECT 1 FROM document AS newer WHERE newer.kind = d.kind "
		     "AND newer.report_id = d.report_id AND newer.revision > d.revision "
		     "AND newer.seq <= ?3) "
		     "AND NOT EXISTS (SELECT 1 FROM document AS gone WHERE gone.kind = ?4 "
		     "AND gone.report_id = d.report_id AND gone.clear IS NOT NULL "
		     "AND gone.seq <= ?3) ORDER BY seq",
	[V_WRAPS] = "SELECT kid, box FROM wrap WHERE group_ref = ?1 ORDER BY kid",
	[V_KIDS] = "SELECT kid FROM signing_key ORDER BY kid",
	/* After a trial that was erased, the revision behind it. */
	[V_COUNT_FIRST] = COUNT("(revision = 1 OR EXISTS (SELECT 1 FROM document AS trial "
				"WHERE trial.kind = d.kind AND trial.report_id = d.report_id "
				"AND trial.revision = d.revision - 1 AND trial.clear IS NULL))"),
	[V_COUNT_LAST] = COUNT("NOT EXISTS (SELECT 1 FROM document AS newer "
			       "WHERE newer.kind = d.kind AND newer.report_id = d.report_id "
			       "AND newer.revision > d.revision AND newer.seq <= ?3)"),
	/* From the end: the cut-off is mostly near it. */
	[V_SEQ_AT] = "SELECT ifnull((SELECT seq FROM document WHERE received_at <= ?1 "
		     "ORDER BY seq DESC LIMIT 1), 0)",
	/* A blank clear part (a reservation) is none. */
	[V_LIVES] = "SELECT kind, report_id, revision, received_at, first_received_at, "
		    "CASE WHEN substr(clear, 1, 3) <> '{} ' THEN clear END, warnings, "
		    "possible_duplicate FROM document WHERE seq > ?1 AND seq <= ?2 "
		    "ORDER BY seq",
	[V_NEWEST_REVISION] = "SELECT ifnull(max(revision), 0) FROM document WHERE kind = ?1 "
			      "AND report_id = ?2 AND seq <= ?3",
	[V_HAS] = "SELECT EXISTS (SELECT 1 FROM document WHERE kind = ?1 AND report_id = ?2 "
		  "AND seq <= ?3)",
	[V_FIRST_CLEAR] = "SELECT clear FROM document WHERE kind = ?1 AND report_id = ?2 "
			  "AND revision = 1",
	[V_ABOUT_CLEAR] = "SELECT clear FROM document WHERE kind = ?1 AND report_id = ?2 "
			  "AND seq <= ?3 ORDER BY revision DESC LIMIT 1",
	[V_LAST_DOCUMENT] = "SELECT ifnull(max(seq), 0) FROM document",
	/* Of a stretch of the sequence (+: not by the index of kinds, which has no order). */
	[V_LIST_WANTED] = "SELECT " DOCUMENT WANTED " AND seq <= ?3 ORDER BY seq LIMIT ?2",
	/* Found by index, so that where in the sequence they lie costs nothing. */
	[V_LIST_REPORT] =
		"SELECT " DOCUMENT WANTED " AND seq <= ?3 AND seq IN (SELECT seq FROM document "
		"WHERE report_id = ?6 AND kind IN " KINDS ") ORDER BY seq LIMIT ?2",
	[V_LIST_CASE] =
		"SELECT " DOCUMENT WANTED " AND seq <= ?3 AND seq IN (SELECT seq FROM document "
		"WHERE local_case_id = ?7 AND kind IN " KINDS ") ORDER BY seq LIMIT ?2",
	[V_EVENTS] = "SELECT seq, at, name, detail, operator, reason FROM event WHERE seq > ?1 "
		     "ORDER BY seq LIMIT ?2",
	[V_EVENTS_NAMED] = "SELECT seq, at, name, detail, operator, reason FROM event "
			   "WHERE name = ?3 AND seq > ?1 AND seq <= ?2 ORDER BY seq",
	[V_LAST_SEQ] = LAST_SEQ,
	[V_SALTS] = "SELECT kind, report_id, revision, salt FROM document WHERE salt IS NOT NULL "
		    "ORDER BY seq",
	[V_NEXT_OF] = "SELECT seq, revision, received_at FROM document "
		      "WHERE kind = ?1 AND report_id = ?2 AND seq > ?3 "
		      "ORDER BY revision LIMIT 1",
};
