#include "seal/keyfile.h"

#include "seal/lockbox.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEM_HEAD "-----BEGIN PRIVATE KEY-----\n"
#define PEM_TAIL "\n-----END PRIVATE KEY-----\n"
/* 48 bytes in base64 with its alphabet of RFC 4648 section 4, and NUL. */
#define PEM_BODY_SIZE 65

/* PrivateKeyInfo of an Ed25519 key up to its 32 bytes (RFC 8410 section 7). */
static const unsigned char PKCS8_HEAD[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
					    0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };

static enum rc bad_file(struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "key-file", NULL,
		       "this is not a custodian's secret key file");
}

static enum rc pem_write(const struct seal_key *key, struct buf *out, struct err *reterr)
{
	unsigned char raw[sizeof(PKCS8_HEAD) + KEY_SEED_LEN];
	char body[PEM_BODY_SIZE];

	memcpy(raw, PKCS8_HEAD, sizeof(PKCS8_HEAD));
	memcpy(raw + sizeof(PKCS8_HEAD), key->seed, KEY_SEED_LEN);
	sodium_bin2base64(body, sizeof(body), raw, sizeof(raw), sodium_base64_VARIANT_ORIGINAL);
	buf_adds(out, PEM_HEAD);
	buf_adds(out, body);
	buf_adds(out, PEM_TAIL);
	sodium_memzero(raw, sizeof(raw));
	sodium_memzero(body, sizeof(body));
	if (buf_rc(out))
		return err_set(reterr, buf_rc(out), "no-memory", NULL, "no memory for a key file");
	return RC_OK;
}

static enum rc pem_read(const struct buf *text, struct seal_key *key, struct err *reterr)
{
	unsigned char raw[sizeof(PKCS8_HEAD) + KEY_SEED_LEN];
	const size_t head = strlen(PEM_HEAD), tail = strlen(PEM_TAIL), body = PEM_BODY_SIZE - 1;
	size_t len = 0;
	bool good;

	good = text->len == head + body + tail && memcmp(text->data, PEM_HEAD, head) == 0 &&
	       memcmp(text->data + head + body, PEM_TAIL, tail) == 0 &&
	       sodium_base642bin(raw, sizeof(raw), text->data + head, body, NULL, &len, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       len == sizeof(raw) && memcmp(raw, PKCS8_HEAD, sizeof(PKCS8_HEAD)) == 0;
	if (good)
		memcpy(key->seed, raw + sizeof(PKCS8_HEAD), KEY_SEED_LEN);
	sodium_memzero(raw, sizeof(raw));
	return good ? RC_OK : bad_file(reterr);
}

static bool write_all(int fd, const struct buf *text)
{
	size_t done = 0;

	while (done < text->len) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			done += (size_t)n;
	}
	return fsync(fd) == 0;
}

/* The name is on the disk too only once its folder is. Some file systems of
 * removable media cannot sync a folder; the file itself is synced anyway. */
static void sync_folder(const char *path)
{
	CLEANUP_FREE char *copy = strdup(path);
	int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

static enum rc write_file(const char *path, const struct buf *text, struct err *reterr)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return err_set(reterr, RC_CONFLICT, "key-file-exists", path,
			       "a file is there already");
	if (fd < 0)
		return err_set(reterr, RC_IO, "key-file", path, "cannot be made (errno %d)", errno);
	if (!write_all(fd, text) || close(fd) != 0) {
		(void)unlink(path);
		return err_set(reterr, RC_IO, "key-file", path, "cannot be written (errno %d)",
			       errno);
	}
	sync_folder(path);
	return RC_OK;
}

enum rc seal_key_write(const struct seal_key *key, const char *path, const char *passphrase,
		       size_t len, enum seal_effort effort, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(SEAL_KEYFILE_MAX);
	enum rc rc;

	if (passphrase)
		rc = lockbox_write(key, passphrase, len, effort, &text, reterr);
	else
		rc = pem_write(key, &text, reterr);
	return rc ? rc : write_file(path, &text, reterr);
}

static enum rc read_text(const char *path, struct buf *text, struct err *reterr)
{
	enum rc rc = buf_read_file(text, path);

	if (rc == RC_LIMIT)
		return bad_file(reterr);
	if (rc)
		return err_set(reterr, rc, "key-file", path, "the key file cannot be read");
	return RC_OK;
}

static bool is_locked(const struct buf *text)
{
	return text->len > 0 && text->data[0] == '{';
}

enum rc seal_key_is_locked(const char *path, bool *ret, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(SEAL_KEYFILE_MAX);
	enum rc rc = read_text(path, &text, reterr);

	if (!rc)
		*ret = is_locked(&text);
	return rc;
}

static enum rc check_private(const char *path, struct err *reterr)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return err_set(reterr, RC_IO, "key-file", path, "cannot be examined");
	if (st.st_mode & 077)
		return err_set(reterr, RC_FORBIDDEN, "key-file-permissions", path,
			       "a key in clear may be readable by its owner only (chmod 600)");
	return RC_OK;
}

enum rc seal_key_read(const char *path, const char *passphrase, size_t len, struct seal_key **ret,
		      struct err *reterr)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;
	CLEANUP(buf_release) struct buf text = buf_capped(SEAL_KEYFILE_MAX);
	enum rc rc = key_alloc(&key, reterr);

	if (!rc)
		rc = read_text(path, &text, reterr);
	if (rc)
		return rc;
	if (is_locked(&text)) {
		rc = lockbox_read(&text, passphrase, len, key, reterr);
	} else {
		rc = check_private(path, reterr);
		if (!rc)
			rc = pem_read(&text, key, reterr);
	}
	if (!rc)
		rc = key_expand(key, reterr);
	if (rc)
		return rc;
	*ret = TAKE_PTR(key);
	return RC_OK;
}
