/* A release's public folder: written once, the same bytes every time, and refused
 * by name when any byte of it is another. */
#include "base/cleanup.h"
#include "base/file.h"
#include "published/folder.h"
#include "unit.h"

#include <dirent.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char seed[PUBLISHED_SEED_SIZE] = { 7 };
static unsigned char key[PUBLISHED_KEY_SIZE];
static char folder[64];

static void setup(void)
{
	snprintf(folder, sizeof(folder), "/tmp/varde-published-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_ge(sodium_init(), 0);
	published_key_of(seed, key);
}

static const char *in_folder(const char *name)
{
	static char path[8][160];
	static size_t at;

	at = (at + 1) % 8;
	snprintf(path[at], sizeof(path[at]), "%s/%s", folder, name);
	return path[at];
}

static void remove_tree(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char full[512];

	while (dir && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(full, sizeof(full), "%s/%s", path, entry->d_name);
		if (unlink(full))
			remove_tree(full);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

static void teardown(void)
{
	remove_tree(folder);
}

/* Two regions and their sum in two months; one cell hidden, one not there. */
static struct published_category regions[] = {
	{ "NO", NULL, { "Hele landet", "Norway" } },
	{ "V", "NO", { "Helse Vest", "Western" } },
	{ "N", "NO", { "Helse Nord", "Northern" } },
};
static struct published_category months[] = {
	{ "2026M01", NULL, { "2026M01", "2026M01" } },
	{ "2026M02", NULL, { "2026M02", "2026M02" } },
};
static struct published_dimension dimensions[] = {
	{ "Region", PUBLISHED_GEO, "NO", { "region", "region" }, regions, 3 },
	{ "Tid", PUBLISHED_TIME, NULL, { "måned", "month" }, months, 2 },
};
static struct published_note notes[] = {
	{ "", "", true, { "Meldinger, ikke hendelser", "Reports" } },
	{ "Region", "V", false, { "Fra februar", "From February" } },
};
static struct published_cell cells[] = {
	{ 12, PUBLISHED_VALUE }, { 9, PUBLISHED_VALUE },   { 7, PUBLISHED_VALUE },
	{ 0, PUBLISHED_HIDDEN }, { 0, PUBLISHED_MISSING }, { 0, PUBLISHED_HIDDEN },
};
static struct published_table table = {
	"V101",
	PUBLISHED_SECTOR,
	PUBLISHED_REGISTRATION,
	PUBLISHED_MONTHLY,
	{ "Meldinger etter region", "Reports by region" },
	{ "Om tabellen", "About the table" },
	dimensions,
	2,
	notes,
	2,
	cells,
	6,
};
static const struct published_tables tables = { &table, 1 };

static json_t *manifest(const char *release)
{
	return json_pack("{s:s, s:s, s:i}", "release", release, "as_of", "2026-03-15T00:00:00.000Z",
			 "threshold", 5);
}

static enum rc write_release(const char *name, const char *path, struct err *err)
{
	json_t *m = manifest(name);
	enum rc rc = published_folder_write(path, &tables, m, seed, err);

	json_decref(m);
	return rc;
}

static void same_table(const struct published_table *a, const struct published_table *b)
{
	ck_assert_str_eq(a->id, b->id);
	ck_assert_int_eq(a->audience, b->audience);
	ck_assert_int_eq(a->clock, b->clock);
	ck_assert_int_eq(a->unit, b->unit);
	ck_assert_uint_eq(a->dimensions_len, b->dimensions_len);
	for (size_t i = 0; i < a->dimensions_len; i++) {
		const struct published_dimension *da = &a->dimensions[i], *db = &b->dimensions[i];

		ck_assert_str_eq(da->code, db->code);
		ck_assert_int_eq(da->role, db->role);
		ck_assert_pstr_eq(da->total, db->total);
		ck_assert_uint_eq(da->len, db->len);
		for (size_t j = 0; j < da->len; j++) {
			ck_assert_str_eq(da->categories[j].code, db->categories[j].code);
			ck_assert_pstr_eq(da->categories[j].parent, db->categories[j].parent);
			ck_assert_str_eq(da->categories[j].label[PUBLISHED_EN],
					 db->categories[j].label[PUBLISHED_EN]);
		}
	}
	ck_assert_uint_eq(a->notes_len, b->notes_len);
	for (size_t i = 0; i < a->notes_len; i++) {
		ck_assert_str_eq(a->notes[i].category, b->notes[i].category);
		ck_assert_int_eq(a->notes[i].mandatory, b->notes[i].mandatory);
		ck_assert_str_eq(a->notes[i].text[PUBLISHED_NB], b->notes[i].text[PUBLISHED_NB]);
	}
	ck_assert_uint_eq(a->cells_len, b->cells_len);
	for (size_t i = 0; i < a->cells_len; i++) {
		ck_assert_int_eq(a->cells[i].value, b->cells[i].value);
		ck_assert_int_eq(a->cells[i].mark, b->cells[i].mark);
	}
}

START_TEST(what_was_written_is_read)
{
	CLEANUP(published_freep) struct published *p = NULL;
	struct err err = { 0 };

	ck_assert_int_eq(write_release("2026K1", in_folder("2026K1"), &err), RC_OK);
	ck_assert_int_eq(published_open(in_folder("2026K1"), key, &p, &err), RC_OK);
	ck_assert_str_eq(published_release(p), "2026K1");
	ck_assert_int_eq(published_as_of_ms(p), INT64_C(1773532800000));
	ck_assert_uint_eq(published_tables(p)->len, 1);
	same_table(&table, &published_tables(p)->list[0]);
	ck_assert_ptr_nonnull(published_find(published_tables(p), "V101"));
	ck_assert_ptr_null(published_find(published_tables(p), "v101"));
	ck_assert_int_eq(write_release("2026K1", in_folder("2026K1"), &err), RC_CONFLICT);
	ck_assert_int_eq(published_open(in_folder("none"), key, &p, &err), RC_NOT_FOUND);
}
END_TEST

static void read_into(const char *path, struct buf *out)
{
	*out = buf_capped(1 << 20);
	ck_assert_int_eq(buf_read_file(out, path), RC_OK);
}

static const char *const names[] = { "public.db", "manifest.json", "manifest.sig" };

START_TEST(same_tables_same_bytes)
{
	char a[200], b[200];

	ck_assert_int_eq(write_release("R", in_folder("a"), NULL), RC_OK);
	ck_assert_int_eq(write_release("R", in_folder("b"), NULL), RC_OK);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP(buf_release) struct buf first = { 0 }, second = { 0 };

		snprintf(a, sizeof(a), "%s/%s", in_folder("a"), names[i]);
		snprintf(b, sizeof(b), "%s/%s", in_folder("b"), names[i]);
		read_into(a, &first);
		read_into(b, &second);
		ck_assert_uint_eq(first.len, second.len);
		ck_assert_mem_eq(first.data, second.data, first.len);
	}
}
END_TEST

/* A sample of bytes of every file, each changed alone. */
START_TEST(every_altered_byte_is_refused)
{
	char path[200];

	ck_assert_int_eq(write_release("R", in_folder("r"), NULL), RC_OK);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP(buf_release) struct buf file = { 0 };

		snprintf(path, sizeof(path), "%s/%s", in_folder("r"), names[i]);
		read_into(path, &file);
		for (size_t at = 0; at < file.len; at += i ? 1 : 97) {
			struct published *p = NULL;
			struct err err = { 0 };
			char was = file.data[at];

			file.data[at] = (char)(was ^ 1);
			/* a line's end at the end of the signature's file says nothing */
			if (i == 2 && (was == '\n' || file.data[at] == '\n'))
				continue;
			ck_assert_int_eq(file_replace(path, file.data, file.len, 0600, NULL),
					 RC_OK);
			ck_assert_int_eq(published_open(in_folder("r"), key, &p, &err), RC_CORRUPT);
			ck_assert_str_eq(err.code, i ? "release-signature" : "release-altered");
			file.data[at] = was;
		}
		ck_assert_int_eq(file_replace(path, file.data, file.len, 0600, NULL), RC_OK);
	}
}
END_TEST

START_TEST(another_key_is_refused)
{
	static const unsigned char other_seed[PUBLISHED_SEED_SIZE] = { 8 };
	unsigned char other[PUBLISHED_KEY_SIZE];
	struct published *p = NULL;
	struct err err = { 0 };

	published_key_of(other_seed, other);
	ck_assert_int_eq(write_release("R", in_folder("r"), NULL), RC_OK);
	ck_assert_int_eq(published_open(in_folder("r"), other, &p, &err), RC_CORRUPT);
	ck_assert_str_eq(err.code, "release-signature");
	ck_assert_int_eq(published_folder_copy(in_folder("r"), in_folder("c"), other, &err),
			 RC_CORRUPT);
	ck_assert_int_ne(access(in_folder("c"), F_OK), 0);
}
END_TEST

START_TEST(a_copy_is_for_everyone)
{
	CLEANUP(published_freep) struct published *p = NULL;
	struct stat st;

	ck_assert_int_eq(write_release("R", in_folder("r"), NULL), RC_OK);
	ck_assert_int_eq(published_folder_copy(in_folder("r"), in_folder("c"), key, NULL), RC_OK);
	ck_assert_int_eq(published_open(in_folder("c"), key, &p, NULL), RC_OK);
	ck_assert_int_eq(stat(in_folder("r"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	ck_assert_int_eq(stat(in_folder("c"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0755);
	ck_assert_int_eq(published_folder_copy(in_folder("r"), in_folder("c"), key, NULL),
			 RC_CONFLICT);
}
END_TEST

/* What an interrupted write left is swept away by the next. */
START_TEST(half_written_is_no_release)
{
	CLEANUP(published_freep) struct published *p = NULL;

	ck_assert_int_eq(mkdir(in_folder("r.new"), 0700), 0);
	ck_assert_int_eq(file_replace(in_folder("r.new/public.db"), "half", 4, 0600, NULL), RC_OK);
	ck_assert_int_eq(published_open(in_folder("r"), key, &p, NULL), RC_NOT_FOUND);
	ck_assert_int_eq(write_release("R", in_folder("r"), NULL), RC_OK);
	ck_assert_int_eq(published_open(in_folder("r"), key, &p, NULL), RC_OK);
	ck_assert_int_ne(access(in_folder("r.new"), F_OK), 0);
}
END_TEST

static void refused(const struct published_tables *t, const char *what)
{
	CLEANUP(buf_release) struct buf out = buf_capped(1 << 20);
	struct err err = { 0 };

	ck_assert_int_eq(published_write(t, &out, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "release-malformed");
	ck_assert_str_eq(err.where, "V101");
	ck_assert_str_eq(err.text, what);
}

START_TEST(what_does_not_fit_is_refused)
{
	table.cells_len = 5;
	refused(&tables, "cells that do not fill the dimensions");
	table.cells_len = 6;
	cells[3].value = 3;
	refused(&tables, "a cell with a mark and a value");
	cells[3].value = 0;
	dimensions[0].total = "XX";
	refused(&tables, "a total that is no category");
	dimensions[0].total = "NO";
	regions[1].parent = "XX";
	refused(&tables, "a parent that is no category");
	regions[0].parent = "V";
	regions[1].parent = "NO";
	refused(&tables, "a hierarchy without top");
	regions[0].parent = NULL;
	regions[2].code = "V";
	refused(&tables, "two categories of one code");
	regions[2].code = "N";
	notes[1].category = "XX";
	refused(&tables, "a note on no category");
	notes[1].category = "V";
	dimensions[1].role = PUBLISHED_PLAIN;
	refused(&tables, "not exactly one dimension of time");
	dimensions[1].role = PUBLISHED_TIME;
	ck_assert_int_eq(published_check(&tables, NULL), RC_OK);
}
END_TEST

/* Any bytes at all: refused, never worse. */
START_TEST(strange_bytes_are_refused)
{
	CLEANUP(buf_release) struct buf good = buf_capped(1 << 20);
	struct published_tables out = { 0 };

	ck_assert_int_eq(published_write(&tables, &good, NULL), RC_OK);
	ck_assert_int_ne(published_read("", 0, &out, NULL), RC_OK);
	ck_assert_int_ne(published_read("no database", 11, &out, NULL), RC_OK);
	for (size_t len = 0; len < good.len; len += 501)
		ck_assert_int_ne(published_read(good.data, len, &out, NULL), RC_OK);
	for (size_t at = 0; at < good.len; at += 13) {
		good.data[at] = (char)(good.data[at] ^ 0x55);
		if (!published_read(good.data, good.len, &out, NULL))
			published_tables_release(&out);
		good.data[at] = (char)(good.data[at] ^ 0x55);
	}
}
END_TEST

START_TEST(current_says_which)
{
	struct published_current current = { .sequence = 3,
					     .release = "2026K1",
					     .at_ms = 1773532800000,
					     .published = json_pack("[s]", "2026K1"),
					     .withdrawn = json_pack("[s]", "2025K4") };
	struct published_current back = { 0 };
	CLEANUP(buf_release) struct buf file = { 0 };
	struct err err = { 0 };

	memset(current.manifest_hash, 'a', 64);
	ck_assert_int_eq(published_current_read(folder, key, &back, &err), RC_NOT_FOUND);
	ck_assert_int_eq(published_current_write(folder, &current, seed, NULL), RC_OK);
	ck_assert_int_eq(published_current_read(folder, key, &back, &err), RC_OK);
	ck_assert_int_eq(back.sequence, 3);
	ck_assert_str_eq(back.release, "2026K1");
	ck_assert_int_eq(back.at_ms, current.at_ms);
	ck_assert(json_equal(back.published, current.published));
	ck_assert(json_equal(back.withdrawn, current.withdrawn));
	published_current_release(&back);
	read_into(in_folder("current.json"), &file);
	for (size_t at = 0; at < file.len - 1; at++) {
		enum rc rc;

		file.data[at] = (char)(file.data[at] ^ 1);
		ck_assert_int_eq(
			file_replace(in_folder("current.json"), file.data, file.len, 0600, NULL),
			RC_OK);
		rc = published_current_read(folder, key, &back, &err);
		ck_assert(rc == RC_CORRUPT || rc == RC_INVALID);
		file.data[at] = (char)(file.data[at] ^ 1);
	}
	published_current_release(&current);
}
END_TEST

START_TEST(names_are_narrow)
{
	ck_assert(published_release_name_valid("2026K1"));
	ck_assert(published_release_name_valid("2026-final.2"));
	ck_assert(!published_release_name_valid(""));
	ck_assert(!published_release_name_valid("."));
	ck_assert(!published_release_name_valid(".."));
	ck_assert(!published_release_name_valid("a/b"));
	ck_assert(!published_release_name_valid("a b"));
	ck_assert(!published_release_name_valid("123456789012345678901234567890123"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("published");
	TCase *tc = tcase_create("published");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_was_written_is_read);
	tcase_add_test(tc, same_tables_same_bytes);
	tcase_add_test(tc, every_altered_byte_is_refused);
	tcase_add_test(tc, another_key_is_refused);
	tcase_add_test(tc, a_copy_is_for_everyone);
	tcase_add_test(tc, half_written_is_no_release);
	tcase_add_test(tc, what_does_not_fit_is_refused);
	tcase_add_test(tc, strange_bytes_are_refused);
	tcase_add_test(tc, current_says_which);
	tcase_add_test(tc, names_are_narrow);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
