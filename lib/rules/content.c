/* What a report must or should say, given what it says it is. */
#include "rules/run.h"

static bool has_no_patient(const json_t *document)
{
	const json_t *patients = json_object_get(document, "patients");

	return json_is_array(patients) && json_array_size(patients) == 0;
}

static bool lacks(const json_t *document, const char *list)
{
	const json_t *value = json_object_get(document, list);

	return !value || (json_is_array(value) && json_array_size(value) == 0);
}

static void check_class(const struct rules_run *run)
{
	const json_t *harm = json_object_get(run->document, "harm");
	bool no_potential = json_is_object(harm) && !json_object_get(harm, "potential");

	if (!has_no_patient(run->document))
		return;
	if (rules_is(run->document, "event_class", "incident"))
		rules_report(run, RULE_INCIDENT_WITHOUT_PATIENT, "/patients", NULL);
	if (rules_is(run->document, "event_class", "near_miss") && no_potential)
		rules_report(run, RULE_NEAR_MISS_WITHOUT_POTENTIAL_HARM, "/harm/potential", NULL);
	if (rules_is(run->document, "event_class", "hazard") && no_potential)
		rules_report(run, RULE_HAZARD_WITHOUT_POTENTIAL_HARM, "/harm/potential", NULL);
}

static void check_type(const struct rules_run *run)
{
	const json_t *systems = json_object_get(run->document, "involved_systems");
	bool blood = json_is_true(json_object_get(systems, "blood_cells_organs"));

	if (rules_is(run->document, "event_type", "medication_blood") && !blood &&
	    lacks(run->document, "medications"))
		rules_report(run, RULE_MEDICATION_WITHOUT_MEDICINE, "/medications", NULL);
	if (rules_is(run->document, "event_type", "medical_device") &&
	    lacks(run->document, "devices"))
		rules_report(run, RULE_DEVICE_MISSING, "/devices", NULL);
}

void rules_content(const struct rules_run *run)
{
	check_class(run);
	check_type(run);
}
