#include "base/cleanup.h"
#include "config/config.h"
#include "ctl/ctl.h"
#include "ctl/release_past.h"
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
	unsigned char seed[PUBLISHED_SEED_SIZE], key[PUBLISHED_KEY_SIZE];
	char hex[2 * PUBLISHED_KEY_SIZE + 1];
	struct err err = { 0 };
	enum rc rc = ctl_config(options, &config, &err);

	if (!rc)
		rc = release_seed(config, seed, key, &err);
	sodium_memzero(seed, sizeof(seed));
	if (rc)
		return ctl_complain(options->json, &err);
	puts(sodium_bin2hex(hex, sizeof(hex), key, sizeof(key)));
	return CTL_OK;
}

static const struct ctl_param build_params[] = {
	{ "--as-of", "as_of", CTL_TEXT, "TIME",
	  "count what had come by then, such as 2026-10-15T00:00:00Z (default: now)", false },
	{ "--name", "name", CTL_TEXT, "NAME", "default: the last quarter it closes, 2026K3",
	  false },
	{ "--dry-run", "dry_run", CTL_FLAG, NULL, "only show what it would be", false },
	{ 0 },
};
static const struct ctl_param name_params[] = {
	{ "RELEASE", "name", CTL_TEXT, NULL, "its name, such as 2026K1", true },
	{ 0 },
};
static const struct ctl_param report_params[] = {
	{ "RELEASE", "name", CTL_TEXT, NULL, "its name, such as 2026K1", true },
	{ "--html", "html", CTL_FLAG, NULL, "as a page to read, print and file", false },
	{ "--lang", "lang", CTL_TEXT, "nb|en", "of the page (default: nb)", false },
	{ 0 },
};
static const struct ctl_param withdraw_params[] = {
	{ "RELEASE", "name", CTL_TEXT, NULL, "its name; --reason is needed, and it is for good",
	  true },
	{ 0 },
};

const struct ctl_command ctl_release_commands[] = {
	{ .words = "release build",
	  .params = build_params,
	  .help = "count, protect and keep the next release; nothing is published yet",
	  .run = ctl_release_build },
	{ .words = "release show",
	  .params = report_params,
	  .help = "the private report of a release, as it was built",
	  .run = ctl_release_show },
	{ .words = "release audit",
	  .params = report_params,
	  .help = "examine a release again, from its files, with all that were published",
	  .run = ctl_release_audit },
	{ .words = "release list", .render = render_releases },
	{ .words = "release promote", .params = name_params, .render = render_state },
	{ .words = "release withdraw", .params = withdraw_params, .render = render_state },
	{ .words = "release public-key",
	  .help = "the key that releases are checked with, 64 hex digits",
	  .run = print_public_key },
	{ 0 },
};
