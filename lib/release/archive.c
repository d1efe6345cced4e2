#include "release/archive.h"

#include "base/file.h"
#include "json/strict.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNTS "private/counts.jsonl"
#define REPORT "private/report.json"
#define REPORT_MAX ((size_t)16 << 20)
#define REPORT_DEPTH 16

/* "DATA/releases/" PREFIX NAME SUFFIX */
static enum rc path_in(const char *data, const char *prefix, const char *name, const char *suffix,
		       char out[PATH_MAX], struct err *reterr)
{
	if (!published_release_name_valid(name))
		return err_set(reterr, RC_INVALID, "argument-value", "name",
			       "is not the name of a release");
	if (snprintf(out, PATH_MAX, "%s/releases/%s%s%s", data, prefix, name, suffix) >= PATH_MAX)
		return err_set(reterr, RC_LIMIT, "release-io", name, "the path is too long");
	return RC_OK;
}

enum rc archive_public(const char *data, const char *name, char *out, size_t size,
		       struct err *reterr)
{
	char path[PATH_MAX];
	enum rc rc = path_in(data, "", name, "/public", path, reterr);

	if (!rc && snprintf(out, size, "%s", path) >= (int)size)
		rc = err_set(reterr, RC_LIMIT, "release-io", name, "the path is too long");
	return rc;
}

static void sha256_hex(const struct buf *bytes, char out[65])
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, (const unsigned char *)buf_text(bytes), bytes->len);
	sodium_bin2hex(out, 65, sum, sizeof(sum));
}

/* --- reading --------------------------------------------------------------------------- */

static enum rc read_file(const char *path, struct buf *out, struct err *reterr)
{
	enum rc rc = buf_read_file(out, path);

	return rc ? err_set(reterr, rc, "release-unreadable", path, "the file cannot be read (%s)",
			    rc_name(rc))
		  : RC_OK;
}

enum rc archive_counts(const char *data, const char *name, const char *hash, struct counted **ret,
		       struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(COUNTED_FILE_MAX);
	char path[PATH_MAX], actual[65];
	enum rc rc = path_in(data, "", name, "/" COUNTS, path, reterr);

	if (!rc)
		rc = read_file(path, &text, reterr);
	if (rc)
		return rc;
	sha256_hex(&text, actual);
	if (strcmp(actual, hash) != 0)
		return err_set(reterr, RC_CORRUPT, "release-altered", path,
			       "these are not the counts that the register knows");
	return counted_read(buf_text(&text), text.len, ret, reterr);
}

enum rc archive_report(const char *data, const char *name, json_t **ret, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(REPORT_MAX);
	char path[PATH_MAX];
	enum rc rc = path_in(data, "", name, "/" REPORT, path, reterr);

	if (!rc)
		rc = read_file(path, &text, reterr);
	if (!rc && json_strict_load(buf_text(&text), text.len, REPORT_DEPTH, ret, NULL))
		rc = err_set(reterr, RC_CORRUPT, "release-altered", path, "this is no report");
	return rc;
}

/* --- writing --------------------------------------------------------------------------- */

static enum rc io_error(const char *path, struct err *reterr)
{
	return err_set(reterr, errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO, "release-io",
		       path, "the folder cannot be written: %s", strerrordesc_np(errno));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

static void remove_tree(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static enum rc put_text(const char *folder, const char *name, const struct buf *text,
			struct err *reterr)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return err_set(reterr, RC_LIMIT, "release-io", name, "the path is too long");
	return file_replace(path, buf_text(text), text->len, 0600, reterr);
}

static enum rc put_private(const char *folder, const struct archive_release *r,
			   char *ret_counts_hash, struct err *reterr)
{
	CLEANUP(buf_release) struct buf counts = buf_capped(COUNTED_FILE_MAX);
	CLEANUP(buf_release) struct buf report = buf_capped(REPORT_MAX);
	CLEANUP_FREE char *text = json_dumps(r->report, JSON_INDENT(1) | JSON_SORT_KEYS);
	enum rc rc = counted_write(r->counted, &counts);

	if (!rc && text)
		rc = buf_addf(&report, "%s\n", text);
	if (rc || !text)
		return err_set(reterr, rc ? rc : RC_NOMEM, "no-memory", r->name,
			       "the counts or the report do not fit in memory");
	sha256_hex(&counts, ret_counts_hash);
	rc = put_text(folder, COUNTS, &counts, reterr);
	return rc ? rc : put_text(folder, REPORT, &report, reterr);
}

static enum rc put_public(const char *folder, const struct archive_release *r,
			  const unsigned char seed[PUBLISHED_SEED_SIZE], char *ret_manifest_hash,
			  struct err *reterr)
{
	CLEANUP(published_freep) struct published *p = NULL;
	unsigned char key[PUBLISHED_KEY_SIZE];
	char path[PATH_MAX];
	enum rc rc;

	if (snprintf(path, sizeof(path), "%s/public", folder) >= (int)sizeof(path))
		return err_set(reterr, RC_LIMIT, "release-io", r->name, "the path is too long");
	rc = published_folder_write(path, r->tables, r->manifest, seed, reterr);
	if (rc)
		return rc;
	/* Read back as those will who verify it. */
	published_key_of(seed, key);
	rc = published_open(path, key, &p, reterr);
	if (!rc)
		memcpy(ret_manifest_hash, published_manifest_hash(p), 65);
	return rc;
}

static enum rc make_folders(const char *data, const char *folder, struct err *reterr)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/releases", data) >= (int)sizeof(path))
		return err_set(reterr, RC_LIMIT, "release-io", data, "the path is too long");
	if (mkdir(path, 0700) && errno != EEXIST)
		return io_error(path, reterr);
	remove_tree(folder); /* what an interrupted build left */
	if (mkdir(folder, 0700))
		return io_error(folder, reterr);
	if (snprintf(path, sizeof(path), "%s/private", folder) >= (int)sizeof(path))
		return err_set(reterr, RC_LIMIT, "release-io", folder, "the path is too long");
	return mkdir(path, 0700) ? io_error(path, reterr) : RC_OK;
}

/* One step: afterwards `folder` is the new one, and an older one stands in `temp`. */
static enum rc put_in_place(const char *temp, const char *folder, struct err *reterr)
{
	if (rename(temp, folder) && ((errno != EEXIST && errno != ENOTEMPTY) ||
				     renameat2(AT_FDCWD, temp, AT_FDCWD, folder, RENAME_EXCHANGE)))
		return io_error(folder, reterr);
	return file_sync_parent(folder) ? io_error(folder, reterr) : RC_OK;
}

enum rc archive_put(const char *data, const struct archive_release *r,
		    const unsigned char seed[PUBLISHED_SEED_SIZE], char *ret_manifest_hash,
		    char *ret_counts_hash, struct err *reterr)
{
	char temp[PATH_MAX], folder[PATH_MAX];
	enum rc rc = path_in(data, ".", r->name, ".new", temp, reterr);

	if (!rc)
		rc = path_in(data, "", r->name, "", folder, reterr);
	if (rc)
		return rc;
	rc = make_folders(data, temp, reterr);
	if (!rc)
		rc = put_private(temp, r, ret_counts_hash, reterr);
	if (!rc)
		rc = put_public(temp, r, seed, ret_manifest_hash, reterr);
	if (!rc)
		rc = put_in_place(temp, folder, reterr);
	remove_tree(temp);
	return rc;
}
