/* What the files of this room share. Nobody else includes it. */
#ifndef VARDE_STORE_INTERNAL_H
#define VARDE_STORE_INTERNAL_H

#include "migrate/migrate.h"
#include "sqlite/db.h"
#include "store/store.h"
#include "store/view.h"

/* Order of store_sql[] (statements.c), writer's part first. */
enum store_stmt {
	S_OWNER_GET,
	S_OWNER_SET,
	S_LAST_SEQ,
	S_CURRENT,
	S_BY_KEY,
	S_LOCAL_CASE,
	S_SAVEPOINT,
	S_RELEASE,
	S_UNDO,
	S_GROUP_ADD,
	S_WRAP_ADD,
	S_CODES_ADD,
	S_DOCUMENT_ADD,
	S_SEALED_ADD,
	S_KID_ADD,
	S_EVENT_ADD,
	S_HAS,
	S_SALTS_OF,
	S_SEQS,
	S_SEQS_OF_REPORT,
	S_ERASE_SEALED,
	S_ERASE_CONTENT,
	S_ERASE_MARK,
	S_STAT,
	S_QUICK_CHECK,
	S_SEQ_GAPS,
	S_REVISION_GAPS,
	S_UNSEALED,
	S_WRITER_END,
};
enum view_stmt {
	V_OWNER_GET,
	V_STAT,
	V_GET,
	V_CURRENT_REVISION,
	V_REVISIONS,
	V_LIFE,
	V_ERASED,
	V_LIST_SINCE,
	V_SEALED_NEXT,
	V_GROUP,
	V_WRAPS,
	V_KIDS,
	V_EVENTS,
	V_EVENTS_NAMED,
	V_LAST_SEQ,
	V_NEXT_OF,
	V_SALTS,
	V_COUNT_FIRST,
	V_COUNT_LAST,
	V_BESIDE,
	V_SEQ_AT,
	V_LIVES,
	V_NEWEST_REVISION,
	V_HAS,
	V_FIRST_CLEAR,
	V_ABOUT_CLEAR,
	V_LAST_DOCUMENT,
	V_LIST_WANTED,
	V_LIST_REPORT,
	V_LIST_CASE,
	V_END,
};
extern const char *const store_sql[S_WRITER_END];
extern const char *const view_sql[V_END];
extern const struct migrate_set store_migrations;

struct store {
	struct db db;
	char *path;
	char orgnr[STORE_ORGNR_SIZE];
	int64_t wal_pages; /* after the last commit */
	bool broken;       /* IO or corruption: nothing more until reopened */
};

struct store_view {
	struct db db;
	char *path;
	char orgnr[STORE_ORGNR_SIZE];
	struct store_view *next; /* in the pool, most recently used first */
};

/* A transaction of the store's own: begun on a usable one, then committed when `rc` is
 * RC_OK, or else undone. Returns what became of it. */
enum rc store_begin(struct store *store, struct err *reterr);
enum rc store_finish(struct store *store, enum rc rc, struct err *reterr);

/* Within a transaction. */
enum rc store_event_within(struct db *db, const struct store_event *event, int64_t *ret_seq,
			   struct err *reterr);
enum rc store_erase_within(struct db *db, const struct store_erase *what, int64_t at,
			   int64_t *ret_n, struct err *reterr);

/* Common to both sides. `owner` is the statement that reads the owner. */
enum rc store_owner_check(struct db *db, size_t owner, const char *orgnr, struct err *reterr);
enum rc store_stat_read(struct db *db, size_t stat, const char *path, struct store_stat *ret,
			struct err *reterr);

#endif
