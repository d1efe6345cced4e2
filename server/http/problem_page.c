#include "http/problem_page.h"

#include "base/cleanup.h"

#include <string.h>

#define PAGE_MAX 65536

static const char *const types[] = { "text/html", "application/json", NULL };

static const char *const index_title[PROBLEM_LANGS] = { "Feilkoder i Varde",
							"Problem codes of Varde" };
static const char *const index_lead[PROBLEM_LANGS] = {
	"Hvert avslag fra tjenesten har en av disse kodene.",
	"Every refusal by the service has one of these codes.",
};
static const char *const back[PROBLEM_LANGS] = { "Alle feilkoder", "All problem codes" };
static const char *const headings[PROBLEM_LANGS][3] = { { "Kode", "Status", "Betydning" },
							{ "Code", "Status", "Meaning" } };

static const char style[] =
	"body{font:1.1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
	"color:#1a1a1a;background:#fff}a{color:#00467f}table{border-collapse:collapse}"
	"td,th{padding:.4rem .8rem .4rem 0;text-align:left;border-bottom:1px solid #aaa;"
	"vertical-align:top}@media(prefers-color-scheme:dark){body{color:#eee;background:#151515}"
	"a{color:#8fc7ff}}";

/* The texts are our own constants, none with a character that HTML escapes. */
static void open_page(struct buf *out, enum problem_lang lang, const char *title)
{
	buf_addf(out,
		 "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
		 "<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title>"
		 "<style>%s</style></head><body><main>\n<h1>%s</h1>\n",
		 lang == PROBLEM_EN ? "en" : "nb", title, style, title);
}

static void reply_page(struct exchange *x, struct buf *page)
{
	buf_adds(page, "</main></body></html>\n");
	exchange_add_header(
		x, "Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
	exchange_add_header(x, "Content-Language", exchange_lang(x) == PROBLEM_EN ? "en" : "nb");
	exchange_add_header(x, "Vary", "Accept, Accept-Language");
	exchange_reply(x, 200, "text/html; charset=utf-8", page);
}

static json_t *kind_json(const struct problem_kind *kind)
{
	char type[80];

	snprintf(type, sizeof(type), "/problems/%s", kind->code);
	return json_pack("{s:s, s:s, s:i, s:{s:s, s:s}, s:{s:s, s:s}}", "type", type, "code",
			 kind->code, "status", kind->status, "title", "nb", kind->title[PROBLEM_NB],
			 "en", kind->title[PROBLEM_EN], "explanation", "nb",
			 kind->explain[PROBLEM_NB], "en", kind->explain[PROBLEM_EN]);
}

static void reply_index_json(struct exchange *x)
{
	json_t *list = json_array();
	const struct problem_kind *kind;
	size_t i;

	for (i = 0; (kind = problem_kind_at(i)); i++)
		json_array_append_new(list, kind_json(kind));
	exchange_reply_json(x, 200, json_pack("{s:o}", "problems", list));
}

static void reply_index_page(struct exchange *x)
{
	CLEANUP(buf_release) struct buf page = buf_capped(PAGE_MAX);
	enum problem_lang lang = exchange_lang(x);
	const struct problem_kind *kind;
	size_t i;

	open_page(&page, lang, index_title[lang]);
	buf_addf(&page, "<p>%s</p>\n<table><thead><tr>", index_lead[lang]);
	for (i = 0; i < ARRAY_LEN(headings[lang]); i++)
		buf_addf(&page, "<th scope=\"col\">%s</th>", headings[lang][i]);
	buf_adds(&page, "</tr></thead><tbody>\n");
	for (i = 0; (kind = problem_kind_at(i)); i++)
		buf_addf(&page,
			 "<tr><td><a href=\"/problems/%s\"><code>%s</code></a></td><td>%d</td>"
			 "<td>%s</td></tr>\n",
			 kind->code, kind->code, kind->status, kind->title[lang]);
	buf_adds(&page, "</tbody></table>\n");
	reply_page(x, &page);
}

void problem_index_handler(struct exchange *x, void *ctx)
{
	int type = exchange_accepts(x, types);

	(void)ctx;
	if (type < 0)
		exchange_refuse(x, "not-acceptable");
	else if (type == 1)
		reply_index_json(x);
	else
		reply_index_page(x);
}

void problem_page_handler(struct exchange *x, void *ctx)
{
	const struct problem_kind *kind = problem_kind(exchange_param(x, "code"));
	CLEANUP(buf_release) struct buf page = buf_capped(PAGE_MAX);
	enum problem_lang lang = exchange_lang(x);
	int type = exchange_accepts(x, types);

	(void)ctx;
	if (!kind) {
		exchange_refuse(x, "not-found");
	} else if (type < 0) {
		exchange_refuse(x, "not-acceptable");
	} else if (type == 1) {
		exchange_reply_json(x, 200, kind_json(kind));
	} else {
		open_page(&page, lang, kind->title[lang]);
		buf_addf(&page,
			 "<p><code>%s</code>, HTTP %d</p>\n<p>%s</p>\n<p><a "
			 "href=\"/problems\">%s</a></p>\n",
			 kind->code, kind->status, kind->explain[lang], back[lang]);
		reply_page(x, &page);
	}
}
