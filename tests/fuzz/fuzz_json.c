/* JSON from outside: what the strict reader takes is one value of bounded depth,
 * and its canonical form says the same and is its own canonical form. */
#include "fuzz.h"

#include "http/uri.h"
#include "json/canonical.h"
#include "json/strict.h"

static size_t depth_of(const json_t *value)
{
	size_t deepest = 0, i;
	const char *name;
	json_t *member;

	json_array_foreach(value, i, member)
	{
		size_t depth = depth_of(member);

		deepest = depth > deepest ? depth : deepest;
	}
	json_object_foreach((json_t *)(uintptr_t)value, name, member)
	{
		size_t depth = depth_of(member);

		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + (json_is_array(value) || json_is_object(value));
}

static bool has_real(const json_t *value)
{
	const char *name;
	json_t *member;
	size_t i;

	json_array_foreach(value, i, member) if (has_real(member)) return true;
	json_object_foreach((json_t *)(uintptr_t)value, name,
			    member) if (has_real(member)) return true;
	return json_is_real(value);
}

static void check_canonical(const json_t *value)
{
	CLEANUP(buf_release) struct buf first = buf_capped(1 << 22);
	CLEANUP(buf_release) struct buf second = buf_capped(1 << 22);
	enum rc rc = json_canonical(value, &first);
	json_t *again = NULL;

	MUST(rc == (has_real(value) ? RC_INVALID : RC_OK));
	if (rc)
		return;
	MUST(json_strict_load(buf_text(&first), first.len, JSON_INTAKE_DEPTH, &again, NULL) ==
	     RC_OK);
	MUST(json_equal(value, again));
	MUST(json_canonical(again, &second) == RC_OK);
	MUST(first.len == second.len && !memcmp(first.data, second.data, first.len));
	json_decref(again);
}

/* Whatever jansson writes, reals too, is read back; a real as the same number. */
static void check_rewritten(const json_t *value)
{
	CLEANUP_FREE char *text = json_dumps(value, JSON_ENCODE_ANY);
	json_t *again = NULL;

	MUST(text);
	MUST(json_strict_load(text, strlen(text), JSON_INTAKE_DEPTH, &again, NULL) == RC_OK);
	MUST(json_equal(value, again));
	json_decref(again);
}

/* Two readers of UTF-8, jansson's and ours, agree on what it is. */
static void check_utf8(const char *text, size_t size)
{
	CLEANUP(buf_release) struct buf quoted = buf_capped(size + 2);
	json_t *value = NULL;
	enum rc rc;

	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == '"' || text[i] == '\\')
			return;
	buf_addc(&quoted, '"');
	buf_add(&quoted, text, size);
	buf_addc(&quoted, '"');
	MUST(!buf_rc(&quoted));
	rc = json_strict_load(quoted.data, quoted.len, 1, &value, NULL);
	MUST((rc == RC_OK) == utf8_valid(text, size));
	json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct err err = { 0 };
	json_t *value = NULL;
	unsigned depth;
	enum rc rc = json_strict_load(text, size, JSON_INTAKE_DEPTH, &value, &err);

	check_utf8(text, size);
	if (rc) {
		MUST(rc == RC_INVALID && !value && !strcmp(err.code, "invalid-json"));
		return 0;
	}
	MUST(!memchr(text, '\0', size) && utf8_valid(text, size));
	depth = (unsigned)depth_of(value);
	MUST(depth <= JSON_INTAKE_DEPTH && json_depth_within(text, size, depth));
	MUST(!depth || !json_depth_within(text, size, depth - 1));
	check_canonical(value);
	check_rewritten(value);
	json_decref(value);
	return 0;
}
