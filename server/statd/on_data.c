/* GET and POST /tables/{id}/data: the figures, by code. What is hidden costs what is
 * shown costs: the selection looks at codes only, and what a cell holds matters only to
 * the mark or number that is written, which the answer shows anyway. */
#include "statd/request.h"

#include "config/config.h"
#include "json/strict.h"

#define BODY_DEPTH 8
#define CSV_MAX ((size_t)256 << 20)

static void reply_csv(struct exchange *x, const struct request *r,
		      const struct px_selection *selection)
{
	struct buf out = buf_capped(CSV_MAX);
	struct err err = { 0 };

	if (px_csv(selection, &r->query.csv, r->query.lang, &out, &err)) {
		request_refuse(x, r, selection->table, &err);
		buf_release(&out);
		return;
	}
	exchange_add_header(x, "Content-Disposition", "inline; filename=\"varde.csv\"");
	exchange_reply(x, 200, "text/csv; charset=utf-8", &out);
}

static void reply(struct exchange *x, struct request *r, const struct published_table *table)
{
	CLEANUP(px_selection_release) struct px_selection selection = { 0 };
	struct err err = { 0 };

	enum rc rc;

	if (r->query.aggregates)
		rc = err_set(&err, RC_FORBIDDEN, "aggregation-refused", r->query.aggregated,
			     "nothing is summed when it is asked for");
	else
		rc = px_select(table, r->query.wishes, r->query.wishes_len,
			       (size_t)r->statd->config->statistics_max_cells, &selection, &err);
	if (!rc)
		rc = px_csv_check(&selection, &r->query.csv, &err);
	if (rc)
		request_refuse(x, r, table, &err);
	else if (r->query.format == QUERY_CSV)
		reply_csv(x, r, &selection);
	else
		request_reply(x, px_dataset(&selection, &r->about, r->query.lang));
}

void on_data(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };
	const struct published_table *table;

	if (!request_begin(x, ctx, QUERY_SELECTS | QUERY_FORMATS, &r))
		return;
	table = request_table(x, &r);
	if (table && !request_is_cached(x, &r, table->audience == PUBLISHED_SECTOR))
		reply(x, &r, table);
}

void on_data_post(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };
	const struct published_table *table;
	json_t *json = NULL;
	size_t len;
	const char *body = exchange_body(x, &len);

	if (!request_begin(x, ctx, QUERY_FORMATS, &r))
		return;
	table = request_table(x, &r);
	if (!table)
		return;
	if (len && json_strict_load(body, len, BODY_DEPTH, &json, NULL)) {
		exchange_refuse(x, "invalid-json");
		return;
	}
	exchange_add_header(x, "Cache-Control", "no-store");
	if (!json || query_read_body(x, json, &r.query))
		reply(x, &r, table);
	json_decref(json);
}
