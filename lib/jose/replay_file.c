/* The set of used proofs on disk: "VARDEJTI" version 2, the floor, a count, the
 * digests with their expiry, all in network byte order, and a SHA-256 over it all. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "jose/key.h"
#include "jose/replay_set.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "VARDEJTI\0\0\0\2"
#define MAGIC_LEN 12
#define HEAD_LEN (MAGIC_LEN + 16)
#define ENTRY_LEN (REPLAY_DIGEST + 8)
#define SUM_LEN crypto_hash_sha256_BYTES

static size_t file_max(const struct jose_replay *set)
{
	return HEAD_LEN + set->room * REPLAY_SHARDS * ENTRY_LEN + SUM_LEN;
}

static void add_shard(struct replay_shard *shard, size_t room, struct buf *out, int64_t now_ms)
{
	pthread_mutex_lock(&shard->lock);
	for (size_t i = 0; i < room; i++) {
		for (uint32_t at = shard->heads[i]; at; at = shard->entries[at - 1].next) {
			const struct replay_entry *entry = &shard->entries[at - 1];

			if (entry->expires_ms <= now_ms)
				continue;
			buf_add(out, entry->digest, REPLAY_DIGEST);
			buf_add_u64(out, (uint64_t)entry->expires_ms);
		}
	}
	pthread_mutex_unlock(&shard->lock);
}

static enum rc compose(struct jose_replay *set, struct buf *out, int64_t forgotten_s,
		       int64_t now_ms)
{
	int64_t floor_s = __atomic_load_n(&set->floor_s, __ATOMIC_ACQUIRE);
	CLEANUP(buf_release) struct buf entries = buf_capped(set->room * REPLAY_SHARDS * ENTRY_LEN);
	unsigned char sum[SUM_LEN];
	enum rc rc;

	for (size_t i = 0; i < REPLAY_SHARDS; i++)
		add_shard(&set->shards[i], set->room, &entries, now_ms);
	rc = buf_rc(&entries);
	if (rc)
		return rc;
	buf_add(out, MAGIC, MAGIC_LEN);
	buf_add_u64(out, (uint64_t)(floor_s > forgotten_s ? floor_s : forgotten_s));
	buf_add_u64(out, entries.len / ENTRY_LEN);
	buf_add(out, entries.data, entries.len);
	rc = buf_rc(out);
	if (rc)
		return rc;
	crypto_hash_sha256(sum, (const unsigned char *)out->data, out->len);
	return buf_add(out, sum, sizeof(sum));
}

static enum rc io_error(const char *path, struct err *reterr)
{
	enum rc rc = errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO;

	return err_set(reterr, rc, "replay-io", path, "the used proofs cannot be kept: %s",
		       strerrordesc_np(errno));
}

enum rc jose_replay_save(struct jose_replay *set, const char *path, int64_t forgotten_s,
			 int64_t now_ms, struct err *reterr)
{
	CLEANUP(buf_release) struct buf out = buf_capped(file_max(set));

	if (compose(set, &out, forgotten_s, now_ms))
		return jose_no_memory(reterr);
	return file_replace(path, out.data, out.len, 0600, reterr);
}

static uint64_t read_u64(const char *at)
{
	const unsigned char *p = (const unsigned char *)at;
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static bool is_whole(const struct buf *file, uint64_t *ret_count)
{
	unsigned char sum[SUM_LEN];
	uint64_t count;

	if (file->len < HEAD_LEN + SUM_LEN || memcmp(file->data, MAGIC, MAGIC_LEN))
		return false;
	count = read_u64(file->data + MAGIC_LEN + 8);
	if (count != (file->len - HEAD_LEN - SUM_LEN) / ENTRY_LEN ||
	    file->len != HEAD_LEN + count * ENTRY_LEN + SUM_LEN)
		return false;
	crypto_hash_sha256(sum, (const unsigned char *)file->data, file->len - SUM_LEN);
	*ret_count = count;
	return !memcmp(sum, file->data + file->len - SUM_LEN, SUM_LEN);
}

static void raise_floor(struct jose_replay *set, int64_t iat_s)
{
	if (iat_s > __atomic_load_n(&set->floor_s, __ATOMIC_ACQUIRE))
		jose_replay_set_floor(set, iat_s);
}

enum rc jose_replay_load(struct jose_replay *set, const char *path, int64_t now_ms,
			 struct err *reterr)
{
	CLEANUP(buf_release) struct buf file = buf_capped(file_max(set));
	uint64_t count;
	enum rc rc = buf_read_file(&file, path);

	if (rc == RC_NOT_FOUND)
		return err_set(reterr, rc, "replay-absent", path, "no used proofs were kept");
	if (unlink(path))
		return io_error(path, reterr);
	(void)!file_sync_parent(path);
	if (rc)
		return err_set(reterr, rc, "replay-io", path, "the used proofs cannot be read (%s)",
			       rc_name(rc));
	if (!is_whole(&file, &count))
		return err_set(reterr, RC_CORRUPT, "replay-corrupt", path,
			       "the used proofs are torn or altered");
	raise_floor(set, (int64_t)read_u64(file.data + MAGIC_LEN));
	for (uint64_t i = 0; i < count; i++) {
		const char *entry = file.data + HEAD_LEN + i * ENTRY_LEN;
		int64_t expires_ms = (int64_t)read_u64(entry + REPLAY_DIGEST);

		if (expires_ms <= now_ms)
			continue;
		if (replay_add(set, REPLAY_NOBODY, (const unsigned char *)entry, expires_ms,
			       now_ms) == RC_BUSY)
			return err_set(reterr, RC_LIMIT, "replay-limit", path,
				       "more used proofs than there is room for");
	}
	return RC_OK;
}
