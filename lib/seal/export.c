#include "seal/export.h"

#include "seal/member.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What has been written last; a line may follow only some. */
enum stage { STAGE_START, STAGE_KEYS, STAGE_GROUP, STAGE_ITEMS, STAGE_END, STAGE_BROKEN };

struct export_writer {
	export_sink *sink;
	void *ctx;
	enum stage stage;
	int64_t last_seq;
	struct export_counts counts;
	struct buf line;
};

enum rc export_writer_new(export_sink *sink, void *ctx, struct export_writer **ret)
{
	struct export_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return RC_NOMEM;
	w->sink = sink;
	w->ctx = ctx;
	w->line = buf_capped(EXPORT_LINE_MAX + 1);
	*ret = w;
	return RC_OK;
}

void export_writer_free(struct export_writer *w)
{
	if (!w)
		return;
	buf_release(&w->line);
	free(w);
}

static enum rc out_of_order(struct err *reterr)
{
	return err_set(reterr, RC_CONFLICT, "export-order", NULL, "this line may not stand here");
}

static enum rc bad_value(struct err *reterr, const char *where)
{
	return err_set(reterr, RC_INVALID, "export-value", where, "this value cannot be exported");
}

/* Ends the line and gives it away; `next` holds only when all went well. */
static enum rc send_line(struct export_writer *w, enum stage next, struct err *reterr)
{
	enum rc rc;

	buf_addc(&w->line, '\n');
	rc = buf_rc(&w->line);
	if (!rc)
		rc = w->sink(w->ctx, w->line.data, w->line.len);
	w->stage = rc ? STAGE_BROKEN : next;
	buf_clear(&w->line);
	if (rc)
		return err_set(reterr, rc, "export-write", NULL, "a line could not be written (%s)",
			       rc_name(rc));
	return RC_OK;
}

enum rc export_write_header(struct export_writer *w, const struct export_header *header,
			    struct err *reterr)
{
	size_t purpose = strlen(header->purpose);

	if (w->stage != STAGE_START)
		return out_of_order(reterr);
	if (purpose == 0 || purpose > EXPORT_PURPOSE_MAX)
		return bad_value(reterr, "purpose");
	buf_adds(&w->line, "{");
	member_add_int(&w->line, "varde_export", EXPORT_VERSION);
	member_add_text(&w->line, "tenant", header->tenant);
	if (header->tenant_name)
		member_add_text(&w->line, "tenant_name", header->tenant_name);
	member_add_text(&w->line, "purpose", header->purpose);
	member_add_time(&w->line, "created", header->created_ms);
	member_add_int(&w->line, "since", header->since);
	buf_adds(&w->line, "}");
	return send_line(w, STAGE_KEYS, reterr);
}

static void add_date(struct buf *out, const char *name, int64_t ms)
{
	if (ms)
		member_add_time(out, name, ms);
	else
		buf_addf(out, ",\"%s\":null", name);
}

/* Whatever a caller's object holds, no private member leaves here. */
static char *public_jwk(const json_t *jwk)
{
	static const char *const names[] = {
		"kty", "kid", "use", "alg", "crv", "x", "y", "n", "e"
	};
	json_auto_t *out = json_object();
	size_t i;

	for (i = 0; out && i < ARRAY_LEN(names); i++) {
		json_t *value = json_object_get(jwk, names[i]);

		if (value && json_object_set(out, names[i], value) != 0)
			return NULL;
	}
	return out ? json_dumps(out, JSON_COMPACT) : NULL;
}

enum rc export_write_key(struct export_writer *w, const struct export_key *key, struct err *reterr)
{
	CLEANUP_FREE char *jwk = NULL;

	if (w->stage != STAGE_KEYS)
		return out_of_order(reterr);
	if (!json_is_object(key->jwk))
		return bad_value(reterr, "jwk");
	jwk = public_jwk(key->jwk);
	if (!jwk)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a key");
	buf_adds(&w->line, "{\"key\":{");
	member_add_text(&w->line, "kid", key->kid);
	member_add_text(&w->line, "owner", key->owner);
	member_add_time(&w->line, "valid_from", key->valid_from_ms);
	add_date(&w->line, "valid_to", key->valid_to_ms);
	add_date(&w->line, "revoked_at", key->revoked_at_ms);
	buf_adds(&w->line, ",\"jwk\":");
	buf_adds(&w->line, jwk);
	buf_adds(&w->line, "}}");
	w->counts.keys++;
	return send_line(w, STAGE_KEYS, reterr);
}

enum rc export_write_group(struct export_writer *w, const struct seal_stored_group *group,
			   struct err *reterr)
{
	size_t i;

	if (w->stage != STAGE_KEYS && w->stage != STAGE_ITEMS)
		return out_of_order(reterr);
	if (group->wraps_len == 0 || group->wraps_len > SEAL_RECIPIENTS_MAX)
		return bad_value(reterr, "wraps");
	buf_adds(&w->line, "{\"group\":{");
	member_add_int(&w->line, "version", group->context.version);
	member_add_bytes(&w->line, "id", group->context.group_id, SEAL_GROUP_ID_LEN);
	member_add_time(&w->line, "created", group->context.created_ms);
	member_add_bytes(&w->line, "commitment", group->commitment, SEAL_COMMITMENT_LEN);
	buf_adds(&w->line, ",\"wraps\":[");
	for (i = 0; i < group->wraps_len; i++) {
		buf_adds(&w->line, i ? ",{" : "{");
		member_add_text(&w->line, "kid", group->wraps[i].kid);
		member_add_bytes(&w->line, "box", group->wraps[i].box, SEAL_BOX_LEN);
		buf_adds(&w->line, "}");
	}
	buf_adds(&w->line, "]}}");
	w->counts.groups++;
	return send_line(w, STAGE_GROUP, reterr);
}

enum rc export_write_item(struct export_writer *w, const struct export_item *item,
			  struct err *reterr)
{
	char hex[2 * EXPORT_DIGEST_LEN + 1];

	if ((w->stage != STAGE_GROUP && w->stage != STAGE_ITEMS) ||
	    item->context.seq <= w->last_seq)
		return out_of_order(reterr);
	if (item->sealed_len == 0 || item->sealed_len > SEAL_SEALED_MAX)
		return bad_value(reterr, "sealed");
	sodium_bin2hex(hex, sizeof(hex), item->digest, EXPORT_DIGEST_LEN);
	buf_adds(&w->line, "{\"item\":{");
	member_add_int(&w->line, "seq", item->context.seq);
	member_add_text(&w->line, "report_id", item->context.report_id);
	member_add_int(&w->line, "revision", item->context.revision);
	member_add_text(&w->line, "schema", item->context.schema);
	member_add_time(&w->line, "received_at", item->context.received_ms);
	buf_addf(&w->line, ",\"digest\":\"sha-256:%s\"", hex);
	member_add_text(&w->line, "sender", item->sender);
	member_add_text(&w->line, "kid", item->kid);
	member_add_bytes(&w->line, "sealed", item->sealed, item->sealed_len);
	buf_adds(&w->line, "}}");
	w->counts.items++;
	w->last_seq = item->context.seq;
	return send_line(w, STAGE_ITEMS, reterr);
}

enum rc export_write_end(struct export_writer *w, struct export_counts *ret, struct err *reterr)
{
	enum rc rc;

	if (w->stage != STAGE_KEYS && w->stage != STAGE_ITEMS)
		return out_of_order(reterr);
	buf_adds(&w->line, "{\"end\":{");
	member_add_int(&w->line, "keys", w->counts.keys);
	member_add_int(&w->line, "groups", w->counts.groups);
	member_add_int(&w->line, "items", w->counts.items);
	buf_adds(&w->line, "}}");
	rc = send_line(w, STAGE_END, reterr);
	if (!rc && ret)
		*ret = w->counts;
	return rc;
}

enum rc export_to_file(void *ctx, const char *line, size_t len)
{
	if (fwrite(line, 1, len, ctx) == len)
		return RC_OK;
	return errno == ENOSPC ? RC_FULL : RC_IO;
}
