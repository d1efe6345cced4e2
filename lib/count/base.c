#include "count/internal.h"

#include "codes/codes.h"
#include "count/period.h"
#include "count/severity.h"
#include "store/count.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

/* The order of `members` and `starts` below. */
enum { CLASS, TYPE, ACTUAL, POTENTIAL, PLACE, SERVICE, STAGE, MUNICIPALITY, RELATED, MEMBERS };
enum { REGISTERED_MONTH, EVENT_YEAR };

static const struct store_count reports = {
	.kind = "incident-report",
	.members = { [CLASS] = "$.event_class",
		     [TYPE] = "$.event_type",
		     [ACTUAL] = "$.harm.actual",
		     [POTENTIAL] = "$.harm.potential",
		     [PLACE] = "$.place",
		     [SERVICE] = "$.service",
		     [STAGE] = "$.process_stage",
		     [MUNICIPALITY] = "$.organisation.municipality_number",
		     [RELATED] = "$.related_reports[0].organisation" },
	.starts = { [REGISTERED_MONTH] = { "$.source.registered_at", 7 },
		    [EVENT_YEAR] = { "$.event.date", 4 } },
};

struct counting {
	const struct codes *codes;
	const struct count_base *what;
	struct counted *out;
	enum counted_clock clock;
};

static const char *text(const char *member)
{
	return member ? member : "";
}

/* The county stays known where all parts lie in one. */
static const char *of_split(const struct codes_municipality_answer *answer,
			    char out[COUNT_OPEN_SIZE])
{
	for (size_t i = 1; i < answer->len; i++)
		if (strncmp(answer->candidates[0], answer->candidates[i], 2) != 0)
			return "?";
	snprintf(out, COUNT_OPEN_SIZE, "%.2s?", answer->candidates[0]);
	return out;
}

const char *count_municipality(const struct codes *codes, const struct count_base *what,
			       const char *number, char out[COUNT_OPEN_SIZE])
{
	struct codes_municipality_answer answer;

	if (!what->municipal || !number)
		return "";
	answer = codes_municipality_on(codes, number, what->as_of_ms / DAY_MS);
	switch (answer.kind) {
	case CODES_MUNICIPALITY_VALID:
	case CODES_MUNICIPALITY_UNCOVERED: return number;
	case CODES_MUNICIPALITY_MOVED: return answer.candidates[0];
	case CODES_MUNICIPALITY_SPLIT: return of_split(&answer, out);
	case CODES_MUNICIPALITY_UNKNOWN: break;
	}
	return "?";
}

enum rc count_event_year(const struct count_base *what, const char *date, int32_t registered,
			 struct counted_row *row, bool *ret_inside)
{
	char text[sizeof("2026")];
	int32_t year = 0;

	snprintf(text, sizeof(text), "%s", date ? date : "");
	if (date && period_parse_year(text, &year))
		return RC_CORRUPT;
	/* Without a date: once, in the release of the year that it was registered in. */
	*ret_inside = (year ? year : period_year(registered)) == what->final_year;
	row->state = year ? COUNTED_ROW : COUNTED_NO_YEAR;
	row->period = what->final_year;
	row->registered_year = period_year(registered);
	return RC_OK;
}

static enum rc add(void *ctx, const char *const *members, const char *const *starts, int64_t n)
{
	const struct counting *c = ctx;
	char open[COUNT_OPEN_SIZE];
	int32_t month;
	bool inside;
	struct counted_row row = {
		.clock = c->clock,
		.orgnr = c->what->orgnr,
		.linked = members[RELATED] && strcmp(members[RELATED], c->what->orgnr) != 0,
		.event_class = text(members[CLASS]),
		.event_type = text(members[TYPE]),
		.severity = count_severity(members[CLASS], members[ACTUAL], members[POTENTIAL]),
		.place = text(members[members[PLACE] ? PLACE : SERVICE]),
		.stage = text(members[STAGE]),
		.municipality = count_municipality(c->codes, c->what, members[MUNICIPALITY], open),
		.n = n,
	};
	enum rc rc;

	/* The schema holds it to a date-time; a row that is none is damage. */
	if (!starts[REGISTERED_MONTH] || period_parse_month(starts[REGISTERED_MONTH], &month))
		return RC_CORRUPT;
	if (c->clock == COUNTED_REGISTRATION) {
		row.period = month;
		return counted_add(c->out, &row);
	}
	rc = count_event_year(c->what, starts[EVENT_YEAR], month, &row, &inside);
	return rc || !inside ? rc : counted_add(c->out, &row);
}

static enum rc run(struct store_view *view, struct store_count *what, struct counting *c,
		   struct err *reterr)
{
	enum rc rc = store_count(view, what, add, c, reterr);

	if (rc == RC_CORRUPT)
		return err_set(reterr, rc, "counts-unreadable", c->what->orgnr,
			       "a stored report has no usable date");
	return rc;
}

enum rc count_base(struct store_view *view, const struct codes *codes,
		   const struct count_base *what, struct counted *out, int64_t *ret_upto,
		   struct err *reterr)
{
	struct store_count first = reports, last = reports;
	struct counting c = {
		.codes = codes, .what = what, .out = out, .clock = COUNTED_REGISTRATION
	};
	enum rc rc = store_seq_at(view, what->as_of_ms, &first.upto_seq, reterr);

	if (rc)
		return rc;
	first.basis = STORE_COUNT_FIRST;
	first.unless_kind = "withdrawal";
	first.after_seq = what->after_seq;
	first.starts[EVENT_YEAR].path = NULL;
	if (what->by_registration)
		rc = run(view, &first, &c, reterr);
	if (!rc && what->final_year) {
		c.clock = COUNTED_EVENT;
		last.basis = STORE_COUNT_LAST;
		last.unless_kind = "withdrawal"; /* of which there is one by the cut-off */
		rc = store_seq_at(view, what->final_as_of_ms, &last.upto_seq, reterr);
		if (!rc)
			rc = run(view, &last, &c, reterr);
		if (!rc)
			rc = count_reviews(view, codes, what, last.upto_seq, out, reterr);
	}
	if (!rc)
		*ret_upto = first.upto_seq > what->after_seq ? first.upto_seq : what->after_seq;
	return rc;
}
