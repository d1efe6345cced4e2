/* What the files of this room share. Nobody else includes it. */
#ifndef VARDE_CONTROL_INTERNAL_H
#define VARDE_CONTROL_INTERNAL_H

#include "control/control.h"
#include "sqlite/db.h"

#include <pthread.h>

/* Order of control_sql[] (statements.c). */
enum control_stmt {
	C_ACTION_ADD,
	C_ACTIONS,
	C_TENANT_ADD,
	C_TENANT_GET,
	C_TENANT_LIST,
	C_TENANT_SET,
	C_TENANT_PHASE,
	C_TENANT_PROFILE,
	C_PARENT_LOOP,
	C_KIND_KNOWN,
	C_KIND_LIST,
	C_UNIT_ADD,
	C_UNIT_REMOVE,
	C_UNIT_LIST,
	C_OWNS_REPORTS,
	C_KIND_DISOWNS,
	C_PROCESSOR_OVERLAP,
	C_PROCESSOR_ADD,
	C_PROCESSOR_END,
	C_PROCESSOR_LIST,
	C_KEY_ADD,
	C_KEY_GET,
	C_KEY_LIST,
	C_KEY_REVOKE,
	C_CUSTODIAN_ADD,
	C_CUSTODIAN_GET,
	C_CUSTODIAN_SERVING,
	C_CUSTODIAN_RETIRE,
	C_CUSTODIAN_LIST,
	C_RELEASE_ADD,
	C_RELEASE_DROP_UNPUBLISHED,
	C_RELEASE_PROMOTE,
	C_RELEASE_WITHDRAW,
	C_RELEASE_LIST,
	C_ERASURE_ADD,
	C_ERASURE_LIST,
	C_LINK_ADD,
	C_LINK_FORGET,
	C_LINK_DROP,
	C_LINK_LIST,
	C_PROJECT_ADD,
	C_PROJECT_SET,
	C_PROJECT_LIST,
	C_PROJECT_KNOWN,
	C_KIND_OWNS,
	C_OPENING_SET,
	C_OPENING_LIST,
	C_MUNICIPALITY_ADD,
	C_MUNICIPALITY_DISOWN,
	C_MUNICIPALITY_REMOVE,
	C_MUNICIPALITY_LIST,
	C_RESERVATION_ADD,
	C_RESERVATION_REMOVE,
	C_RESERVATION_CLEAR,
	C_RESERVATION_LIST,
	C_SETTING_GET,
	C_SETTING_DROP,
	C_SETTING_SET,
	C_QUICK_CHECK,
	C_FOREIGN_KEY_CHECK,
	C_END,
};
extern const char *const control_sql[C_END];

struct control {
	pthread_mutex_t lock;
	struct db db;
	bool broken;
	bool unwiped; /* the log may hold what was removed */
};

/* Between control_enter and control_leave the lock is held; with `by` a
 * transaction is open, which leave commits with its log entry when `rc` is RC_OK
 * and rolls back otherwise. Returns what the verb returns. */
NODISCARD enum rc control_enter(struct control *control, const struct control_action *by,
				struct err *reterr);
enum rc control_leave(struct control *control, const struct control_action *by, enum rc rc,
		      struct err *reterr);

/* A transaction of the verb's own, within enter and leave without `by`: as those do it. */
NODISCARD enum rc control_begin(struct control *control, struct err *reterr);
enum rc control_finish(struct control *control, enum rc rc, struct err *reterr);

/* Puts an action into the log, within a transaction. */
NODISCARD enum rc control_log_within(struct control *control, const struct control_action *by,
				     struct err *reterr);

/* A statement that changes one row; `*ret_changed` (may be NULL) says whether it did.
 * A broken constraint is RC_INVALID "bad-value". */
NODISCARD enum rc control_change(struct control *control, sqlite3_stmt *stmt, bool *ret_changed,
				 struct err *reterr);

/* RC_NOT_FOUND "tenant-unknown" unless registered. Within enter and leave. */
NODISCARD enum rc control_need_tenant(struct control *control, const char *orgnr,
				      struct err *reterr);

/* What was removed is not to stand in the log either. Whether that was done now; if not, it is
 * with the next change. Outside enter and leave. */
bool control_wipe_log(struct control *control);

/* How rows become a list of records of `size` bytes: `read` fills one (zeroed)
 * record from the row and may leave it half filled on failure. */
struct control_reader {
	enum control_stmt stmt;
	size_t size;
	enum rc (*read)(sqlite3_stmt *stmt, void *record);
	void (*release)(void *record);
};
/* The whole verb: enter, run the statement with `arg` as ?1 (may be NULL), leave. */
NODISCARD enum rc control_list(struct control *control, const struct control_reader *reader,
			       const char *arg, void **ret_list, size_t *ret_len,
			       struct err *reterr);
void control_free_all(void *list, size_t len, size_t size, void (*release)(void *record));

/* 0 as NULL: an absent time. */
void control_bind_number(sqlite3_stmt *stmt, int i, int64_t at);

/* free() of a text that a record owns and shows as const. */
void control_free_text(const char *text);

#endif
