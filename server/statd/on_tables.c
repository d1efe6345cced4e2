/* GET /tables, /tables/{id}, /tables/{id}/metadata, /tables/{id}/defaultselection:
 * what tables there are and what they are made of. */
#include "statd/request.h"

#include "base/clock.h"
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

/* Each word of the search stands somewhere in the table's texts. */
static bool found_in(const struct published_table *t, const char *word, size_t len,
		     enum published_lang lang)
{
	CLEANUP(buf_release) struct buf all = buf_capped(65536);
	CLEANUP_FREE char *copy = strndup(word, len);

	buf_addf(&all, "%s %s ", t->id, t->label[lang]);
	for (size_t i = 0; i < t->dimensions_len; i++)
		buf_addf(&all, "%s %s ", t->dimensions[i].code, t->dimensions[i].label[lang]);
	return copy && strcasestr(buf_text(&all), copy);
}

static bool matches(const struct request *r, const struct published_table *t)
{
	const char *word = r->query.search;
	int64_t age = (clock_now_ms() - r->about.updated_ms) / DAY_MS;

	if (!request_may_see(r, t) || (r->query.past_days && age >= (int64_t)r->query.past_days))
		return false;
	while (word && *word) {
		size_t len = strcspn(word, " +"); /* forms write a space as a plus */

		if (len && !found_in(t, word, len, r->query.lang))
			return false;
		word += len + (word[len] != 0);
	}
	return true;
}

static json_t *page_json(const struct request *r, size_t total)
{
	size_t pages = (total + r->query.page_size - 1) / r->query.page_size;

	return json_pack("{s:I, s:I, s:I, s:I}", "pageNumber", (json_int_t)r->query.page,
			 "pageSize", (json_int_t)r->query.page_size, "totalElements",
			 (json_int_t)total, "totalPages", (json_int_t)(pages ? pages : 1));
}

void on_tables(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };
	const struct published_tables *tables;
	json_t *list;
	size_t first, total = 0;

	if (!request_begin(x, ctx, QUERY_LISTS, &r) || request_is_cached(x, &r, r.sector))
		return;
	tables = published_tables(r.release);
	first = (r.query.page - 1) * r.query.page_size;
	list = json_array();
	for (size_t i = 0; i < tables->len; i++) {
		if (!matches(&r, &tables->list[i]))
			continue;
		if (total >= first && total < first + r.query.page_size)
			json_array_append_new(
				list, px_table(&tables->list[i], &r.about, r.query.lang, false));
		total++;
	}
	request_reply(x, json_pack("{s:s, s:o, s:o, s:[o]}", "language", px_lang_name(r.query.lang),
				   "tables", list, "page", page_json(&r, total), "links",
				   px_link(&r.about, "self", r.query.lang, "/tables")));
}

/* Begins, finds the table, and leaves when the client has the answer already. */
static const struct published_table *begin(struct exchange *x, struct statd *s, unsigned takes,
					   struct request *r)
{
	const struct published_table *table;

	if (!request_begin(x, s, takes, r))
		return NULL;
	table = request_table(x, r);
	if (table && request_is_cached(x, r, table->audience == PUBLISHED_SECTOR))
		return NULL;
	return table;
}

void on_table(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };
	const struct published_table *table = begin(x, ctx, 0, &r);

	if (table)
		request_reply(x, px_table(table, &r.about, r.query.lang, true));
}

/* "As if the default selection had been applied", or any code list: which there is not. */
void on_metadata(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };
	const struct published_table *table = begin(x, ctx, QUERY_METADATA, &r);
	struct err err = { 0 };

	if (!table)
		return;
	if (r.query.aggregates) {
		err_set(&err, RC_FORBIDDEN, "aggregation-refused", r.query.aggregated,
			"a code list");
		request_refuse(x, &r, table, &err);
		return;
	}
	request_reply(x, px_metadata(table, &r.about, r.query.lang));
}

void on_default_selection(struct exchange *x, void *ctx)
{
	CLEANUP(request_release) struct request r = { 0 };
	CLEANUP(px_selection_release) struct px_selection selection = { 0 };
	const struct published_table *table = begin(x, ctx, 0, &r);
	struct err err = { 0 };

	if (!table)
		return;
	if (px_select(table, NULL, 0, (size_t)r.statd->config->statistics_max_cells, &selection,
		      &err))
		request_refuse(x, &r, table, &err);
	else
		request_reply(x, px_selection_json(&selection, &r.about, r.query.lang));
}
