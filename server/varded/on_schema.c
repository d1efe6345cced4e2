/* GET /v1/schemas and /v1/schemas/{name}/{version}: what documents must look like.
 * Public: an integrator reads them before there is a token. */
#include "base/clock.h"
#include "installation/installation.h"
#include "rulebook/rulebook.h"
#include "varded/answer.h"

#include <stdio.h>

static json_t *time_or_null(int64_t ms)
{
	char text[CLOCK_TEXT_SIZE];

	return ms ? json_string(clock_format(ms, text)) : json_null();
}

static json_t *schema_json(const struct document_type *type, int64_t now_ms)
{
	char href[160];

	snprintf(href, sizeof(href), "/v1/schemas/%s", type->name);
	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:s?, s:s}", "schema", type->name,
			 "kind", type->kind, "version", type->version, "state",
			 document_state_name(document_state(type, now_ms)), "open",
			 document_is_taken(type, now_ms), "deprecated",
			 time_or_null(type->deprecated_ms), "sunset", time_or_null(type->sunset_ms),
			 "successor", type->successor, "href", href);
}

void on_schemas(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(v->installation->rulebooks);
	int64_t now_ms = clock_now_ms();
	size_t n;
	const struct document_type *types = documents_list(book->documents, &n);
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, schema_json(&types[i], now_ms));
	exchange_reply_json(x, 200, json_pack("{s:o}", "schemas", array));
}

void on_schema(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(v->installation->rulebooks);
	const struct document_type *type;
	char name[160];

	snprintf(name, sizeof(name), "%.70s/%.70s", exchange_param(x, "name"),
		 exchange_param(x, "version"));
	type = documents_find(book->documents, name);
	if (!type) {
		exchange_refuse(x, "not-found");
		return;
	}
	answer_schema(x, v, type);
	answer_copy(x, "application/schema+json", type->text, type->text_len);
}
