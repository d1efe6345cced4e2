#include "unit.h"

#include "base/buf.h"
#include "seal/export.h"
#include "seal/export_read.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define EXPORT_CAP ((size_t)8 << 20)

static enum rc to_buf(void *ctx, const char *line, size_t len)
{
	return buf_add(ctx, line, len);
}

static struct seal_stored_group a_group(void)
{
	struct seal_stored_group group = {
		.context = { SEAL_VERSION, "910000004", { 7, 8, 9 }, 1763844000001 },
		.commitment = { 1, 2, 3 },
		.wraps_len = 2
	};

	snprintf(group.wraps[0].kid, SEAL_KID_SIZE, "first");
	snprintf(group.wraps[1].kid, SEAL_KID_SIZE, "second");
	memset(group.wraps[1].box, 0xee, SEAL_BOX_LEN);
	return group;
}

static struct export_item an_item(int64_t seq)
{
	static const unsigned char sealed[] = "not really sealed";
	struct export_item item = { .context = { "0191e9a4-0000-7000-8000-000000000001", seq,
						 "incident-report/1.0", 1763844000042, seq },
				    .digest = { 0xab, 0xcd },
				    .sender = "910000004",
				    .kid = "hf-1",
				    .sealed = sealed,
				    .sealed_len = sizeof(sealed) };

	return item;
}

static const struct export_header HEADER = { "910000004", "Prøve HF", "Læring \"av\"\nfall",
					     1763844000000, 3 };

/* Header, one key, a group of two items, a group of one, the end. */
static void write_whole(struct buf *out)
{
	CLEANUP(export_writer_freep) struct export_writer *w = NULL;
	json_auto_t *jwk = json_pack("{s:s, s:s, s:s}", "kty", "EC", "x", "AA", "d", "secret");
	struct export_key key = { "hf-1", "910000004", 1700000000000, 0, 1750000000000, jwk };
	struct seal_stored_group group = a_group();
	struct export_item item;
	struct export_counts counts;
	int64_t seq;

	*out = buf_capped(EXPORT_CAP);
	ck_assert_int_eq(export_writer_new(to_buf, out, &w), RC_OK);
	ck_assert_int_eq(export_write_header(w, &HEADER, NULL), RC_OK);
	ck_assert_int_eq(export_write_key(w, &key, NULL), RC_OK);
	for (seq = 4; seq <= 6; seq++) {
		if (seq != 5)
			ck_assert_int_eq(export_write_group(w, &group, NULL), RC_OK);
		item = an_item(seq);
		ck_assert_int_eq(export_write_item(w, &item, NULL), RC_OK);
	}
	ck_assert_int_eq(export_write_end(w, &counts, NULL), RC_OK);
	ck_assert(counts.keys == 1 && counts.groups == 2 && counts.items == 3);
}

/* What a reader made of a text: kinds as letters, damage's codes, how it ended. */
struct reading {
	char kinds[64];
	char codes[256];
	char end[48]; /* "" or the error's code */
	struct export_counts said, seen;
};

static char letter(enum export_kind kind)
{
	static const char letters[] = {
		[EXPORT_KEY] = 'k',      [EXPORT_GROUP] = 'g',    [EXPORT_ITEM] = 'i',
		[EXPORT_BAD_ITEM] = 'I', [EXPORT_BAD_LINE] = '?', [EXPORT_END] = '.'
	};

	return letters[kind];
}

static struct reading read_all(const char *text, size_t len)
{
	CLEANUP(export_reader_freep) struct export_reader *reader = NULL;
	struct reading got = { 0 };
	struct export_header header;
	struct export_line line = { .kind = EXPORT_KEY };
	struct err err = { 0 };
	FILE *in = len ? fmemopen((void *)(uintptr_t)text, len, "r") : fopen("/dev/null", "r");
	size_t n = 0;

	ck_assert_ptr_nonnull(in);
	if (export_reader_new(in, &reader, &header, &err)) {
		snprintf(got.end, sizeof(got.end), "%s", err.code);
		fclose(in);
		return got;
	}
	while (line.kind != EXPORT_END && n < sizeof(got.kinds) - 1) {
		size_t at = strlen(got.codes);

		if (export_read(reader, &line, &err)) {
			snprintf(got.end, sizeof(got.end), "%s", err.code);
			break;
		}
		got.kinds[n++] = letter(line.kind);
		if (line.kind == EXPORT_BAD_ITEM || line.kind == EXPORT_BAD_LINE)
			snprintf(got.codes + at, sizeof(got.codes) - at, "%s ", line.bad.code);
	}
	if (line.kind == EXPORT_END)
		got.said = line.end.said;
	got.seen = export_reader_seen(reader);
	fclose(in);
	return got;
}

START_TEST(what_was_written_is_read)
{
	CLEANUP(buf_release) struct buf text;
	CLEANUP(export_reader_freep) struct export_reader *reader = NULL;
	struct seal_stored_group group = a_group();
	struct export_item item = an_item(4);
	struct export_header header;
	struct export_line line;
	FILE *in;

	write_whole(&text);
	in = fmemopen(text.data, text.len, "r");
	ck_assert_int_eq(export_reader_new(in, &reader, &header, NULL), RC_OK);
	ck_assert_str_eq(header.tenant, HEADER.tenant);
	ck_assert_str_eq(header.tenant_name, HEADER.tenant_name);
	ck_assert_str_eq(header.purpose, HEADER.purpose);
	ck_assert(header.created_ms == HEADER.created_ms && header.since == HEADER.since);
	ck_assert_int_eq(export_read(reader, &line, NULL), RC_OK);
	ck_assert_int_eq(line.kind, EXPORT_KEY);
	ck_assert_str_eq(line.key.kid, "hf-1");
	ck_assert_str_eq(line.key.owner, "910000004");
	ck_assert(line.key.valid_from_ms == 1700000000000 && line.key.valid_to_ms == 0 &&
		  line.key.revoked_at_ms == 1750000000000);
	ck_assert_str_eq(json_string_value(json_object_get(line.key.jwk, "x")), "AA");
	ck_assert_ptr_null(json_object_get(line.key.jwk, "d"));
	ck_assert_int_eq(export_read(reader, &line, NULL), RC_OK);
	ck_assert_int_eq(line.kind, EXPORT_GROUP);
	ck_assert_int_eq(line.group.wraps_len, 2);
	ck_assert_str_eq(line.group.context.tenant, group.context.tenant);
	ck_assert(line.group.context.created_ms == group.context.created_ms &&
		  line.group.context.version == 1);
	ck_assert_mem_eq(line.group.context.group_id, group.context.group_id, SEAL_GROUP_ID_LEN);
	ck_assert_mem_eq(line.group.commitment, group.commitment, SEAL_COMMITMENT_LEN);
	ck_assert_str_eq(line.group.wraps[1].kid, "second");
	ck_assert_mem_eq(line.group.wraps[1].box, group.wraps[1].box, SEAL_BOX_LEN);
	ck_assert_int_eq(export_read(reader, &line, NULL), RC_OK);
	ck_assert_int_eq(line.kind, EXPORT_ITEM);
	ck_assert_str_eq(line.item.context.report_id, item.context.report_id);
	ck_assert_str_eq(line.item.context.schema, item.context.schema);
	ck_assert(line.item.context.seq == 4 && line.item.context.revision == 4);
	ck_assert_int_eq(line.item.context.received_ms, item.context.received_ms);
	ck_assert_mem_eq(line.item.digest, item.digest, EXPORT_DIGEST_LEN);
	ck_assert_str_eq(line.item.sender, item.sender);
	ck_assert_str_eq(line.item.kid, item.kid);
	ck_assert_uint_eq(line.item.sealed_len, item.sealed_len);
	ck_assert_mem_eq(line.item.sealed, item.sealed, item.sealed_len);
	fclose(in);
}
END_TEST

START_TEST(a_whole_export_reconciles)
{
	CLEANUP(buf_release) struct buf text;
	struct reading got;

	write_whole(&text);
	got = read_all(text.data, text.len);
	ck_assert_str_eq(got.kinds, "kgiigi.");
	ck_assert_mem_eq(&got.said, &got.seen, sizeof(got.said));
	ck_assert(got.said.items == 3 && got.said.groups == 2 && got.said.keys == 1);
}
END_TEST

START_TEST(a_cut_export_is_never_whole)
{
	CLEANUP(buf_release) struct buf text;
	size_t len, header;

	write_whole(&text);
	header = (size_t)((char *)memchr(text.data, '\n', text.len) - text.data) + 1;
	for (len = 0; len < text.len; len++) {
		struct reading got = read_all(text.data, len);

		ck_assert_str_eq(got.end, len < header ? "export-header" : "export-truncated");
	}
}
END_TEST

START_TEST(no_changed_byte_crashes_or_hides)
{
	CLEANUP(buf_release) struct buf text;
	size_t i;

	write_whole(&text);
	for (i = 0; i < text.len; i++) {
		static const unsigned char masks[] = { 0x01, 0x20, 0x80 };
		size_t m;

		for (m = 0; m < sizeof(masks); m++) {
			struct reading got;

			text.data[i] = (char)(text.data[i] ^ masks[m]);
			got = read_all(text.data, text.len);
			ck_assert_msg(got.end[0] || strchr(got.kinds, '.'), "byte %zu", i);
			text.data[i] = (char)(text.data[i] ^ masks[m]);
		}
	}
}
END_TEST

START_TEST(nothing_follows_the_end)
{
	CLEANUP(buf_release) struct buf text;

	write_whole(&text);
	ck_assert_int_eq(buf_adds(&text, "\n"), RC_OK);
	ck_assert_str_eq(read_all(text.data, text.len).end, "export-trailing");
}
END_TEST

/* The header and the first key of a good export, then `lines`, then the end. */
static struct reading read_between(const char *lines, size_t len)
{
	CLEANUP(buf_release) struct buf whole, text = buf_capped(EXPORT_CAP);
	char *at;

	write_whole(&whole);
	at = strchr(strchr(whole.data, '\n') + 1, '\n') + 1;
	buf_add(&text, whole.data, (size_t)(at - whole.data));
	buf_add(&text, lines, len);
	ck_assert_int_eq(buf_adds(&text, "\n{\"end\":{\"keys\":1,\"groups\":0,\"items\":0}}\n"),
			 RC_OK);
	return read_all(text.data, text.len);
}

START_TEST(hostile_lines_are_damage_and_no_more)
{
	static const char *const bad[] = {
		"",
		" ",
		"x",
		"[]",
		"1",
		"{}",
		"{\"item\":1}",
		"{\"group\":{}}",
		"{\"key\":null}",
		"{\"end\":[]}",
		"{\"other\":{}}",
		"{\"key\":{},\"item\":{}}",
		"{\"item\":{\"seq\":-1}}",
		"{\"item\":{\"seq\":1,\"seq\":1}}",
		"{\"end\":{\"keys\":1,\"groups\":1,\"items\":-1}}",
		"{\"end\":{\"keys\":1,\"groups\":1,\"items\":1e3}}",
		"\xff",
		"{\"item\":{\"sealed\":\"=\"}}",
		"{\"item\":[[[[[[[[[[]]]]]]]]]]}",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		struct reading got = read_between(bad[i], strlen(bad[i]));
		bool item = strncmp(bad[i], "{\"item\":", 8) == 0;

		ck_assert_msg(strcmp(got.kinds, item ? "kI." : "k?.") == 0 ||
				      strstr(bad[i], "key\":{}"),
			      "%s: %s", bad[i], got.kinds);
		ck_assert_str_eq(got.codes, "export-line ");
		ck_assert_int_eq(got.seen.items, item);
	}
}
END_TEST

START_TEST(an_endless_line_takes_no_endless_memory)
{
	const size_t len = EXPORT_LINE_MAX + 1000;
	CLEANUP_FREE char *line = malloc(len);
	struct reading got;

	memset(line, 'A', len);
	got = read_between(line, len);
	ck_assert_str_eq(got.kinds, "k?.");
	memcpy(line, "{\"item\":", 8);
	got = read_between(line, len);
	ck_assert_str_eq(got.kinds, "kI.");
}
END_TEST

START_TEST(the_largest_item_fits_a_line)
{
	CLEANUP(buf_release) struct buf text = buf_capped(EXPORT_CAP);
	CLEANUP(export_writer_freep) struct export_writer *w = NULL;
	CLEANUP_FREE unsigned char *sealed = calloc(1, SEAL_SEALED_MAX + 1);
	struct seal_stored_group group = a_group();
	struct export_item item = an_item(1);

	item.sealed = sealed;
	item.sealed_len = SEAL_SEALED_MAX + 1;
	ck_assert_int_eq(export_writer_new(to_buf, &text, &w), RC_OK);
	ck_assert_int_eq(export_write_header(w, &HEADER, NULL), RC_OK);
	ck_assert_int_eq(export_write_group(w, &group, NULL), RC_OK);
	ck_assert_int_eq(export_write_item(w, &item, NULL), RC_INVALID);
	item.sealed_len--;
	ck_assert_int_eq(export_write_item(w, &item, NULL), RC_OK);
	ck_assert_int_eq(export_write_end(w, NULL, NULL), RC_OK);
	ck_assert_str_eq(read_all(text.data, text.len).kinds, "gi.");
}
END_TEST

START_TEST(the_writer_keeps_order)
{
	CLEANUP(buf_release) struct buf text = buf_capped(EXPORT_CAP);
	CLEANUP(export_writer_freep) struct export_writer *w = NULL;
	json_auto_t *jwk = json_object();
	struct export_key key = { "k", "910000004", 1, 0, 0, jwk };
	struct export_header no_purpose = { "910000004", NULL, "", 1, 0 };
	struct seal_stored_group group = a_group();
	struct export_item item = an_item(5);

	ck_assert_int_eq(export_writer_new(to_buf, &text, &w), RC_OK);
	ck_assert_int_eq(export_write_end(w, NULL, NULL), RC_CONFLICT);
	ck_assert_int_eq(export_write_key(w, &key, NULL), RC_CONFLICT);
	ck_assert_int_eq(export_write_group(w, &group, NULL), RC_CONFLICT);
	ck_assert_int_eq(export_write_header(w, &no_purpose, NULL), RC_INVALID);
	ck_assert_int_eq(export_write_header(w, &HEADER, NULL), RC_OK);
	ck_assert_int_eq(export_write_header(w, &HEADER, NULL), RC_CONFLICT);
	ck_assert_int_eq(export_write_item(w, &item, NULL), RC_CONFLICT);
	ck_assert_int_eq(export_write_group(w, &group, NULL), RC_OK);
	ck_assert_int_eq(export_write_key(w, &key, NULL), RC_CONFLICT);
	ck_assert_int_eq(export_write_group(w, &group, NULL),
			 RC_CONFLICT); /* an empty one before it */
	ck_assert_int_eq(export_write_item(w, &item, NULL), RC_OK);
	ck_assert_int_eq(export_write_item(w, &item, NULL), RC_CONFLICT); /* the same seq */
	ck_assert_int_eq(export_write_end(w, NULL, NULL), RC_OK);
	ck_assert_int_eq(export_write_end(w, NULL, NULL), RC_CONFLICT);
	ck_assert_str_eq(read_all(text.data, text.len).kinds, "gi.");
}
END_TEST

static enum rc full(void *ctx, const char *line, size_t len)
{
	(void)line;
	(void)len;
	return (*(int *)ctx)-- > 0 ? RC_OK : RC_FULL;
}

START_TEST(a_full_disk_ends_the_export)
{
	CLEANUP(export_writer_freep) struct export_writer *w = NULL;
	struct seal_stored_group group = a_group();
	struct err err;
	int room = 1;

	ck_assert_int_eq(export_writer_new(full, &room, &w), RC_OK);
	ck_assert_int_eq(export_write_header(w, &HEADER, NULL), RC_OK);
	ck_assert_int_eq(export_write_group(w, &group, &err), RC_FULL);
	room = 100;
	ck_assert_int_eq(export_write_end(w, NULL, NULL), RC_CONFLICT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("export");
	TCase *tc = tcase_create("export");

	tcase_add_test(tc, what_was_written_is_read);
	tcase_add_test(tc, a_whole_export_reconciles);
	tcase_add_test(tc, a_cut_export_is_never_whole);
	tcase_add_test(tc, no_changed_byte_crashes_or_hides);
	tcase_add_test(tc, nothing_follows_the_end);
	tcase_add_test(tc, hostile_lines_are_damage_and_no_more);
	tcase_add_test(tc, an_endless_line_takes_no_endless_memory);
	tcase_add_test(tc, the_largest_item_fits_a_line);
	tcase_add_test(tc, the_writer_keeps_order);
	tcase_add_test(tc, a_full_disk_ends_the_export);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
