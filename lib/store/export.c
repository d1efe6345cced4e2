#include "store/internal.h"

/* Rows of one item, copied out so that no read transaction is open while a
 * callback (a slow terminal, a socket) has it. */
struct copy {
	struct store_sealed_row row;
	int64_t group_ref;
	char kind[64], schema[64], report_id[STORE_UUID_LEN + 1];
	char *signing_kid, *sender;
	void *ciphertext;
};

static void copy_release(struct copy *copy)
{
	free(copy->signing_kid);
	free(copy->sender);
	free(copy->ciphertext);
	*copy = (struct copy){ 0 };
}

static enum rc damaged(struct err *reterr)
{
	return err_set(reterr, RC_CORRUPT, "database-damaged", NULL, "a sealed row cannot be read");
}

static bool short_text(sqlite3_stmt *stmt, int column, char *out, size_t size)
{
	const char *text = db_text(stmt, column);

	return text && snprintf(out, size, "%s", text) < (int)size;
}

static enum rc copy_blob(sqlite3_stmt *stmt, int column, void **ret, size_t *ret_len)
{
	const void *bytes = sqlite3_column_blob(stmt, column);
	size_t len = (size_t)sqlite3_column_bytes(stmt, column);

	*ret = malloc(len ? len : 1);
	if (!*ret)
		return RC_NOMEM;
	if (len)
		memcpy(*ret, bytes, len);
	*ret_len = len;
	return RC_OK;
}

static enum rc read_item(sqlite3_stmt *stmt, struct copy *copy, struct err *reterr)
{
	struct store_sealed_row *row = &copy->row;
	bool failed = false;

	row->seq = sqlite3_column_int64(stmt, 0);
	row->revision = sqlite3_column_int64(stmt, 4);
	row->received_at = sqlite3_column_int64(stmt, 5);
	copy->group_ref = sqlite3_column_int64(stmt, 9);
	if (!short_text(stmt, 1, copy->kind, sizeof(copy->kind)) ||
	    !short_text(stmt, 2, copy->schema, sizeof(copy->schema)) ||
	    !short_text(stmt, 3, copy->report_id, sizeof(copy->report_id)) ||
	    db_fixed(stmt, 6, row->digest, sizeof(row->digest)) ||
	    db_fixed(stmt, 10, row->group, sizeof(row->group)))
		return damaged(reterr);
	copy->signing_kid = db_dup(stmt, 7, &failed);
	copy->sender = db_dup(stmt, 8, &failed);
	if (failed || copy_blob(stmt, 11, &copy->ciphertext, &row->ciphertext_len))
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a row");
	row->kind = copy->kind;
	row->schema = copy->schema;
	row->report_id = copy->report_id;
	row->signing_kid = copy->signing_kid;
	row->sender = copy->sender;
	row->ciphertext = copy->ciphertext;
	return RC_OK;
}

static enum rc next_item(struct store_view *view, int64_t since, int64_t upto, struct copy *copy,
			 struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_SEALED_NEXT);
	enum rc rc;

	sqlite3_bind_int64(stmt, 1, since);
	sqlite3_bind_int64(stmt, 2, upto);
	rc = db_step(&view->db, stmt, reterr);
	if (!rc)
		rc = read_item(stmt, copy, reterr);
	sqlite3_reset(stmt);
	return rc;
}

/* More than any group has: seal/envelope.h caps recipients well below. */
#define WRAPS_MAX 64

struct wraps {
	struct store_wrap list[WRAPS_MAX];
	size_t len;
};

static void wraps_release(struct wraps *wraps)
{
	for (size_t i = 0; i < wraps->len; i++) {
		free((void *)(uintptr_t)wraps->list[i].kid);
		free((void *)(uintptr_t)wraps->list[i].box);
	}
	wraps->len = 0;
}

static enum rc read_wraps(struct store_view *view, int64_t group_ref, struct wraps *wraps,
			  struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&view->db, V_WRAPS);
	enum rc rc;

	sqlite3_bind_int64(stmt, 1, group_ref);
	while ((rc = db_step(&view->db, stmt, reterr)) == RC_OK && wraps->len < WRAPS_MAX) {
		struct store_wrap *wrap = &wraps->list[wraps->len];
		bool failed = false;
		void *box = NULL;

		wrap->kid = db_dup(stmt, 0, &failed);
		if (copy_blob(stmt, 1, &box, &wrap->box_len))
			failed = true;
		wrap->box = box;
		wraps->len++;
		if (failed) {
			rc = err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a group");
			break;
		}
	}
	sqlite3_reset(stmt);
	if (rc == RC_OK)
		return damaged(reterr);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc give_group(struct store_view *view, const struct store_export *what,
			  int64_t group_ref, struct err *reterr)
{
	CLEANUP(wraps_release) struct wraps wraps = { 0 };
	struct store_group group = { 0 };
	sqlite3_stmt *stmt = db_stmt(&view->db, V_GROUP);
	enum rc rc;

	sqlite3_bind_int64(stmt, 1, group_ref);
	rc = db_step(&view->db, stmt, reterr);
	if (!rc) {
		group.created_at = sqlite3_column_int64(stmt, 1);
		group.version = (unsigned)sqlite3_column_int(stmt, 2);
		if (db_fixed(stmt, 0, group.id, sizeof(group.id)) ||
		    db_fixed(stmt, 3, group.commitment, sizeof(group.commitment)))
			rc = damaged(reterr);
	}
	sqlite3_reset(stmt);
	if (!rc)
		rc = read_wraps(view, group_ref, &wraps, reterr);
	if (rc)
		return rc == RC_NOT_FOUND ? damaged(reterr) : rc;
	group.wraps = wraps.list;
	group.wraps_len = wraps.len;
	return what->group(what->ctx, &group);
}

enum rc store_export(struct store_view *view, const struct store_export *what, struct err *reterr)
{
	int64_t since = what->since, upto = what->upto ? what->upto : INT64_MAX, group_ref = 0;
	enum rc rc = RC_OK;

	while (!rc) {
		CLEANUP(copy_release) struct copy copy = { 0 };

		rc = next_item(view, since, upto, &copy, reterr);
		if (rc)
			break;
		since = copy.row.seq;
		if (what->wanted && !what->wanted(what->ctx, copy.report_id))
			continue;
		/* A group is one transaction, so its items stand together. */
		if (copy.group_ref != group_ref)
			rc = give_group(view, what, copy.group_ref, reterr);
		group_ref = copy.group_ref;
		if (!rc)
			rc = what->item(what->ctx, &copy.row);
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
