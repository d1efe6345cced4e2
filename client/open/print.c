#include "open/print.h"

#include "base/clock.h"

#include <sodium.h>
#include <stdio.h>

static const char *const SIGNATURE_NAMES[] = {
	[SIGNATURE_VALID] = "valid",
	[SIGNATURE_INVALID] = "invalid",
	[SIGNATURE_KEY_UNKNOWN] = "key-unknown",
};

/* Takes `object`. */
static enum rc put(json_t *object)
{
	json_auto_t *line = object;

	if (!line)
		return RC_NOMEM;
	if (json_dumpf(line, stdout, JSON_COMPACT) != 0 || fputc('\n', stdout) == EOF ||
	    fflush(stdout) != 0)
		return RC_IO;
	return RC_OK;
}

enum rc print_header(const struct export_header *header, const char *custodian_kid)
{
	char created[CLOCK_TEXT_SIZE];

	return put(json_pack("{s:i, s:s, s:s, s:s, s:I, s:s}", "varde_open", 1, "tenant",
			     header->tenant, "purpose", header->purpose, "created",
			     clock_format(header->created_ms, created), "since",
			     (json_int_t)header->since, "custodian", custodian_kid));
}

static json_t *context_of(const struct export_header *header, const struct export_item *item)
{
	char received[CLOCK_TEXT_SIZE];

	return json_pack("{s:s, s:s, s:I, s:s, s:s, s:I}", "tenant", header->tenant, "report_id",
			 item->context.report_id, "revision", (json_int_t)item->context.revision,
			 "schema", item->context.schema, "received_at",
			 clock_format(item->context.received_ms, received), "seq",
			 (json_int_t)item->context.seq);
}

/* Adds all of `more`, which it takes. */
static bool extend(json_t *object, json_t *more)
{
	bool good = more && json_object_update(object, more) == 0;

	json_decref(more);
	return good;
}

static const char *match(bool matches)
{
	return matches ? "match" : "mismatch";
}

enum rc print_opened(const struct export_header *header, const struct export_line *line,
		     const struct evidence *evidence, json_t *members)
{
	char digest[8 + 2 * EXPORT_DIGEST_LEN + 1] = "sha-256:";
	json_auto_t *object = context_of(header, &line->item);

	sodium_bin2hex(digest + 8, sizeof(digest) - 8, line->item.digest, EXPORT_DIGEST_LEN);
	if (!object ||
	    !extend(object, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "digest", digest, "sender",
				      line->item.sender, "kid", evidence->kid, "signature",
				      SIGNATURE_NAMES[evidence->signature], "digest_check",
				      match(evidence->digest_matches), "context_check",
				      match(evidence->context_matches))))
		return RC_NOMEM;
	if (evidence->key_owner &&
	    !extend(object, json_pack("{s:s, s:b}", "key_owner", evidence->key_owner,
				      "key_in_force", evidence->key_in_force)))
		return RC_NOMEM;
	if (json_object_set(object, "members", members) != 0)
		return RC_NOMEM;
	return put(json_incref(object));
}

static void tell(unsigned long number, const struct err *why)
{
	fprintf(stderr, "varde-open: line %lu: %s: %s\n", number, why->code, why->text);
}

enum rc print_failed(const struct export_header *header, const struct export_line *line,
		     const struct err *why)
{
	json_auto_t *object = context_of(header, &line->item);

	tell(line->number, why);
	if (!object ||
	    !extend(object, json_pack("{s:s, s:s}", "error", why->code, "text", why->text)))
		return RC_NOMEM;
	return put(json_incref(object));
}

enum rc print_bad_line(unsigned long number, const struct err *why)
{
	tell(number, why);
	return put(json_pack("{s:I, s:s, s:s}", "line", (json_int_t)number, "error", why->code,
			     "text", why->text));
}

static bool reconciled(const struct print_counts *c)
{
	return c->said.items == c->seen.items && c->said.groups == c->seen.groups &&
	       c->said.keys == c->seen.keys && c->opened + c->failed + c->dropped == c->said.items;
}

enum rc print_counts(const struct print_counts *c, const struct err *why)
{
	json_t *said =
		why ? json_null()
		    : json_pack("{s:I, s:I, s:I}", "keys", (json_int_t)c->said.keys, "groups",
				(json_int_t)c->said.groups, "items", (json_int_t)c->said.items);
	json_auto_t *object = json_pack(
		"{s:{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}, s:b}", "counts", "items",
		(json_int_t)c->seen.items, "opened", (json_int_t)c->opened, "failed",
		(json_int_t)c->failed, "dropped", (json_int_t)c->dropped, "doubtful",
		(json_int_t)c->doubtful, "bad_lines", (json_int_t)c->bad_lines, "signature_valid",
		(json_int_t)c->signatures[SIGNATURE_VALID], "signature_invalid",
		(json_int_t)c->signatures[SIGNATURE_INVALID], "signature_key_unknown",
		(json_int_t)c->signatures[SIGNATURE_KEY_UNKNOWN], "said", said, "reconciled",
		!why && reconciled(c));

	if (!object || (why && !extend(object, json_pack("{s:s, s:s}", "error", why->code, "text",
							 why->text))))
		return RC_NOMEM;
	if (!why && !reconciled(c))
		fputs("varde-open: the counts do not reconcile with the end of the export\n",
		      stderr);
	return put(json_incref(object));
}

bool print_all_well(const struct print_counts *c)
{
	return c->failed == 0 && c->bad_lines == 0 && c->doubtful == 0 && reconciled(c);
}
