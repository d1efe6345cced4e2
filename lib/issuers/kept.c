#include "issuers/kept.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "json/strict.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER "issuers"
#define DEPTH 8

static enum rc path_of(const struct config *config, const char *name, char out[PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s/" FOLDER "%s%s%s", config->data, name ? "/" : "",
			 name ? name : "", name ? ".jwks.json" : "");

	return n < 0 || n >= PATH_MAX ? RC_LIMIT : RC_OK;
}

static enum rc not_kept(enum rc rc, const char *path, struct err *reterr)
{
	return err_set(reterr, rc, "jwks-not-kept", path, "the key set cannot be kept: %s",
		       strerrordesc_np(errno));
}

static json_t *kept_form(const struct config_issuer *issuer, const json_t *fetched, int64_t now_ms)
{
	char at[CLOCK_TEXT_SIZE];

	return json_pack("{s:s, s:s, s:s, s:O}", "fetched_at", clock_format(now_ms, at), "issuer",
			 issuer->issuer, "url", issuer->jwks_url, "keys",
			 json_object_get(fetched, "keys"));
}

enum rc kept_save(const struct config *config, const struct config_issuer *issuer, const char *text,
		  size_t len, int64_t now_ms, struct err *reterr)
{
	json_auto_t *fetched = NULL;
	json_auto_t *form = NULL;
	CLEANUP_FREE char *out = NULL;
	char path[PATH_MAX];
	enum rc rc = json_strict_load(text, len, DEPTH, &fetched, reterr);

	if (rc)
		return rc;
	form = kept_form(issuer, fetched, now_ms);
	out = form ? json_dumps(form, JSON_COMPACT) : NULL;
	if (!out)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	if (path_of(config, NULL, path) || (mkdir(path, 0700) && errno != EEXIST))
		return not_kept(RC_IO, path, reterr);
	errno = EFBIG; /* what could not be loaded again is not kept */
	if (path_of(config, issuer->name, path) || strlen(out) > JOSE_JWKS_MAX_LEN)
		return not_kept(RC_LIMIT, path, reterr);
	return file_replace(path, out, strlen(out), 0600, reterr);
}

static bool is_text(const json_t *root, const char *name, const char *wanted)
{
	const char *text = json_string_value(json_object_get(root, name));

	return text && !strcmp(text, wanted);
}

static enum rc read_form(const struct config_issuer *issuer, const struct buf *text,
			 int64_t *ret_fetched_ms, struct err *reterr)
{
	json_auto_t *root = NULL;
	const char *at;
	enum rc rc = json_strict_load(buf_text(text), text->len, DEPTH, &root, reterr);

	if (rc)
		return rc;
	if (!is_text(root, "issuer", issuer->issuer) || !is_text(root, "url", issuer->jwks_url))
		return err_set(reterr, RC_NOT_FOUND, "jwks-not-kept", NULL,
			       "these are the keys of another issuer or address");
	at = json_string_value(json_object_get(root, "fetched_at"));
	if (!at || clock_parse(at, strlen(at), ret_fetched_ms))
		return err_set(reterr, RC_INVALID, "jwks-kept-unreadable", NULL,
			       "it does not say when it was fetched");
	return RC_OK;
}

enum rc kept_load(const struct config *config, const struct config_issuer *issuer,
		  struct jose_jwks **ret, int64_t *ret_fetched_ms, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(JOSE_JWKS_MAX_LEN);
	struct err why = { 0 };
	char path[PATH_MAX];
	enum rc rc;

	if (path_of(config, issuer->name, path))
		return err_set(reterr, RC_IO, "jwks-kept-unreadable", config->data,
			       "the path is too long");
	rc = buf_read_file(&text, path);
	if (rc == RC_NOT_FOUND)
		return err_set(reterr, rc, "jwks-not-kept", path, "no key set was kept");
	if (!rc)
		rc = read_form(issuer, &text, ret_fetched_ms, &why);
	if (!rc)
		rc = jose_jwks_load(buf_text(&text), text.len, ret, &why);
	if (!rc || rc == RC_NOMEM)
		return rc;
	if (rc == RC_INVALID || rc == RC_LIMIT)
		rc = RC_CORRUPT;
	return err_set(reterr, rc, rc == RC_NOT_FOUND ? "jwks-not-kept" : "jwks-kept-unreadable",
		       path, "%s", why.text[0] ? why.text : rc_name(rc));
}
