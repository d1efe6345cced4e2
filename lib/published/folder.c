#include "published/folder.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "json/strict.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST_PURPOSE "varde-manifest"
#define MANIFEST_DEPTH 8
#define PATH_MAX_LEN 8192

static const char *const files[] = { "public.db", "manifest.json", "manifest.sig" };
enum { PUBLIC_DB, MANIFEST_JSON, MANIFEST_SIG, FILES };

struct published {
	unsigned owners; /* atomic */
	struct published_tables tables;
	json_t *manifest;
	int64_t as_of_ms;
	char release[PUBLISHED_RELEASE_MAX + 1];
	char hash[2 * crypto_hash_sha256_BYTES + 1];
};

struct published *published_ref(struct published *p)
{
	__atomic_add_fetch(&p->owners, 1, __ATOMIC_RELAXED);
	return p;
}

void published_free(struct published *p)
{
	if (!p || __atomic_sub_fetch(&p->owners, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	published_tables_release(&p->tables);
	json_decref(p->manifest);
	free(p);
}

const char *published_release(const struct published *p)
{
	return p->release;
}

int64_t published_as_of_ms(const struct published *p)
{
	return p->as_of_ms;
}

const json_t *published_manifest(const struct published *p)
{
	return p->manifest;
}

const struct published_tables *published_tables(const struct published *p)
{
	return &p->tables;
}

const char *published_manifest_hash(const struct published *p)
{
	return p->hash;
}

bool published_release_name_valid(const char *name)
{
	size_t len = strlen(name);

	return len >= 1 && len <= PUBLISHED_RELEASE_MAX && name[0] != '.' && name[0] != '-' &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.") ==
		       len;
}

static enum rc no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

static enum rc path_of(const char *folder, const char *name, struct buf *out, struct err *reterr)
{
	*out = buf_capped(PATH_MAX_LEN);
	if (buf_addf(out, "%s/%s", folder, name))
		return err_set(reterr, RC_LIMIT, "release-io", folder, "the path is too long");
	return RC_OK;
}

static void sha256_hex(const void *bytes, size_t len, char out[65])
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, bytes, len);
	sodium_bin2hex(out, 65, sum, sizeof(sum));
}

/* --- writing ---------------------------------------------------------------------- */

/* The three files' bytes, in the order of `files`. */
struct contents {
	struct buf file[FILES];
};

static void contents_release(struct contents *c)
{
	for (size_t i = 0; i < FILES; i++)
		buf_release(&c->file[i]);
}

static enum rc add_manifest(const json_t *manifest, struct contents *c, struct err *reterr)
{
	struct buf *db = &c->file[PUBLIC_DB];
	CLEANUP_FREE char *text = NULL;
	char sum[65];
	json_t *whole;

	sha256_hex(db->data, db->len, sum);
	whole = json_pack("{s:i, s:{s:s, s:I, s:s}}", "varde_release", 1, "public", "file",
			  files[PUBLIC_DB], "bytes", (json_int_t)db->len, "sha256", sum);
	if (whole && !json_object_update_missing(whole, (json_t *)(uintptr_t)manifest))
		text = json_dumps(whole, JSON_INDENT(1) | JSON_SORT_KEYS);
	json_decref(whole);
	if (!text)
		return no_memory(reterr);
	buf_adds(&c->file[MANIFEST_JSON], text);
	buf_addc(&c->file[MANIFEST_JSON], '\n');
	return buf_rc(&c->file[MANIFEST_JSON]) ? no_memory(reterr) : RC_OK;
}

static enum rc add_signature(const unsigned char seed[PUBLISHED_SEED_SIZE], struct contents *c,
			     struct err *reterr)
{
	const struct buf *manifest = &c->file[MANIFEST_JSON];
	unsigned char signature[PUBLISHED_SIGNATURE_SIZE];
	char hex[2 * PUBLISHED_SIGNATURE_SIZE + 1];

	if (published_sign(seed, MANIFEST_PURPOSE, manifest->data, manifest->len, signature))
		return no_memory(reterr);
	sodium_bin2hex(hex, sizeof(hex), signature, sizeof(signature));
	return buf_addf(&c->file[MANIFEST_SIG], "%s\n", hex) ? no_memory(reterr) : RC_OK;
}

static struct contents contents_empty(void)
{
	return (struct contents){ { [PUBLIC_DB] = buf_capped(PUBLISHED_FILE_MAX),
				    [MANIFEST_JSON] = buf_capped(PUBLISHED_MANIFEST_MAX),
				    [MANIFEST_SIG] = buf_capped(1024) } };
}

void published_folder_remove(const char *folder)
{
	for (size_t i = 0; i < FILES; i++) {
		CLEANUP(buf_release) struct buf path = { 0 };

		if (!path_of(folder, files[i], &path, NULL))
			unlink(buf_text(&path));
	}
	rmdir(folder);
}

static enum rc put_files(const char *folder, const struct contents *c, mode_t folder_mode,
			 mode_t file_mode, struct err *reterr)
{
	enum rc rc = RC_OK;

	published_folder_remove(folder); /* what an interrupted try left */
	if (mkdir(folder, 0700) || chmod(folder, folder_mode))
		return err_set(reterr, errno == ENOSPC ? RC_FULL : RC_IO, "release-io", folder,
			       "the folder cannot be made: %s", strerrordesc_np(errno));
	for (size_t i = 0; !rc && i < FILES; i++) {
		CLEANUP(buf_release) struct buf path = { 0 };

		rc = path_of(folder, files[i], &path, reterr);
		if (!rc)
			rc = file_replace(buf_text(&path), c->file[i].data, c->file[i].len,
					  file_mode, reterr);
	}
	return rc;
}

/* Beside its place first: rename() is what makes it a release. */
static enum rc put_folder(const char *folder, const struct contents *c, mode_t folder_mode,
			  mode_t file_mode, struct err *reterr)
{
	CLEANUP(buf_release) struct buf temp = buf_capped(PATH_MAX_LEN);
	enum rc rc;

	if (access(folder, F_OK) == 0)
		return err_set(reterr, RC_CONFLICT, "release-exists", folder,
			       "there is a release of this name");
	if (buf_addf(&temp, "%s.new", folder))
		return err_set(reterr, RC_LIMIT, "release-io", folder, "the path is too long");
	rc = put_files(buf_text(&temp), c, folder_mode, file_mode, reterr);
	if (!rc && rename(buf_text(&temp), folder))
		rc = err_set(reterr, errno == EEXIST || errno == ENOTEMPTY ? RC_CONFLICT : RC_IO,
			     "release-io", folder, "the folder cannot be put in its place: %s",
			     strerrordesc_np(errno));
	if (rc)
		published_folder_remove(buf_text(&temp));
	else if (file_sync_parent(folder))
		rc = err_set(reterr, RC_IO, "release-io", folder, "cannot bring its name to disk");
	return rc;
}

enum rc published_folder_write(const char *folder, const struct published_tables *tables,
			       const json_t *manifest,
			       const unsigned char seed[PUBLISHED_SEED_SIZE], struct err *reterr)
{
	CLEANUP(contents_release) struct contents c = contents_empty();
	enum rc rc = published_write(tables, &c.file[PUBLIC_DB], reterr);

	if (!rc)
		rc = add_manifest(manifest, &c, reterr);
	if (!rc)
		rc = add_signature(seed, &c, reterr);
	return rc ? rc : put_folder(folder, &c, 0700, 0600, reterr);
}

/* --- reading ------------------------------------------------------------------------ */

static enum rc altered(const char *where, const char *what, struct err *reterr)
{
	return err_set(reterr, RC_CORRUPT, "release-altered", where, "%s", what);
}

static enum rc read_file(const char *folder, const char *name, struct buf *out, struct err *reterr)
{
	CLEANUP(buf_release) struct buf path = { 0 };
	enum rc rc = path_of(folder, name, &path, reterr);

	if (!rc)
		rc = buf_read_file(out, buf_text(&path));
	if (!rc)
		return RC_OK;
	return err_set(reterr, rc, "release-unreadable", buf_text(&path),
		       "the file cannot be read (%s)", rc_name(rc));
}

static enum rc check_signature(const struct contents *c,
			       const unsigned char key[PUBLISHED_KEY_SIZE], const char *folder,
			       struct err *reterr)
{
	const struct buf *hex = &c->file[MANIFEST_SIG], *text = &c->file[MANIFEST_JSON];
	unsigned char signature[PUBLISHED_SIGNATURE_SIZE];
	const char *end = NULL;
	size_t len = 0;
	enum rc rc = RC_CORRUPT;

	if (!sodium_hex2bin(signature, sizeof(signature), buf_text(hex), hex->len, "\r\n", &len,
			    &end) &&
	    len == sizeof(signature) && end == buf_text(hex) + hex->len)
		rc = published_verify(key, MANIFEST_PURPOSE, text->data, text->len, signature);
	if (rc == RC_NOMEM)
		return no_memory(reterr);
	if (rc)
		return err_set(reterr, RC_CORRUPT, "release-signature", folder,
			       "the manifest is not signed by the institute's key");
	return RC_OK;
}

static enum rc check_manifest(struct published *p, const struct contents *c, const char *folder,
			      struct err *reterr)
{
	const struct buf *text = &c->file[MANIFEST_JSON], *db = &c->file[PUBLIC_DB];
	const char *release = NULL, *as_of = NULL, *sum = NULL;
	char actual[65];
	json_int_t bytes = 0;
	int version = 0;

	if (json_strict_load(buf_text(text), text->len, MANIFEST_DEPTH, &p->manifest, NULL) ||
	    json_unpack(p->manifest, "{s:i, s:s, s:s, s:{s:I, s:s}}", "varde_release", &version,
			"release", &release, "as_of", &as_of, "public", "bytes", &bytes, "sha256",
			&sum))
		return altered(folder, "the manifest is not one", reterr);
	if (version != 1)
		return err_set(reterr, RC_UNSUPPORTED, "release-newer", folder,
			       "the manifest has version %d, this program knows 1", version);
	if (!published_release_name_valid(release) ||
	    clock_parse(as_of, strlen(as_of), &p->as_of_ms))
		return altered(folder, "the manifest names no release or time", reterr);
	sha256_hex(db->data, db->len, actual);
	if (bytes != (json_int_t)db->len || strcmp(sum, actual))
		return altered(folder, "public.db is not what the manifest was signed for", reterr);
	snprintf(p->release, sizeof(p->release), "%s", release);
	sha256_hex(text->data, text->len, p->hash);
	return RC_OK;
}

/* Signature first, then the hash, then the content. */
static enum rc read_all(const char *folder, const unsigned char key[PUBLISHED_KEY_SIZE],
			struct contents *c, struct published **ret, struct err *reterr)
{
	CLEANUP(published_freep) struct published *p = calloc(1, sizeof(*p));
	enum rc rc = RC_OK;

	if (!p)
		return no_memory(reterr);
	p->owners = 1;
	for (size_t i = 0; !rc && i < FILES; i++)
		rc = read_file(folder, files[i], &c->file[i], reterr);
	if (!rc)
		rc = check_signature(c, key, folder, reterr);
	if (!rc)
		rc = check_manifest(p, c, folder, reterr);
	if (!rc)
		rc = published_read(c->file[PUBLIC_DB].data, c->file[PUBLIC_DB].len, &p->tables,
				    reterr);
	if (!rc)
		*ret = TAKE_PTR(p);
	return rc;
}

enum rc published_open(const char *folder, const unsigned char key[PUBLISHED_KEY_SIZE],
		       struct published **ret, struct err *reterr)
{
	CLEANUP(contents_release) struct contents c = contents_empty();

	return read_all(folder, key, &c, ret, reterr);
}

enum rc published_folder_copy(const char *from, const char *to,
			      const unsigned char key[PUBLISHED_KEY_SIZE], struct err *reterr)
{
	CLEANUP(contents_release) struct contents c = contents_empty();
	CLEANUP(published_freep) struct published *p = NULL;
	enum rc rc = read_all(from, key, &c, &p, reterr);

	return rc ? rc : put_folder(to, &c, 0755, 0644, reterr);
}
