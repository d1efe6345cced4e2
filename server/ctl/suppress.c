/* vardectl suppress: the protection of the statistics, on any table. From standard
 * input to standard output; no installation is needed. */
#include "base/cleanup.h"
#include "ctl/ctl.h"
#include "tabular/tabular.h"

#include <string.h>

#define TEXT_MAX ((size_t)64 << 20)

struct texts {
	struct buf list[TABULAR_FILES];
};

static void texts_release(struct texts *t)
{
	for (size_t i = 0; i < TABULAR_FILES; i++)
		buf_release(&t->list[i]);
}

static enum rc unreadable(enum rc rc, const char *where, struct err *reterr)
{
	if (rc == RC_LIMIT)
		return err_set(reterr, rc, "table-too-large", where, "is more than %zu bytes",
			       TEXT_MAX);
	return err_set(reterr, rc, "file-unreadable", where, "cannot be read (%s)", rc_name(rc));
}

static enum rc read_stdin(struct buf *text, struct err *reterr)
{
	char block[65536];
	size_t n;
	enum rc rc = RC_OK;

	while (!rc && (n = fread(block, 1, sizeof(block), stdin)) > 0)
		rc = buf_add(text, block, n);
	if (!rc && ferror(stdin))
		rc = RC_IO;
	return rc ? unreadable(rc, "standard input", reterr) : RC_OK;
}

/* --forced and --known. */
static enum rc read_file(const json_t *args, const char *arg, struct buf *text, struct err *reterr)
{
	const char *path = json_string_value(json_object_get(args, arg));
	enum rc rc = path ? buf_read_file(text, path) : RC_OK;

	return rc ? unreadable(rc, path, reterr) : RC_OK;
}

static enum rc read_threshold(const json_t *args, int64_t *ret, struct err *reterr)
{
	const json_t *given = json_object_get(args, "threshold");

	*ret = given ? json_integer_value(given) : 5;
	if (*ret < TABULAR_THRESHOLD_MIN || *ret > TABULAR_THRESHOLD_MAX)
		return err_set(reterr, RC_INVALID, "usage", "--threshold", "is from %d to %d",
			       TABULAR_THRESHOLD_MIN, TABULAR_THRESHOLD_MAX);
	return RC_OK;
}

static enum rc read_all(const json_t *args, struct texts *texts, struct tabular_input *in,
			struct err *reterr)
{
	enum rc rc = read_threshold(args, &in->threshold, reterr);

	for (size_t i = 0; i < TABULAR_FILES; i++)
		texts->list[i] = buf_capped(TEXT_MAX);
	if (!rc)
		rc = read_stdin(&texts->list[TABULAR_TABLE], reterr);
	if (!rc)
		rc = read_file(args, "forced", &texts->list[TABULAR_FORCED], reterr);
	if (!rc)
		rc = read_file(args, "known", &texts->list[TABULAR_KNOWN], reterr);
	in->organisation = json_string_value(json_object_get(args, "organisation"));
	in->files[TABULAR_TABLE].text = buf_text(&texts->list[TABULAR_TABLE]);
	if (json_object_get(args, "forced"))
		in->files[TABULAR_FORCED].text = buf_text(&texts->list[TABULAR_FORCED]);
	if (json_object_get(args, "known"))
		in->files[TABULAR_KNOWN].text = buf_text(&texts->list[TABULAR_KNOWN]);
	for (size_t i = 0; i < TABULAR_FILES; i++)
		in->files[i].len = texts->list[i].len;
	return rc;
}

static int suppress(const struct ctl_options *options)
{
	CLEANUP(tabular_freep) struct tabular *table = NULL;
	CLEANUP(texts_release) struct texts texts = { 0 };
	CLEANUP(buf_release) struct buf out = buf_capped(4 * TEXT_MAX);
	struct tabular_input in = { 0 };
	struct err err = { 0 };
	enum rc rc = read_all(options->args, &texts, &in, &err);

	if (!rc)
		rc = tabular_read(&in, &table, &err);
	if (!rc)
		rc = tabular_protect(table, &err);
	if (!rc) {
		rc = tabular_write(table, &out);
		if (rc)
			err_set(&err, rc, rc_name(rc), NULL, "the output cannot be made");
	}
	if (rc) {
		ctl_complain(options->json, &err);
		return rc == RC_CONFLICT ? CTL_NO : CTL_FAILED;
	}
	fwrite(out.data, 1, out.len, stdout);
	return CTL_OK;
}

static const struct ctl_param params[] = {
	{ "--threshold", "threshold", CTL_NUMBER, "T",
	  "counts from 0 to T-1 are small and are hidden (default: 5)", false },
	{ "--organisation", "organisation", CTL_TEXT, "DIM",
	  "the dimension of those who contribute: none may find another's count by its own",
	  false },
	{ "--forced", "forced", CTL_TEXT, "FILE",
	  "what was published before, such as an earlier output: shown stays, hidden stays hidden",
	  false },
	{ "--known", "known", CTL_TEXT, "FILE", "cells that are known from elsewhere", false },
	{ 0 },
};

const struct ctl_command ctl_suppress_commands[] = {
	{ .words = "suppress",
	  .params = params,
	  .help = "hides in a table, from standard input, what would give a small count away",
	  .more = "\n"
		  "  {\"cells\": [{\"key\": {\"org\": \"A\", \"type\": \"fall\"}, \"value\": 12}, "
		  "...],\n"
		  "   \"hierarchies\": {\"org\": {\"A\": \"North\", \"B\": \"North\", \"North\": "
		  "\"all\"}}}\n"
		  "\n"
		  "A key without a dimension is that dimension's total. A hierarchy is {child: "
		  "parent}, or\n"
		  "{parent: [[child, ...], ...]} where there are several groupings or windows; a "
		  "dimension\n"
		  "without one is flat. Zeros are cells too: what is left out counts as unknown, "
		  "not as 0.\n"
		  "FILEs hold {\"cells\": [...]} of the same dimensions.\n"
		  "\n"
		  "Prints the same cells in the same order, with \"value\": null, \"suppressed\": "
		  "true where\n"
		  "hidden, and an \"audit\". Other members of a cell are kept, also where it is "
		  "hidden.\n"
		  "Exit status: 0 done; 1 no safe pattern, with the cell that cannot be "
		  "protected;\n"
		  "2 bad input, with the cell.\n",
	  .run = suppress },
	{ 0 },
};
