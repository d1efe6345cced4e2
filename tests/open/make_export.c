/* A test's stand-in for store and vardectl: seals what stdin says and writes the
 * export to stdout. One JSON object per line:
 *   {"header":{"tenant","purpose"}}
 *   {"key":{"kid","owner","from","to","revoked","jwk"}}        milliseconds, 0: none
 *   {"group":{"recipients":[public file, …],"tenant"?}}
 *   {"item":{"seq","report_id","revision","schema","received","sender","kid","jws"}}
 *   {"end":{}} */
#include "base/buf.h"
#include "seal/custodian.h"
#include "seal/export.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tool {
	struct export_writer *writer;
	struct seal_group *group;
	char tenant[10];
};

static void die_unless(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "make_export: %s\n", what);
	exit(1);
}

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static int64_t number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void header(struct tool *t, const json_t *in)
{
	struct export_header h = { text(in, "tenant"), NULL, text(in, "purpose"), 1763844000000,
				   0 };

	snprintf(t->tenant, sizeof(t->tenant), "%s", h.tenant);
	die_unless(!export_write_header(t->writer, &h, NULL), "header");
}

static void key(struct tool *t, const json_t *in)
{
	struct export_key k = {
		text(in, "kid"),  text(in, "owner"),     number(in, "from"),
		number(in, "to"), number(in, "revoked"), json_object_get(in, "jwk")
	};

	die_unless(!export_write_key(t->writer, &k, NULL), "key");
}

static void group(struct tool *t, const json_t *in)
{
	struct seal_group_context context = { .version = SEAL_VERSION,
					      .created_ms = 1763844000001 };
	const json_t *files = json_object_get(in, "recipients");
	struct seal_recipient who[SEAL_RECIPIENTS_MAX];
	const char *tenant = text(in, "tenant");
	size_t i;

	snprintf(context.tenant, sizeof(context.tenant), "%s", *tenant ? tenant : t->tenant);
	randombytes_buf(context.group_id, sizeof(context.group_id));
	for (i = 0; i < json_array_size(files); i++)
		die_unless(!seal_custodian_read(json_string_value(json_array_get(files, i)),
						&who[i], NULL, NULL),
			   "recipient");
	seal_group_free(t->group);
	die_unless(!seal_group_new(&context, who, json_array_size(files), &t->group, NULL),
		   "group");
	die_unless(!export_write_group(t->writer, seal_group_stored(t->group), NULL), "group line");
}

static void item(struct tool *t, const json_t *in)
{
	CLEANUP(buf_release) struct buf sealed = buf_capped(SEAL_SEALED_MAX);
	const char *jws = text(in, "jws");
	struct export_item out = { .context = { text(in, "report_id"), number(in, "revision"),
						text(in, "schema"), number(in, "received"),
						number(in, "seq") },
				   .sender = text(in, "sender"),
				   .kid = text(in, "kid") };

	crypto_hash_sha256(out.digest, (const unsigned char *)jws, strlen(jws));
	die_unless(!seal_group_item(t->group, &out.context, jws, strlen(jws), &sealed, NULL),
		   "item");
	out.sealed = (const unsigned char *)sealed.data;
	out.sealed_len = sealed.len;
	die_unless(!export_write_item(t->writer, &out, NULL), "item line");
}

static void take(struct tool *t, const json_t *line)
{
	const json_t *in;

	if ((in = json_object_get(line, "header")))
		header(t, in);
	else if ((in = json_object_get(line, "key")))
		key(t, in);
	else if ((in = json_object_get(line, "group")))
		group(t, in);
	else if ((in = json_object_get(line, "item")))
		item(t, in);
	else
		die_unless(!export_write_end(t->writer, NULL, NULL), "end");
}

int main(void)
{
	CLEANUP_FREE char *line = NULL;
	struct tool t = { 0 };
	size_t size = 0;

	die_unless(sodium_init() >= 0, "sodium");
	die_unless(!export_writer_new(export_to_file, stdout, &t.writer), "writer");
	while (getline(&line, &size, stdin) > 0) {
		json_auto_t *value = json_loads(line, 0, NULL);

		die_unless(value != NULL, "not JSON");
		take(&t, value);
	}
	seal_group_free(t.group);
	export_writer_free(t.writer);
	return fflush(stdout) == 0 ? 0 : 1;
}
