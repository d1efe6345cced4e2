#include "schema/format.h"

#include "base/cleanup.h"
#include "schema/regex.h"

#include <ctype.h>
#include <string.h>

const struct format *format_find(const char *name)
{
	static const struct format formats[] = {
		{ "date", format_date },
		{ "time", format_time },
		{ "date-time", format_date_time },
		{ "duration", format_duration },
		{ "email", format_email },
		{ "hostname", format_hostname },
		{ "ipv4", format_ipv4 },
		{ "ipv6", format_ipv6 },
		{ "uri", format_uri },
		{ "uri-reference", format_uri_reference },
		{ "iri", format_iri },
		{ "iri-reference", format_iri_reference },
		{ "uri-template", format_uri_template },
		{ "uuid", format_uuid },
		{ "json-pointer", format_json_pointer },
		{ "relative-json-pointer", format_relative_json_pointer },
		{ "regex", regex_is_valid },
	};

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

bool format_uuid(const char *text, size_t len)
{
	if (len != 36)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return true;
}

bool format_json_pointer(const char *text, size_t len)
{
	if (len && text[0] != '/')
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] == '~' && (i + 1 == len || (text[i + 1] != '0' && text[i + 1] != '1')))
			return false;
	return true;
}

bool format_relative_json_pointer(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && isdigit((unsigned char)text[n]))
		n++;
	if (!n || (n > 1 && text[0] == '0'))
		return false;
	if (n + 1 == len && text[n] == '#')
		return true;
	return format_json_pointer(text + n, len - n);
}
