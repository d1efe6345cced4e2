/* The rules by name. Their texts and severities are data (schemas/rules.json);
 * loading that fails unless it holds exactly these codes, so that a finding
 * never lacks its text and no text stands there unused. */
#ifndef VARDE_RULES_CODES_H
#define VARDE_RULES_CODES_H

enum rule {
	RULE_ORGANISATION_NUMBER_CHECK,
	RULE_ORGANISATION_NOT_YOURS,
	RULE_UNIT_NUMBER_CHECK,
	RULE_DATE_IMPOSSIBLE,
	RULE_DATE_IN_FUTURE,
	RULE_DATE_BEFORE_1900,
	RULE_BIRTH_DATE_UNLIKELY,
	RULE_EXPORTED_IN_FUTURE,
	RULE_DISCOVERED_BEFORE_EVENT,
	RULE_REGISTERED_BEFORE_EVENT,
	RULE_NOTIFIED_BEFORE_EVENT,
	RULE_REVIEW_ENDED_BEFORE_START,
	RULE_INTERACTION_UNKNOWN,
	RULE_PERSON_NUMBER_IN_CLEAR,
	RULE_PERSON_NUMBER_SYNTHETIC,
	RULE_PERSON_NUMBER_REAL,
	RULE_PERSON_NUMBER_LOCAL,
	RULE_PERSON_NUMBER_CHECK,
	RULE_PERSON_NUMBER_2032,
	RULE_PERSON_NUMBER_DATE,
	RULE_PERSON_NUMBER_TYPE,
	RULE_INCIDENT_WITHOUT_PATIENT,
	RULE_NEAR_MISS_WITHOUT_POTENTIAL_HARM,
	RULE_HAZARD_WITHOUT_POTENTIAL_HARM,
	RULE_MEDICATION_WITHOUT_MEDICINE,
	RULE_DEVICE_MISSING,
	RULE_MUNICIPALITY_UNKNOWN,
	RULE_MUNICIPALITY_MOVED,
	RULE_MUNICIPALITY_SPLIT,
	RULE_CODE_VERSION_UNKNOWN,
	RULE_REPORT_KIND_UNEXPECTED,
	RULE_POSSIBLE_DUPLICATE, /* found when a document is stored, not by rules_check() */
	RULE_DEPRECATED,         /* of the schema; said in answers, see intake/receipt.h */
	/* found by minimise/profile.h, against what the data owner has chosen */
	RULE_PROFILE_MEMBER,
	RULE_PROFILE_MONTH,
	RULE_PROFILE_OWNER,
	RULE_PROFILE_KIND,
	RULE_COUNT
};

/* "organisation-number-check" and so on: constants. */
const char *rule_code(enum rule rule);

/* The rule with that code, or RULE_COUNT. */
enum rule rule_by_code(const char *code);

#endif
