/* varde-open --key FILE < export: every item named, opened or not, and counted. */
#include "open/members.h"
#include "open/open.h"
#include "open/opening.h"
#include "seal/keyfile.h"

static enum rc on_opened(void *members, const struct export_header *header,
			 const struct export_line *line, const struct evidence *evidence)
{
	json_auto_t *picked = members_pick(members, evidence->document);

	return picked ? print_opened(header, line, evidence, picked) : RC_NOMEM;
}

static enum rc on_failed(void *members, const struct export_header *header,
			 const struct export_line *line, const struct err *why)
{
	(void)members;
	return print_failed(header, line, why);
}

static enum rc on_bad_line(void *members, unsigned long number, const struct err *why)
{
	(void)members;
	return print_bad_line(number, why);
}

int open_run(const struct open_request *rq)
{
	CLEANUP(members_freep) struct members *members = NULL;
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;
	CLEANUP(opening_freep) struct opening *opening = NULL;
	struct opening_visitor visitor = { NULL, on_opened, on_failed, on_bad_line };
	struct print_counts counts = { 0 };
	struct err err = { 0 };
	enum rc rc = members_new(rq->members, &members, &err);

	if (!rc)
		rc = opening_key(rq->key_path, rq->passphrase_path, &key, &err);
	if (!rc)
		rc = opening_new(key, stdin, &opening, &err);
	if (rc || print_header(opening_header(opening), seal_key_recipient(key)->kid))
		return complain(&err);
	visitor.ctx = members;
	rc = opening_read(opening, &visitor, &counts, &err);
	if (rc)
		complain(&err);
	if (print_counts(&counts, rc ? &err : NULL))
		return OPEN_UNUSABLE;
	if (rc == RC_IO || rc == RC_NOMEM)
		return OPEN_UNUSABLE;
	return !rc && print_all_well(&counts) ? OPEN_ALL : OPEN_SOME;
}
