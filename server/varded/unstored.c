#include "varded/unstored.h"

#include "base/clock.h"
#include "count/period.h"
#include "installation/installation.h"
#include "refused/refused.h"
#include "varded/answer.h"

#include <string.h>

static const char *owner_of(const struct intake_caller *caller, const struct intake_document *d,
			    const struct refusal *refusal)
{
	if (d)
		return d->orgnr;
	if (refusal->owner[0])
		return refusal->owner;
	return caller->tenant->owns_reports ? caller->tenant->row->orgnr : NULL;
}

/* Whether what it is called may be kept: not of an erased report, nor of a document of a
 * retired schema, which nobody has looked at: there may be anything. */
static bool is_named(const struct intake_document *d, const char *code)
{
	return strcmp(code, "erased") != 0 && !(d && d->job.item.only_repeat);
}

void unstored_refused(struct varded *v, const struct exchange *x,
		      const struct intake_caller *caller, const struct intake_document *d,
		      enum rc rc, const struct refusal *refusal)
{
	const struct problem problem = { .code = answer_code(rc, refusal) };
	int64_t now_ms = clock_now_ms();
	bool named = is_named(d, problem.code);
	const struct refused_note note = {
		.orgnr = owner_of(caller, d, refusal),
		.sender = d && d->sender[0] ? d->sender
			  : caller          ? caller->sender
					    : "",
		.at = now_ms,
		.month = period_at(now_ms),
		.trace_id = exchange_trace_id(x),
		.report_id = !named ? NULL
			     : d    ? d->report_id
				    : refusal->report_id,
		.local_case_id = !named ? NULL
				 : d    ? d->local_case_id
					: refusal->local_case_id,
		.status = problem_status(&problem),
		.code = problem.code,
		.findings = &refusal->findings,
	};

	if (note.orgnr)
		refused_add(v->installation->refused, &note);
}

void unstored_repeated(struct varded *v, const struct intake_document *d)
{
	refused_repeat(v->installation->refused, d->orgnr, period_at(clock_now_ms()));
}
