#include "duty/duty.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How far a condition is met. */
enum met { NO, UNKNOWN, MAYBE, YES };

struct answer {
	enum met met;
	enum duty_reason reason;
	char pointer[64];
};

static struct answer answer(enum met met, enum duty_reason reason, const char *pointer)
{
	struct answer a = { .met = met, .reason = reason };

	snprintf(a.pointer, sizeof(a.pointer), "%s", pointer);
	return a;
}

static struct answer of_patient(enum met met, enum duty_reason reason, size_t i, const char *name)
{
	struct answer a = { .met = met, .reason = reason };

	snprintf(a.pointer, sizeof(a.pointer), "/patients/%zu/%s", i, name);
	return a;
}

static bool is(const json_t *object, const char *name, const char *word)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text && !strcmp(text, word);
}

static bool has_criterion(const json_t *report, const char *word)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(report, "notification"), "criteria"), i,
			   item) if (json_is_string(item) &&
				     !strcmp(json_string_value(item), word)) return true;
	return false;
}

static bool is_severe(const json_t *patient)
{
	return is(patient, "harm_physical", "severe") ||
	       is(patient, "harm_psychological", "severe");
}

/* Harm that some patient has, told for itself. */
static bool patient_outcome(const json_t *report, struct answer *ret)
{
	const json_t *patients = json_object_get(report, "patients"), *patient;
	size_t i;

	json_array_foreach(patients, i, patient)
	{
		if (!is(patient, "harm_physical", "death"))
			continue;
		*ret = of_patient(YES, DUTY_OUTCOME_DEATH, i, "harm_physical");
		return true;
	}
	if (is(json_object_get(report, "harm"), "actual", "severe")) {
		*ret = answer(MAYBE, DUTY_OUTCOME_SEVERE, "/harm/actual");
		return true;
	}
	json_array_foreach(patients, i, patient)
	{
		if (!is_severe(patient))
			continue;
		*ret = of_patient(MAYBE, DUTY_OUTCOME_SEVERE, i,
				  is(patient, "harm_physical", "severe") ? "harm_physical"
									 : "harm_psychological");
		return true;
	}
	return false;
}

/* "Very serious" is no step of the scale of harm: severe may be it or not. */
static struct answer outcome(const json_t *report)
{
	const json_t *harm = json_object_get(report, "harm");
	struct answer of_one;

	if (has_criterion(report, "death") || has_criterion(report, "very_serious_harm"))
		return answer(YES, DUTY_OUTCOME_CRITERION, "/notification/criteria");
	if (is(harm, "actual", "death"))
		return answer(YES, DUTY_OUTCOME_DEATH, "/harm/actual");
	if (patient_outcome(report, &of_one))
		return of_one;
	if (is(report, "event_class", "near_miss") || is(report, "event_class", "hazard"))
		return answer(NO, DUTY_OUTCOME_NOT_REACHED, "/event_class");
	if (is(harm, "actual", "none") || is(harm, "actual", "mild") ||
	    is(harm, "actual", "moderate"))
		return answer(NO, DUTY_OUTCOME_LESS, "/harm/actual");
	return answer(UNKNOWN, DUTY_OUTCOME_UNKNOWN, "/harm/actual");
}

static struct answer link_of(const json_t *patient, size_t i)
{
	if (is(patient, "causal_link", "caused") || is(patient, "causal_link", "probable"))
		return of_patient(YES, DUTY_CAUSE_SERVICE, i, "causal_link");
	if (is(patient, "causal_link", "possible"))
		return of_patient(MAYBE, DUTY_CAUSE_POSSIBLE, i, "causal_link");
	if (is(patient, "causal_link", "unrelated"))
		return of_patient(NO, DUTY_CAUSE_UNRELATED, i, "causal_link");
	return of_patient(UNKNOWN, DUTY_CAUSE_UNKNOWN, i, "causal_link");
}

/* Of those who died or were gravely harmed, or of all where nobody is said to be, the
 * one whose harm is tied most to the service. */
static struct answer cause(const json_t *report)
{
	const json_t *patients = json_object_get(report, "patients"), *patient;
	struct answer best = answer(UNKNOWN, DUTY_CAUSE_UNKNOWN, "/patients");
	bool grave = false, first = true;
	size_t i;

	if (has_criterion(report, "patient_harmed_other"))
		return answer(YES, DUTY_CAUSE_PATIENT, "/notification/criteria");
	json_array_foreach(patients, i, patient) grave |=
		is_severe(patient) || is(patient, "harm_physical", "death");
	json_array_foreach(patients, i, patient)
	{
		struct answer one = link_of(patient, i);

		if (grave && !is_severe(patient) && !is(patient, "harm_physical", "death"))
			continue;
		if (first || one.met > best.met)
			best = one;
		first = false;
	}
	if (best.met < MAYBE && is(report, "event_type", "patient_behaviour"))
		return answer(MAYBE, DUTY_CAUSE_BEHAVIOUR, "/event_type");
	return best;
}

static struct answer expectation(const json_t *report)
{
	const json_t *notification = json_object_get(report, "notification");

	if (is(notification, "unexpected", "yes"))
		return answer(YES, DUTY_UNEXPECTED, "/notification/unexpected");
	if (is(notification, "unexpected", "no"))
		return answer(NO, DUTY_EXPECTED, "/notification/unexpected");
	return answer(UNKNOWN, DUTY_EXPECTATION_UNKNOWN, "/notification/unexpected");
}

static void add(struct duty *duty, const struct answer *a)
{
	duty->reasons[duty->len].reason = a->reason;
	memcpy(duty->reasons[duty->len].pointer, a->pointer, sizeof(a->pointer));
	duty->len++;
}

/* Where the sender has come to another conclusion, it should look again. */
static void add_own_word(const json_t *report, struct duty *duty)
{
	const json_t *notification = json_object_get(report, "notification");
	struct answer own = answer(UNKNOWN, DUTY_SENDER_SAYS_NO, "/notification/notifiable");

	if (duty->assessment == DUTY_LIKELY && is(notification, "notifiable", "no"))
		add(duty, &own);
	own.reason = DUTY_SENDER_SAYS_YES;
	if (duty->assessment == DUTY_UNLIKELY && is(notification, "notifiable", "yes"))
		add(duty, &own);
}

void duty_judge(const json_t *report, struct duty *ret)
{
	const struct answer conditions[] = { outcome(report), cause(report), expectation(report) };
	bool fails = false, all = true;

	*ret = (struct duty){ .assessment = DUTY_POSSIBLE };
	for (size_t i = 0; i < 3; i++) {
		fails |= conditions[i].met == NO;
		all &= conditions[i].met == YES;
	}
	if (fails)
		ret->assessment = DUTY_UNLIKELY;
	else if (conditions[0].met == UNKNOWN)
		ret->assessment = DUTY_CANNOT_TELL;
	else if (all)
		ret->assessment = DUTY_LIKELY;
	for (size_t i = 0; i < 3; i++)
		if (!fails || conditions[i].met == NO)
			add(ret, &conditions[i]);
	add_own_word(report, ret);
}
