#include "rules/codes.h"

static const char *const codes[RULE_COUNT] = {
	[RULE_ORGANISATION_NUMBER_CHECK] = "organisation-number-check",
	[RULE_ORGANISATION_NOT_YOURS] = "organisation-not-yours",
	[RULE_UNIT_NUMBER_CHECK] = "unit-number-check",
	[RULE_DATE_IMPOSSIBLE] = "date-impossible",
	[RULE_DATE_IN_FUTURE] = "date-in-future",
	[RULE_DATE_BEFORE_1900] = "date-before-1900",
	[RULE_BIRTH_DATE_UNLIKELY] = "birth-date-unlikely",
	[RULE_EXPORTED_IN_FUTURE] = "exported-in-future",
	[RULE_DISCOVERED_BEFORE_EVENT] = "discovered-before-event",
	[RULE_REGISTERED_BEFORE_EVENT] = "registered-before-event",
	[RULE_NOTIFIED_BEFORE_EVENT] = "notified-before-event",
	[RULE_REVIEW_ENDED_BEFORE_START] = "review-ended-before-start",
	[RULE_INTERACTION_UNKNOWN] = "interaction-unknown",
	[RULE_PERSON_NUMBER_IN_CLEAR] = "person-number-in-clear",
	[RULE_PERSON_NUMBER_SYNTHETIC] = "person-number-synthetic",
	[RULE_PERSON_NUMBER_REAL] = "person-number-real",
	[RULE_PERSON_NUMBER_LOCAL] = "person-number-local",
	[RULE_PERSON_NUMBER_CHECK] = "person-number-check",
	[RULE_PERSON_NUMBER_2032] = "person-number-2032",
	[RULE_PERSON_NUMBER_DATE] = "person-number-date",
	[RULE_PERSON_NUMBER_TYPE] = "person-number-type",
	[RULE_INCIDENT_WITHOUT_PATIENT] = "incident-without-patient",
	[RULE_NEAR_MISS_WITHOUT_POTENTIAL_HARM] = "near-miss-without-potential-harm",
	[RULE_HAZARD_WITHOUT_POTENTIAL_HARM] = "hazard-without-potential-harm",
	[RULE_MEDICATION_WITHOUT_MEDICINE] = "medication-without-medicine",
	[RULE_DEVICE_MISSING] = "device-missing",
	[RULE_MUNICIPALITY_UNKNOWN] = "municipality-unknown",
	[RULE_MUNICIPALITY_MOVED] = "municipality-moved",
	[RULE_MUNICIPALITY_SPLIT] = "municipality-split",
	[RULE_MUNICIPALITY_NOT_YOURS] = "municipality-not-yours",
	[RULE_MUNICIPALITY_MISSING] = "municipality-missing",
	[RULE_DISTRICT_ELSEWHERE] = "district-elsewhere",
	[RULE_CODE_VERSION_UNKNOWN] = "code-version-unknown",
	[RULE_REPORT_KIND_UNEXPECTED] = "report-kind-unexpected",
	[RULE_POSSIBLE_DUPLICATE] = "possible-duplicate",
	[RULE_DEPRECATED] = "deprecated",
	[RULE_PROFILE_MEMBER] = "profile-member",
	[RULE_PROFILE_MONTH] = "profile-month",
	[RULE_PROFILE_OWNER] = "profile-owner",
	[RULE_PROFILE_KIND] = "profile-kind",
};

const char *rule_code(enum rule rule)
{
	return codes[rule];
}

enum rule rule_by_code(const char *code)
{
	for (unsigned i = 0; i < RULE_COUNT; i++)
		if (!strcmp(codes[i], code))
			return (enum rule)i;
	return RULE_COUNT;
}
