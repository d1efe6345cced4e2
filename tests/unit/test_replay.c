/* The set of used proofs: once each, bounded, and over a restart. */
#include "unit.h"

#include "base/buf.h"
#include "jose/replay.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW ((int64_t)1795300000000)
#define LATER (NOW + 120000)

/* By one of eight owners, so that none comes near its share. */
static enum rc use(struct jose_replay *set, unsigned i, int64_t expires_ms, int64_t now_ms)
{
	static const char *const owners[] = { "a", "b", "c", "d", "e", "f", "g", "h" };
	const char *owner = owners[i % 8];
	char jti[32];

	snprintf(jti, sizeof(jti), "jti-%u", i);
	return jose_replay_use(set, owner, "jkt", jti, now_ms / 1000, expires_ms, now_ms);
}

START_TEST(each_passes_once)
{
	CLEANUP(jose_replay_freep) struct jose_replay *set = NULL;

	ck_assert_int_eq(jose_replay_new(4096, &set, NULL), RC_OK);
	for (unsigned i = 0; i < 2000; i++)
		ck_assert_int_eq(use(set, i, LATER, NOW), RC_OK);
	for (unsigned i = 0; i < 2000; i++)
		ck_assert_int_eq(use(set, i, LATER, NOW + 1), RC_CONFLICT);
	ck_assert_uint_eq(jose_replay_len(set), 2000);
	/* The same jti under another key is another proof; and the pair is not
	 * merely joined. */
	ck_assert_int_eq(jose_replay_use(set, "a", "other", "jti-1", NOW / 1000, LATER, NOW),
			 RC_OK);
	ck_assert_int_eq(jose_replay_use(set, "a", "jktj", "ti-1", NOW / 1000, LATER, NOW), RC_OK);
	/* Forgotten when it expired. */
	ck_assert_int_eq(use(set, 7, LATER + 120000, LATER), RC_OK);
	ck_assert_int_eq(use(set, 7, LATER + 120000, LATER), RC_CONFLICT);
}
END_TEST

START_TEST(full_refuses_and_recovers)
{
	CLEANUP(jose_replay_freep) struct jose_replay *set = NULL;
	unsigned taken = 0, busy = 0;

	ck_assert_int_eq(jose_replay_new(64, &set, NULL), RC_OK);
	for (unsigned i = 0; i < 1000; i++) {
		enum rc rc = use(set, i, LATER, NOW);

		taken += rc == RC_OK;
		busy += rc == RC_BUSY;
	}
	ck_assert_uint_eq(taken, 64);
	ck_assert_uint_eq(busy, 1000 - 64);
	ck_assert_uint_eq(jose_replay_len(set), 64);
	taken = 0;
	for (unsigned i = 1000; i < 2000; i++)
		taken += use(set, i, LATER + 120000, LATER) == RC_OK;
	ck_assert_uint_eq(taken, 64);
	ck_assert_int_eq(jose_replay_new(1, &set, NULL), RC_INVALID);
}
END_TEST

static void file_name(char path[64])
{
	snprintf(path, 64, "/tmp/varde-replay-XXXXXX");
	close(mkstemp(path));
	unlink(path);
}

START_TEST(saved_and_loaded_once)
{
	CLEANUP(jose_replay_freep) struct jose_replay *before = NULL;
	CLEANUP(jose_replay_freep) struct jose_replay *after = NULL;
	struct stat st;
	char path[64];

	file_name(path);
	ck_assert_int_eq(jose_replay_new(1024, &before, NULL), RC_OK);
	ck_assert_int_eq(jose_replay_new(1024, &after, NULL), RC_OK);
	for (unsigned i = 0; i < 300; i++)
		ck_assert_int_eq(use(before, i, i < 100 ? NOW + 1 : LATER, NOW), RC_OK);
	ck_assert_int_eq(jose_replay_save(before, path, 0, NOW + 1, NULL), RC_OK);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(jose_replay_load(after, path, NOW + 2, NULL), RC_OK);
	ck_assert_uint_eq(jose_replay_len(after), 200);
	for (unsigned i = 100; i < 300; i++)
		ck_assert_int_eq(use(after, i, LATER, NOW + 2), RC_CONFLICT);
	/* It is gone, so a crash from here on is seen as one. */
	ck_assert_int_eq(jose_replay_load(after, path, NOW + 2, NULL), RC_NOT_FOUND);
	/* An empty set is a clean stop too. */
	CLEANUP(jose_replay_freep) struct jose_replay *none = NULL;
	ck_assert_int_eq(jose_replay_new(1024, &none, NULL), RC_OK);
	ck_assert_int_eq(jose_replay_save(none, path, 0, NOW, NULL), RC_OK);
	ck_assert_int_eq(jose_replay_load(none, path, NOW, NULL), RC_OK);
	ck_assert_int_eq(jose_replay_save(none, "/nonexistent/folder/file", 0, NOW, NULL), RC_IO);
}
END_TEST

static enum rc use_as(struct jose_replay *set, const char *owner, unsigned i, int64_t expires_ms,
		      int64_t now_ms)
{
	char jti[32];

	snprintf(jti, sizeof(jti), "%s-%u", owner, i);
	return jose_replay_use(set, owner, "jkt", jti, now_ms / 1000, expires_ms, now_ms);
}

/* One owner has its quarter and no more, until what it used has expired. */
START_TEST(nobody_shuts_the_others_out)
{
	CLEANUP(jose_replay_freep) struct jose_replay *set = NULL;
	CLEANUP(jose_replay_freep) struct jose_replay *again = NULL;
	unsigned taken = 0, limit = 0;
	char path[64];

	ck_assert_int_eq(jose_replay_new(4096, &set, NULL), RC_OK);
	for (unsigned i = 0; i < 4000; i++) {
		enum rc rc = use_as(set, "mad", i, LATER, NOW);

		taken += rc == RC_OK;
		limit += rc == RC_LIMIT;
	}
	ck_assert_uint_eq(taken, 1024);
	ck_assert_uint_eq(limit, 4000 - 1024);
	/* What it has used stays used; others come in as if it were not there. */
	ck_assert_int_eq(use_as(set, "mad", 7, LATER, NOW), RC_CONFLICT);
	for (unsigned i = 0; i < 1000; i++)
		ck_assert_int_eq(use_as(set, "calm", i, LATER, NOW), RC_OK);
	/* When it has expired, the owner begins anew: at the latest with the sweep that
	 * each shard makes once a second. */
	taken = 0;
	for (unsigned i = 0; i < 2000; i++)
		taken += use_as(set, "mad", 10000 + i, LATER + 120000, LATER) == RC_OK;
	ck_assert_uint_ge(taken, 900);
	ck_assert_uint_le(taken, 1024);
	/* After a restart the old ones count for nobody. */
	file_name(path);
	ck_assert_int_eq(jose_replay_save(set, path, 0, LATER, NULL), RC_OK);
	ck_assert_int_eq(jose_replay_new(4096, &again, NULL), RC_OK);
	ck_assert_int_eq(jose_replay_load(again, path, LATER, NULL), RC_OK);
	ck_assert_int_eq(use_as(again, "mad", 10100, LATER + 120000, LATER), RC_CONFLICT);
	ck_assert_int_eq(use_as(again, "mad", 1, LATER + 120000, LATER), RC_OK);
}
END_TEST

/* The floor outlives a clean stop, and what was forgotten before it stays refused
 * whatever window comes after. */
START_TEST(the_floor_is_kept)
{
	static const struct {
		int64_t set, forgotten, expect;
	} rows[] = { { 0, 1000, 1000 }, { 2000, 1000, 2000 }, { 1000, 2000, 2000 } };
	char path[64];

	file_name(path);
	for (size_t i = 0; i < 3; i++) {
		CLEANUP(jose_replay_freep) struct jose_replay *before = NULL;
		CLEANUP(jose_replay_freep) struct jose_replay *after = NULL;

		ck_assert_int_eq(jose_replay_new(64, &before, NULL), RC_OK);
		ck_assert_int_eq(jose_replay_new(64, &after, NULL), RC_OK);
		if (rows[i].set)
			jose_replay_set_floor(before, rows[i].set);
		ck_assert_int_eq(jose_replay_save(before, path, rows[i].forgotten, NOW, NULL),
				 RC_OK);
		ck_assert_int_eq(jose_replay_load(after, path, NOW, NULL), RC_OK);
		ck_assert_int_eq(jose_replay_use(after, "a", "k", "a", rows[i].expect, LATER, NOW),
				 RC_FORBIDDEN);
		ck_assert_int_eq(
			jose_replay_use(after, "a", "k", "a", rows[i].expect + 1, LATER, NOW),
			RC_OK);
	}
}
END_TEST

/* Any one byte changed, and any length cut: nothing is added, nothing stays. */
START_TEST(torn_files_are_known)
{
	CLEANUP(jose_replay_freep) struct jose_replay *set = NULL;
	CLEANUP(buf_release) struct buf whole = buf_capped(65536);
	char path[64];

	file_name(path);
	ck_assert_int_eq(jose_replay_new(64, &set, NULL), RC_OK);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(use(set, i, LATER, NOW), RC_OK);
	ck_assert_int_eq(jose_replay_save(set, path, 0, NOW, NULL), RC_OK);
	ck_assert_int_eq(buf_read_file(&whole, path), RC_OK);
	for (size_t i = 0; i < whole.len * 2; i++) {
		CLEANUP(jose_replay_freep) struct jose_replay *fresh = NULL;
		size_t len = i < whole.len ? whole.len : i - whole.len;
		FILE *file = fopen(path, "w");

		ck_assert_int_eq(jose_replay_new(64, &fresh, NULL), RC_OK);
		if (i < whole.len)
			whole.data[i] ^= 1;
		fwrite(whole.data, 1, len, file);
		fclose(file);
		if (i < whole.len)
			whole.data[i] ^= 1;
		ck_assert_int_eq(jose_replay_load(fresh, path, NOW, NULL), RC_CORRUPT);
		ck_assert_uint_eq(jose_replay_len(fresh), 0);
		ck_assert_int_ne(access(path, F_OK), 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("replay");
	TCase *t = tcase_create("replay");

	tcase_add_test(t, each_passes_once);
	tcase_add_test(t, full_refuses_and_recovers);
	tcase_add_test(t, saved_and_loaded_once);
	tcase_add_test(t, nobody_shuts_the_others_out);
	tcase_add_test(t, the_floor_is_kept);
	tcase_add_test(t, torn_files_are_known);
	suite_add_tcase(s, t);
	return run_suite(s);
}
