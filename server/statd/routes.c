/* Every way in; the API's and the page's also below /releases/{release}, for one release. */
#include "http/problem_page.h"
#include "statd/statd.h"

#include "base/cleanup.h"

#define POST_MAX ((size_t)1 << 20)

static const char *const json[] = { "application/json", NULL };

/* clang-format off */
#define API(prefix, suffix)                                                                        \
	{ "GET", prefix API_PATH "/config", on_config, 0, 0, NULL, "GetApiConfiguration" suffix }, \
	{ "GET", prefix API_PATH "/tables", on_tables, 0, 0, NULL, "ListAllTables" suffix },       \
	{ "GET", prefix API_PATH "/tables/{id}", on_table, 0, 0, NULL, "GetTableById" suffix },    \
	{ "GET", prefix API_PATH "/tables/{id}/metadata", on_metadata, 0, 0, NULL,                 \
	  "GetMetadataById" suffix },                                                              \
	{ "GET", prefix API_PATH "/tables/{id}/defaultselection", on_default_selection, 0, 0,      \
	  NULL, "GetDefaultSelection" suffix },                                                    \
	{ "GET", prefix API_PATH "/tables/{id}/data", on_data, 0, 0, NULL, "GetTableData" suffix },\
	{ "POST", prefix API_PATH "/tables/{id}/data", on_data_post, 0, POST_MAX, json,            \
	  "GetTableDataByPost" suffix },                                                           \
	{ "GET", prefix API_PATH "/codelists/{id}", on_codelist, 0, 0, NULL,                       \
	  "GetCodelistById" suffix }
/* clang-format on */

const struct http_route statd_routes[] = {
	{ "GET", "/", on_page, 0, 0, NULL, "page" },
	{ "GET", "/page/{file}", on_page_file, 0, 0, NULL, "pageFile" },
	{ "GET", "/releases/{release}", on_page_redirect, 0, 0, NULL, "pageRedirect" },
	{ "GET", "/releases/{release}/", on_page, 0, 0, NULL, "pageOfRelease" },
	{ "GET", "/releases/{release}/page/{file}", on_page_file, 0, 0, NULL, "pageFileOfRelease" },
	{ "GET", "/catalog", on_catalog, 0, 0, NULL, "catalog" },
	API("", ""),
	API("/releases/{release}", "OfRelease"),
	PROBLEM_PAGE_ROUTES,
};
const size_t statd_routes_len = ARRAY_LEN(statd_routes);

/* For operators and their monitoring, on a listener of its own. */
const struct http_route statd_admin_routes[] = {
	{ "GET", "/live", on_live, 0, 0, NULL, "live" },
	{ "GET", "/ready", on_ready, 0, 0, NULL, "ready" },
	{ "GET", "/metrics", on_metrics, 0, 0, NULL, "metrics" },
};
const size_t statd_admin_routes_len = ARRAY_LEN(statd_admin_routes);
