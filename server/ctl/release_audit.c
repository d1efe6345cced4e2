/* vardectl release show and release audit: what a release hides and risks, as it was
 * found when it was built, and found anew. */
#include "base/cleanup.h"
#include "ctl/release_past.h"
#include "ctl/release_report.h"
#include "release/archive.h"
#include "release/report_json.h"

#include <limits.h>
#include <sodium.h>
#include <string.h>

DEFINE_CLEANUP(struct config *, config_free)

static const char *name_of(const struct ctl_options *options)
{
	return json_string_value(json_object_get(options->args, "name"));
}

static int finish(const struct ctl_options *options, const struct release_form *form, enum rc rc,
		  json_t *report, struct err *err)
{
	bool safe = json_is_true(json_object_get(report, "safe"));

	if (!rc)
		rc = release_report_print(report, form, stdout);
	json_decref(report);
	if (rc && !err->code[0])
		err_set(err, rc, rc_name(rc), NULL, "failed");
	if (rc)
		return ctl_complain(options->json, err);
	return safe ? CTL_OK : CTL_NO;
}

int ctl_release_show(const struct ctl_options *options)
{
	CLEANUP(config_freep) struct config *config = NULL;
	struct release_form form;
	json_t *report = NULL;
	struct err err = { 0 };
	enum rc rc = release_form(options, &form, &err);

	if (!rc)
		rc = ctl_config(options, &config, &err);
	if (!rc)
		rc = archive_report(config->data, name_of(options), &report, &err);
	return finish(options, &form, rc, report, &err);
}

struct auditing {
	const struct ctl_options *options;
	struct config *config;
	unsigned char key[PUBLISHED_KEY_SIZE];
	struct programme *programme;
	struct codes *codes;
	struct release_past others;
	struct published *opened;
	struct counted *counted;
	struct release_report report;
};

static void auditing_release(struct auditing *a)
{
	release_report_release(&a->report);
	counted_free(a->counted);
	published_free(a->opened);
	release_past_release(&a->others);
	codes_free(a->codes);
	programme_free(a->programme);
	config_free(a->config);
}

/* An audit needs no secret but the counts: the public half of the key is enough. */
static enum rc open_everything(struct auditing *a, struct err *reterr)
{
	unsigned char seed[PUBLISHED_SEED_SIZE];
	enum rc rc = ctl_config(a->options, &a->config, reterr);

	if (!rc && a->config->statistics_release_key)
		rc = published_key_load(a->config->statistics_release_key, a->key, reterr);
	else if (!rc)
		rc = release_seed(a->config, seed, a->key, reterr);
	sodium_memzero(seed, sizeof(seed));
	if (!rc)
		rc = release_knowledge(a->config, &a->programme, &a->codes, reterr);
	if (!rc)
		rc = release_past_read(a->config, a->options, a->key, name_of(a->options),
				       &a->others, reterr);
	return rc;
}

static enum rc open_subject(struct auditing *a, struct err *reterr)
{
	const char *name = name_of(a->options);
	const json_t *row = release_past_row(&a->others, name);
	char folder[PATH_MAX];
	enum rc rc;

	if (!row)
		return err_set(reterr, RC_NOT_FOUND, "release-unknown", name,
			       "there is no release of this name");
	rc = archive_public(a->config->data, name, folder, sizeof(folder), reterr);
	if (!rc)
		rc = published_open(folder, a->key, &a->opened, reterr);
	if (!rc && strcmp(published_manifest_hash(a->opened),
			  json_string_value(json_object_get(row, "manifest"))) != 0)
		rc = err_set(reterr, RC_CORRUPT, "release-altered", folder,
			     "this is not the release that was recorded");
	if (!rc)
		rc = archive_counts(a->config->data, name,
				    json_string_value(json_object_get(row, "counts")), &a->counted,
				    reterr);
	return rc;
}

/* The others, and which of them came before it: the register is in order. What came
 * after a withdrawn release may contradict it, and is examined together with it in its
 * own audit. */
static struct release_others others_of(const struct auditing *a)
{
	struct release_others others = { a->others.earlier, a->others.len, 0 };
	const json_t *row;
	size_t i;

	json_array_foreach(a->others.register_rows, i, row)
	{
		const char *name = json_string_value(json_object_get(row, "name"));

		if (!strcmp(name, name_of(a->options))) {
			if (!strcmp(json_string_value(json_object_get(row, "state")), "withdrawn"))
				others.len = others.before;
			break;
		}
		if (others.before < others.len && !strcmp(others.list[others.before].name, name))
			others.before++;
	}
	return others;
}

int ctl_release_audit(const struct ctl_options *options)
{
	CLEANUP(auditing_release) struct auditing a = { .options = options };
	json_t *report = NULL;
	struct release_others others;
	struct release_form form;
	struct err err = { 0 };
	enum rc rc = release_form(options, &form, &err);

	if (!rc)
		rc = open_everything(&a, &err);
	if (!rc)
		rc = open_subject(&a, &err);
	others = others_of(&a);
	if (!rc)
		rc = release_examine(a.programme, a.codes, a.counted, published_tables(a.opened),
				     &others, &a.report, &err);
	if (!rc) {
		report = release_report_json(&a.report, name_of(options));
		rc = report ? RC_OK : RC_NOMEM;
	}
	return finish(options, &form, rc, report, &err);
}
