#include "base/cleanup.h"
#include "base/clock.h"
#include "rules/run.h"

#define DAY_MS INT64_C(86400000)
/* Senders' clocks are a little off. */
#define SKEW_MS (INT64_C(5) * 60 * 1000)
/* A day begins two hours earlier in Norwegian summer time than in UTC. */
#define EARLIEST_MIDNIGHT_MS (INT64_C(2) * 3600 * 1000)

/* Members that hold a date, and whether it may lie ahead. */
static const struct dated {
	const char *object, *name, *pointer;
	bool may_be_ahead;
} dated[] = {
	{ "event", "date", "/event/date", false },
	{ "event", "discovered_date", "/event/discovered_date", false },
	{ "notification", "sent_date", "/notification/sent_date", false },
	{ NULL, "meeting_offered_date", "/meeting_offered_date", true },
	{ NULL, "review_due", "/review_due", true },
	{ NULL, "started_date", "/started_date", false },
	{ NULL, "completed_date", "/completed_date", false },
	{ NULL, "decided_date", "/decided_date", false },
	{ NULL, "report_sent_date", "/report_sent_date", false },
};

static bool is_ahead(const struct rules_run *run, const struct rules_date *date)
{
	return date->first * DAY_MS - EARLIEST_MIDNIGHT_MS - SKEW_MS > run->context->now_ms;
}

static void check_date(const struct rules_run *run, const struct dated *member)
{
	const json_t *object =
		member->object ? json_object_get(run->document, member->object) : run->document;
	struct rules_date date;

	switch (rules_date_read(rules_string(object, member->name), &date)) {
	case RULES_DATE_OTHER: return;
	case RULES_DATE_IMPOSSIBLE:
		rules_report(run, RULE_DATE_IMPOSSIBLE, member->pointer, NULL);
		return;
	case RULES_DATE_OK: break;
	}
	if (date.year < 1900)
		rules_report(run, RULE_DATE_BEFORE_1900, member->pointer, NULL);
	if (!member->may_be_ahead && is_ahead(run, &date))
		rules_report(run, RULE_DATE_IN_FUTURE, member->pointer, NULL);
}

/* A time of day begins like a date; what is wrong with its shape the schema says. */
static void check_time(const struct rules_run *run, const char *name, const char *pointer,
		       enum rule ahead)
{
	const char *text = rules_string(json_object_get(run->document, "source"), name);
	char day[11];
	struct rules_date date;
	int64_t ms;

	if (!text || strlen(text) < 20 || (text[10] != 'T' && text[10] != 't'))
		return;
	memcpy(day, text, 10);
	day[10] = '\0';
	if (rules_date_read(day, &date) == RULES_DATE_IMPOSSIBLE) {
		rules_report(run, RULE_DATE_IMPOSSIBLE, pointer, NULL);
		return;
	}
	if (clock_parse(text, strlen(text), &ms))
		return;
	if (date.year < 1900)
		rules_report(run, RULE_DATE_BEFORE_1900, pointer, NULL);
	if (ms > run->context->now_ms + SKEW_MS)
		rules_report(run, ahead, pointer, NULL);
}

/* What cannot be so, or can hardly be: birth dates are sealed and not counted. */
static void check_birth_dates(const struct rules_run *run)
{
	const json_t *patients = json_object_get(run->document, "patients"), *patient;
	size_t i;

	json_array_foreach(patients, i, patient)
	{
		struct rules_date date;
		enum rules_date_kind kind =
			rules_date_read(rules_string(patient, "birth_date"), &date);

		if (kind == RULES_DATE_IMPOSSIBLE ||
		    (kind == RULES_DATE_OK && (date.year < 1900 || is_ahead(run, &date))))
			rules_reportf(run, RULE_BIRTH_DATE_UNLIKELY, NULL,
				      "/patients/%zu/birth_date", i);
	}
}

/* The day that a time was written with, where it was. */
static bool day_of(const char *time, struct rules_date *ret)
{
	char day[11];
	int64_t ms;

	if (!time || clock_parse(time, strlen(time), &ms))
		return false;
	memcpy(day, time, 10);
	day[10] = '\0';
	return rules_date_read(day, ret) == RULES_DATE_OK;
}

static void check_order(const struct rules_run *run)
{
	const json_t *source = json_object_get(run->document, "source");
	const json_t *event = json_object_get(run->document, "event");
	const json_t *notification = json_object_get(run->document, "notification");
	struct rules_date happened, other;

	if (!rules_event_date(run->document, &happened))
		return;
	if (rules_date_read(rules_string(event, "discovered_date"), &other) == RULES_DATE_OK &&
	    other.last < happened.first)
		rules_report(run, RULE_DISCOVERED_BEFORE_EVENT, "/event/discovered_date", NULL);
	if (day_of(rules_string(source, "registered_at"), &other) && other.last < happened.first)
		rules_report(run, RULE_REGISTERED_BEFORE_EVENT, "/source/registered_at", NULL);
	if (rules_date_read(rules_string(notification, "sent_date"), &other) == RULES_DATE_OK &&
	    other.last < happened.first)
		rules_report(run, RULE_NOTIFIED_BEFORE_EVENT, "/notification/sent_date", NULL);
}

static void check_review(const struct rules_run *run)
{
	struct rules_date started, completed;

	if (rules_date_read(rules_string(run->document, "started_date"), &started) ==
		    RULES_DATE_OK &&
	    rules_date_read(rules_string(run->document, "completed_date"), &completed) ==
		    RULES_DATE_OK &&
	    completed.last < started.first)
		rules_report(run, RULE_REVIEW_ENDED_BEFORE_START, "/completed_date", NULL);
}

void rules_dates(const struct rules_run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(dated); i++)
		check_date(run, &dated[i]);
	check_time(run, "registered_at", "/source/registered_at", RULE_DATE_IN_FUTURE);
	check_time(run, "exported_at", "/source/exported_at", RULE_EXPORTED_IN_FUTURE);
	check_birth_dates(run);
	check_order(run);
	check_review(run);
}
