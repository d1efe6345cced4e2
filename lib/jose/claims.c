#include "jose/claims.h"

#include <string.h>

#define DATE_MAX ((int64_t)1 << 53)

enum rc jose_claim_date(const json_t *claims, const char *name, int64_t *ret)
{
	const json_t *value = json_object_get(claims, name);
	int64_t date;

	if (!value)
		return RC_NOT_FOUND;
	date = json_integer_value(value);
	if (!json_is_integer(value) || date < 0 || date > DATE_MAX)
		return RC_INVALID;
	*ret = date;
	return RC_OK;
}

enum rc jose_claim_text(const json_t *claims, const char *name, size_t max, const char **ret)
{
	const json_t *value = json_object_get(claims, name);

	if (!value)
		return RC_NOT_FOUND;
	if (!json_is_string(value) || json_string_length(value) < 1 ||
	    json_string_length(value) > max)
		return RC_INVALID;
	*ret = json_string_value(value);
	return RC_OK;
}

bool jose_claim_audience_is(const json_t *claims, const char *audience)
{
	const json_t *aud = json_object_get(claims, "aud");

	if (json_is_array(aud) && json_array_size(aud) == 1)
		aud = json_array_get(aud, 0);
	return json_is_string(aud) && !strcmp(json_string_value(aud), audience);
}

bool jose_is_nine_digits(const char *text)
{
	return strlen(text) == 9 && strspn(text, "0123456789") == 9;
}
