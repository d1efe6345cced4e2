/* Municipality numbers are valid within dates: asked of the day of the event. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "rules/run.h"

#define MUNICIPALITY_LEN 4

/* The day to ask about: of a month or year any, since numbers change on 1
 * January. Without an event date the day of registration shows at least whether
 * a number exists at all. */
struct asked {
	int64_t day;
	bool of_event;
};

static bool day_to_ask(const json_t *document, struct asked *ret)
{
	const char *registered = rules_string(json_object_get(document, "source"), "registered_at");
	struct rules_date date;
	int64_t ms;

	if (rules_event_date(document, &date)) {
		*ret = (struct asked){ .day = date.first, .of_event = true };
		return true;
	}
	if (!registered || clock_parse(registered, strlen(registered), &ms))
		return false;
	*ret = (struct asked){ .day = ms / (INT64_C(24) * 3600 * 1000), .of_event = false };
	return true;
}

/* The numbers that were in force, "3201" or "1508, 1580": from our own list. */
static void list_candidates(const struct codes_municipality_answer *answer, struct buf *out)
{
	for (size_t i = 0; i < answer->len; i++)
		buf_addf(out, "%s%s", i ? ", " : "", answer->candidates[i]);
}

static void check_number(const struct rules_run *run, const struct asked *day, const char *number,
			 const char *pointer)
{
	const struct codes *codes = run->context->codes;
	CLEANUP(buf_release) struct buf detail = buf_capped(256);
	struct codes_municipality_answer answer;

	if (!number || strlen(number) != MUNICIPALITY_LEN ||
	    strspn(number, "0123456789") != MUNICIPALITY_LEN)
		return;
	answer = codes_municipality_on(codes, number, day->day);
	list_candidates(&answer, &detail);
	switch (answer.kind) {
	case CODES_MUNICIPALITY_UNKNOWN:
		rules_report(run, RULE_MUNICIPALITY_UNKNOWN, pointer, NULL);
		break;
	case CODES_MUNICIPALITY_MOVED:
		if (day->of_event)
			rules_report(run, RULE_MUNICIPALITY_MOVED, pointer,
				     detail.len ? buf_text(&detail) : NULL);
		break;
	case CODES_MUNICIPALITY_SPLIT:
		if (day->of_event)
			rules_report(run, RULE_MUNICIPALITY_SPLIT, pointer,
				     detail.len ? buf_text(&detail) : NULL);
		break;
	case CODES_MUNICIPALITY_VALID:
	case CODES_MUNICIPALITY_UNCOVERED: break;
	}
}

void rules_municipality(const struct rules_run *run)
{
	const json_t *patients = json_object_get(run->document, "patients"), *patient;
	const json_t *organisation = json_object_get(run->document, "organisation");
	struct asked day;
	char pointer[64];
	size_t i;

	if (!run->context->codes || !day_to_ask(run->document, &day))
		return;
	check_number(run, &day, rules_string(organisation, "municipality_number"),
		     "/organisation/municipality_number");
	json_array_foreach(patients, i, patient)
	{
		snprintf(pointer, sizeof(pointer), "/patients/%zu/municipality_number", i);
		check_number(run, &day, rules_string(patient, "municipality_number"), pointer);
	}
}
