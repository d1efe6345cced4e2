/* vardectl release build: everything that a release is made of, fetched, made, kept
 * and recorded, in this order; what fails leaves no trace but the log of the base. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "count/period.h"
#include "ctl/release_past.h"
#include "ctl/release_report.h"
#include "operate/operate.h"
#include "release/archive.h"
#include "release/build.h"
#include "release/report_json.h"

#include <sodium.h>
#include <string.h>

struct building {
	const struct ctl_options *options;
	struct config *config;
	unsigned char seed[PUBLISHED_SEED_SIZE], key[PUBLISHED_KEY_SIZE];
	struct programme *programme;
	struct codes *codes;
	struct release_past past;
	struct counted *base;
	struct release_built built;
	int64_t as_of_ms;
	int32_t closing;
	char name[PUBLISHED_RELEASE_MAX + 1];
	char manifest_hash[65], counts_hash[65];
};

static void building_release(struct building *b)
{
	sodium_memzero(b->seed, sizeof(b->seed));
	release_built_release(&b->built);
	counted_free(b->base);
	release_past_release(&b->past);
	codes_free(b->codes);
	programme_free(b->programme);
	config_free(b->config);
}

static const char *argument(const struct building *b, const char *name)
{
	return json_string_value(json_object_get(b->options->args, name));
}

/* Which quarters it closes, and what it is called. */
static enum rc choose(struct building *b, struct err *reterr)
{
	const char *as_of = argument(b, "as_of"), *name = argument(b, "name");
	char quarter[PERIOD_TEXT_SIZE];

	b->as_of_ms = clock_now_ms();
	if (as_of && clock_parse(as_of, strlen(as_of), &b->as_of_ms))
		return err_set(reterr, RC_INVALID, "argument-value", "as_of",
			       "is a time such as 2026-10-15T00:00:00Z");
	b->closing = period_last_quarter_end(b->as_of_ms);
	if (!name)
		name = period_quarter_code(b->closing, quarter);
	if (!published_release_name_valid(name))
		return err_set(reterr, RC_INVALID, "argument-value", "name",
			       "is not the name of a release");
	snprintf(b->name, sizeof(b->name), "%s", name);
	return RC_OK;
}

/* What cannot be recorded afterwards is not worth the counting. */
static enum rc check_place(const struct building *b, struct err *reterr)
{
	const json_t *row = release_past_row(&b->past, b->name);
	char month[PERIOD_TEXT_SIZE];

	if (row && strcmp(json_string_value(json_object_get(row, "state")), "built") != 0)
		return err_set(reterr, RC_CONFLICT, "release-exists", b->name,
			       "a release of this name has been published; give another --name");
	if (b->past.counted && b->past.counted->closed >= b->closing)
		return err_set(reterr, RC_INVALID, "release-order",
			       period_month_text(b->closing, month),
			       "release %.32s has closed this month already", b->past.last);
	return RC_OK;
}

static enum rc keep_bytes(void *ctx, const void *bytes, size_t len)
{
	return buf_add(ctx, bytes, len);
}

/* Where counting goes on, per organisation. */
static char *counted_so_far(const struct counted *counted)
{
	json_t *after = json_object();
	char *text = NULL;

	for (size_t i = 0; after && counted && i < counted->organisations_len; i++)
		json_object_set_new(after, counted->organisations[i].orgnr,
				    json_integer(counted->organisations[i].upto_seq));
	if (after)
		text = json_dumps(after, JSON_COMPACT);
	json_decref(after);
	return text;
}

static enum rc fetch_base(struct building *b, struct err *reterr)
{
	CLEANUP(buf_release) struct buf lines = buf_capped(COUNTED_FILE_MAX);
	CLEANUP_FREE char *after = counted_so_far(b->past.counted);
	struct operate_output out = { .bytes = keep_bytes, .ctx = &lines };
	char as_of[CLOCK_TEXT_SIZE];
	json_t *args = json_pack("{ss ss sI}", "as_of", clock_format(b->as_of_ms, as_of), "after",
				 after ? after : "{}", "final_year",
				 (json_int_t)release_final_year(b->past.counted, b->closing));
	enum rc rc = args && after ? RC_OK : RC_NOMEM;

	if (rc)
		err_set(reterr, rc, "no-memory", NULL, "out of memory");
	else
		rc = ctl_call(b->config, "release base", b->options, args, &out, reterr);
	json_decref(args);
	json_decref(out.result);
	return rc ? rc : counted_read(buf_text(&lines), lines.len, &b->base, reterr);
}

static enum rc make(struct building *b, struct err *reterr)
{
	const struct release_sources from = {
		.programme = b->programme,
		.codes = b->codes,
		.previous = b->past.counted,
		.base = b->base,
		.closing = b->closing,
		.earlier = b->past.earlier,
		.earlier_len = b->past.len,
	};

	return release_build(&from, &b->built, reterr);
}

/* All releases before it, by hash: the chain that an audit follows. */
static json_t *manifest_json(const struct building *b)
{
	char as_of[CLOCK_TEXT_SIZE], closed[PERIOD_TEXT_SIZE];
	json_t *before = json_array();

	for (size_t i = 0; i < b->past.len; i++)
		json_array_append_new(before, json_pack("{ss ss sb}", "release",
							b->past.earlier[i].name, "manifest",
							published_manifest_hash(b->past.opened[i]),
							"withdrawn", b->past.earlier[i].withdrawn));
	return json_pack("{ss ss ss ss sI ss so}", "release", b->name, "as_of",
			 clock_format(b->as_of_ms, as_of), "closed",
			 period_month_text(b->closing, closed), "programme",
			 programme_version(b->programme), "threshold",
			 (json_int_t)programme_threshold(b->programme), "varde", VARDE_VERSION,
			 "earlier", before);
}

static enum rc record(struct building *b, struct err *reterr)
{
	char as_of[CLOCK_TEXT_SIZE], closed[PERIOD_TEXT_SIZE];
	struct operate_output out = { 0 };
	json_t *args = json_pack("{ss ss ss ss ss}", "name", b->name, "as_of",
				 clock_format(b->as_of_ms, as_of), "closed",
				 period_month_text(b->closing, closed), "manifest",
				 b->manifest_hash, "counts", b->counts_hash);
	enum rc rc = args ? ctl_call(b->config, "release record", b->options, args, &out, reterr)
			  : RC_NOMEM;

	json_decref(args);
	json_decref(out.result);
	return rc;
}

static enum rc keep(struct building *b, const json_t *report, struct err *reterr)
{
	json_t *manifest = manifest_json(b);
	const struct archive_release release = { b->name, &b->built.tables, manifest,
						 b->built.counted, report };
	enum rc rc = manifest ? archive_put(b->config->data, &release, b->seed, b->manifest_hash,
					    b->counts_hash, reterr)
			      : RC_NOMEM;

	json_decref(manifest);
	return rc ? rc : record(b, reterr);
}

static enum rc prepare(struct building *b, struct err *reterr)
{
	enum rc rc = ctl_config(b->options, &b->config, reterr);

	if (!rc)
		rc = choose(b, reterr);
	if (!rc)
		rc = release_seed(b->config, b->seed, b->key, reterr);
	if (!rc)
		rc = release_knowledge(b->config, &b->programme, &b->codes, reterr);
	if (!rc)
		rc = release_past_read(b->config, b->options, b->key, NULL, &b->past, reterr);
	return rc ? rc : check_place(b, reterr);
}

/* The answer is no: these counts, after all that was said, have no safe release. */
static bool is_unsafe(const struct err *err)
{
	static const char *const codes[] = { "no-safe-pattern", "release-unsafe",
					     "release-changed" };

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (!strcmp(err->code, codes[i]))
			return true;
	return false;
}

int ctl_release_build(const struct ctl_options *options)
{
	CLEANUP(building_release) struct building b = { .options = options };
	bool dry = json_is_true(json_object_get(options->args, "dry_run"));
	const struct release_form form = { .json = options->json };
	json_t *report = NULL;
	struct err err = { 0 };
	enum rc rc = prepare(&b, &err);

	if (!rc)
		rc = fetch_base(&b, &err);
	if (!rc)
		rc = make(&b, &err);
	if (!rc)
		report = release_report_json(&b.built.report, b.name);
	if (!rc && !report)
		rc = RC_NOMEM;
	if (!rc && !dry)
		rc = keep(&b, report, &err);
	if (!rc)
		rc = release_report_print(report, &form, stdout);
	json_decref(report);
	if (rc && !err.code[0])
		err_set(&err, rc, rc_name(rc), NULL, "failed");
	if (rc)
		ctl_complain(options->json, &err);
	return !rc ? CTL_OK : is_unsafe(&err) ? CTL_NO : CTL_FAILED;
}
