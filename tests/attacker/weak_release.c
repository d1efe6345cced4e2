/* Builds a signed public folder from frozen counts, protected as the product does or,
 * on purpose, less: what the attacker has to break. For tests only.
 *
 *   weak_release MODE SCHEMAS COUNTS SEED OUT NAME [EARLIER | -WITHDRAWN]...
 *
 *   real             all of the protection
 *   primary-only     counts below the threshold are hidden, and nothing beside them
 *   no-organisation  nobody knows counts of their own, in the protection's eyes
 *   zeros-shown      all of it, but a hidden 0 is shown after all
 *
 * SEED is the signing key's, in hex; earlier releases are folders of this signature.
 * Exits 0, 1 (refused, with the reason) or 2 (wrong use). */
#include "base/buf.h"
#include "codes/codes.h"
#include "published/folder.h"
#include "release/tables.h"
#include "suppress/protect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EARLIER_MAX 64

enum mode { REAL, PRIMARY_ONLY, NO_ORGANISATION, ZEROS_SHOWN, MODES };
static const char *const mode_names[MODES] = { "real", "primary-only", "no-organisation",
					       "zeros-shown" };

struct build {
	enum mode mode;
	struct programme *programme;
	struct codes *codes;
	struct counted *counted;
	struct axes axes;
	struct published *folders[EARLIER_MAX];
	struct release_earlier earlier[EARLIER_MAX];
	size_t earlier_len;
	unsigned char seed[PUBLISHED_SEED_SIZE];
};

static void build_release(struct build *b)
{
	for (size_t i = 0; i < b->earlier_len; i++)
		published_free(b->folders[i]);
	axes_release(&b->axes);
	counted_free(b->counted);
	codes_free(b->codes);
	programme_free(b->programme);
}

static enum rc load(struct build *b, const char *schemas, const char *counts, struct err *err)
{
	struct buf text = buf_capped(COUNTED_FILE_MAX);
	char path[4096];
	enum rc rc = programme_load(schemas, &b->programme, err);

	snprintf(path, sizeof(path), "%s/codes", schemas);
	if (!rc)
		rc = codes_load(path, &b->codes, err);
	if (!rc)
		rc = buf_read_file(&text, counts);
	if (!rc)
		rc = counted_read(text.data, text.len, &b->counted, err);
	buf_release(&text);
	if (rc)
		return rc;
	counted_sort(b->counted);
	rc = axes_new(b->counted, b->codes, b->programme, &b->axes);
	/* Without this mark there is no line of organisations and no insider. */
	for (size_t i = 0; i < AXES && b->mode == NO_ORGANISATION; i++)
		b->axes.list[i].organisation = false;
	return rc;
}

static enum rc load_earlier(struct build *b, char **names, int n, struct err *err)
{
	unsigned char key[PUBLISHED_KEY_SIZE];
	enum rc rc = RC_OK;

	published_key_of(b->seed, key);
	for (int i = 0; !rc && i < n; i++) {
		bool withdrawn = *names[i] == '-';
		struct published **folder = &b->folders[b->earlier_len];

		rc = published_open(names[i] + withdrawn, key, folder, err);
		if (rc)
			break;
		b->earlier[b->earlier_len++] =
			(struct release_earlier){ .name = published_release(*folder),
						  .tables = published_tables(*folder),
						  .withdrawn = withdrawn };
	}
	return rc;
}

static void hide_primary(struct suppress_system *s)
{
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++) {
		unsigned flags = suppress_system_flags(s, i);

		if (flags & SUPPRESS_PUBLISHED &&
		    (suppress_system_value(s, i) < 5 || flags & SUPPRESS_HELD))
			suppress_system_hide(s, i);
	}
}

static enum rc protect(const struct build *b, struct suppress_system *s, struct err *err)
{
	struct suppress_figures f;
	uint32_t where;
	enum rc rc = suppress_system_prepare(s);

	if (!rc && suppress_system_not_additive(s) != SUPPRESS_NONE)
		rc = err_set(err, RC_INVALID, "not-additive", NULL, "the counts do not add up");
	if (rc)
		return rc;
	if (b->mode == PRIMARY_ONLY) {
		hide_primary(s);
		return RC_OK;
	}
	rc = suppress_protect(s, &f, &where, err);
	if (rc)
		fprintf(stderr, "node %u ", where);
	if (!rc)
		printf("published %u hidden %u primary %u secondary %u held %u rounds %u\n",
		       f.published, f.hidden, f.primary, f.secondary, f.held, f.rounds);
	return rc;
}

/* All tables; `plain`: with nothing hidden. */
static enum rc make(struct build *b, bool plain, struct published_tables *ret, struct err *err)
{
	struct cubes *cubes[RELEASE_SYSTEMS] = { 0 };
	struct release_input in = { b->programme, b->codes, b->counted, &b->axes, cubes };
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < RELEASE_SYSTEMS; i++)
		rc = cubes_new(&b->axes, b->counted, (enum cubes_sector)(i % CUBES_SECTORS),
			       release_classes[i / CUBES_SECTORS],
			       programme_threshold(b->programme), &cubes[i], err);
	if (!rc && !plain)
		rc = tables_flag(&in, b->earlier, b->earlier_len, err);
	for (size_t i = 0; !rc && !plain && i < RELEASE_SYSTEMS; i++)
		rc = protect(b, cubes_system(cubes[i]), err);
	if (!rc)
		rc = tables_make(&in, ret, err);
	for (size_t i = 0; i < RELEASE_SYSTEMS; i++)
		cubes_free(cubes[i]);
	return rc;
}

static void show_zeros(struct published_tables *tables, const struct published_tables *plain)
{
	for (size_t i = 0; i < tables->len; i++) {
		for (size_t k = 0; k < tables->list[i].cells_len; k++) {
			struct published_cell *cell = &tables->list[i].cells[k];

			if (cell->mark == PUBLISHED_HIDDEN && !plain->list[i].cells[k].value)
				cell->mark = PUBLISHED_VALUE;
		}
	}
}

static enum rc run(struct build *b, const char *out, const char *name, struct err *err)
{
	CLEANUP(published_tables_release) struct published_tables tables = { 0 }, plain = { 0 };
	json_t *manifest = json_pack("{s:s, s:s, s:i, s:{s:{s:s, s:s}, s:{s:s, s:s}}}", "release",
				     name, "as_of", "2026-04-20T00:00:00.000Z", "threshold", 5,
				     "publisher", "name", "nb", "Test", "en", "Test", "contact",
				     "nb", "test@test.example", "en", "test@test.example");
	char folder[4096];
	enum rc rc = make(b, false, &tables, err);

	if (!rc && b->mode == ZEROS_SHOWN)
		rc = make(b, true, &plain, err);
	if (!rc && b->mode == ZEROS_SHOWN)
		show_zeros(&tables, &plain);
	snprintf(folder, sizeof(folder), "%s/%s", out, name);
	if (!rc)
		rc = published_folder_write(folder, &tables, manifest, b->seed, err);
	json_decref(manifest);
	return rc;
}

int main(int argc, char **argv)
{
	CLEANUP(build_release) struct build b = { .mode = MODES };
	struct err err = { 0 };
	enum rc rc;

	for (int i = 0; argc >= 7 && i < MODES; i++)
		if (!strcmp(argv[1], mode_names[i]))
			b.mode = (enum mode)i;
	if (b.mode == MODES || argc - 7 > EARLIER_MAX ||
	    published_key_parse(argv[4], strlen(argv[4]), b.seed, &err)) {
		fprintf(stderr, "usage: weak_release MODE SCHEMAS COUNTS SEED OUT NAME "
				"[EARLIER | -WITHDRAWN]...\n");
		return 2;
	}
	rc = load(&b, argv[2], argv[3], &err);
	if (!rc)
		rc = load_earlier(&b, argv + 7, argc - 7, &err);
	if (!rc)
		rc = run(&b, argv[5], argv[6], &err);
	if (rc)
		fprintf(stderr, "%s %s %s\n", err.code, err.where, err.text);
	return rc ? 1 : 0;
}
