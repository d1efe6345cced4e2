#include "own/document.h"

#include "base/clock.h"
#include "count/period.h"
#include "own/internal.h"
#include "pxweb/csv.h"
#include "pxweb/dataset.h"
#include "tenant/tenants.h"

static enum rc no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

static enum rc select_all(const struct published_table *table, struct px_selection *ret,
			  struct err *reterr)
{
	static const char *const all[] = { "*" };
	struct px_wish wishes[PX_VARIABLES_MAX];

	for (size_t i = 0; i < table->dimensions_len; i++)
		wishes[i] = (struct px_wish){ .variable = table->dimensions[i].code,
					      .expressions = all,
					      .len = 1 };
	return px_select(table, wishes, table->dimensions_len, table->cells_len, ret, reterr);
}

static json_t *month_json(int32_t month)
{
	char text[PERIOD_TEXT_SIZE];

	return month ? json_string(period_month_text(month, text)) : json_null();
}

/* What the writer of published tables says of a release does not fit a live view. */
static json_t *about_json(const struct own_document *d)
{
	const struct own_tally *t = d->tally;
	char at[CLOCK_TEXT_SIZE];

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:o, s:o, s:I, s:I}", "audience",
			 "own", "organisation", t->of.tenant->row->orgnr, "clock",
			 t->of.asked.clock == COUNTED_EVENT ? "event" : "registration", "hidden",
			 ":", "as_of", clock_format(d->now_ms, at), "release",
			 d->release ? published_release(d->release) : NULL, "release_missing",
			 d->release ? NULL : d->why, "coverage_start",
			 month_json(t->coverage_start), "running", month_json(period_at(d->now_ms)),
			 "not_dated", (json_int_t)t->aside.not_dated, "before_coverage",
			 (json_int_t)t->aside.before_coverage);
}

enum rc own_json_stat(const struct own_document *d, enum published_lang lang, json_t **ret,
		      struct err *reterr)
{
	const struct px_about about = {
		.base_url = "",
		.release = d->release ? published_release(d->release) : "",
		.source = { d->source[PUBLISHED_NB], d->source[PUBLISHED_EN] },
		.contact = { "", "" },
		.updated_ms = d->now_ms,
	};
	CLEANUP(published_tables_release) struct published_tables tables = { 0 };
	CLEANUP(px_selection_release) struct px_selection selection = { 0 };
	json_t *notes;
	enum rc rc = own_tally_table(d->tally, d->release, &tables, reterr);

	if (!rc)
		rc = select_all(&tables.list[0], &selection, reterr);
	if (rc)
		return rc;
	*ret = px_dataset(&selection, &about, lang);
	notes = json_object_get(json_object_get(*ret, "extension"), "noteMandatory");
	if (json_object_set_new(
		    *ret, "extension",
		    json_pack("{s:O, s:o}", "noteMandatory", notes, "varde", about_json(d)))) {
		json_decref(*ret);
		*ret = NULL;
		return no_memory(reterr);
	}
	return RC_OK;
}

enum rc own_csv(const struct own_document *d, enum published_lang lang, struct buf *out,
		struct err *reterr)
{
	const struct px_csv how = { .names = PX_TEXTS, .separator = ';' };
	CLEANUP(published_tables_release) struct published_tables tables = { 0 };
	CLEANUP(px_selection_release) struct px_selection selection = { 0 };
	enum rc rc = own_tally_table(d->tally, d->release, &tables, reterr);

	if (!rc)
		rc = select_all(&tables.list[0], &selection, reterr);
	return rc ? rc : px_csv(&selection, &how, lang, out, reterr);
}
