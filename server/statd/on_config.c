/* GET /config and /codelists/{id}: what the service is, and that no table sums. */
#include "statd/request.h"

#include "config/config.h"

#define CONFIG_MAX 65536

static json_t *config_json(const struct request *r)
{
	const struct config *c = r->statd->config;

	return json_pack("{s:s, s:s, s:[{s:s, s:s}, {s:s, s:s}], s:s, s:I, s:I, s:I, s:s, "
			 "s:[{s:s, s:s}, {s:s, s:s}], s:s, s:[s, s], s:[]}",
			 "apiVersion", "2.0", "appVersion", VARDE_VERSION, "languages", "id", "no",
			 "label", "norsk (bokmål)", "id", "en", "label", "English",
			 "defaultLanguage", "no", "maxDataCells",
			 (json_int_t)c->statistics_max_cells, "maxCallsPerTimeWindow",
			 (json_int_t)c->statistics_calls, "timeWindow",
			 (json_int_t)c->statistics_window_s, "license", LICENCE, "sourceReferences",
			 "language", "no", "text", r->about.source[PUBLISHED_NB], "language", "en",
			 "text", r->about.source[PUBLISHED_EN], "defaultDataFormat", "json-stat2",
			 "dataFormats", "json-stat2", "csv", "features");
}

void on_config(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };
	struct buf out = buf_capped(CONFIG_MAX);
	json_t *json;

	if (!request_begin(x, ctx, 0, &r))
		return;
	json = config_json(&r);
	if (request_dump(json, &out))
		exchange_refuse(x, "busy");
	else
		request_reply_whole(x, &r, false, "application/json", &out);
	json_decref(json);
	buf_release(&out);
}

void on_codelist(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };

	if (request_begin(x, ctx, 0, &r))
		exchange_refuse(x, "codelist-unknown");
}
