/* One SQLite connection as the house opens it: the pragmas, the statements
 * prepared once, the mapping of codes. For the stores of floor 3 only.
 *
 * A connection belongs to one thread at a time (NOMUTEX). */
#ifndef VARDE_SQLITE_DB_H
#define VARDE_SQLITE_DB_H

#include "base/err.h"
#include "base/rc.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db {
	sqlite3 *handle;
	sqlite3_stmt **stmts; /* same order as `sql` */
	size_t n_stmts;
	sqlite3_stmt *begin, *commit, *rollback;
};

#define DB_BUSY_MS 5000 /* how long a statement waits for another connection */

enum db_mode {
	DB_WRITER, /* makes the file (0600) if absent; the only one that commits and checkpoints */
	DB_READER, /* read-only, never checkpoints, not even when it closes */
	DB_MEMORY, /* a fresh one in memory, for what becomes or came as bytes (sqlite/image.h) */
};

/* Opens `path` and sets every pragma; WAL and FULL for a writer. `vfs` may be
 * NULL; so is `path` for DB_MEMORY. RC_NOT_FOUND (reader only), RC_IO, RC_FULL, RC_CORRUPT,
 * RC_BUSY, RC_NOMEM. `db` is zeroed or open on return, so db_close is always right. */
NODISCARD enum rc db_open(struct db *db, const char *path, const char *vfs, enum db_mode mode,
			  struct err *reterr);

/* Prepares the store's statement table. `sql` must outlive the connection. */
NODISCARD enum rc db_prepare(struct db *db, const char *const *sql, size_t n, struct err *reterr);

/* Finalises and closes. A writer that is `sound` and the last connection empties the log. */
void db_close(struct db *db, bool sound);

/* Statement `i`, reset and without bindings. Never NULL after db_prepare. */
sqlite3_stmt *db_stmt(struct db *db, size_t i);

/* Immediate transaction. After db_rollback none is open, whatever happened before. */
NODISCARD enum rc db_begin(struct db *db, struct err *reterr);
NODISCARD enum rc db_commit(struct db *db, struct err *reterr);
void db_rollback(struct db *db);

/* Runs to the end, throws rows away, resets. */
NODISCARD enum rc db_run(struct db *db, sqlite3_stmt *stmt, struct err *reterr);

/* The next row: RC_OK, RC_NOT_FOUND after the last, or what failed. */
NODISCARD enum rc db_step(struct db *db, sqlite3_stmt *stmt, struct err *reterr);

/* An integer that a statement with one row and column gives; resets it. */
NODISCARD enum rc db_int(struct db *db, sqlite3_stmt *stmt, int64_t *ret, struct err *reterr);

/* What the handle's last failure means for us, said in `reterr`. */
enum rc db_fail(const struct db *db, int code, struct err *reterr);

/* Binds are static: the memory must stay until the statement is reset. NULL binds NULL.
 * They cannot fail but for size and memory, which the next step then reports. */
void db_bind_text(sqlite3_stmt *stmt, int i, const char *text);
void db_bind_bytes(sqlite3_stmt *stmt, int i, const void *bytes, size_t len);
void db_bind_utf8(sqlite3_stmt *stmt, int i, const char *text, size_t len);

/* Columns. Texts live until the statement moves on; NULL for NULL. */
const char *db_text(sqlite3_stmt *stmt, int i);
/* RC_CORRUPT when the column does not hold exactly `len` bytes. */
NODISCARD enum rc db_fixed(sqlite3_stmt *stmt, int i, void *out, size_t len);

/* malloc'd copy of a text column, NULL for NULL; sets `*failed` on lack of memory. */
char *db_dup(sqlite3_stmt *stmt, int i, bool *failed);

#endif
