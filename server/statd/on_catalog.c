/* GET /catalog: what data portals harvest, as JSON-LD or Turtle. */
#include "statd/request.h"

#include "config/config.h"
#include "pxweb/catalog.h"
#include "pxweb/graph.h"

#include <stdlib.h>

#define CATALOG_MAX ((size_t)16 << 20)

static const char *const types[] = { "application/ld+json", "text/turtle", NULL };

static struct px_catalog describe(const struct request *r)
{
	const struct config *c = r->statd->config;

	return (struct px_catalog){ .url = c->statistics_external_url,
				    .publisher = { r->about.source[PUBLISHED_NB],
						   r->about.source[PUBLISHED_EN] },
				    .publisher_uri = c->statistics_publisher_uri,
				    .contact = r->about.contact[PUBLISHED_NB],
				    .about = &r->about };
}

void on_catalog(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };
	CLEANUP_FREE const struct published_table **seen = NULL;
	const struct published_tables *tables;
	struct buf out = buf_capped(CATALOG_MAX);
	struct px_catalog catalog;
	json_t *graph;
	size_t n = 0;
	int type = exchange_accepts(x, types);

	if (type < 0) {
		exchange_refuse(x, "not-acceptable");
		return;
	}
	if (!request_begin(x, ctx, 0, &r))
		return;
	tables = published_tables(r.release);
	seen = calloc(tables->len + 1, sizeof(const struct published_table *));
	for (size_t i = 0; seen && i < tables->len; i++)
		if (request_may_see(&r, &tables->list[i]))
			seen[n++] = &tables->list[i];
	catalog = describe(&r);
	graph = seen ? px_catalog(&catalog, seen, n) : NULL;
	if (!graph || (type ? graph_turtle(graph, &out) : request_dump(graph, &out)))
		exchange_refuse(x, "busy");
	else
		request_reply_whole(x, &r, r.sector, types[type], &out);
	json_decref(graph);
	buf_release(&out);
}
