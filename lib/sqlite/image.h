/* A database as bytes: one that is built in memory, hashed, signed and written as
 * a file, and one whose bytes were checked before SQLite sees them. What was
 * verified is then exactly what is read: no file is opened a second time. */
#ifndef VARDE_SQLITE_IMAGE_H
#define VARDE_SQLITE_IMAGE_H

#include "sqlite/db.h"

/* The bytes of a database opened with DB_MEMORY; the same statements give the same
 * bytes. The caller frees *ret with sqlite3_free(). RC_NOMEM, RC_IO. */
NODISCARD enum rc db_image(struct db *db, unsigned char **ret, size_t *ret_len, struct err *reterr);

/* Opens a copy of these bytes read-only. Hostile bytes are met as any damaged file
 * is: RC_CORRUPT here or at a later step. RC_NOMEM. `db` as after db_open. */
NODISCARD enum rc db_open_image(struct db *db, const void *bytes, size_t len, struct err *reterr);

#endif
