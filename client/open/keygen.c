/* The key ceremony: make, write, read back with the passphrase given again,
 * open, prove. See seal/custodian.h for why in this order. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "open/open.h"
#include "open/passphrase.h"
#include "seal/custodian.h"
#include "seal/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rc make(const struct keygen_request *rq, char kid[SEAL_KID_SIZE], struct err *err)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;
	CLEANUP(passphrase_freep) struct passphrase *secret = NULL;
	enum rc rc = RC_OK;

	if (!rq->no_passphrase)
		rc = passphrase_get(rq->passphrase_path, "Passphrase for the new key: ", &secret,
				    err);
	if (!rc)
		rc = seal_key_new(&key, err);
	if (!rc)
		rc = seal_key_write(key, rq->out_path, secret ? secret->text : NULL,
				    secret ? secret->len : 0, (enum seal_effort)rq->effort, err);
	if (!rc)
		memcpy(kid, seal_key_recipient(key)->kid, SEAL_KID_SIZE);
	return rc;
}

static enum rc prove(const struct keygen_request *rq, const char *kid, struct buf *public_file,
		     struct err *err)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;
	CLEANUP(passphrase_freep) struct passphrase *secret = NULL;
	struct seal_recipient who;
	enum rc rc = RC_OK;

	if (!rq->no_passphrase)
		rc = passphrase_get(rq->passphrase_path,
				    "The same again, to open the file with: ", &secret, err);
	if (!rc)
		rc = seal_key_read(rq->out_path, secret ? secret->text : NULL,
				   secret ? secret->len : 0, &key, err);
	if (!rc && strcmp(seal_key_recipient(key)->kid, kid) != 0)
		rc = err_set(err, RC_CORRUPT, "key-file", rq->out_path,
			     "another key stands in the file than was written");
	if (!rc)
		rc = seal_key_prove(key, clock_now_ms(), public_file, err);
	if (!rc)
		rc = seal_custodian_load(buf_text(public_file), public_file->len, &who, NULL, err);
	return rc;
}

static enum rc write_public(const char *path, const struct buf *text, struct err *err)
{
	FILE *out = stdout;
	int fd;
	bool good;

	if (path) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		out = fd < 0 ? NULL : fdopen(fd, "w");
		if (fd >= 0 && !out)
			close(fd);
		if (!out)
			return err_set(err, RC_IO, "public-file", path, "cannot be made (errno %d)",
				       errno);
		(void)fchmod(fd, 0644);
	}
	good = fwrite(buf_text(text), 1, text->len, out) == text->len && fflush(out) == 0;
	if (path) {
		good = fsync(fileno(out)) == 0 && good;
		good = fclose(out) == 0 && good;
	}
	return good ? RC_OK
		    : err_set(err, RC_IO, "public-file", path, "cannot be written (errno %d)",
			      errno);
}

int keygen_run(const struct keygen_request *rq)
{
	CLEANUP(buf_release) struct buf public_file = buf_capped(SEAL_CUSTODIAN_FILE_MAX);
	char kid[SEAL_KID_SIZE];
	struct err err = { 0 };

	if (rq->public_path && access(rq->public_path, F_OK) == 0) {
		err_set(&err, RC_CONFLICT, "public-file-exists", rq->public_path,
			"a file is there already");
		return complain(&err);
	}
	if (make(rq, kid, &err))
		return complain(&err);
	/* A file that did not open is worse than none: somebody might keep it. */
	if (prove(rq, kid, &public_file, &err) ||
	    write_public(rq->public_path, &public_file, &err)) {
		(void)unlink(rq->out_path);
		return complain(&err);
	}
	fprintf(rq->public_path ? stdout : stderr, "kid %s\n", kid);
	fputs("varde-open: the key was written, read back and opened a test box. Write the kid "
	      "into the record\n"
	      "of the ceremony: whoever adds the public file compares it.\n",
	      stderr);
	return OPEN_ALL;
}
