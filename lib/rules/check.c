#include "rules/check.h"

#include "base/cleanup.h"
#include "rules/run.h"

#include <stdarg.h>

static void (*const families[])(const struct rules_run *) = {
	rules_organisation,  rules_dates,         rules_person_numbers,
	rules_clear_members, rules_content,       rules_municipality,
	rules_district,      rules_code_versions, rules_interactions,
};

void rules_check(const struct rules *rules, const struct rules_context *context, const char *kind,
		 const json_t *document, struct findings *out)
{
	const struct rules_run run = {
		.rules = rules,
		.context = context,
		.kind = kind,
		.document = document,
		.out = out,
	};

	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		families[i](&run);
}

void rules_report(const struct rules_run *run, enum rule rule, const char *pointer,
		  const char *detail)
{
	if (!rules_applies(run->rules, rule, run->kind))
		return;
	findings_add(run->out, rules_severity(run->rules, rule, run->context->phase), pointer, NULL,
		     rule_code(rule), detail);
}

void rules_reportf(const struct rules_run *run, enum rule rule, const char *detail,
		   const char *pointer, ...)
{
	char text[256];
	va_list args;

	va_start(args, pointer);
	vsnprintf(text, sizeof(text), pointer, args);
	va_end(args);
	rules_report(run, rule, text, detail);
}

const char *rules_string(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

bool rules_is(const json_t *object, const char *name, const char *word)
{
	const char *text = rules_string(object, name);

	return text && !strcmp(text, word);
}
