/* varde-open --key FILE < export: every item named, opened or not, and counted. */
#include "open/evidence.h"
#include "open/members.h"
#include "open/open.h"
#include "open/passphrase.h"
#include "open/print.h"
#include "open/taken.h"
#include "seal/envelope_open.h"
#include "seal/export_read.h"
#include "seal/keyfile.h"

#include <stdio.h>
#include <string.h>

struct run {
	struct seal_key *key;
	struct members *members;
	struct keyring *ring;
	struct export_reader *reader;
	struct export_header header;
	struct seal_opened *group; /* the current one; NULL when it did not open */
	struct err group_err;      /* why not */
	struct taken taken;        /* seq of what was opened */
	struct buf clear;
	struct print_counts counts;
};

static void run_release(struct run *run)
{
	seal_key_freep(&run->key);
	members_freep(&run->members);
	keyring_freep(&run->ring);
	export_reader_freep(&run->reader);
	seal_opened_freep(&run->group);
	taken_release(&run->taken);
	buf_release(&run->clear);
}

static enum rc read_key(const struct open_request *rq, struct run *run, struct err *err)
{
	CLEANUP(passphrase_freep) struct passphrase *secret = NULL;
	bool locked = false;
	enum rc rc = seal_key_is_locked(rq->key_path, &locked, err);

	if (!rc && locked)
		rc = passphrase_get(rq->passphrase_path, "Passphrase: ", &secret, err);
	if (!rc)
		rc = seal_key_read(rq->key_path, secret ? secret->text : NULL,
				   secret ? secret->len : 0, &run->key, err);
	return rc;
}

static enum rc start(const struct open_request *rq, struct run *run, struct err *err)
{
	enum rc rc = members_new(rq->members, &run->members, err);

	if (!rc)
		rc = read_key(rq, run, err);
	if (!rc && keyring_new(&run->ring))
		rc = err_set(err, RC_NOMEM, "no-memory", NULL, "no memory for keys");
	if (!rc)
		rc = export_reader_new(stdin, &run->reader, &run->header, err);
	run->clear = buf_capped(SEAL_PLAINTEXT_MAX);
	return rc;
}

static void on_group(struct run *run, const struct export_line *line)
{
	seal_opened_freep(&run->group);
	run->group = NULL;
	if (seal_open_group(seal_key_recipient(run->key), seal_key_secret(run->key), &line->group,
			    &run->group, &run->group_err))
		run->group = NULL;
}

/* Everything that can be wrong with one item, in the order in which it shows. */
static enum rc open_item(struct run *run, const struct export_item *item, struct evidence *ret,
			 struct err *err)
{
	enum rc rc;

	if (!run->group) {
		*err = run->group_err;
		return RC_CORRUPT;
	}
	buf_clear(&run->clear);
	rc = seal_open_item(run->group, &item->context, item->sealed, item->sealed_len, &run->clear,
			    err);
	if (!rc)
		rc = taken_add(&run->taken, item->context.seq);
	if (rc == RC_CONFLICT)
		return err_set(err, rc, "export-duplicate", "item",
			       "this item has been opened before");
	if (!rc)
		rc = evidence_read(run->ring, run->header.tenant, item, &run->clear, ret, err);
	return rc;
}

static enum rc on_item(struct run *run, const struct export_line *line, struct err *err)
{
	CLEANUP(evidence_release) struct evidence evidence = { 0 };
	json_auto_t *picked = NULL;
	struct err why = { 0 };
	enum rc rc = open_item(run, &line->item, &evidence, &why);

	if (rc == RC_NOMEM) {
		*err = why;
		return rc;
	}
	if (rc) {
		run->counts.failed++;
		return print_failed(&run->header, line, &why);
	}
	run->counts.opened++;
	run->counts.signatures[evidence.signature]++;
	if (evidence.signature == SIGNATURE_INVALID || !evidence.digest_matches ||
	    !evidence.context_matches)
		run->counts.doubtful++;
	picked = members_pick(run->members, evidence.document);
	if (!picked)
		return err_set(err, RC_NOMEM, "no-memory", NULL, "no memory for an item");
	return print_opened(&run->header, line, &evidence, picked);
}

static enum rc on_key(struct run *run, const struct export_line *line, struct err *err)
{
	struct err why = { 0 };
	enum rc rc = keyring_add(run->ring, &line->key, &why);

	if (!rc)
		return RC_OK;
	if (rc == RC_NOMEM) {
		*err = why;
		return rc;
	}
	run->counts.bad_lines++;
	return print_bad_line(line->number, &why);
}

static enum rc on_line(struct run *run, const struct export_line *line, struct err *err)
{
	switch (line->kind) {
	case EXPORT_KEY: return on_key(run, line, err);
	case EXPORT_GROUP: on_group(run, line); return RC_OK;
	case EXPORT_ITEM: return on_item(run, line, err);
	case EXPORT_BAD_ITEM: run->counts.failed++; return print_bad_line(line->number, &line->bad);
	case EXPORT_BAD_LINE:
		run->counts.bad_lines++;
		return print_bad_line(line->number, &line->bad);
	case EXPORT_END: run->counts.said = line->end.said; return RC_OK;
	}
	return RC_INVALID;
}

/* Up to the end, or to what makes an end impossible. */
static enum rc read_lines(struct run *run, struct err *err)
{
	struct export_line line = { .kind = EXPORT_KEY };
	enum rc rc = RC_OK;

	while (!rc && line.kind != EXPORT_END) {
		rc = export_read(run->reader, &line, err);
		if (!rc)
			rc = on_line(run, &line, err);
	}
	if (rc == RC_IO && !err->code[0])
		err_set(err, rc, "output", NULL, "the output cannot be written");
	return rc;
}

int open_run(const struct open_request *rq)
{
	CLEANUP(run_release) struct run run = { 0 };
	struct err err = { 0 };
	enum rc rc = start(rq, &run, &err);

	if (rc || print_header(&run.header, seal_key_recipient(run.key)->kid))
		return complain(&err);
	rc = read_lines(&run, &err);
	run.counts.seen = export_reader_seen(run.reader);
	if (rc)
		complain(&err);
	if (print_counts(&run.counts, rc ? &err : NULL))
		return OPEN_UNUSABLE;
	if (rc == RC_IO || rc == RC_NOMEM)
		return OPEN_UNUSABLE;
	return !rc && print_all_well(&run.counts) ? OPEN_ALL : OPEN_SOME;
}
