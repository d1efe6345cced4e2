#include "count/own.h"

#include "count/period.h"
#include "count/severity.h"
#include "store/count.h"

#include <string.h>

/* The order of `members` below. */
enum { UNIT, CLASS, TYPE, ACTUAL, POTENTIAL, MUNICIPALITY };

static const struct store_count reports = {
	.kind = "incident-report",
	.basis = STORE_COUNT_LAST,
	.unless_kind = "withdrawal",
	.members = { [UNIT] = "$.organisation.unit_number",
		     [CLASS] = "$.event_class",
		     [TYPE] = "$.event_type",
		     [ACTUAL] = "$.harm.actual",
		     [POTENTIAL] = "$.harm.potential",
		     [MUNICIPALITY] = "$.organisation.municipality_number" },
};
static const char *const dates[] = {
	[COUNTED_REGISTRATION] = "$.source.registered_at", [COUNTED_EVENT] = "$.event.date"
};

struct counting {
	enum counted_clock clock;
	enum rc (*cb)(void *ctx, const struct count_own_row *row);
	void *ctx;
};

static const char *text(const char *member)
{
	return member ? member : "";
}

static enum rc give(void *ctx, const char *const *members, const char *const *starts, int64_t n)
{
	const struct counting *c = ctx;
	struct count_own_row row = {
		.unit = text(members[UNIT]),
		.event_class = text(members[CLASS]),
		.event_type = text(members[TYPE]),
		.severity = count_severity(members[CLASS], members[ACTUAL], members[POTENTIAL]),
		.municipality = text(members[MUNICIPALITY]),
		.n = n,
	};

	/* An event may be known to the year alone, or not at all; a registration never. */
	if ((!starts[0] || period_parse_month(starts[0], &row.month)) &&
	    c->clock == COUNTED_REGISTRATION)
		return RC_CORRUPT;
	return c->cb(c->ctx, &row);
}

enum rc count_own(struct store_view *view, enum counted_clock clock, int64_t after_seq,
		  int64_t through_seq, int64_t upto_seq,
		  enum rc (*cb)(void *ctx, const struct count_own_row *row), void *ctx,
		  struct err *reterr)
{
	struct counting c = { .clock = clock, .cb = cb, .ctx = ctx };
	struct store_count what = reports;
	enum rc rc;

	what.after_seq = after_seq;
	what.through_seq = through_seq;
	what.upto_seq = upto_seq;
	what.starts[0].path = dates[clock];
	what.starts[0].len = 7;
	rc = store_count(view, &what, give, &c, reterr);
	if (rc == RC_CORRUPT && reterr && !reterr->code[0])
		return err_set(reterr, rc, "counts-unreadable", NULL,
			       "a stored report has no usable date");
	return rc;
}
