/* The life of a statistical release: built (by vardectl, from what release base
 * hands over), recorded, promoted, perhaps withdrawn. Its folder is
 * DATA/releases/NAME; what is served is a copy below `[statistics] published`. */
#include "operate/call.h"

#include "base/clock.h"
#include "config/config.h"
#include "count/period.h"
#include "installation/installation.h"
#include "published/folder.h"
#include "release/archive.h"

#include <limits.h>
#include <sodium.h>
#include <string.h>

static json_t *row_json(const struct control_release *r)
{
	const char *state = r->withdrawn_at ? "withdrawn" : r->promoted_at ? "published" : "built";

	return json_pack("{sI ss ss so ss ss ss so so so ss?}", "number", (json_int_t)r->number,
			 "name", r->name, "state", state, "as_of", operate_time(r->as_of), "closed",
			 r->closed, "manifest", r->manifest_hash, "counts", r->counts_hash,
			 "built_at", operate_time(r->built_at), "promoted_at",
			 operate_time(r->promoted_at), "withdrawn_at",
			 operate_time(r->withdrawn_at), "withdraw_reason", r->withdraw_reason);
}

enum rc operate_release_list(struct installation *in, const struct operate_call *call,
			     struct operate_output *out, struct err *reterr)
{
	struct control_releases releases = { 0 };
	json_t *rows = json_array();
	enum rc rc = control_release_list(in->control, &releases, reterr);

	(void)call;
	for (size_t i = 0; !rc && i < releases.len; i++)
		json_array_append_new(rows, row_json(&releases.list[i]));
	control_releases_release(&releases);
	if (rc) {
		json_decref(rows);
		return rc;
	}
	return operate_answer(out, json_pack("{so}", "releases", rows), reterr);
}

static bool is_hash(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

enum rc operate_release_record(struct installation *in, const struct operate_call *call,
			       struct operate_output *out, struct err *reterr)
{
	CLEANUP_FREE char *detail = operate_detail(json_deep_copy(call->args));
	struct control_action by = operate_action(call, "release record", detail);
	struct control_release release = {
		.name = operate_text(call, "name"),
		.closed = operate_text(call, "closed"),
		.manifest_hash = operate_text(call, "manifest"),
		.counts_hash = operate_text(call, "counts"),
	};
	const char *as_of = operate_text(call, "as_of");
	int32_t month;
	enum rc rc;

	if (!published_release_name_valid(release.name))
		return err_set(reterr, RC_INVALID, "argument-value", "name",
			       "is not the name of a release");
	if (clock_parse(as_of, strlen(as_of), &release.as_of) ||
	    period_parse_month(release.closed, &month) || !is_hash(release.manifest_hash) ||
	    !is_hash(release.counts_hash))
		return err_set(reterr, RC_INVALID, "argument-value", "as_of",
			       "or another value is not what a build says");
	rc = control_release_add(in->control, &release, &by, reterr);
	return rc ? rc : operate_answer(out, json_pack("{ss}", "name", release.name), reterr);
}

/* --- publishing ---------------------------------------------------------------------- */

struct publishing {
	struct installation *in;
	unsigned char seed[PUBLISHED_SEED_SIZE], key[PUBLISHED_KEY_SIZE];
};

static void publishing_release(struct publishing *p)
{
	sodium_memzero(p, sizeof(*p));
}

static enum rc read_seed(struct publishing *p, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(256);
	enum rc rc;

	if (!p->in->config->statistics_published)
		return err_set(reterr, RC_INVALID, "config-missing-key", p->in->config->path,
			       "[statistics] published says where releases are served from");
	rc = config_secret(p->in->config, "release-key", &text, reterr);
	if (!rc)
		rc = published_key_parse(buf_text(&text), text.len, p->seed, reterr);
	if (!rc)
		published_key_of(p->seed, p->key);
	return rc;
}

/* The register's word for a release's public files; "" when it has none of that name. */
static enum rc registered_hash(struct installation *in, const char *name, char ret[65],
			       struct err *reterr)
{
	struct control_releases releases = { 0 };
	enum rc rc = control_release_list(in->control, &releases, reterr);

	ret[0] = '\0';
	for (size_t i = 0; !rc && i < releases.len; i++)
		if (!strcmp(releases.list[i].name, name))
			snprintf(ret, 65, "%s", releases.list[i].manifest_hash);
	control_releases_release(&releases);
	return rc;
}

/* Whether a folder is the release that the register means. */
static enum rc check_folder(const struct publishing *p, const char *folder, const char *hash,
			    struct err *reterr)
{
	struct published *there = NULL;
	enum rc rc = published_open(folder, p->key, &there, reterr);

	if (!rc && strcmp(published_manifest_hash(there), hash) != 0)
		rc = err_set(reterr, RC_CORRUPT, "release-altered", folder,
			     "this is not the release that was recorded: build it anew");
	published_free(there);
	return rc;
}

static enum rc copy_release(const struct publishing *p, const char *name, struct err *reterr)
{
	char from[PATH_MAX], to[PATH_MAX], hash[65];
	enum rc rc = archive_public(p->in->config->data, name, from, sizeof(from), reterr);

	if (!rc)
		rc = registered_hash(p->in, name, hash, reterr);
	if (!rc && !hash[0])
		rc = err_set(reterr, RC_CONFLICT, "release-state", name,
			     "no release of this name waits to be promoted");
	if (!rc)
		rc = check_folder(p, from, hash, reterr);
	if (rc)
		return rc;
	if (snprintf(to, sizeof(to), "%s/%s", p->in->config->statistics_published, name) >=
	    (int)sizeof(to))
		return err_set(reterr, RC_LIMIT, "release-io", name, "the path is too long");
	/* An earlier try may have come that far, before the release was built anew. */
	if (check_folder(p, to, hash, NULL) == RC_OK)
		return RC_OK;
	published_folder_remove(to);
	return published_folder_copy(from, to, p->key, reterr);
}

/* Which release is served now: the newest that stands. */
static enum rc choose(const struct control_releases *releases, struct published_current *current)
{
	for (size_t i = 0; i < releases->len; i++) {
		const struct control_release *r = &releases->list[i];

		if (r->withdrawn_at &&
		    json_array_append_new(current->withdrawn, json_string(r->name)))
			return RC_NOMEM;
		if (!r->promoted_at || r->withdrawn_at)
			continue;
		if (json_array_append_new(current->published, json_string(r->name)))
			return RC_NOMEM;
		snprintf(current->release, sizeof(current->release), "%s", r->name);
		snprintf(current->manifest_hash, sizeof(current->manifest_hash), "%s",
			 r->manifest_hash);
	}
	return current->withdrawn && current->published ? RC_OK : RC_NOMEM;
}

/* Every promotion and withdrawal is one step of the sequence, from the register. */
static enum rc point(const struct publishing *p, int64_t now_ms, struct err *reterr)
{
	CLEANUP(published_current_release)
	struct published_current current = { .at_ms = now_ms,
					     .published = json_array(),
					     .withdrawn = json_array() };
	struct control_releases releases = { 0 };
	enum rc rc = control_release_list(p->in->control, &releases, reterr);

	if (rc)
		return rc;
	for (size_t i = 0; i < releases.len; i++)
		current.sequence +=
			(releases.list[i].promoted_at != 0) + (releases.list[i].withdrawn_at != 0);
	rc = choose(&releases, &current);
	control_releases_release(&releases);
	if (rc)
		return err_set(reterr, rc, "no-memory", NULL, "out of memory");
	return published_current_write(p->in->config->statistics_published, &current, p->seed,
				       reterr);
}

/* Whether the register has it as the one that is served. */
static bool is_newest(struct installation *in, const char *name)
{
	CLEANUP(published_current_release)
	struct published_current current = { .published = json_array(), .withdrawn = json_array() };
	struct control_releases releases = { 0 };
	bool yes = !control_release_list(in->control, &releases, NULL) &&
		   !choose(&releases, &current) && !strcmp(current.release, name);

	control_releases_release(&releases);
	return yes;
}

/* Nothing serves a copy that current.json does not name, so one that the register
 * then refuses does no harm. The copy first, the register next, the pointer last: whatever is
 * interrupted, what is served is whole, and the same command finishes it. */
enum rc operate_release_promote(struct installation *in, const struct operate_call *call,
				struct operate_output *out, struct err *reterr)
{
	CLEANUP(publishing_release) struct publishing p = { .in = in };
	const char *name = operate_text(call, "name");
	CLEANUP_FREE char *detail = operate_detail(json_deep_copy(call->args));
	struct control_action by = operate_action(call, "release promote", detail);
	enum rc rc = RC_OK;

	if (!published_release_name_valid(name))
		return err_set(reterr, RC_INVALID, "argument-value", "name",
			       "is not the name of a release");
	rc = read_seed(&p, reterr);
	if (!rc)
		rc = copy_release(&p, name, reterr);
	if (!rc)
		rc = control_release_promote(in->control, name, &by, reterr);
	if (rc == RC_CONFLICT && is_newest(in, name))
		rc = RC_OK;
	if (!rc)
		rc = point(&p, call->now_ms, reterr);
	return rc ? rc
		  : operate_answer(out, json_pack("{ss ss}", "name", name, "state", "published"),
				   reterr);
}

enum rc operate_release_withdraw(struct installation *in, const struct operate_call *call,
				 struct operate_output *out, struct err *reterr)
{
	CLEANUP(publishing_release) struct publishing p = { .in = in };
	const char *name = operate_text(call, "name");
	CLEANUP_FREE char *detail = operate_detail(json_deep_copy(call->args));
	struct control_action by = operate_action(call, "release withdraw", detail);
	enum rc rc = read_seed(&p, reterr);

	if (!rc)
		rc = control_release_withdraw(in->control, name, &by, reterr);
	if (!rc)
		rc = point(&p, call->now_ms, reterr);
	return rc ? rc
		  : operate_answer(out, json_pack("{ss ss}", "name", name, "state", "withdrawn"),
				   reterr);
}
