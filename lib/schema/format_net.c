/* Names and addresses. */
#include "schema/format.h"

#include <ctype.h>
#include <string.h>

bool format_ipv4(const char *text, size_t len)
{
	const char *end = text + len;

	for (int part = 0; part < 4; part++) {
		int value = 0, digits = 0;

		if (part && (text == end || *text++ != '.'))
			return false;
		for (; text < end && isdigit((unsigned char)*text) && digits < 4; digits++)
			value = value * 10 + (*text++ - '0');
		if (!digits || digits > 3 || value > 255 || (digits > 1 && text[-digits] == '0'))
			return false;
	}
	return text == end;
}

bool format_ipv6(const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	int groups = 0;
	bool gap = false;

	if (len < 2 || (at[0] == ':' && at[1] != ':'))
		return false;
	while (at < end) {
		const char *start = at;

		if (at[0] == ':' && at + 1 < end && at[1] == ':') {
			if (gap)
				return false;
			gap = true;
			at += 2;
			continue;
		}
		if (at > text && at[-1] != ':' && *at++ != ':')
			return false;
		start = at;
		while (at < end && isxdigit((unsigned char)*at) && at - start < 5)
			at++;
		if (at < end && *at == '.') {
			if (!format_ipv4(start, (size_t)(end - start)))
				return false;
			groups += 2;
			break;
		}
		if (at == start || at - start > 4)
			return false;
		groups++;
	}
	return gap ? groups < 8 : groups == 8;
}

bool format_hostname(const char *text, size_t len)
{
	size_t label = 0;

	if (!len || len > 253)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (i == len || text[i] == '.') {
			if (!label || label > 63 || text[i - 1] == '-')
				return false;
			label = 0;
		} else if (isalnum((unsigned char)text[i]) || (text[i] == '-' && label)) {
			label++;
		} else {
			return false;
		}
	}
	return true;
}

static bool is_atom_char(char c)
{
	return c && (isalnum((unsigned char)c) || strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool dot_string(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.' ? i == 0 || i + 1 == len || text[i - 1] == '.'
				   : !is_atom_char(text[i]))
			return false;
	}
	return len > 0;
}

static bool quoted_string(const char *text, size_t len)
{
	if (len < 2 || text[0] != '"' || text[len - 1] != '"')
		return false;
	for (size_t i = 1; i + 1 < len; i++) {
		if (text[i] == '\\' && ++i + 1 >= len)
			return false;
		if (text[i] < ' ' || text[i] > '~' || (text[i] == '"' && text[i - 1] != '\\'))
			return false;
	}
	return true;
}

static bool mail_domain(const char *text, size_t len)
{
	if (len < 2 || text[0] != '[')
		return format_hostname(text, len);
	if (text[len - 1] != ']')
		return false;
	text++;
	len -= 2;
	if (len > 5 && !strncmp(text, "IPv6:", 5))
		return format_ipv6(text + 5, len - 5);
	return format_ipv4(text, len);
}

bool format_email(const char *text, size_t len)
{
	const char *at = memrchr(text, '@', len);
	size_t local = at ? (size_t)(at - text) : 0;

	if (!at || local > 64 || len > 254)
		return false;
	if (!dot_string(text, local) && !quoted_string(text, local))
		return false;
	return mail_domain(at + 1, len - local - 1);
}
