#include "ctl/release_past.h"

#include "operate/operate.h"
#include "published/signing.h"
#include "release/archive.h"

#include <limits.h>
#include <sodium.h>
#include <string.h>

static const char *text(const json_t *row, const char *member)
{
	return json_string_value(json_object_get(row, member));
}

void release_past_release(struct release_past *past)
{
	for (size_t i = 0; i < past->len; i++)
		published_free(past->opened[i]);
	free(past->opened);
	free(past->earlier);
	counted_free(past->counted);
	json_decref(past->register_rows);
	*past = (struct release_past){ 0 };
}

const json_t *release_past_row(const struct release_past *past, const char *name)
{
	size_t i;
	const json_t *row;

	json_array_foreach(past->register_rows, i,
			   row) if (!strcmp(text(row, "name"), name)) return row;
	return NULL;
}

static enum rc read_register(const struct config *config, const struct ctl_options *options,
			     struct release_past *past, struct err *reterr)
{
	struct operate_output out = { 0 };
	enum rc rc = ctl_call(config, "release list", options, NULL, &out, reterr);

	if (!rc)
		past->register_rows = json_incref(json_object_get(out.result, "releases"));
	json_decref(out.result);
	return rc;
}

/* The register says which bytes each release has. */
static enum rc open_one(const struct config *config, const unsigned char key[PUBLISHED_KEY_SIZE],
			const json_t *row, struct release_past *past, struct err *reterr)
{
	struct release_earlier *e = &past->earlier[past->len];
	struct published *p = NULL;
	char folder[PATH_MAX];
	enum rc rc =
		archive_public(config->data, text(row, "name"), folder, sizeof(folder), reterr);

	if (!rc)
		rc = published_open(folder, key, &p, reterr);
	if (rc)
		return rc;
	past->opened[past->len++] = p;
	if (strcmp(published_manifest_hash(p), text(row, "manifest")) != 0)
		return err_set(reterr, RC_CORRUPT, "release-altered", folder,
			       "this is not the release that was recorded");
	e->name = text(row, "name");
	e->tables = published_tables(p);
	e->withdrawn = !strcmp(text(row, "state"), "withdrawn");
	return RC_OK;
}

static enum rc open_all(const struct config *config, const unsigned char key[PUBLISHED_KEY_SIZE],
			const char *but, struct release_past *past, struct err *reterr)
{
	const json_t *last = NULL, *row;
	enum rc rc = RC_OK;
	size_t i;

	json_array_foreach(past->register_rows, i, row)
	{
		bool built = !strcmp(text(row, "state"), "built");

		if (rc || built || (but && !strcmp(text(row, "name"), but)))
			continue;
		rc = open_one(config, key, row, past, reterr);
		if (!rc && !past->earlier[past->len - 1].withdrawn)
			last = row;
	}
	if (rc || !last)
		return rc;
	past->last = text(last, "name");
	return archive_counts(config->data, past->last, text(last, "counts"), &past->counted,
			      reterr);
}

enum rc release_past_read(const struct config *config, const struct ctl_options *options,
			  const unsigned char key[PUBLISHED_KEY_SIZE], const char *but,
			  struct release_past *ret, struct err *reterr)
{
	CLEANUP(release_past_release) struct release_past past = { 0 };
	enum rc rc = read_register(config, options, &past, reterr);
	size_t n;

	if (rc)
		return rc;
	n = json_array_size(past.register_rows) + 1;
	past.opened = calloc(n, sizeof(struct published *));
	past.earlier = calloc(n, sizeof(*past.earlier));
	if (!past.opened || !past.earlier)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	rc = open_all(config, key, but, &past, reterr);
	if (rc)
		return rc;
	*ret = past;
	past = (struct release_past){ 0 };
	return RC_OK;
}

enum rc release_seed(const struct config *config, unsigned char seed[PUBLISHED_SEED_SIZE],
		     unsigned char key[PUBLISHED_KEY_SIZE], struct err *reterr)
{
	CLEANUP(buf_release) struct buf hex = buf_capped(256);
	enum rc rc;

	if (sodium_init() < 0)
		return err_set(reterr, RC_IO, "sodium", NULL, "libsodium does not start");
	rc = config_secret(config, "release-key", &hex, reterr);
	if (!rc)
		rc = published_key_parse(buf_text(&hex), hex.len, seed, reterr);
	if (!rc)
		published_key_of(seed, key);
	return rc;
}

enum rc release_knowledge(const struct config *config, struct programme **ret_programme,
			  struct codes **ret_codes, struct err *reterr)
{
	char path[PATH_MAX];
	enum rc rc = programme_load(config->schemas, ret_programme, reterr);

	if (rc)
		return rc;
	if (snprintf(path, sizeof(path), "%s/codes", config->schemas) >= (int)sizeof(path))
		return err_set(reterr, RC_LIMIT, "release-io", config->schemas,
			       "the path is too long");
	return codes_load(path, ret_codes, reterr);
}
