#include "rules/text.h"

#define DETAIL "{detail}"

bool rules_text_valid(const char *text)
{
	bool inside = false;

	for (; *text; text++) {
		if (*text == '[' || *text == ']') {
			if (inside == (*text == '['))
				return false;
			inside = !inside;
		}
		if (*text == '{' && (!inside || strncmp(text, DETAIL, strlen(DETAIL)) != 0))
			return false;
	}
	return !inside;
}

enum rc rules_text_render(const char *text, const char *detail, struct buf *out)
{
	bool inside = false;

	for (; *text; text++) {
		if (*text == '[' || *text == ']') {
			inside = *text == '[';
		} else if (inside && !detail) {
			continue;
		} else if (*text == '{') {
			buf_adds(out, detail);
			text += strlen(DETAIL) - 1;
		} else {
			buf_addc(out, *text);
		}
	}
	return buf_rc(out);
}

void rules_text_words(const char *json, struct buf *out)
{
	for (; *json; json++) {
		if (*json == ',')
			buf_adds(out, ", ");
		else if (!strchr("[]\"", *json))
			buf_addc(out, *json);
	}
}
