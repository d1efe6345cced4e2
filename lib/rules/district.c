/* A district (bydel) belongs to its city: Oslo, Bergen, Trondheim or Stavanger. */
#include "rules/run.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define SHORT_LEN 2
#define FULL_LEN 6

/* The municipality of today that a number stands for; NULL where there is not one. */
static const char *today(const struct rules_run *run, const char *number)
{
	struct codes_municipality_answer answer =
		codes_municipality_on(run->context->codes, number, run->context->now_ms / DAY_MS);

	if (answer.kind == CODES_MUNICIPALITY_VALID)
		return number;
	return answer.kind == CODES_MUNICIPALITY_MOVED ? answer.candidates[0] : NULL;
}

/* The report's municipality, or the owner's where it has just the one. */
static const char *municipality_of(const struct rules_run *run, const json_t *organisation)
{
	const struct rules_context *context = run->context;
	const char *number = rules_string(organisation, "municipality_number");

	if (number || !context->municipality || context->municipality(1, context->municipality_arg))
		return number;
	return context->municipality(0, context->municipality_arg);
}

/* `full` is a district with its municipality before it, of any year. */
static bool is_listed(const struct rules_run *run, const char *full)
{
	char city[FULL_LEN - SHORT_LEN + 1], code[FULL_LEN + 1];
	const char *now;

	snprintf(city, sizeof(city), "%.4s", full);
	now = today(run, city);
	if (!now)
		return false;
	snprintf(code, sizeof(code), "%.4s%.2s", now, full + FULL_LEN - SHORT_LEN);
	return codes_has(run->context->codes, "district", code);
}

/* Whether both numbers stand for one municipality of today. */
static bool is_same(const struct rules_run *run, const char *number, const char *full)
{
	char city[FULL_LEN - SHORT_LEN + 1];
	const char *a, *b;

	snprintf(city, sizeof(city), "%.4s", full);
	a = today(run, number);
	b = today(run, city);
	return a && b && !strcmp(a, b);
}

static bool belongs(const struct rules_run *run, const char *district, const char *number)
{
	char full[FULL_LEN + 1];

	if (strlen(district) == FULL_LEN)
		return is_listed(run, district) &&
		       (!rules_is_municipality(number) || is_same(run, number, district));
	if (!rules_is_municipality(number))
		return false;
	snprintf(full, sizeof(full), "%.4s%.2s", number, district);
	return is_listed(run, full);
}

void rules_district(const struct rules_run *run)
{
	const json_t *organisation = json_object_get(run->document, "organisation");
	const char *district = rules_string(organisation, "district_number");
	size_t len = district ? strlen(district) : 0;

	if (!run->context->codes || (len != SHORT_LEN && len != FULL_LEN) ||
	    strspn(district, "0123456789") != len)
		return;
	if (!belongs(run, district, municipality_of(run, organisation)))
		rules_report(run, RULE_DISTRICT_ELSEWHERE, "/organisation/district_number", NULL);
}
