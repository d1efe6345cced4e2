/* GET /v1/schemas and /v1/schemas/{name}/{version}: what documents must look like.
 * Public: an integrator reads them before there is a token. */
#include "documents/documents.h"
#include "installation/installation.h"
#include "varded/answer.h"

#include <stdio.h>

void on_schemas(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;
	size_t n;
	const struct document_type *types = documents_list(v->installation->documents, &n);
	json_t *array = json_array();
	char href[160];

	for (size_t i = 0; i < n; i++) {
		snprintf(href, sizeof(href), "/v1/schemas/%s", types[i].name);
		json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:b, s:s}", "schema",
						       types[i].name, "kind", types[i].kind,
						       "version", types[i].version, "open",
						       types[i].open, "href", href));
	}
	exchange_reply_json(x, 200, json_pack("{s:o}", "schemas", array));
}

void on_schema(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;
	const struct document_type *type;
	char name[160];

	snprintf(name, sizeof(name), "%.70s/%.70s", exchange_param(x, "name"),
		 exchange_param(x, "version"));
	type = documents_find(v->installation->documents, name);
	if (type)
		exchange_reply_static(x, 200, "application/schema+json", type->text,
				      type->text_len);
	else
		exchange_refuse(x, "not-found");
}
