/* The first page: files of server/statd/page, embedded. Everything it shows it asks the
 * API for, by addresses relative to its own: below /releases/NAME/ that is one release. */
#include "statd/statd.h"

#include "base/embedded.h"
#include "published/folder.h"

#include <sodium.h>
#include <string.h>

#define PAGE_FOLDER "server/statd/page/"
#define TAG_BYTES 16

extern const struct embedded_file embedded_page[];

/* Only what comes from here is run, drawn or asked. */
#define POLICY                                                                                     \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "                \
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static const char *type_of(const char *name)
{
	static const struct {
		const char *end, *type;
	} known[] = {
		{ ".html", "text/html; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".svg", "image/svg+xml" },
	};
	const char *end = strrchr(name, '.');

	for (size_t i = 0; end && i < ARRAY_LEN(known); i++)
		if (!strcmp(known[i].end, end))
			return known[i].type;
	return "application/octet-stream";
}

static const struct embedded_file *find(const char *name)
{
	for (const struct embedded_file *f = embedded_page; f->path; f++)
		if (!strcmp(f->path + strlen(PAGE_FOLDER), name))
			return f;
	return NULL;
}

/* Asked for anew each time, and sent only when it has changed: no browser mixes the files
 * of two versions. */
static void reply_file(struct exchange *x, const struct embedded_file *file)
{
	unsigned char sum[TAG_BYTES];
	char hex[2 * TAG_BYTES + 1], tag[2 * TAG_BYTES + 3];
	struct buf none = buf_capped(1);

	crypto_generichash(sum, sizeof(sum), (const unsigned char *)file->text, file->len, NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), sum, sizeof(sum));
	snprintf(tag, sizeof(tag), "\"%s\"", hex);
	exchange_add_header(x, "ETag", tag);
	exchange_add_header(x, "Cache-Control", "public, no-cache");
	exchange_add_header(x, "Content-Security-Policy", POLICY);
	if (exchange_etag_matches(x, tag))
		exchange_reply(x, 304, NULL, &none);
	else
		exchange_reply_static(x, 200, type_of(file->path), file->text, file->len);
}

void on_page(struct exchange *x, void *ctx)
{
	(void)ctx;
	reply_file(x, find("index.html"));
}

void on_page_file(struct exchange *x, void *ctx)
{
	const struct embedded_file *file = find(exchange_param(x, "file"));

	(void)ctx;
	if (file)
		reply_file(x, file);
	else
		exchange_refuse(x, "not-found");
}

/* Its links are relative: without the last slash they would lead elsewhere. */
void on_page_redirect(struct exchange *x, void *ctx)
{
	const char *name = exchange_param(x, "release");
	struct buf none = buf_capped(1);
	char path[PUBLISHED_RELEASE_MAX + 16];

	(void)ctx;
	if (!published_release_name_valid(name)) {
		exchange_refuse(x, "release-unknown");
		return;
	}
	snprintf(path, sizeof(path), "/releases/%s/", name);
	exchange_add_header(x, "Location", path);
	exchange_reply(x, 308, NULL, &none);
}
