#include "identifiers/organisation_number.h"
#include "rules/run.h"

static bool is_written_like_one(const char *text)
{
	return text && strlen(text) == ORGANISATION_NUMBER_LEN &&
	       strspn(text, "0123456789") == ORGANISATION_NUMBER_LEN;
}

static bool has_wrong_check_digit(const char *text)
{
	return is_written_like_one(text) && !organisation_number_valid(text, strlen(text));
}

static bool is_owners(const struct rules_context *context, const char *number)
{
	if (!context->owner || !strcmp(context->owner, number))
		return true;
	return context->is_unit && context->is_unit(number, context->is_unit_arg);
}

void rules_organisation(const struct rules_run *run)
{
	const json_t *organisation = json_object_get(run->document, "organisation");
	const json_t *related = json_object_get(run->document, "related_reports"), *item;
	const char *number = rules_string(organisation, "number");
	size_t i;

	if (has_wrong_check_digit(number))
		rules_report(run, RULE_ORGANISATION_NUMBER_CHECK, "/organisation/number", NULL);
	else if (is_written_like_one(number) && !is_owners(run->context, number))
		rules_report(run, RULE_ORGANISATION_NOT_YOURS, "/organisation/number", NULL);
	if (has_wrong_check_digit(rules_string(organisation, "unit_number")))
		rules_report(run, RULE_UNIT_NUMBER_CHECK, "/organisation/unit_number", NULL);
	if (run->context->report_kind && rules_string(run->document, "report_kind") &&
	    !rules_is(run->document, "report_kind", run->context->report_kind))
		rules_report(run, RULE_REPORT_KIND_UNEXPECTED, "/report_kind",
			     run->context->report_kind);
	json_array_foreach(related, i,
			   item) if (has_wrong_check_digit(rules_string(item, "organisation")))
		rules_reportf(run, RULE_UNIT_NUMBER_CHECK, NULL,
			      "/related_reports/%zu/organisation", i);
}
