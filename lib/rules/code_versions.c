/* Versions of code systems that senders name: an unknown one is kept and said. */
#include "base/cleanup.h"
#include "rules/run.h"

/* Objects {code, code_system_version} of NOKUP's axes. */
static const struct {
	const char *object, *name; /* `object` NULL: at the top */
} nokup[] = {
	{ NULL, "event_type_code" },   { NULL, "place_code" },
	{ "harm", "actual_code" },     { "harm", "potential_code" },
	{ "harm", "recurrence_code" }, { "harm", "preventability_code" },
};

static void check_nokup(const struct rules_run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(nokup); i++) {
		const char *object = nokup[i].object;
		const json_t *in = object ? json_object_get(run->document, object) : run->document;
		const char *version =
			rules_string(json_object_get(in, nokup[i].name), "code_system_version");

		if (version && !rules_knows_version(run->rules, "nokup", version))
			rules_reportf(run, RULE_CODE_VERSION_UNKNOWN, NULL,
				      "%s%s/%s/code_system_version", object ? "/" : "",
				      object ? object : "", nokup[i].name);
	}
}

static void check_diagnoses(const struct rules_run *run, const json_t *patient, size_t at)
{
	const json_t *diagnoses = json_object_get(patient, "diagnosis"), *diagnosis;
	size_t i;

	json_array_foreach(diagnoses, i, diagnosis)
	{
		const char *system = rules_string(diagnosis, "system"),
			   *version = rules_string(diagnosis, "version");

		if (system && version && !rules_knows_version(run->rules, system, version))
			rules_reportf(run, RULE_CODE_VERSION_UNKNOWN, NULL,
				      "/patients/%zu/diagnosis/%zu/version", at, i);
	}
}

void rules_code_versions(const struct rules_run *run)
{
	const json_t *patients = json_object_get(run->document, "patients"), *patient;
	size_t i;

	check_nokup(run);
	json_array_foreach(patients, i, patient) check_diagnoses(run, patient, i);
}
