/* varde-statd: the statistics API and page, from promoted releases alone. It never
 * links what opens tenants' files or envelopes (a test looks at its symbols). */
#ifndef VARDE_STATD_H
#define VARDE_STATD_H

#include "http/http.h"
#include "http/metrics.h"
#include "published/folder.h"

struct config;
struct issuer_watch;
struct issuers;
struct log;
struct rates;
struct readers;
struct serving;

#define SCOPE_STATISTICS "varde:statistics.read"
#define API_PATH "/api/v2"
#define LICENCE "https://creativecommons.org/licenses/by/4.0/" /* of all figures */

struct statd {
	struct config *config;
	struct serving *serving; /* which releases there are */
	struct issuers *issuers; /* whose tokens open the sector's tables */
	struct issuer_watch *issuer_watch;
	struct readers *readers;
	struct rates *rates; /* calls per client address */
	struct log *log;
	struct metrics *metrics;
	struct http_server *server, *admin_server;
};

extern const struct http_route statd_routes[];
extern const size_t statd_routes_len;
extern const struct http_route statd_admin_routes[];
extern const size_t statd_admin_routes_len;

/* The codes that only the statistics answer with; for problem_use(). */
extern const struct problem_kind statd_problems[];
extern const size_t statd_problems_len;

/* One per endpoint; `ctx` is the statd. */
http_handler on_tables, on_table, on_metadata, on_default_selection;
http_handler on_data, on_data_post;
http_handler on_config, on_codelist;
http_handler on_catalog;
http_handler on_page, on_page_file, on_page_redirect;
http_handler on_live, on_ready, on_metrics;

#endif
