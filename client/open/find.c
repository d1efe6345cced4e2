/* varde-open find: through one or more exports, for one person or for many. */
#include "base/clock.h"
#include "open/held.h"
#include "open/letter.h"
#include "open/open.h"
#include "open/opening.h"
#include "open/person.h"
#include "seal/keyfile.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

struct finding_run {
	const struct find_request *rq;
	struct seal_key *key;
	struct person *person;   /* one, or */
	struct persons *persons; /* many */
	json_t *found;           /* documents of one person */
	json_t *exports;         /* what was looked through */
	json_t *seen;            /* {"ORGNR/SEQ": opened?}, of all exports */
	int64_t searched, closed;
	bool complete;
};

static void run_release(struct finding_run *run)
{
	seal_key_freep(&run->key);
	person_freep(&run->person);
	persons_freep(&run->persons);
	json_decref(run->found);
	json_decref(run->exports);
	json_decref(run->seen);
}

/* True the first time, and once more when it opens in one export though not in another. */
static bool first_time(struct finding_run *run, const char *tenant, int64_t seq, bool opened)
{
	const json_t *was;
	char name[40];

	snprintf(name, sizeof(name), "%.9s/%lld", tenant, (long long)seq);
	was = json_object_get(run->seen, name);
	if (was && (json_is_true(was) || !opened))
		return false;
	if (was)
		run->closed--;
	return json_object_set_new(run->seen, name, json_boolean(opened)) == 0;
}

static json_t *place(const struct export_header *header, const struct export_item *item)
{
	return json_pack("{s:s, s:s, s:I, s:I}", "tenant", header->tenant, "report_id",
			 item->context.report_id, "revision", (json_int_t)item->context.revision,
			 "seq", (json_int_t)item->context.seq);
}

static enum rc print_place(const struct export_header *header, const struct export_item *item)
{
	json_auto_t *line = place(header, item);

	if (!line)
		return RC_NOMEM;
	if (json_dumpf(line, stdout, JSON_COMPACT) || fputc('\n', stdout) == EOF)
		return RC_IO;
	return RC_OK;
}

/* The document's part about the person. */
static enum rc add_found(struct finding_run *run, const struct export_header *header,
			 const struct export_item *item, const struct evidence *evidence,
			 const json_t *matches)
{
	static const char *const signatures[] = { "valid", "invalid", "key-unknown" };
	bool sound = evidence->signature != SIGNATURE_INVALID && evidence->digest_matches &&
		     evidence->context_matches;
	char received[CLOCK_TEXT_SIZE];
	json_t *one = place(header, item);
	json_auto_t *more =
		json_pack("{s:s*, s:s, s:s, s:s, s:s, s:b, s:O, s:o, s:o, s:b}", "tenant_name",
			  header->tenant_name, "schema", item->context.schema, "received_at",
			  clock_format(item->context.received_ms, received), "sender", item->sender,
			  "signature", signatures[evidence->signature], "doubtful", !sound,
			  "matches", matches, "own", held_own(evidence->document, matches), "event",
			  held_event(evidence->document), "has_text",
			  json_object_size(json_object_get(evidence->document, "narrative")) > 0);

	if (!one || !more || json_object_update(one, more) != 0) {
		json_decref(one);
		return RC_NOMEM;
	}
	return json_array_append_new(run->found, one) ? RC_NOMEM : RC_OK;
}

static enum rc on_opened(void *ctx, const struct export_header *header,
			 const struct export_line *line, const struct evidence *evidence)
{
	struct finding_run *run = ctx;
	json_auto_t *matches = NULL;

	if (!first_time(run, header->tenant, line->item.context.seq, true))
		return RC_OK;
	run->searched++;
	if (run->persons)
		return held_patient_is_among(evidence->document, run->persons)
			       ? print_place(header, &line->item)
			       : RC_OK;
	matches = held_matches(evidence->document, run->person);
	if (!matches)
		return RC_NOMEM;
	return json_array_size(matches) ? add_found(run, header, &line->item, evidence, matches)
					: RC_OK;
}

static enum rc on_failed(void *ctx, const struct export_header *header,
			 const struct export_line *line, const struct err *why)
{
	struct finding_run *run = ctx;

	if (!strcmp(why->code, EVIDENCE_DROPPED))
		return RC_OK; /* whose it was, nothing says */
	if (first_time(run, header->tenant, line->item.context.seq, false))
		run->closed++;
	fprintf(stderr, "varde-open: line %lu: %s: %s\n", line->number, why->code, why->text);
	return RC_OK;
}

static enum rc on_bad_line(void *ctx, unsigned long number, const struct err *why)
{
	struct finding_run *run = ctx;

	run->complete = false;
	fprintf(stderr, "varde-open: line %lu: %s: %s\n", number, why->code, why->text);
	return RC_OK;
}

static enum rc note_export(struct finding_run *run, const struct export_header *header,
			   const struct print_counts *counts)
{
	char created[CLOCK_TEXT_SIZE];

	return json_array_append_new(run->exports,
				     json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "tenant",
					       header->tenant, "purpose", header->purpose,
					       "created", clock_format(header->created_ms, created),
					       "since", (json_int_t)header->since, "opened",
					       (json_int_t)counts->opened, "not_opened",
					       (json_int_t)counts->failed))
		       ? RC_NOMEM
		       : RC_OK;
}

static enum rc look_through(struct finding_run *run, const char *path, struct err *err)
{
	const struct opening_visitor visitor = { run, on_opened, on_failed, on_bad_line };
	CLEANUP(opening_freep) struct opening *opening = NULL;
	struct print_counts counts = { 0 };
	FILE *in = fopen(path, "re");
	enum rc rc;

	if (!in)
		return err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "export-read", path,
			       "the export cannot be read");
	rc = opening_new(run->key, in, &opening, err);
	if (!rc)
		rc = opening_read(opening, &visitor, &counts, err);
	if (!rc)
		rc = note_export(run, opening_header(opening), &counts);
	if (!rc && !print_all_well(&counts))
		run->complete = false;
	if (rc)
		err_at(err, path);
	fclose(in);
	return rc;
}

static enum rc start(struct finding_run *run, struct err *err)
{
	const struct find_request *rq = run->rq;
	enum rc rc = opening_key(rq->key_path, rq->passphrase_path, &run->key, err);

	run->found = json_array();
	run->exports = json_array();
	run->seen = json_object();
	run->complete = true;
	if (!rc && (!run->found || !run->exports || !run->seen))
		rc = err_set(err, RC_NOMEM, "no-memory", NULL, "no memory to search");
	if (!rc)
		rc = rq->persons_path ? persons_read(rq->persons_path, &run->persons, err)
				      : person_read(rq->person_path, &run->person, err);
	return rc;
}

static enum rc answer(const struct finding_run *run)
{
	json_auto_t *object = NULL;

	if (run->persons)
		return fflush(stdout) ? RC_IO : RC_OK;
	if (run->rq->letter)
		return letter_write(run->rq, run->found, run->searched, run->closed,
				    clock_now_ms());
	object = json_pack("{s:i, s:O, s:O, s:I, s:I, s:b}", "varde_find", 1, "found", run->found,
			   "exports", run->exports, "searched", (json_int_t)run->searched,
			   "not_opened", (json_int_t)run->closed, "complete", run->complete);
	if (!object)
		return RC_NOMEM;
	if (json_dumpf(object, stdout, JSON_INDENT(2)) || fputc('\n', stdout) == EOF ||
	    fflush(stdout))
		return RC_IO;
	return RC_OK;
}

/* An export that ends in the middle is no ground for an answer: somebody would take it for
 * a whole one. */
int find_run(const struct find_request *rq)
{
	CLEANUP(run_release) struct finding_run run = { .rq = rq };
	struct err err = { 0 };
	enum rc rc = start(&run, &err);

	for (int i = 0; !rc && i < rq->exports_len; i++)
		rc = look_through(&run, rq->exports[i], &err);
	if (!rc && answer(&run))
		rc = err_set(&err, RC_IO, "output", NULL, "the answer cannot be written");
	if (rc)
		return complain(&err);
	if (!run.complete)
		fputs("varde-open: not everything could be opened, so there may be more\n", stderr);
	return run.complete ? OPEN_ALL : OPEN_SOME;
}
