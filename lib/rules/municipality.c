/* Municipality numbers are valid within dates: asked of the day of the event. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "rules/run.h"

#define MUNICIPALITY_LEN 4

/* The days to ask about, and whether they are known or only the best guess. */
struct period {
	int64_t first, last;
	bool exact;
};

static bool period_of(const json_t *document, struct period *ret)
{
	const char *registered = rules_string(json_object_get(document, "source"), "registered_at");
	struct rules_date date;
	int64_t ms;

	if (rules_event_date(document, &date)) {
		*ret = (struct period){ .first = date.first, .last = date.last, .exact = true };
		return true;
	}
	if (!registered || clock_parse(registered, strlen(registered), &ms))
		return false;
	ret->first = ret->last = ms / (INT64_C(24) * 3600 * 1000);
	ret->exact = false;
	return true;
}

/* The numbers that were in force, "3201" or "1508, 1580": from our own list. */
static void list_candidates(const struct codes_municipality_answer *answer, struct buf *out)
{
	for (size_t i = 0; i < answer->len; i++)
		buf_addf(out, "%s%s", i ? ", " : "", answer->candidates[i]);
}

static void check_number(const struct rules_run *run, const struct period *period, const char *number,
			 const char *pointer)
{
	const struct codes *codes = run->context->codes;
	CLEANUP(buf_release) struct buf detail = buf_capped(256);
	struct codes_municipality_answer answer;

	if (!number || strlen(number) != MUNICIPALITY_LEN || strspn(number, "0123456789") != MUNICIPALITY_LEN)
		return;
	/* A month or a year may hold the change: either side of it will do. */
	if (codes_municipality_on(codes, number, period->first).kind == CODES_MUNICIPALITY_VALID)
		return;
	answer = codes_municipality_on(codes, number, period->last);
	list_candidates(&answer, &detail);
	switch (answer.kind) {
	case CODES_MUNICIPALITY_UNKNOWN:
		rules_report(run, RULE_MUNICIPALITY_UNKNOWN, pointer, NULL);
		break;
	case CODES_MUNICIPALITY_MOVED:
		if (period->exact)
			rules_report(run, RULE_MUNICIPALITY_MOVED, pointer, detail.len ? buf_text(&detail) : NULL);
		break;
	case CODES_MUNICIPALITY_SPLIT:
		if (period->exact)
			rules_report(run, RULE_MUNICIPALITY_SPLIT, pointer, detail.len ? buf_text(&detail) : NULL);
		break;
	case CODES_MUNICIPALITY_VALID:
	case CODES_MUNICIPALITY_UNCOVERED:
		break;
	}
}

void rules_municipality(const struct rules_run *run)
{
	const json_t *patients = json_object_get(run->document, "patients"), *patient;
	const json_t *organisation = json_object_get(run->document, "organisation");
	struct period period;
	char pointer[64];
	size_t i;

	if (!run->context->codes || !period_of(run->document, &period))
		return;
	check_number(run, &period, rules_string(organisation, "municipality_number"), "/organisation/municipality_number");
	json_array_foreach(patients, i, patient) {
		snprintf(pointer, sizeof(pointer), "/patients/%zu/municipality_number", i);
		check_number(run, &period, rules_string(patient, "municipality_number"), pointer);
	}
}
