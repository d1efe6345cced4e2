/* The sealed export, read past damage. Lines are numbered and counted; what was read
 * as good can be written, and that text reads back with the same counts and as the
 * same bytes when written again. */
#include "fuzz.h"

#include "seal/export_read.h"

#define TEXT_MAX ((size_t)1 << 22)

static enum rc append(void *text, const char *line, size_t len)
{
	return buf_add(text, line, len);
}

static FILE *open_text(const char *text, size_t len)
{
	/* fmemopen refuses nothing at all; an empty file reads as its end. */
	FILE *file = len ? fmemopen((char *)(uintptr_t)text, len, "r") : fopen("/dev/null", "r");

	MUST(file);
	return file;
}

static void check_item(const struct export_item *item)
{
	MUST(item->context.report_id && item->context.schema && item->sender && item->kid);
	MUST(item->context.seq >= 0 && item->context.revision >= 0 &&
	     item->context.received_ms >= 0);
	MUST(item->sealed_len <= SEAL_SEALED_MAX && (item->sealed || !item->sealed_len));
}

static void check_group(const struct seal_stored_group *group, const struct export_header *header)
{
	MUST(!strcmp(group->context.tenant, header->tenant));
	MUST(group->wraps_len >= 1 && group->wraps_len <= SEAL_RECIPIENTS_MAX);
	for (size_t i = 0; i < group->wraps_len; i++)
		MUST(strnlen(group->wraps[i].kid, SEAL_KID_SIZE) < SEAL_KID_SIZE);
}

/* Refused by the writer is what it would not write: out of order, empty. */
static void copy_line(struct export_writer *writer, const struct export_line *line,
		      const struct export_header *header)
{
	enum rc rc = RC_OK;

	switch (line->kind) {
	case EXPORT_KEY: rc = export_write_key(writer, &line->key, NULL); break;
	case EXPORT_GROUP:
		check_group(&line->group, header);
		rc = export_write_group(writer, &line->group, NULL);
		break;
	case EXPORT_ITEM:
		check_item(&line->item);
		rc = export_write_item(writer, &line->item, NULL);
		break;
	case EXPORT_BAD_ITEM:
	case EXPORT_BAD_LINE: MUST(!strncmp(line->bad.code, "export-", 7)); break;
	case EXPORT_END: rc = export_write_end(writer, NULL, NULL); break;
	}
	MUST(!rc || rc == RC_CONFLICT || rc == RC_INVALID);
}

static void count_line(struct export_counts *counts, enum export_kind kind)
{
	counts->keys += kind == EXPORT_KEY;
	counts->groups += kind == EXPORT_GROUP;
	counts->items += kind == EXPORT_ITEM || kind == EXPORT_BAD_ITEM;
}

/* Reads all of a text and writes what of it is good. */
static void copy(const char *text, size_t len, struct buf *out)
{
	CLEANUP(export_reader_freep) struct export_reader *reader = NULL;
	CLEANUP(export_writer_freep) struct export_writer *writer = NULL;
	struct export_counts counts = { 0 }, seen;
	struct export_header header;
	struct export_line line;
	struct err err = { 0 };
	FILE *in = open_text(text, len);
	unsigned long number = 1;
	enum rc rc = export_reader_new(in, &reader, &header, &err);

	MUST(!export_writer_new(append, out, &writer));
	if (rc)
		MUST((rc == RC_INVALID || rc == RC_UNSUPPORTED) && !reader);
	else if (export_write_header(writer, &header, NULL))
		MUST(!*header.purpose);
	while (!rc) {
		rc = export_read(reader, &line, &err);
		if (rc)
			break;
		MUST(line.number == ++number);
		copy_line(writer, &line, &header);
		count_line(&counts, line.kind);
		seen = export_reader_seen(reader);
		MUST(!memcmp(&seen, &counts, sizeof(seen)));
		if (line.kind == EXPORT_END)
			break;
	}
	MUST(!rc || err.code[0]);
	fclose(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_release) struct buf first = buf_capped(TEXT_MAX);
	CLEANUP(buf_release) struct buf second = buf_capped(TEXT_MAX);

	copy((const char *)data, size, &first);
	copy(buf_text(&first), first.len, &second);
	MUST(first.len == second.len &&
	     fuzz_same((struct piece){ first.data, first.len }, buf_text(&second), second.len));
	return 0;
}
