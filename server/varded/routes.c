/* Every way in. openapi.yaml has the same list; a test compares them. */
#include "http/problem_page.h"
#include "varded/answer.h"

static const char *const jose[] = { "application/jose", NULL };
static const char *const jose_or_json[] = { "application/jose", "application/json", NULL };
static const char *const json[] = { "application/json", NULL };

const struct http_route varded_routes[] = {
	{ "POST", "/v1/submissions", on_submission, HTTP_NEEDS_TOKEN, INTAKE_JWS_MAX, jose,
	  "submit" },
	{ "POST", "/v1/submissions/validate", on_validate, HTTP_NEEDS_TOKEN, INTAKE_JWS_MAX,
	  jose_or_json, "validate" },
	{ "POST", "/v1/submissions/batch", on_batch, HTTP_NEEDS_TOKEN, ANSWER_BATCH_BYTES, json,
	  "submitBatch" },
	{ "GET", "/v1/reports", on_reports, HTTP_NEEDS_TOKEN, 0, NULL, "listReports" },
	{ "GET", "/v1/reports/{id}", on_report, HTTP_NEEDS_TOKEN, 0, NULL, "getReport" },
	{ "GET", "/v1/reports/{id}/receipt", on_receipt, HTTP_NEEDS_TOKEN, 0, NULL, "getReceipt" },
	{ "GET", "/v1/statistics/own", on_own, HTTP_NEEDS_TOKEN, 0, NULL, "getOwnStatistics" },
	{ "GET", "/v1/quality", on_quality, HTTP_NEEDS_TOKEN, 0, NULL, "getQuality" },
	{ "GET", "/v1/quality/refusals", on_refusals, HTTP_NEEDS_TOKEN, 0, NULL, "listRefusals" },
	{ "GET", "/v1/tenant", on_tenant, HTTP_NEEDS_TOKEN, 0, NULL, "getTenant" },
	{ "GET", "/v1/schemas", on_schemas, 0, 0, NULL, "listSchemas" },
	{ "GET", "/v1/schemas/{name}/{version}", on_schema, 0, 0, NULL, "getSchema" },
	{ "GET", "/v1/codes", on_codes, 0, 0, NULL, "listCodes" },
	{ "GET", "/v1/codes/{list}", on_code_list, 0, 0, NULL, "getCodeList" },
	{ "GET", "/.well-known/jwks.json", on_jwks, 0, 0, NULL, "getKeys" },
	{ "GET", "/openapi.yaml", on_openapi, 0, 0, NULL, "getOpenapi" },
	PROBLEM_PAGE_ROUTES,
};
const size_t varded_routes_len = ARRAY_LEN(varded_routes);

/* For operators and their monitoring, on a listener of its own. */
const struct http_route varded_admin_routes[] = {
	{ "GET", "/live", on_live, 0, 0, NULL, "live" },
	{ "GET", "/ready", on_ready, 0, 0, NULL, "ready" },
	{ "GET", "/metrics", on_metrics, 0, 0, NULL, "metrics" },
};
const size_t varded_admin_routes_len = ARRAY_LEN(varded_admin_routes);
