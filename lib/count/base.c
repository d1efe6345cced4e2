#include "count/base.h"

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
	int64_t days; /* of the cut-off */
};

static const char *text(const char *member)
{
	return member ? member : "";
}

/* The county stays known where all parts lie in one. */
static const char *of_split(const struct codes_municipality_answer *answer, char out[4])
{
	for (size_t i = 1; i < answer->len; i++)
		if (strncmp(answer->candidates[0], answer->candidates[i], 2) != 0)
			return "?";
	snprintf(out, 4, "%.2s?", answer->candidates[0]);
	return out;
}

static const char *municipality(const struct counting *c, const char *number, char out[4])
{
	struct codes_municipality_answer answer;

	if (!c->what->municipal || !number)
		return "";
	answer = codes_municipality_on(c->codes, number, c->days);
	switch (answer.kind) {
	case CODES_MUNICIPALITY_VALID:
	case CODES_MUNICIPALITY_UNCOVERED: return number;
	case CODES_MUNICIPALITY_MOVED: return answer.candidates[0];
	case CODES_MUNICIPALITY_SPLIT: return of_split(&answer, out);
	case CODES_MUNICIPALITY_UNKNOWN: break;
	}
	return "?";
}

static enum rc add(void *ctx, const char *const *members, const char *const *starts, int64_t n)
{
	const struct counting *c = ctx;
	int32_t month, year = 0;
	char open[4];
	struct counted_row row = {
		.clock = c->clock,
		.orgnr = c->what->orgnr,
		.linked = members[RELATED] && strcmp(members[RELATED], c->what->orgnr) != 0,
		.event_class = text(members[CLASS]),
		.event_type = text(members[TYPE]),
		.severity = count_severity(members[CLASS], members[ACTUAL], members[POTENTIAL]),
		.place = text(members[members[PLACE] ? PLACE : SERVICE]),
		.stage = text(members[STAGE]),
		.municipality = municipality(c, members[MUNICIPALITY], open),
		.n = n,
	};

	/* The schema holds it to a date-time; a row that is none is damage. */
	if (!starts[REGISTERED_MONTH] || period_parse_month(starts[REGISTERED_MONTH], &month))
		return RC_CORRUPT;
	if (c->clock == COUNTED_REGISTRATION) {
		row.period = month;
		return counted_add(c->out, &row);
	}
	if (starts[EVENT_YEAR] && period_parse_year(starts[EVENT_YEAR], &year))
		return RC_CORRUPT;
	if (year && year != c->what->final_year)
		return RC_OK;
	/* Without a date: once, in the release of the year that it was registered in. */
	if (!year && period_year(month) != c->what->final_year)
		return RC_OK;
	row.state = year ? COUNTED_ROW : COUNTED_NO_YEAR;
	row.period = c->what->final_year;
	row.registered_year = period_year(month);
	return counted_add(c->out, &row);
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
	struct counting c = { .codes = codes,
			      .what = what,
			      .out = out,
			      .clock = COUNTED_REGISTRATION,
			      .days = what->as_of_ms / DAY_MS };
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
	}
	if (!rc)
		*ret_upto = first.upto_seq > what->after_seq ? first.upto_seq : what->after_seq;
	return rc;
}
