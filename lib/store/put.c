#include "store/internal.h"

#include <sodium.h>

/* One put_batch while it runs. */
struct batch {
	struct store *store;
	const struct store_sealer *sealer;
	struct err *reterr;
	int64_t last_seq;
	int64_t group_ref; /* 0: no group begun */
	size_t stored;
	bool sealer_failed; /* the failure is not the file's */
};

void store_receipt_release(struct store_receipt *receipt)
{
	free(receipt->warnings);
	*receipt = (struct store_receipt){ 0 };
}

void store_result_release(struct store_result *result)
{
	store_receipt_release(&result->receipt);
	*result = (struct store_result){ 0 };
}

/* A row's key facts, read with the RECEIPT columns. */
struct known {
	struct store_receipt receipt;
	unsigned char fingerprint[STORE_DIGEST_SIZE];
	bool erased; /* its content is gone, and the fingerprint with it */
	bool trial;  /* for it was a trial: no report was ever here */
};

static void known_release(struct known *known)
{
	store_receipt_release(&known->receipt);
}

static enum rc copy_text(sqlite3_stmt *stmt, int column, char *out, size_t size)
{
	const char *text = db_text(stmt, column);

	return text && snprintf(out, size, "%s", text) < (int)size ? RC_OK : RC_CORRUPT;
}

static enum rc read_known(const struct store *store, sqlite3_stmt *stmt, struct known *known)
{
	struct store_receipt *receipt = &known->receipt;
	bool failed = false;

	if (copy_text(stmt, 1, receipt->schema, sizeof(receipt->schema)) ||
	    copy_text(stmt, 2, receipt->report_id, sizeof(receipt->report_id)) ||
	    copy_text(stmt, 10, receipt->sender, sizeof(receipt->sender)) ||
	    db_fixed(stmt, 6, receipt->digest, sizeof(receipt->digest)))
		return RC_CORRUPT;
	memcpy(receipt->organisation, store->orgnr, sizeof(receipt->organisation));
	receipt->seq = sqlite3_column_int64(stmt, 0);
	receipt->revision = sqlite3_column_int64(stmt, 3);
	receipt->received_at = sqlite3_column_int64(stmt, 4);
	receipt->first_received_at = sqlite3_column_int64(stmt, 5);
	receipt->possible_duplicate = sqlite3_column_int(stmt, 7) != 0;
	known->erased = sqlite3_column_type(stmt, 9) == SQLITE_NULL;
	if (!known->erased && db_fixed(stmt, 9, known->fingerprint, sizeof(known->fingerprint)))
		return RC_CORRUPT;
	known->trial = sqlite3_column_int(stmt, 11) != 0;
	receipt->warnings = db_dup(stmt, 8, &failed);
	return failed ? RC_NOMEM : RC_OK;
}

/* The current revision (`revision` 0) or a certain one. RC_NOT_FOUND. */
static enum rc look_up(struct batch *batch, const struct store_item *item, int64_t revision,
		       struct known *known)
{
	struct db *db = &batch->store->db;
	sqlite3_stmt *stmt = db_stmt(db, revision ? S_BY_KEY : S_CURRENT);
	enum rc rc;

	db_bind_text(stmt, 1, item->kind);
	db_bind_text(stmt, 2, item->report_id);
	if (revision)
		sqlite3_bind_int64(stmt, 3, revision);
	rc = db_step(db, stmt, batch->reterr);
	if (!rc) {
		rc = read_known(batch->store, stmt, known);
		if (rc)
			err_set(batch->reterr, rc, "database-damaged", NULL,
				"a row cannot be read");
	}
	sqlite3_reset(stmt);
	return rc;
}

static bool same(const struct known *known, const struct store_item *item)
{
	return sodium_memcmp(known->fingerprint, item->fingerprint, STORE_DIGEST_SIZE) == 0;
}

/* The key's group in the file, begun with the first new item. */
static enum rc need_group(struct batch *batch)
{
	struct db *db = &batch->store->db;
	struct store_group group = { 0 };
	sqlite3_stmt *stmt;
	int64_t ref = 0;
	enum rc rc;

	if (batch->group_ref)
		return RC_OK;
	rc = batch->sealer->begin(batch->sealer->ctx, &group);
	batch->sealer_failed = rc != RC_OK;
	if (rc)
		return err_set(batch->reterr, rc, "sealing-failed", NULL,
			       "no group could be begun");
	batch->group_ref = -1; /* begun: end is owed */
	stmt = db_stmt(db, S_GROUP_ADD);
	db_bind_bytes(stmt, 1, group.id, sizeof(group.id));
	sqlite3_bind_int64(stmt, 2, group.created_at);
	sqlite3_bind_int64(stmt, 3, group.version);
	db_bind_bytes(stmt, 4, group.commitment, sizeof(group.commitment));
	rc = db_int(db, stmt, &ref, batch->reterr);
	for (size_t i = 0; !rc && i < group.wraps_len; i++) {
		stmt = db_stmt(db, S_WRAP_ADD);
		sqlite3_bind_int64(stmt, 1, ref);
		db_bind_text(stmt, 2, group.wraps[i].kid);
		db_bind_bytes(stmt, 3, group.wraps[i].box, group.wraps[i].box_len);
		rc = db_run(db, stmt, batch->reterr);
	}
	if (!rc)
		batch->group_ref = ref;
	/* A group that the file refuses is the program's fault, not an item's. */
	return rc == RC_INVALID || rc == RC_LIMIT ? RC_CORRUPT : rc;
}

static enum rc has_twin(struct batch *batch, const struct store_item *item, bool *ret)
{
	struct db *db = &batch->store->db;
	sqlite3_stmt *stmt;
	int64_t found = 0;
	enum rc rc;

	*ret = false;
	if (!item->local_case_id)
		return RC_OK;
	stmt = db_stmt(db, S_LOCAL_CASE);
	db_bind_text(stmt, 1, item->kind);
	db_bind_text(stmt, 2, item->report_id);
	db_bind_text(stmt, 3, item->local_case_id);
	rc = db_int(db, stmt, &found, batch->reterr);
	*ret = found != 0;
	return rc;
}

static enum rc insert_document(struct batch *batch, const struct store_item *item, int64_t seq,
			       int64_t first_received_at, bool twin)
{
	struct db *db = &batch->store->db;
	sqlite3_stmt *stmt = db_stmt(db, S_CODES_ADD);
	unsigned char salt[STORE_SALT_SIZE];
	enum rc rc;

	db_bind_text(stmt, 1, item->code_versions);
	rc = db_run(db, stmt, batch->reterr);
	if (rc)
		return rc;
	if (item->salt)
		memcpy(salt, item->salt, sizeof(salt));
	else
		randombytes_buf(salt, sizeof(salt));
	stmt = db_stmt(db, S_DOCUMENT_ADD);
	sqlite3_bind_int64(stmt, 1, seq);
	db_bind_text(stmt, 2, item->kind);
	db_bind_text(stmt, 3, item->report_id);
	sqlite3_bind_int64(stmt, 4, item->revision);
	db_bind_text(stmt, 5, item->schema);
	sqlite3_bind_int64(stmt, 6, item->received_at);
	sqlite3_bind_int64(stmt, 7, first_received_at);
	db_bind_text(stmt, 8, item->supersedes);
	db_bind_bytes(stmt, 9, item->digest, sizeof(item->digest));
	db_bind_bytes(stmt, 10, item->fingerprint, sizeof(item->fingerprint));
	db_bind_bytes(stmt, 11, salt, sizeof(salt));
	db_bind_text(stmt, 12, item->signing_kid);
	db_bind_text(stmt, 13, item->sender);
	db_bind_text(stmt, 14, item->code_versions);
	db_bind_text(stmt, 15, item->warnings);
	db_bind_text(stmt, 16, item->local_case_id);
	sqlite3_bind_int(stmt, 17, twin);
	db_bind_utf8(stmt, 18, item->clear, item->clear_len);
	return db_run(db, stmt, batch->reterr);
}

/* The document, its key's name, its ciphertext. */
static enum rc insert(struct batch *batch, const struct store_item *item, int64_t seq,
		      int64_t first_received_at, bool twin)
{
	struct db *db = &batch->store->db;
	struct store_sealed sealed = { 0 };
	sqlite3_stmt *stmt;
	enum rc rc = insert_document(batch, item, seq, first_received_at, twin);

	if (rc)
		return rc;
	stmt = db_stmt(db, S_KID_ADD);
	db_bind_text(stmt, 1, item->signing_kid);
	sqlite3_bind_int64(stmt, 2, seq);
	rc = db_run(db, stmt, batch->reterr);
	if (rc)
		return rc;
	rc = batch->sealer->seal(batch->sealer->ctx, item, seq, &sealed);
	batch->sealer_failed = rc != RC_OK && rc != RC_INVALID && rc != RC_LIMIT;
	if (rc)
		return err_set(batch->reterr, rc, "sealing-failed", NULL,
			       "an item could not be sealed");
	stmt = db_stmt(db, S_SEALED_ADD);
	sqlite3_bind_int64(stmt, 1, seq);
	sqlite3_bind_int64(stmt, 2, batch->group_ref);
	db_bind_bytes(stmt, 3, sealed.ciphertext, sealed.ciphertext_len);
	return db_run(db, stmt, batch->reterr);
}

static enum rc run(struct batch *batch, size_t stmt)
{
	struct db *db = &batch->store->db;

	return db_run(db, db_stmt(db, stmt), batch->reterr);
}

/* Inserts within a savepoint: RC_INVALID and RC_LIMIT leave the batch as it was. */
static enum rc insert_alone(struct batch *batch, const struct store_item *item, int64_t seq,
			    int64_t first_received_at, bool twin)
{
	enum rc rc = run(batch, S_SAVEPOINT), undone;

	if (rc)
		return rc;
	rc = insert(batch, item, seq, first_received_at, twin);
	if (rc != RC_OK && rc != RC_INVALID && rc != RC_LIMIT)
		return rc;
	if (rc) {
		undone = run(batch, S_UNDO);
		if (undone)
			return undone;
	}
	undone = run(batch, S_RELEASE);
	return undone ? undone : rc;
}

/* All that came of the report before, an earlier withdrawal's words too. It cannot be the item's
 * fault if that fails. */
static enum rc erase_earlier(struct batch *batch, const struct store_item *item)
{
	const struct store_erase earlier = { .report_id = item->report_id,
					     .from_seq = 1,
					     .upto_seq = batch->last_seq };
	int64_t n = 0;
	enum rc rc = store_erase_within(&batch->store->db, &earlier, item->received_at, &n,
					batch->reterr);

	return rc == RC_INVALID || rc == RC_LIMIT ? RC_CORRUPT : rc;
}

/* The item itself, or what is stored instead: no revision of what it is about is passed over,
 * whatever the ones before said. */
static enum rc choose(struct batch *batch, const struct store_item *item,
		      const struct store_item **ret)
{
	const struct store_item *const forms[] = { item, item->instead };
	struct db *db = &batch->store->db;
	unsigned char salt[STORE_SALT_SIZE];
	unsigned marked = 0;
	sqlite3_stmt *stmt;
	enum rc rc;

	*ret = item;
	if (!item->about || !item->instead)
		return RC_OK;
	stmt = db_stmt(db, S_SALTS_OF);
	db_bind_text(stmt, 1, item->about);
	db_bind_text(stmt, 2, item->report_id);
	while ((rc = db_step(db, stmt, batch->reterr)) == RC_OK) {
		rc = db_fixed(stmt, 1, salt, sizeof(salt)) ? RC_CORRUPT : RC_OK;
		if (rc)
			break;
		marked |=
			item->is_marked(item->mark_ctx, item, sqlite3_column_int64(stmt, 0), salt);
	}
	sqlite3_reset(stmt);
	if (rc != RC_NOT_FOUND)
		return rc;
	*ret = forms[marked & 1];
	return RC_OK;
}

/* The next revision of its report. */
static enum rc put_new(struct batch *batch, const struct store_item *item,
		       const struct known *current, struct store_result *result)
{
	struct store_receipt *receipt = &result->receipt;
	const struct store_item *kept;
	bool begins = item->revision == 1 || current->trial;
	int64_t first = begins ? item->received_at : current->receipt.first_received_at;
	bool twin;
	enum rc rc = need_group(batch);

	if (!rc)
		rc = has_twin(batch, item, &twin);
	if (!rc)
		rc = choose(batch, item, &kept);
	if (rc)
		return rc;
	rc = insert_alone(batch, kept, batch->last_seq + 1, first, twin);
	if (!rc && item->erases)
		rc = erase_earlier(batch, item);
	if (rc)
		return rc;
	receipt->warnings = strdup(item->warnings);
	if (!receipt->warnings)
		return RC_NOMEM;
	receipt->seq = ++batch->last_seq;
	memcpy(receipt->organisation, batch->store->orgnr, sizeof(receipt->organisation));
	snprintf(receipt->sender, sizeof(receipt->sender), "%s", item->sender);
	snprintf(receipt->schema, sizeof(receipt->schema), "%s", item->schema);
	snprintf(receipt->report_id, sizeof(receipt->report_id), "%s", item->report_id);
	receipt->revision = item->revision;
	receipt->received_at = item->received_at;
	receipt->first_received_at = first;
	receipt->possible_duplicate = twin;
	memcpy(receipt->digest, item->digest, sizeof(receipt->digest));
	result->outcome = STORE_NEW;
	result->current_revision = item->revision;
	memcpy(result->current_digest, item->digest, sizeof(result->current_digest));
	batch->stored++;
	return RC_OK;
}

static bool names_current(const struct store_item *item, const struct known *current)
{
	char text[STORE_DIGEST_TEXT_SIZE];

	if (!item->supersedes)
		return true;
	return current->receipt.revision > 0 &&
	       strcmp(item->supersedes, store_digest_text(current->receipt.digest, text)) == 0;
}

/* Whether its report can take it now: RC_OK with *ret STORE_NEW, or why not. */
static enum rc at_its_time(struct batch *batch, const struct store_item *item,
			   const struct known *current, enum store_outcome *ret)
{
	CLEANUP(known_release) struct known report = { 0 };
	struct db *db = &batch->store->db;
	sqlite3_stmt *stmt;
	int64_t ended = 0;
	enum rc rc;

	*ret = STORE_NEW;
	if (current->erased && !current->trial)
		*ret = STORE_ERASED;
	if (item->about) {
		struct store_item about = { .kind = item->about, .report_id = item->report_id };

		rc = look_up(batch, &about, 0, &report);
		if (rc && rc != RC_NOT_FOUND)
			return rc;
		if (rc || report.trial)
			*ret = STORE_ABSENT;
		else if (report.erased)
			*ret = STORE_ERASED;
	}
	if (*ret != STORE_NEW || !item->ended_by)
		return RC_OK;
	stmt = db_stmt(db, S_HAS);
	db_bind_text(stmt, 1, item->ended_by);
	db_bind_text(stmt, 2, item->report_id);
	rc = db_int(db, stmt, &ended, batch->reterr);
	if (!rc && ended)
		*ret = STORE_ENDED;
	return rc;
}

/* What a revision that exists already means. */
static enum rc put_old(struct batch *batch, const struct store_item *item, struct known *current,
		       struct store_result *result)
{
	CLEANUP(known_release) struct known earlier = { 0 };
	bool is_current = item->revision == current->receipt.revision;
	struct known *row = is_current ? current : &earlier;
	enum rc rc;

	if (!is_current) {
		rc = look_up(batch, item, item->revision, &earlier);
		if (rc)
			return rc == RC_NOT_FOUND ? RC_CORRUPT : rc;
	}
	if (current->trial) { /* whatever it was, the next revision is where it begins */
		result->outcome = STORE_OTHER_CONTENT;
		return RC_OK;
	}
	if (row->erased && !row->trial) {
		result->outcome = STORE_ERASED;
		return RC_OK;
	}
	if (!same(row, item)) {
		result->outcome = is_current ? STORE_OTHER_CONTENT : STORE_STALE;
		return RC_OK;
	}
	result->outcome = STORE_REPEATED;
	result->receipt = row->receipt;
	row->receipt.warnings = NULL;
	return RC_OK;
}

static enum rc put_one(struct batch *batch, const struct store_item *item,
		       struct store_result *result)
{
	CLEANUP(known_release) struct known current = { 0 };
	enum rc rc;

	if (item->revision < 1)
		return RC_INVALID;
	rc = look_up(batch, item, 0, &current);
	if (rc && rc != RC_NOT_FOUND)
		return rc == RC_INVALID || rc == RC_LIMIT ? RC_CORRUPT : rc;
	result->current_revision = current.receipt.revision;
	memcpy(result->current_digest, current.receipt.digest, sizeof(result->current_digest));
	if (item->revision <= current.receipt.revision) {
		rc = put_old(batch, item, &current, result);
		if (!rc && item->only_repeat && result->outcome != STORE_REPEATED &&
		    result->outcome != STORE_ERASED)
			result->outcome = STORE_NOT_REPEATED;
		return rc;
	}
	if (item->only_repeat) {
		result->outcome = STORE_NOT_REPEATED;
		return RC_OK;
	}
	rc = at_its_time(batch, item, &current, &result->outcome);
	if (rc || result->outcome != STORE_NEW)
		return rc;
	if (item->revision > current.receipt.revision + 1) {
		result->outcome = STORE_SKIPPED;
		return RC_OK;
	}
	if (!names_current(item, &current)) {
		result->outcome = STORE_SUPERSEDES;
		return RC_OK;
	}
	return put_new(batch, item, &current, result);
}

static enum rc put_all(struct batch *batch, const struct store_item *const *items, size_t n,
		       struct store_result *results)
{
	struct db *db = &batch->store->db;
	enum rc rc = db_int(db, db_stmt(db, S_LAST_SEQ), &batch->last_seq, batch->reterr);

	for (size_t i = 0; !rc && i < n; i++) {
		rc = put_one(batch, items[i], &results[i]);
		if (!batch->sealer_failed && (rc == RC_INVALID || rc == RC_LIMIT)) {
			store_result_release(&results[i]);
			results[i].rc = rc;
			rc = RC_OK;
		}
	}
	if (rc)
		return rc;
	if (batch->stored)
		return db_commit(db, batch->reterr);
	db_rollback(db); /* only read: nothing to keep, nothing to sync */
	return RC_OK;
}

enum rc store_put_batch(struct store *store, const struct store_item *const *items, size_t n,
			const struct store_sealer *sealer, struct store_result *results,
			struct err *reterr)
{
	struct err ignored = { 0 };
	struct batch batch = { .store = store,
			       .sealer = sealer,
			       .reterr = reterr ? reterr : &ignored };
	enum rc rc;

	if (store->broken)
		return err_set(reterr, RC_IO, "store-broken", NULL,
			       "an earlier write failed; the file must be reopened");
	rc = db_begin(&store->db, reterr);
	if (rc) {
		store->broken = rc == RC_IO || rc == RC_CORRUPT;
		return rc;
	}
	memset(results, 0, n * sizeof(*results));
	rc = put_all(&batch, items, n, results);
	if (rc) {
		store->broken = !batch.sealer_failed && (rc == RC_IO || rc == RC_CORRUPT);
		db_rollback(&store->db);
		for (size_t i = 0; i < n; i++)
			store_result_release(&results[i]);
	}
	if (batch.group_ref)
		sealer->end(sealer->ctx);
	return rc;
}
