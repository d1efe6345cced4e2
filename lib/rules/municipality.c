/* Municipality numbers are valid within dates: asked of the day of the event. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "rules/run.h"

#define MUNICIPALITY_LEN 4
#define DAY_MS (INT64_C(24) * 3600 * 1000)

bool rules_is_municipality(const char *number)
{
	return number && strlen(number) == MUNICIPALITY_LEN &&
	       strspn(number, "0123456789") == MUNICIPALITY_LEN;
}

bool rules_day_to_ask(const json_t *document, struct rules_day *ret)
{
	const char *registered = rules_string(json_object_get(document, "source"), "registered_at");
	struct rules_date date;
	int64_t ms;

	if (rules_event_date(document, &date)) {
		*ret = (struct rules_day){ .day = date.first, .of_event = true };
		return true;
	}
	if (!registered || clock_parse(registered, strlen(registered), &ms))
		return false;
	*ret = (struct rules_day){ .day = ms / DAY_MS, .of_event = false };
	return true;
}

/* The numbers that were in force, "3201" or "1508, 1580": from our own list. */
static void list_candidates(const struct codes_municipality_answer *answer, struct buf *out)
{
	for (size_t i = 0; i < answer->len; i++)
		buf_addf(out, "%s%s", i ? ", " : "", answer->candidates[i]);
}

static void check_number(const struct rules_run *run, const struct rules_day *day,
			 const char *number, const char *pointer)
{
	const struct codes *codes = run->context->codes;
	CLEANUP(buf_release) struct buf detail = buf_capped(256);
	struct codes_municipality_answer answer;

	if (!rules_is_municipality(number))
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

/* What lay where `number` is on that day; before the list begins, where it is now. */
static struct codes_municipality_answer places(const struct rules_run *run, const char *number,
					       int64_t day)
{
	const struct codes *codes = run->context->codes;
	struct codes_municipality_answer answer = codes_municipality_on(codes, number, day);

	if (answer.kind == CODES_MUNICIPALITY_UNCOVERED)
		answer = codes_municipality_on(codes, number, run->context->now_ms / DAY_MS);
	if (answer.kind == CODES_MUNICIPALITY_VALID)
		answer.candidates[answer.len++] = number;
	return answer;
}

static bool meet(const struct codes_municipality_answer *a,
		 const struct codes_municipality_answer *b)
{
	for (size_t i = 0; i < a->len; i++)
		for (size_t j = 0; j < b->len; j++)
			if (!strcmp(a->candidates[i], b->candidates[j]))
				return true;
	return false;
}

/* Figures of a municipality come from the reports that name it, whoever sent them: so
 * one that is nobody's to name would be counted where it does not belong. An old number
 * of the same place is no other place. */
static void check_owner(const struct rules_run *run, const struct rules_day *day,
			const char *number)
{
	const struct rules_context *context = run->context;
	struct codes_municipality_answer named, listed;
	const char *one;

	if (!context->municipality || !context->municipality(0, context->municipality_arg))
		return;
	if (!number && rules_is(run->document, "report_kind", "municipality"))
		rules_report(run, RULE_MUNICIPALITY_MISSING, "/organisation/municipality_number",
			     NULL);
	if (!rules_is_municipality(number))
		return;
	named = places(run, number, day->day);
	for (size_t i = 0; (one = context->municipality(i, context->municipality_arg)); i++) {
		listed = places(run, one, day->day);
		if (!strcmp(one, number) || meet(&named, &listed))
			return;
	}
	rules_report(run, RULE_MUNICIPALITY_NOT_YOURS, "/organisation/municipality_number", NULL);
}

void rules_municipality(const struct rules_run *run)
{
	const json_t *patients = json_object_get(run->document, "patients"), *patient;
	const json_t *organisation = json_object_get(run->document, "organisation");
	const char *own = rules_string(organisation, "municipality_number");
	struct rules_day day;
	char pointer[64];
	size_t i;

	if (!run->context->codes || !rules_day_to_ask(run->document, &day))
		return;
	check_number(run, &day, own, "/organisation/municipality_number");
	check_owner(run, &day, own);
	json_array_foreach(patients, i, patient)
	{
		snprintf(pointer, sizeof(pointer), "/patients/%zu/municipality_number", i);
		check_number(run, &day, rules_string(patient, "municipality_number"), pointer);
	}
}
