#include "control/internal.h"

static enum rc read_key(sqlite3_stmt *stmt, void *record)
{
	struct control_key *key = record;
	bool failed = false;

	key->kid = db_dup(stmt, 0, &failed);
	key->orgnr = db_dup(stmt, 1, &failed);
	key->alg = db_dup(stmt, 2, &failed);
	key->jwk = db_dup(stmt, 3, &failed);
	key->source = db_dup(stmt, 4, &failed);
	key->evidence = db_dup(stmt, 5, &failed);
	key->valid_from = sqlite3_column_int64(stmt, 6);
	key->valid_to = sqlite3_column_int64(stmt, 7);
	key->added_at = sqlite3_column_int64(stmt, 8);
	key->revoked_at = sqlite3_column_int64(stmt, 9);
	key->revoke_reason = db_dup(stmt, 10, &failed);
	key->proven = db_dup(stmt, 11, &failed);
	key->proof = db_dup(stmt, 12, &failed);
	return failed ? RC_NOMEM : RC_OK;
}

void control_key_release(struct control_key *key)
{
	control_free_text(key->kid);
	control_free_text(key->orgnr);
	control_free_text(key->alg);
	control_free_text(key->jwk);
	control_free_text(key->source);
	control_free_text(key->evidence);
	control_free_text(key->revoke_reason);
	control_free_text(key->proven);
	control_free_text(key->proof);
	*key = (struct control_key){ 0 };
}

static void release_key(void *record)
{
	control_key_release(record);
}

void control_keys_release(struct control_keys *keys)
{
	control_free_all(keys->list, keys->len, sizeof(*keys->list), release_key);
	*keys = (struct control_keys){ 0 };
}

/* Within enter and leave. */
static enum rc get_key(struct control *control, const char *kid, struct control_key *ret,
		       struct err *reterr)
{
	CLEANUP(control_key_release) struct control_key key = { 0 };
	sqlite3_stmt *stmt = db_stmt(&control->db, C_KEY_GET);
	enum rc rc;

	db_bind_text(stmt, 1, kid);
	rc = db_step(&control->db, stmt, reterr);
	/* No kid in the message: it may come from a sender. */
	if (rc == RC_NOT_FOUND)
		err_set(reterr, rc, "kid-unknown", NULL, "no such key");
	if (rc)
		return rc;
	rc = read_key(stmt, &key);
	sqlite3_reset(stmt);
	if (rc)
		return err_set(reterr, rc, "no-memory", NULL, "no memory for a key");
	*ret = key;
	key = (struct control_key){ 0 };
	return RC_OK;
}

enum rc control_key_get(struct control *control, const char *kid, struct control_key *ret,
			struct err *reterr)
{
	enum rc rc = control_enter(control, NULL, reterr);

	return rc ? rc : control_leave(control, NULL, get_key(control, kid, ret, reterr), reterr);
}

static enum rc need_new_kid(struct control *control, const char *kid, struct err *reterr)
{
	CLEANUP(control_key_release) struct control_key known = { 0 };
	enum rc rc = get_key(control, kid, &known, NULL);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc)
		return rc;
	return err_set(reterr, RC_CONFLICT, "kid-exists", NULL,
		       "a key with this kid is registered");
}

static void bind_key(sqlite3_stmt *stmt, const struct control_key *key, int64_t at)
{
	db_bind_text(stmt, 1, key->kid);
	db_bind_text(stmt, 2, key->orgnr);
	db_bind_text(stmt, 3, key->alg);
	db_bind_text(stmt, 4, key->jwk);
	db_bind_text(stmt, 5, key->source);
	db_bind_text(stmt, 6, key->evidence);
	sqlite3_bind_int64(stmt, 7, key->valid_from);
	control_bind_number(stmt, 8, key->valid_to);
	sqlite3_bind_int64(stmt, 9, at);
	db_bind_text(stmt, 10, key->proven);
	db_bind_text(stmt, 11, key->proof);
}

enum rc control_key_add(struct control *control, const struct control_key *key,
			const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = control_need_tenant(control, key->orgnr, reterr);
	if (!rc)
		rc = need_new_kid(control, key->kid, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_KEY_ADD);
		bind_key(stmt, key, by->at);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}

enum rc control_key_list(struct control *control, const char *orgnr, struct control_keys *ret,
			 struct err *reterr)
{
	static const struct control_reader reader = { C_KEY_LIST, sizeof(*ret->list), read_key,
						      release_key };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, orgnr, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}

enum rc control_key_revoke(struct control *control, const char *kid,
			   const struct control_action *by, struct err *reterr)
{
	CLEANUP(control_key_release) struct control_key key = { 0 };
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = get_key(control, kid, &key, reterr);
	if (!rc && key.revoked_at)
		rc = err_set(reterr, RC_CONFLICT, "already-revoked", NULL,
			     "the key is revoked already");
	if (!rc) {
		stmt = db_stmt(&control->db, C_KEY_REVOKE);
		db_bind_text(stmt, 1, kid);
		sqlite3_bind_int64(stmt, 2, by->at);
		db_bind_text(stmt, 3, by->reason);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}
