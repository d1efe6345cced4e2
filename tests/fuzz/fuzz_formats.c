/* Each line as a date, a time, a number of a person or an organisation, and every
 * format that schemas assert. A time that is read is written as the same time; two
 * readers of one form agree; a person number is found also within other words. */
#include "fuzz.h"

#include "base/clock.h"
#include "identifiers/organisation_number.h"
#include "identifiers/person_number.h"
#include "schema/format.h"

static void check_time(struct piece text)
{
	char written[CLOCK_TEXT_SIZE];
	int64_t ms, again, days;
	enum rc rc = clock_parse(text.at, text.len, &ms);

	MUST((rc == RC_OK) == format_date_time(text.at, text.len));
	if (!rc) {
		clock_format(ms, written);
		MUST(!clock_parse(written, strlen(written), &again) && again == ms);
	}
	rc = clock_parse_date(text.at, text.len, &days);
	MUST((rc == RC_OK) == format_date(text.at, text.len));
	if (!rc) {
		clock_format(days * 86400000, written);
		MUST(fuzz_same(text, written, 10) && !strcmp(written + 10, "T00:00:00.000Z"));
	}
}

static bool all_digits(struct piece text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return true;
}

static void check_numbers(struct piece text)
{
	static const int weights[] = { 3, 2, 7, 6, 5, 4, 3, 2, 1 };
	struct person_number person = { 0 };
	bool is_person = person_number_classify(text.at, text.len, &person);
	int sum = 0;

	MUST(is_person == (text.len == 11 && all_digits(text)));
	MUST(!is_person || !person.holds_legacy || person.holds_2032);
	MUST(!is_person || person.kind != PERSON_NUMBER_FHNR || !person.date_plausible);
	MUST(!is_person || !person.date_plausible || person_number_find(text.at, text.len));
	for (size_t i = 0; text.len == 9 && i < 9; i++)
		sum += weights[i] * (text.at[i] - '0');
	MUST(organisation_number_valid(text.at, text.len) ==
	     (text.len == 9 && all_digits(text) && sum % 11 == 0));
	MUST(!hpr_number_valid(text.at, text.len) ||
	     (text.len >= 1 && text.len <= 9 && all_digits(text) && text.at[0] != '0'));
}

/* What somebody may have meant is still meant with words around it. */
static void check_find(struct piece text)
{
	CLEANUP(buf_release) struct buf around = buf_capped(text.len + 64);

	if (!person_number_find(text.at, text.len))
		return;
	buf_adds(&around, "Pasient x");
	buf_add(&around, text.at, text.len);
	buf_adds(&around, "y ble flyttet.");
	MUST(person_number_find(buf_text(&around), around.len));
}

static void check_formats(struct piece text)
{
	static const char *const names[] = {
		"date-time",    "date",          "time",         "duration",
		"email",        "hostname",      "ipv4",         "ipv6",
		"uri",          "uri-reference", "iri",          "iri-reference",
		"uri-template", "uuid",          "json-pointer", "relative-json-pointer",
		"regex"
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct format *format = format_find(names[i]);
		bool valid;

		MUST(format);
		valid = format->is_valid(text.at, text.len);
		MUST(format->is_valid(text.at, text.len) == valid);
	}
	MUST(!format_uri(text.at, text.len) || format_uri_reference(text.at, text.len));
	MUST(!format_uri(text.at, text.len) || format_iri(text.at, text.len));
	MUST(!format_iri(text.at, text.len) || format_iri_reference(text.at, text.len));
	MUST(!format_date_time(text.at, text.len) || format_date(text.at, 10));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct piece rest = { (const char *)data, size };

	do {
		struct piece text = fuzz_take(&rest, '\n');

		check_time(text);
		check_numbers(text);
		check_find(text);
		check_formats(text);
	} while (rest.len);
	return 0;
}
