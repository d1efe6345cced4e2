#include "base/cleanup.h"
#include "config/config.h"
#include "ctl/ctl.h"
#include "ctl/render.h"
#include "published/signing.h"

#include <sodium.h>

DEFINE_CLEANUP(struct config *, config_free)

static void render_releases(const json_t *result, FILE *out)
{
	static const struct column columns[] = {
		{ "RELEASE", "name" },           { "STATE", "state" },
		{ "CLOSES", "closed" },          { "AS OF", "as_of" },
		{ "PUBLISHED", "promoted_at" },  { "WITHDRAWN", "withdrawn_at" },
		{ "REASON", "withdraw_reason" }, { 0 }
	};

	render_rows(json_object_get(result, "releases"), columns, out);
}

static void render_state(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "release", "name" }, { "state", "state" }, { 0 } };

	render_facts(result, facts, out);
}

/* What readers of releases are given; the secret half never leaves the credentials. */
static int print_public_key(const struct ctl_options *options)
{
	CLEANUP(config_freep) struct config *config = NULL;
	CLEANUP(buf_release) struct buf text = buf_capped(256);
	unsigned char seed[PUBLISHED_SEED_SIZE], key[PUBLISHED_KEY_SIZE];
	char hex[2 * PUBLISHED_KEY_SIZE + 1];
	struct err err = { 0 };
	enum rc rc = RC_INVALID;

	if (!options->config)
		err_set(&err, rc, "usage", "--config", "which installation?");
	else if (sodium_init() >= 0)
		rc = config_load(options->config, &config, &err);
	if (!rc)
		rc = config_secret(config, "release-key", &text, &err);
	if (!rc)
		rc = published_key_parse(buf_text(&text), text.len, seed, &err);
	if (rc)
		return ctl_complain(options->json, &err);
	published_key_of(seed, key);
	sodium_memzero(seed, sizeof(seed));
	puts(sodium_bin2hex(hex, sizeof(hex), key, sizeof(key)));
	return CTL_OK;
}

static const struct ctl_param name_params[] = {
	{ "RELEASE", "name", CTL_TEXT, NULL, "its name, such as 2026K1", true },
	{ 0 },
};
static const struct ctl_param withdraw_params[] = {
	{ "RELEASE", "name", CTL_TEXT, NULL, "its name; --reason is needed, and it is for good",
	  true },
	{ 0 },
};

const struct ctl_command ctl_release_commands[] = {
	{ .words = "release list", .render = render_releases },
	{ .words = "release promote", .params = name_params, .render = render_state },
	{ .words = "release withdraw", .params = withdraw_params, .render = render_state },
	{ .words = "release public-key",
	  .help = "the key that releases are checked with, 64 hex digits",
	  .run = print_public_key },
	{ 0 },
};
