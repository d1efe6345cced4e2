/* GET /config and /codelists/{id}: what the service is, and that no table sums. */
#include "statd/request.h"

#include "config/config.h"

#define LICENCE "https://creativecommons.org/licenses/by/4.0/"

void on_config(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };
	const struct config *c = ((const struct statd *)ctx)->config;

	if (!request_begin(x, ctx, 0, &r) || request_is_cached(x, &r, false))
		return;
	request_reply(x,
		      json_pack("{s:s, s:s, s:[{s:s, s:s}, {s:s, s:s}], s:s, s:I, s:I, s:I, s:s, "
				"s:[{s:s, s:s}, {s:s, s:s}], s:s, s:[s, s], s:[]}",
				"apiVersion", "2.0", "appVersion", VARDE_VERSION, "languages", "id",
				"no", "label", "norsk (bokmål)", "id", "en", "label", "English",
				"defaultLanguage", "no", "maxDataCells",
				(json_int_t)c->statistics_max_cells, "maxCallsPerTimeWindow",
				(json_int_t)c->statistics_calls, "timeWindow",
				(json_int_t)c->statistics_window_s, "license", LICENCE,
				"sourceReferences", "language", "no", "text",
				r.about.source[PUBLISHED_NB], "language", "en", "text",
				r.about.source[PUBLISHED_EN], "defaultDataFormat", "json-stat2",
				"dataFormats", "json-stat2", "csv", "features"));
}

void on_codelist(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };

	if (request_begin(x, ctx, 0, &r))
		exchange_refuse(x, "codelist-unknown");
}
