/* A small RDF graph, held as the JSON-LD that it is written as, and also written as
 * Turtle: one graph, two forms. Names are "dcat:Dataset" of the prefixes in graph.c, or
 * whole IRIs; what an IRI must not hold is percent-encoded. Pure; where memory runs out
 * parts are missing and graph_turtle() or the caller's own dump fails or is short. */
#ifndef VARDE_PXWEB_GRAPH_H
#define VARDE_PXWEB_GRAPH_H

#include "base/buf.h"

#include <jansson.h>

/* {"@context", "@graph"}; a new reference, NULL when out of memory. */
json_t *graph_new(void);

/* A node of the graph with its class; borrowed from it. */
json_t *graph_node(json_t *graph, const char *iri, const char *class);

/* Statements about a node, in the order in which they are made. */
void graph_link(json_t *node, const char *property, const char *iri);
/* `lang` or NULL. An empty text says nothing and is left out. */
void graph_text(json_t *node, const char *property, const char *text, const char *lang);
void graph_typed(json_t *node, const char *property, const char *text, const char *datatype);
/* A node without a name of its own; borrowed. */
json_t *graph_inner(json_t *node, const char *property, const char *class);

/* Appends the graph as Turtle (RDF 1.1). RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc graph_turtle(const json_t *graph, struct buf *out);

#endif
