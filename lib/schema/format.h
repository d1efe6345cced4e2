/* The formats of Validation section 7.3 that are asserted here: date-time, date,
 * time, duration, email, hostname, ipv4, ipv6, uri, uri-reference, iri,
 * iri-reference, uri-template, uuid, json-pointer, relative-json-pointer, regex.
 * Any other format is an annotation. */
#ifndef VARDE_SCHEMA_FORMAT_H
#define VARDE_SCHEMA_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

struct format {
	const char *name;
	bool (*is_valid)(const char *text, size_t len);
};

/* NULL when the format is not known. */
const struct format *format_find(const char *name);

/* By format, in the file named after their kind. */
bool format_date(const char *text, size_t len);      /* RFC 3339 full-date */
bool format_time(const char *text, size_t len);      /* RFC 3339 full-time */
bool format_date_time(const char *text, size_t len); /* RFC 3339 date-time */
bool format_duration(const char *text, size_t len);  /* RFC 3339 appendix A */
bool format_email(const char *text, size_t len);     /* RFC 5321 section 4.1.2 Mailbox */
bool format_hostname(const char *text, size_t len);  /* RFC 1123 section 2.1 */
bool format_ipv4(const char *text, size_t len);      /* RFC 2673 section 3.2 */
bool format_ipv6(const char *text, size_t len);      /* RFC 4291 section 2.2 */
bool format_uri(const char *text, size_t len);       /* RFC 3986 */
bool format_uri_reference(const char *text, size_t len);
bool format_iri(const char *text, size_t len); /* RFC 3987, non-ASCII not told apart */
bool format_iri_reference(const char *text, size_t len);
bool format_uri_template(const char *text, size_t len); /* RFC 6570 */
bool format_uuid(const char *text, size_t len);         /* RFC 4122 section 3 */
bool format_json_pointer(const char *text, size_t len); /* RFC 6901 */
bool format_relative_json_pointer(const char *text, size_t len);

#endif
