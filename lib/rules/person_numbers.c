/* Person numbers where they belong: sealed, in an identifier. */
#include "identifiers/person_number.h"
#include "rules/run.h"

#define DAY_MS INT64_C(86400000)

/* The type a document may give to each kind of number. */
static const char *type_of(enum person_number_kind kind)
{
	switch (kind) {
	case PERSON_NUMBER_FNR:
	case PERSON_NUMBER_DNR:
	case PERSON_NUMBER_FHNR: return person_number_kind_name(kind);
	case PERSON_NUMBER_HNR:
	case PERSON_NUMBER_OTHER: break;
	}
	return NULL;
}

/* Synthetic numbers and real ones never meet. A number without a date (FH) or
 * of no series cannot be told apart and is taken in both. */
static void check_series(const struct rules_run *run, const struct person_number *p,
			 const char *pointer)
{
	bool real_belong = run->context->production && run->context->phase == RULES_PHASE_ACTIVE;

	if (p->kind != PERSON_NUMBER_FNR && p->kind != PERSON_NUMBER_DNR)
		return;
	if (p->synthetic && real_belong)
		rules_report(run, RULE_PERSON_NUMBER_SYNTHETIC, pointer, NULL);
	if (!p->synthetic && !real_belong)
		rules_report(run, RULE_PERSON_NUMBER_REAL, pointer, NULL);
}

static void check_digits(const struct rules_run *run, const struct person_number *p,
			 const char *pointer)
{
	if (!p->holds_2032)
		rules_report(run, RULE_PERSON_NUMBER_CHECK, pointer, NULL);
	else if (!p->holds_legacy && !p->synthetic &&
		 run->context->now_ms < run->context->person_numbers_2032_from * DAY_MS)
		rules_report(run, RULE_PERSON_NUMBER_2032, pointer, NULL);
	if (p->kind != PERSON_NUMBER_FHNR && !p->date_plausible)
		rules_report(run, RULE_PERSON_NUMBER_DATE, pointer, NULL);
}

static void check_identifier(const struct rules_run *run, const json_t *identifier,
			     const char *where)
{
	const char *value = rules_string(identifier, "value"),
		   *type = rules_string(identifier, "type");
	struct person_number p;
	char pointer[96];

	if (!value || !person_number_classify(value, strlen(value), &p))
		return;
	snprintf(pointer, sizeof(pointer), "%s/identifier/value", where);
	if (p.kind == PERSON_NUMBER_HNR) {
		rules_report(run, RULE_PERSON_NUMBER_LOCAL, pointer, NULL);
		return;
	}
	check_series(run, &p, pointer);
	check_digits(run, &p, pointer);
	if (type && type_of(p.kind) && strcmp(type, type_of(p.kind)) != 0)
		rules_reportf(run, RULE_PERSON_NUMBER_TYPE, NULL, "%s/identifier/type", where);
}

void rules_person_numbers(const struct rules_run *run)
{
	const json_t *patients = json_object_get(run->document, "patients"), *patient;
	const json_t *reporter = json_object_get(run->document, "reporter");
	char where[40];
	size_t i;

	json_array_foreach(patients, i, patient)
	{
		snprintf(where, sizeof(where), "/patients/%zu", i);
		check_identifier(run, json_object_get(patient, "identifier"), where);
	}
	check_identifier(run, json_object_get(reporter, "identifier"), "/reporter");
}
