#include "sqlite/image.h"

#include <string.h>

enum rc db_image(struct db *db, unsigned char **ret, size_t *ret_len, struct err *reterr)
{
	sqlite3_int64 len = 0;
	unsigned char *bytes = sqlite3_serialize(db->handle, "main", &len, 0);

	if (!bytes)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for the image");
	*ret = bytes;
	*ret_len = (size_t)len;
	return RC_OK;
}

enum rc db_open_image(struct db *db, const void *bytes, size_t len, struct err *reterr)
{
	unsigned char *copy = NULL;
	enum rc rc = db_open(db, NULL, NULL, DB_MEMORY, reterr);
	int code;

	if (rc)
		return rc;
	copy = sqlite3_malloc64(len ? len : 1);
	if (!copy) {
		db_close(db, false);
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for the image");
	}
	memcpy(copy, bytes, len);
	/* SQLite frees the copy, also when it refuses it. */
	code = sqlite3_deserialize(db->handle, "main", copy, (sqlite3_int64)len, (sqlite3_int64)len,
				   SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY);
	if (code == SQLITE_OK)
		return RC_OK;
	rc = db_fail(db, code, reterr);
	db_close(db, false);
	return rc;
}
