#include "open/opening.h"

#include "open/open.h"
#include "open/passphrase.h"
#include "open/taken.h"
#include "seal/envelope_open.h"
#include "seal/keyfile.h"

#include <string.h>

struct opening {
	const struct seal_key *key;
	struct keyring *ring;
	struct export_reader *reader;
	struct export_header header;
	struct seal_opened *group; /* the current one; NULL when it did not open */
	struct err group_err;      /* why not */
	struct taken taken;        /* seq of what was opened */
	struct buf clear;
};

/* One reading of it. */
struct run {
	struct opening *o;
	const struct opening_visitor *visitor;
	struct print_counts *counts;
};

void opening_free(struct opening *o)
{
	keyring_freep(&o->ring);
	export_reader_freep(&o->reader);
	seal_opened_freep(&o->group);
	taken_release(&o->taken);
	buf_release(&o->clear);
	free(o);
}

enum rc opening_key(const char *key_path, const char *passphrase_path, struct seal_key **ret,
		    struct err *err)
{
	CLEANUP(passphrase_freep) struct passphrase *secret = NULL;
	bool locked = false;
	enum rc rc = seal_key_is_locked(key_path, &locked, err);

	if (!rc && locked)
		rc = passphrase_get(passphrase_path, "Passphrase: ", &secret, err);
	if (!rc)
		rc = seal_key_read(key_path, secret ? secret->text : NULL, secret ? secret->len : 0,
				   ret, err);
	return rc;
}

enum rc opening_new(const struct seal_key *key, FILE *in, struct opening **ret, struct err *err)
{
	CLEANUP(opening_freep) struct opening *o = calloc(1, sizeof(*o));
	enum rc rc = RC_OK;

	if (!o || keyring_new(&o->ring))
		return err_set(err, RC_NOMEM, "no-memory", NULL, "no memory for keys");
	o->key = key;
	o->clear = buf_capped(SEAL_PLAINTEXT_MAX);
	rc = export_reader_new(in, &o->reader, &o->header, err);
	if (!rc)
		*ret = TAKE_PTR(o);
	return rc;
}

const struct export_header *opening_header(const struct opening *o)
{
	return &o->header;
}

static void on_group(struct opening *o, const struct export_line *line)
{
	seal_opened_freep(&o->group);
	o->group = NULL;
	if (seal_open_group(seal_key_recipient(o->key), seal_key_secret(o->key), &line->group,
			    &o->group, &o->group_err))
		o->group = NULL;
}

/* Everything that can be wrong with one item, in the order in which it shows. */
static enum rc open_item(struct opening *o, const struct export_item *item, struct evidence *ret,
			 struct err *err)
{
	enum rc rc;

	if (!o->group) {
		*err = o->group_err;
		return RC_CORRUPT;
	}
	buf_clear(&o->clear);
	rc = seal_open_item(o->group, &item->context, item->sealed, item->sealed_len, &o->clear,
			    err);
	if (!rc)
		rc = taken_add(&o->taken, item->context.seq);
	if (rc == RC_CONFLICT)
		return err_set(err, rc, "export-duplicate", "item",
			       "this item has been opened before");
	if (!rc)
		rc = evidence_read(o->ring, o->header.tenant, item, &o->clear, ret, err);
	return rc;
}

static bool is_dropped(const struct err *why)
{
	return !strcmp(why->code, EVIDENCE_DROPPED);
}

static enum rc on_item(struct run *run, const struct export_line *line, struct err *err)
{
	CLEANUP(evidence_release) struct evidence evidence = { 0 };
	const struct opening_visitor *visitor = run->visitor;
	struct err why = { 0 };
	enum rc rc = open_item(run->o, &line->item, &evidence, &why);

	if (rc == RC_NOMEM) {
		*err = why;
		return rc;
	}
	if (rc) {
		run->counts->dropped += is_dropped(&why);
		run->counts->failed += !is_dropped(&why);
		return visitor->failed(visitor->ctx, &run->o->header, line, &why);
	}
	run->counts->opened++;
	run->counts->signatures[evidence.signature]++;
	if (evidence.signature == SIGNATURE_INVALID || !evidence.digest_matches ||
	    !evidence.context_matches)
		run->counts->doubtful++;
	return visitor->opened(visitor->ctx, &run->o->header, line, &evidence);
}

static enum rc on_key(struct run *run, const struct export_line *line, struct err *err)
{
	struct err why = { 0 };
	enum rc rc = keyring_add(run->o->ring, &line->key, &why);

	if (!rc)
		return RC_OK;
	if (rc == RC_NOMEM) {
		*err = why;
		return rc;
	}
	run->counts->bad_lines++;
	return run->visitor->bad_line(run->visitor->ctx, line->number, &why);
}

static enum rc on_line(struct run *run, const struct export_line *line, struct err *err)
{
	switch (line->kind) {
	case EXPORT_KEY: return on_key(run, line, err);
	case EXPORT_GROUP: on_group(run->o, line); return RC_OK;
	case EXPORT_ITEM: return on_item(run, line, err);
	case EXPORT_BAD_ITEM:
		run->counts->failed++;
		return run->visitor->bad_line(run->visitor->ctx, line->number, &line->bad);
	case EXPORT_BAD_LINE:
		run->counts->bad_lines++;
		return run->visitor->bad_line(run->visitor->ctx, line->number, &line->bad);
	case EXPORT_END: run->counts->said = line->end.said; return RC_OK;
	}
	return RC_INVALID;
}

enum rc opening_read(struct opening *o, const struct opening_visitor *visitor,
		     struct print_counts *counts, struct err *err)
{
	struct run run = { o, visitor, counts };
	struct export_line line = { .kind = EXPORT_KEY };
	enum rc rc = RC_OK;

	while (!rc && line.kind != EXPORT_END) {
		rc = export_read(o->reader, &line, err);
		if (!rc)
			rc = on_line(&run, &line, err);
	}
	if (rc == RC_IO && !err->code[0])
		err_set(err, rc, "output", NULL, "the output cannot be written");
	if (rc == RC_NOMEM && !err->code[0])
		err_set(err, rc, "no-memory", NULL, "no memory for an item");
	counts->seen = export_reader_seen(o->reader);
	return rc;
}
