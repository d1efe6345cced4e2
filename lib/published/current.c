/* current.json: {"current":{…},"signature":"<hex>"}, the signature over the
 * canonical text of `current`. One file, so that one rename replaces both. */
#include "published/folder.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "json/canonical.h"
#include "json/strict.h"

#include <limits.h>
#include <sodium.h>
#include <string.h>

#define CURRENT_PURPOSE "varde-current"
#define CURRENT_MAX ((size_t)1 << 20)
#define CURRENT_DEPTH 4

void published_current_release(struct published_current *current)
{
	json_decref(current->published);
	json_decref(current->withdrawn);
	*current = (struct published_current){ 0 };
}

static enum rc no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

static enum rc compose(const struct published_current *current,
		       const unsigned char seed[PUBLISHED_SEED_SIZE], struct buf *out)
{
	CLEANUP(buf_release) struct buf text = buf_capped(CURRENT_MAX);
	unsigned char signature[PUBLISHED_SIGNATURE_SIZE];
	char hex[2 * PUBLISHED_SIGNATURE_SIZE + 1], at[CLOCK_TEXT_SIZE];
	json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:O, s:O}", "sequence",
				 (json_int_t)current->sequence, "release", current->release,
				 "manifest_sha256", current->manifest_hash, "at",
				 clock_format(current->at_ms, at), "published", current->published,
				 "withdrawn", current->withdrawn);
	enum rc rc = json ? json_canonical(json, &text) : RC_NOMEM;

	json_decref(json);
	if (!rc)
		rc = published_sign(seed, CURRENT_PURPOSE, text.data, text.len, signature);
	if (rc)
		return rc;
	sodium_bin2hex(hex, sizeof(hex), signature, sizeof(signature));
	buf_addf(out, "{\"current\":%s,\"signature\":\"%s\"}\n", buf_text(&text), hex);
	return buf_rc(out);
}

enum rc published_current_write(const char *dir, const struct published_current *current,
				const unsigned char seed[PUBLISHED_SEED_SIZE], struct err *reterr)
{
	CLEANUP(buf_release) struct buf out = buf_capped(CURRENT_MAX), path = buf_capped(8192);

	if (compose(current, seed, &out) || buf_addf(&path, "%s/current.json", dir))
		return no_memory(reterr);
	return file_replace(buf_text(&path), out.data, out.len, 0644, reterr);
}

static enum rc check_signature(const json_t *json, const char *hex,
			       const unsigned char key[PUBLISHED_KEY_SIZE])
{
	CLEANUP(buf_release) struct buf text = buf_capped(CURRENT_MAX);
	unsigned char signature[PUBLISHED_SIGNATURE_SIZE];
	size_t len = 0;
	enum rc rc = json_canonical(json, &text);

	if (rc)
		return rc;
	if (sodium_hex2bin(signature, sizeof(signature), hex, strlen(hex), NULL, &len, NULL) ||
	    len != sizeof(signature) || strlen(hex) != 2 * sizeof(signature))
		return RC_CORRUPT;
	return published_verify(key, CURRENT_PURPOSE, text.data, text.len, signature);
}

static bool are_names(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));

		if (!name || !published_release_name_valid(name))
			return false;
	}
	return json_is_array(list);
}

static enum rc read_members(json_t *json, struct published_current *ret)
{
	const char *release = NULL, *hash = NULL, *at = NULL;
	json_t *published = NULL, *withdrawn = NULL;
	json_int_t sequence = 0;

	if (json_unpack(json, "{s:I, s:s, s:s, s:s, s:o, s:o !}", "sequence", &sequence, "release",
			&release, "manifest_sha256", &hash, "at", &at, "published", &published,
			"withdrawn", &withdrawn) ||
	    !are_names(published) || !are_names(withdrawn) ||
	    clock_parse(at, strlen(at), &ret->at_ms))
		return RC_INVALID;
	if (*release && (!published_release_name_valid(release) || strlen(hash) != 64))
		return RC_INVALID;
	ret->sequence = sequence;
	snprintf(ret->release, sizeof(ret->release), "%s", release);
	snprintf(ret->manifest_hash, sizeof(ret->manifest_hash), "%s", hash);
	ret->published = json_incref(published);
	ret->withdrawn = json_incref(withdrawn);
	return RC_OK;
}

enum rc published_current_read(const char *dir, const unsigned char key[PUBLISHED_KEY_SIZE],
			       struct published_current *ret, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(CURRENT_MAX), path = buf_capped(8192);
	struct published_current current = { 0 };
	json_t *file = NULL, *json = NULL;
	const char *hex = NULL;
	enum rc rc;

	if (buf_addf(&path, "%s/current.json", dir))
		return no_memory(reterr);
	rc = buf_read_file(&text, buf_text(&path));
	if (rc)
		return err_set(reterr, rc, "current-unreadable", buf_text(&path),
			       "the file cannot be read (%s)", rc_name(rc));
	rc = json_strict_load(buf_text(&text), text.len, CURRENT_DEPTH, &file, NULL);
	if (!rc && json_unpack(file, "{s:o, s:s !}", "current", &json, "signature", &hex))
		rc = RC_INVALID;
	if (!rc)
		rc = check_signature(json, hex, key);
	if (!rc)
		rc = read_members(json, &current);
	json_decref(file);
	if (rc == RC_CORRUPT)
		return err_set(reterr, rc, "current-signature", buf_text(&path),
			       "the file is not signed by the institute's key");
	if (rc)
		return err_set(reterr, rc, "current-malformed", buf_text(&path),
			       "the file does not say which release is served");
	*ret = current;
	return RC_OK;
}

enum rc published_current_open(const char *dir, const struct published_current *current,
			       const unsigned char key[PUBLISHED_KEY_SIZE], struct published **ret,
			       struct err *reterr)
{
	char path[PATH_MAX];
	enum rc rc;

	*ret = NULL;
	if (!current->release[0])
		return RC_OK;
	if (snprintf(path, sizeof(path), "%s/%s", dir, current->release) >= (int)sizeof(path))
		return err_set(reterr, RC_LIMIT, "release-io", current->release,
			       "the path is too long");
	rc = published_open(path, key, ret, reterr);
	if (!rc && (strcmp(published_manifest_hash(*ret), current->manifest_hash) ||
		    strcmp(published_release(*ret), current->release))) {
		published_free(TAKE_PTR(*ret));
		rc = err_set(reterr, RC_CORRUPT, "release-altered", current->release,
			     "another release lies in its place");
	}
	return rc;
}
