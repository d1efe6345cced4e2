/* A pattern of ECMA-262 and a text, a line each, any number of such pairs. A pattern is taken or
 * refused the same by all who ask; a search ends within its limits, the same each time. */
#include "fuzz.h"

#include "http/uri.h"
#include "schema/regex.h"

static const struct schema_limits limits = {
	.regex_bytes = 512,
	.regex_steps = 20000,
	.regex_heap_kib = 256,
};

static enum regex_result search(const struct regex *regex, struct piece text)
{
	struct regex_scratch *scratch = malloc(sizeof(*scratch));
	enum regex_result result;

	MUST(scratch);
	scratch->ready = false;
	scratch->used = 0;
	result = regex_search(regex, scratch, text.at, text.len);
	MUST(regex_search(regex, scratch, text.at, text.len) == result);
	regex_scratch_release(scratch);
	free(scratch);
	return result;
}

/* Only what JSON can bring: UTF-8 without NUL. */
static bool is_text(struct piece p)
{
	return utf8_valid(p.at, p.len) && (!p.len || !memchr(p.at, '\0', p.len));
}

static void check(struct piece pattern, struct piece text)
{
	struct regex *regex = NULL;
	enum rc rc;

	if (!is_text(pattern) || !is_text(text))
		return;
	rc = regex_compile(pattern.at, pattern.len, &limits, &regex);
	MUST((rc == RC_OK) == (regex != NULL));
	MUST(rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT);
	MUST(regex_is_valid(pattern.at, pattern.len) == (rc == RC_OK) || rc == RC_LIMIT);
	if (regex)
		MUST(search(regex, text) == search(regex, text));
	regex_free(regex);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct piece rest = { (const char *)data, size };

	do {
		struct piece pattern = fuzz_take(&rest, '\n');

		check(pattern, fuzz_take(&rest, '\n'));
	} while (rest.len);
	return 0;
}
