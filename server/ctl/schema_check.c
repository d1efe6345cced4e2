/* vardectl schema check [--remotes DIR] [--format] SCHEMA INSTANCE...
 *
 * Reads plain JSON: duplicate names and \u0000 are taken (the strict loader
 * belongs to intake). Integers that do not fit 64 bits are read as doubles, with
 * all integers of that file. stdout: one line per instance, in order, "valid
 * PATH" or "invalid PATH"; an instance that cannot be read, is not JSON or
 * passes a limit is invalid. stderr: every error as "PATH: POINTER KEYWORD CODE".
 * Exit: 0 all valid, 1 any invalid, 2 the schema is unusable or the words are
 * wrong; then stdout stays empty.
 *
 * --remotes DIR: DIR/x.json answers http://localhost:1234/x.json; nothing is
 * fetched. --format makes "format" an assertion. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "ctl/ctl.h"
#include "schema/schema.h"
#include "json/strict.h"

#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX ((size_t)256 * 1024 * 1024)
#define JSON_DEPTH_MAX 512
#define REMOTES_BASE "http://localhost:1234"

struct words {
	const char *remotes;
	bool formats;
	const char *schema;
	char **instances;
};

static int usage(void)
{
	fputs("usage: vardectl schema check [--remotes DIR] [--format] SCHEMA INSTANCE...\n",
	      stderr);
	return CTL_FAILED;
}

static bool read_words(int argc, char **argv, struct words *w)
{
	int i = 1;

	*w = (struct words){ 0 };
	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--remotes") && i + 1 < argc) {
			w->remotes = argv[++i];
		} else if (!strcmp(argv[i], "--format")) {
			w->formats = true;
		} else if (!strcmp(argv[i], "--")) {
			i++;
			break;
		} else {
			return false;
		}
	}
	if (argc - i < 2)
		return false;
	w->schema = argv[i];
	w->instances = argv + i + 1;
	return true;
}

/* NULL, with the reason on stderr, when the file is not JSON. */
static json_t *read_json(const char *path)
{
	const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
	CLEANUP(buf_release) struct buf text = buf_capped(FILE_MAX);
	json_error_t error;
	json_t *json;
	enum rc rc = buf_read_file(&text, path);

	if (rc) {
		fprintf(stderr, "%s: cannot be read: %s\n", path, rc_name(rc));
		return NULL;
	}
	if (!json_depth_within(buf_text(&text), text.len, JSON_DEPTH_MAX)) {
		fprintf(stderr, "%s: nested deeper than %d levels\n", path, JSON_DEPTH_MAX);
		return NULL;
	}
	json = json_loadb(buf_text(&text), text.len, flags, &error);
	if (!json && json_error_code(&error) == json_error_numeric_overflow)
		json = json_loadb(buf_text(&text), text.len, flags | JSON_DECODE_INT_AS_REAL,
				  &error);
	if (!json)
		fprintf(stderr, "%s:%d:%d: not JSON\n", path, error.line, error.column);
	return json;
}

static void tell(const char *path, const struct err *err)
{
	fprintf(stderr, "%s: %s%s%s: %s\n", path, err->where, *err->where ? " " : "", err->code,
		err->text);
}

/* A remote that cannot be indexed is told of and left out: only a schema that
 * refers to it is unusable. */
static void add_remote(struct schema_registry *r, const char *path, const char *below)
{
	CLEANUP(buf_release) struct buf uri = buf_capped(2 * PATH_MAX);
	json_t *json = read_json(path);
	struct err err = { 0 };

	if (!json)
		return;
	buf_adds(&uri, REMOTES_BASE);
	buf_adds(&uri, below);
	if (schema_registry_add(r, buf_text(&uri), json, &err))
		tell(path, &err);
	json_decref(json);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool add_remotes(struct schema_registry *r, const char *dir)
{
	char path[PATH_MAX];
	char *roots[] = { path, NULL };
	FTSENT *entry;
	FTS *tree;

	if (!realpath(dir, path)) {
		fprintf(stderr, "%s: cannot be read\n", dir);
		return false;
	}
	tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	if (!tree)
		return false;
	while ((entry = fts_read(tree))) {
		size_t n = strlen(entry->fts_path);

		if (entry->fts_info == FTS_F && n > 5 && !strcmp(entry->fts_path + n - 5, ".json"))
			add_remote(r, entry->fts_path, entry->fts_path + strlen(path));
	}
	fts_close(tree);
	return true;
}

/* The retrieval URI of a schema file. */
static void file_uri(struct buf *out, const char *path)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-._~";
	char absolute[PATH_MAX];

	buf_adds(out, "file://");
	for (const char *p = realpath(path, absolute) ? absolute : path; *p; p++) {
		if (strchr(plain, *p))
			buf_addc(out, *p);
		else
			buf_addf(out, "%%%02X", (unsigned)(unsigned char)*p);
	}
}

static struct schema *load_schema(const struct words *w)
{
	CLEANUP(schema_registry_freep) struct schema_registry *r = NULL;
	CLEANUP(buf_release) struct buf uri = buf_capped(4 * PATH_MAX);
	json_t *json = read_json(w->schema);
	struct schema *schema = NULL;
	struct err err = { 0 };
	enum rc rc;

	if (!json)
		return NULL;
	file_uri(&uri, w->schema);
	rc = schema_registry_new(NULL, &r, &err);
	if (!rc && w->remotes && !add_remotes(r, w->remotes)) {
		json_decref(json);
		return NULL;
	}
	if (!rc)
		rc = schema_registry_add(r, buf_text(&uri), json, &err);
	if (!rc)
		rc = schema_compile(r, buf_text(&uri), &schema, &err);
	if (rc)
		tell(w->schema, &err);
	json_decref(json);
	return schema;
}

static bool check_instance(const struct schema *schema, const char *path, bool formats)
{
	const struct schema_options options = { .assert_formats = formats };
	CLEANUP(findings_release) struct findings found = { 0 };
	json_t *json = read_json(path);
	enum rc rc = json ? schema_check(schema, json, &options, &found) : RC_INVALID;

	findings_sort(&found);
	for (size_t i = 0; i < found.len; i++) {
		const struct finding *f = &found.list[i];

		fprintf(stderr, "%s: %s %s %s%s%s\n", path, *f->pointer ? f->pointer : "(root)",
			f->keyword, f->code, f->detail ? ": " : "", f->detail ? f->detail : "");
	}
	json_decref(json);
	printf("%s %s\n", rc ? "invalid" : "valid", path);
	return rc == RC_OK;
}

int ctl_schema_check(int argc, char **argv)
{
	CLEANUP(schema_freep) struct schema *schema = NULL;
	int status = CTL_OK;
	struct words w;

	if (!read_words(argc, argv, &w))
		return usage();
	schema = load_schema(&w);
	if (!schema)
		return CTL_FAILED;
	for (char **path = w.instances; *path; path++)
		if (!check_instance(schema, *path, w.formats))
			status = CTL_NO;
	return fflush(stdout) ? CTL_FAILED : status;
}
