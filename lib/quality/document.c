#include "quality/document.h"

#include "base/clock.h"
#include "count/period.h"
#include "quality/internal.h"
#include "rules/catalogue.h"
#include "tenant/tenants.h"

#include <stdlib.h>
#include <string.h>

static const char *const langs[QUALITY_LANGS] = { "nb", "en" };

static json_t *month_json(int32_t month)
{
	char text[PERIOD_TEXT_SIZE];

	return json_string(period_month_text(month, text));
}

static json_t *days_json(const struct spread *s)
{
	int64_t median = spread_quantile(s, 50), p90 = spread_quantile(s, 90);

	return json_pack("{s:I, s:o, s:o}", "n", (json_int_t)s->n, "median",
			 s->n ? json_integer(median) : json_null(), "p90",
			 s->n ? json_integer(p90) : json_null());
}

/* --- what was sent --------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	const struct quality_code *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->code, y->code);
}

/* The most frequent first. */
static json_t *codes_json(const struct quality_codes *codes, const char *name)
{
	struct quality_codes sorted = *codes;
	json_t *list = json_array();

	qsort(sorted.list, sorted.len, sizeof(sorted.list[0]), by_number);
	for (size_t i = 0; i < sorted.len; i++)
		json_array_append_new(list, json_pack("{s:s, s:I}", name, sorted.list[i].code, "n",
						      (json_int_t)sorted.list[i].n));
	return list;
}

static json_t *sent_json(int64_t stored, int64_t repeated, int64_t refused)
{
	return json_pack("{s:I, s:I, s:I, s:I}", "received",
			 (json_int_t)(stored + repeated + refused), "stored", (json_int_t)stored,
			 "repeated", (json_int_t)repeated, "refused", (json_int_t)refused);
}

static json_t *submissions_json(const struct quality_tally *t, const struct quality_sums *sums)
{
	json_t *all = sent_json(sums->stored, sums->repeated, sums->refused);
	json_t *months = json_array();
	char at[CLOCK_TEXT_SIZE];

	for (size_t i = 0; i < t->months_len; i++) {
		const struct quality_month *m = &t->months[i];
		json_t *month = sent_json(m->stored, m->repeated, m->refused);

		json_object_set_new(month, "month", month_json(t->of.asked.from + (int32_t)i));
		json_array_append_new(months, month);
	}
	json_object_set_new(all, "interrupted_at",
			    t->interrupted_at ? json_string(clock_format(t->interrupted_at, at))
					      : json_null());
	json_object_set_new(all, "up_to_date", json_boolean(!t->behind));
	json_object_set_new(all, "kinds", codes_json(&t->kinds, "kind"));
	json_object_set_new(all, "codes", codes_json(&t->refusals, "code"));
	json_object_set_new(all, "months", months);
	return all;
}

/* --- what the reports are like -----------------------------------------------------------------
 */

static json_t *completeness_json(const struct quality_tally *t)
{
	json_t *list = json_array();
	size_t len;
	const struct quality_member *members = quality_members_list(t->members, &len);

	for (size_t i = 0; i < len; i++) {
		const struct quality_member *m = &members[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:{s:s, s:s}, s:b, s:b, s:I, s:I, s:I}", "pointer",
				  m->pointer, "label", "nb", m->label[QUALITY_NB], "en",
				  m->label[QUALITY_EN], "required", m->required, "expected",
				  quality_expects(m->pointer), "of", (json_int_t)m->of, "present",
				  (json_int_t)m->present, "unknown", (json_int_t)m->unknown));
	}
	return list;
}

static json_t *timeliness_json(const struct quality_tally *t, const struct quality_sums *sums)
{
	json_t *months = json_array();

	for (size_t i = 0; i < t->months_len; i++) {
		const struct quality_month *m = &t->months[i];

		json_array_append_new(months,
				      json_pack("{s:o, s:I, s:o, s:o}", "month",
						month_json(t->of.asked.from + (int32_t)i),
						"reports", (json_int_t)m->reports,
						"to_registration", days_json(&m->to_registration),
						"to_receipt", days_json(&m->to_receipt)));
	}
	return json_pack("{s:o, s:o, s:I, s:o}", "to_registration",
			 days_json(&sums->to_registration), "to_receipt",
			 days_json(&sums->to_receipt), "not_dated", (json_int_t)t->not_dated,
			 "months", months);
}

static json_t *warning_label(const struct quality_tally *t, const char *code)
{
	json_t *label = json_object();

	for (int lang = 0; lang < QUALITY_LANGS; lang++) {
		CLEANUP(buf_release) struct buf text = buf_capped(4096);

		if (rules_message(t->of.rules, code, lang == QUALITY_EN ? RULES_EN : RULES_NB, NULL,
				  &text))
			json_object_set_new(label, langs[lang], json_string(code));
		else
			json_object_set_new(label, langs[lang], json_string(buf_text(&text)));
	}
	return label;
}

static json_t *warnings_json(const struct quality_tally *t)
{
	struct quality_codes sorted = t->warnings;
	json_t *list = json_array();

	qsort(sorted.list, sorted.len, sizeof(sorted.list[0]), by_number);
	for (size_t i = 0; i < sorted.len; i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:o, s:I}", "code", sorted.list[i].code,
						"label", warning_label(t, sorted.list[i].code),
						"reports", (json_int_t)sorted.list[i].n));
	return json_pack("{s:I, s:o}", "reports", (json_int_t)t->warned, "rules", list);
}

static json_t *corrections_json(const struct quality_tally *t)
{
	json_t *list = json_array();

	for (int i = 0; i < QUALITY_REVISIONS; i++)
		json_array_append_new(list, json_pack("{s:i, s:I}", "revisions", i + 1, "reports",
						      (json_int_t)t->revisions[i]));
	return json_pack("{s:I, s:o, s:I, s:I, s:I}", "corrected", (json_int_t)t->corrected,
			 "revisions", list, "changed_severity", (json_int_t)t->changed_severity,
			 "changed_type", (json_int_t)t->changed_type, "changed_class",
			 (json_int_t)t->changed_class);
}

static json_t *reviews_json(const struct quality_tally *t)
{
	json_t *reviews = json_pack("{s:I}", "due", (json_int_t)t->reviews_due);

	for (int i = 0; i <= REVIEW_OVERDUE; i++)
		json_object_set_new(reviews, review_status_name((enum review_status)i),
				    json_integer(t->reviews[i]));
	json_object_set_new(reviews, "late", json_integer(t->reviews_late));
	json_object_set_new(reviews, "coded",
			    json_pack("{s:I, s:I, s:I}", "completed", (json_int_t)t->completed,
				      "not_coded", (json_int_t)t->not_coded, "no_measures",
				      (json_int_t)t->no_measures));
	return reviews;
}

enum rc quality_json(const struct quality_tally *t, json_t **ret, struct err *reterr)
{
	CLEANUP(quality_sums_release) struct quality_sums sums = { 0 };
	const struct control_tenant *row = t->of.tenant->row;
	char at[CLOCK_TEXT_SIZE];
	enum rc rc = quality_sum(t, &sums);

	*ret = rc ? NULL
		  : json_pack("{s:{s:s, s:s, s:s}, s:s, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o, "
			      "s:o, s:I, s:o}",
			      "organisation", "number", row->orgnr, "name", row->name, "kind",
			      row->kind, "as_of", clock_format(t->of.now_ms, at), "from",
			      month_json(t->of.asked.from), "to", month_json(t->of.asked.to),
			      "submissions", submissions_json(t, &sums), "reports",
			      (json_int_t)t->reports, "findings", quality_judge(t, &sums),
			      "completeness", completeness_json(t), "timeliness",
			      timeliness_json(t, &sums), "warnings", warnings_json(t),
			      "corrections", corrections_json(t), "possible_duplicates",
			      (json_int_t)t->duplicates, "reviews", reviews_json(t));
	return *ret ? RC_OK : err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}
