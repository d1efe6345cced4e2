/* Which harm is a report's severity: what was, of an incident, which reached someone;
 * what could have been, of a near miss or hazard, which did not. */
#ifndef VARDE_COUNT_SEVERITY_H
#define VARDE_COUNT_SEVERITY_H

#include <string.h>

/* Codes as the report has them, "" or NULL where it lacks them; one of them is returned,
 * never NULL. */
static inline const char *count_severity(const char *event_class, const char *actual,
					 const char *potential)
{
	const char *harm = event_class && !strcmp(event_class, "incident") ? actual : potential;

	return harm ? harm : "";
}

#endif
