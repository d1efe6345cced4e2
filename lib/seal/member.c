#include "seal/member.h"

#include "base/b64.h"
#include "base/cleanup.h"
#include "base/clock.h"

#include <inttypes.h>
#include <string.h>

bool member_bytes(const json_t *object, const char *name, void *out, size_t len)
{
	const json_t *value = json_object_get(object, name);
	CLEANUP(buf_release) struct buf raw = buf_capped(len);

	if (!json_is_string(value) || json_string_length(value) != B64_ENCODED_LEN(len))
		return false;
	if (b64_decode_buf(json_string_value(value), json_string_length(value), &raw) ||
	    raw.len != len)
		return false;
	memcpy(out, raw.data, len);
	return true;
}

bool member_text(const json_t *object, const char *name, size_t max, const char **ret)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value) || json_string_length(value) > max)
		return false;
	*ret = json_string_value(value);
	return true;
}

bool member_count(const json_t *object, const char *name, int64_t *ret)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*ret = json_integer_value(value);
	return true;
}

bool member_time(const json_t *object, const char *name, int64_t *ret)
{
	const json_t *value = json_object_get(object, name);

	return json_is_string(value) &&
	       !clock_parse(json_string_value(value), json_string_length(value), ret) && *ret >= 0;
}

static void add_name(struct buf *out, const char *name)
{
	if (out->len && out->data[out->len - 1] != '{')
		buf_addc(out, ',');
	buf_addf(out, "\"%s\":", name);
}

void member_add_bytes(struct buf *out, const char *name, const void *bytes, size_t len)
{
	add_name(out, name);
	buf_addc(out, '"');
	b64_encode(out, bytes, len);
	buf_addc(out, '"');
}

void member_add_text(struct buf *out, const char *name, const char *text)
{
	json_auto_t *value = json_string(text);
	CLEANUP_FREE char *escaped = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

	add_name(out, name);
	buf_adds(out, escaped ? escaped : "\"\"");
}

void member_add_int(struct buf *out, const char *name, int64_t value)
{
	add_name(out, name);
	buf_addf(out, "%" PRId64, value);
}

void member_add_time(struct buf *out, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT_SIZE];

	add_name(out, name);
	buf_addf(out, "\"%s\"", clock_format(ms, text));
}
