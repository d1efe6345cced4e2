#include "seal/export_read.h"

#include "seal/member.h"
#include "json/strict.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define LINE_DEPTH 6
#define TEXT_MAX 128
#define TENANT_NAME_MAX 200
/* How export.h begins an item's line. */
#define ITEM_START "{\"item\":"

struct export_reader {
	FILE *in;
	unsigned long number;
	struct buf line;
	char start[sizeof(ITEM_START)]; /* of the line, kept when it is too long */
	struct buf sealed;
	json_t *header;
	json_t *value; /* of the line now read */
	const char *tenant;
	bool in_groups; /* a group has been seen */
	bool has_group; /* and is current */
	struct export_counts seen;
};

/* A line's bytes without LF. RC_NOT_FOUND at the end of the file, RC_LIMIT when
 * it is too long or not ended (it is then passed over), RC_IO, RC_NOMEM. */
static enum rc next_line(struct export_reader *r)
{
	enum rc rc = RC_OK;
	size_t len = 0;
	int c;

	buf_clear(&r->line);
	memset(r->start, 0, sizeof(r->start));
	while ((c = getc_unlocked(r->in)) != EOF && c != '\n') {
		if (len < sizeof(r->start) - 1)
			r->start[len] = (char)c;
		len++;
		if (!rc)
			rc = buf_addc(&r->line, (char)c);
	}
	if (ferror(r->in))
		return RC_IO;
	if (c == EOF && len == 0)
		return RC_NOT_FOUND;
	r->number++;
	return c == EOF ? RC_LIMIT : rc;
}

static enum rc load(struct export_reader *r, json_t **ret)
{
	enum rc rc = json_strict_load(buf_text(&r->line), r->line.len, LINE_DEPTH, ret, NULL);

	if (!rc && !json_is_object(*ret)) {
		json_decref(*ret);
		*ret = NULL;
		rc = RC_INVALID;
	}
	return rc;
}

static enum rc read_header(struct export_reader *r, struct export_header *ret, struct err *reterr)
{
	struct export_header header = { 0 };
	int64_t version = 0;
	enum rc rc = next_line(r);

	if (!rc)
		rc = load(r, &r->header);
	if (rc == RC_IO || rc == RC_NOMEM)
		return err_set(reterr, rc, "export-read", NULL, "the export cannot be read");
	if (!rc && member_count(r->header, "varde_export", &version) && version != EXPORT_VERSION)
		return err_set(reterr, RC_UNSUPPORTED, "export-version", "line 1",
			       "this program knows export version %d only", EXPORT_VERSION);
	if (rc || !version || !member_text(r->header, "tenant", 9, &header.tenant) ||
	    !member_text(r->header, "purpose", EXPORT_PURPOSE_MAX, &header.purpose) ||
	    !member_time(r->header, "created", &header.created_ms) ||
	    !member_count(r->header, "since", &header.since))
		return err_set(reterr, RC_INVALID, "export-header", "line 1",
			       "this is not a sealed export");
	if (!member_text(r->header, "tenant_name", TENANT_NAME_MAX, &header.tenant_name))
		header.tenant_name = NULL;
	r->tenant = header.tenant;
	*ret = header;
	return RC_OK;
}

enum rc export_reader_new(FILE *in, struct export_reader **ret, struct export_header *ret_header,
			  struct err *reterr)
{
	CLEANUP(export_reader_freep) struct export_reader *r = calloc(1, sizeof(*r));
	enum rc rc;

	if (!r)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a reader");
	r->in = in;
	r->line = buf_capped(EXPORT_LINE_MAX);
	r->sealed = buf_capped(SEAL_SEALED_MAX);
	rc = read_header(r, ret_header, reterr);
	if (rc)
		return rc;
	*ret = TAKE_PTR(r);
	return RC_OK;
}

/* A date that may be null; 0 then. */
static bool read_date(const json_t *object, const char *name, int64_t *ret)
{
	*ret = 0;
	return json_is_null(json_object_get(object, name)) || member_time(object, name, ret);
}

static bool read_key(const json_t *object, struct export_key *ret)
{
	ret->jwk = json_object_get(object, "jwk");
	return json_is_object(ret->jwk) && member_text(object, "kid", TEXT_MAX, &ret->kid) &&
	       member_text(object, "owner", 9, &ret->owner) &&
	       member_time(object, "valid_from", &ret->valid_from_ms) &&
	       read_date(object, "valid_to", &ret->valid_to_ms) &&
	       read_date(object, "revoked_at", &ret->revoked_at_ms);
}

static bool read_wraps(const json_t *array, struct seal_stored_group *ret)
{
	size_t i;

	ret->wraps_len = json_array_size(array);
	if (ret->wraps_len == 0 || ret->wraps_len > SEAL_RECIPIENTS_MAX)
		return false;
	for (i = 0; i < ret->wraps_len; i++) {
		const json_t *wrap = json_array_get(array, i);
		const char *kid;

		if (!member_text(wrap, "kid", SEAL_KID_SIZE - 1, &kid) ||
		    !member_bytes(wrap, "box", ret->wraps[i].box, SEAL_BOX_LEN))
			return false;
		snprintf(ret->wraps[i].kid, SEAL_KID_SIZE, "%s", kid);
	}
	return true;
}

static bool read_group(const struct export_reader *r, const json_t *object,
		       struct seal_stored_group *ret)
{
	int64_t version;

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->context.tenant, sizeof(ret->context.tenant), "%s", r->tenant);
	if (!member_count(object, "version", &version) || version > UINT16_MAX)
		return false;
	ret->context.version = (unsigned)version;
	return member_bytes(object, "id", ret->context.group_id, SEAL_GROUP_ID_LEN) &&
	       member_time(object, "created", &ret->context.created_ms) &&
	       member_bytes(object, "commitment", ret->commitment, SEAL_COMMITMENT_LEN) &&
	       read_wraps(json_object_get(object, "wraps"), ret);
}

static bool read_digest(const json_t *object, unsigned char *ret)
{
	static const char head[] = "sha-256:";
	const char *text, *end;
	size_t len;

	return member_text(object, "digest", TEXT_MAX, &text) &&
	       strncmp(text, head, strlen(head)) == 0 &&
	       sodium_hex2bin(ret, EXPORT_DIGEST_LEN, text + strlen(head),
			      strlen(text + strlen(head)), NULL, &len, &end) == 0 &&
	       len == EXPORT_DIGEST_LEN && *end == '\0';
}

static bool read_item(struct export_reader *r, const json_t *object, struct export_item *ret)
{
	const json_t *sealed = json_object_get(object, "sealed");

	buf_clear(&r->sealed);
	if (!json_is_string(sealed) ||
	    b64_decode_buf(json_string_value(sealed), json_string_length(sealed), &r->sealed))
		return false;
	ret->sealed = (const unsigned char *)buf_text(&r->sealed);
	ret->sealed_len = r->sealed.len;
	return member_count(object, "seq", &ret->context.seq) &&
	       member_text(object, "report_id", TEXT_MAX, &ret->context.report_id) &&
	       member_count(object, "revision", &ret->context.revision) &&
	       member_text(object, "schema", TEXT_MAX, &ret->context.schema) &&
	       member_time(object, "received_at", &ret->context.received_ms) &&
	       member_text(object, "sender", TEXT_MAX, &ret->sender) &&
	       member_text(object, "kid", TEXT_MAX, &ret->kid) && read_digest(object, ret->digest);
}

static enum rc bad(struct export_reader *r, struct export_line *ret, bool item, const char *code,
		   const char *text)
{
	char where[40];

	snprintf(where, sizeof(where), "line %lu", r->number);
	ret->kind = item ? EXPORT_BAD_ITEM : EXPORT_BAD_LINE;
	err_set(&ret->bad, RC_CORRUPT, code, where, "%s", text);
	if (item)
		r->seen.items++;
	else
		r->has_group = false;
	return RC_OK;
}

static enum rc take_item(struct export_reader *r, const json_t *object, struct export_line *ret)
{
	if (!read_item(r, object, &ret->item))
		return bad(r, ret, true, "export-line", "an item lacks something or has it wrong");
	if (!r->has_group)
		return bad(r, ret, true, "export-order", "an item stands without its group");
	ret->kind = EXPORT_ITEM;
	r->seen.items++;
	return RC_OK;
}

static enum rc take_group(struct export_reader *r, const json_t *object, struct export_line *ret)
{
	r->in_groups = true;
	if (!read_group(r, object, &ret->group))
		return bad(r, ret, false, "export-line", "a group lacks something or has it wrong");
	ret->kind = EXPORT_GROUP;
	r->has_group = true;
	r->seen.groups++;
	return RC_OK;
}

static enum rc take_key(struct export_reader *r, const json_t *object, struct export_line *ret)
{
	if (!read_key(object, &ret->key))
		return bad(r, ret, false, "export-line", "a key lacks something or has it wrong");
	if (r->in_groups)
		return bad(r, ret, false, "export-order", "a key stands after a group");
	ret->kind = EXPORT_KEY;
	r->seen.keys++;
	return RC_OK;
}

static enum rc take_end(struct export_reader *r, const json_t *object, struct export_line *ret,
			struct err *reterr)
{
	struct export_counts said;

	if (!member_count(object, "keys", &said.keys) ||
	    !member_count(object, "groups", &said.groups) ||
	    !member_count(object, "items", &said.items))
		return bad(r, ret, false, "export-line", "the end lacks a count");
	if (getc_unlocked(r->in) != EOF)
		return err_set(reterr, RC_CORRUPT, "export-trailing", NULL,
			       "something follows the end of the export");
	ret->kind = EXPORT_END;
	ret->end.said = said;
	ret->end.seen = r->seen;
	return RC_OK;
}

enum rc export_read(struct export_reader *r, struct export_line *ret, struct err *reterr)
{
	const json_t *object;
	bool item;
	enum rc rc = next_line(r);

	json_decref(r->value);
	r->value = NULL;
	memset(ret, 0, sizeof(*ret));
	ret->number = r->number;
	if (rc == RC_NOT_FOUND)
		return err_set(reterr, RC_CORRUPT, "export-truncated", NULL,
			       "the export has no end: part of it is lost");
	item = strcmp(r->start, ITEM_START) == 0;
	if (!rc)
		rc = load(r, &r->value);
	if (rc == RC_IO || rc == RC_NOMEM)
		return err_set(reterr, rc, "export-read", NULL, "the export cannot be read");
	if (rc || json_object_size(r->value) != 1)
		return bad(r, ret, item, "export-line", "this is not a line of an export");
	if ((object = json_object_get(r->value, "item")))
		return take_item(r, object, ret);
	if ((object = json_object_get(r->value, "group")))
		return take_group(r, object, ret);
	if ((object = json_object_get(r->value, "key")))
		return take_key(r, object, ret);
	if ((object = json_object_get(r->value, "end")))
		return take_end(r, object, ret, reterr);
	return bad(r, ret, false, "export-line", "this is not a line of an export");
}

struct export_counts export_reader_seen(const struct export_reader *reader)
{
	return reader->seen;
}

void export_reader_free(struct export_reader *r)
{
	if (!r)
		return;
	json_decref(r->header);
	json_decref(r->value);
	buf_release(&r->line);
	buf_release(&r->sealed);
	free(r);
}
