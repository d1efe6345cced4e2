/* ECMA-262 regular expressions (with the u flag) over PCRE2, with limits.
 *
 * The pattern is translated: what ECMA-262 and PCRE2 read differently is spelled
 * so that PCRE2 means the same, and what ECMA-262 does not know is refused. */
#ifndef VARDE_SCHEMA_REGEX_H
#define VARDE_SCHEMA_REGEX_H

#include "base/buf.h"
#include "schema/limits.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>

/* Compiled, immutable: any thread may match with it. */
struct regex;

/* RC_INVALID (not a pattern of ECMA-262), RC_LIMIT (too long), RC_NOMEM. */
NODISCARD enum rc regex_compile(const char *pattern, size_t len, const struct schema_limits *limits,
				struct regex **ret);
void regex_free(struct regex *r);

/* Whether the text is a pattern that regex_compile takes under the default
 * limits (format "regex"). Allocates. */
bool regex_is_valid(const char *pattern, size_t len);

/* The same pattern in PCRE2's words. RC_INVALID, RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc regex_translate(const char *pattern, size_t len, struct buf *out);

/* What matching needs, on the stack of one check: PCRE2's match data, contexts
 * and first backtracking frames (20 KiB) are carved from here, so that a match
 * allocates nothing unless it backtracks deeply. Set `ready` and `used` to 0
 * first; release at the end. */
struct regex_scratch {
	bool ready;
	size_t used;
	struct pcre2_real_match_data_8 *data;
	struct pcre2_real_match_context_8 *context;
	alignas(max_align_t) unsigned char bytes[24 * 1024];
};

void regex_scratch_release(struct regex_scratch *s);

enum regex_result { REGEX_NO, REGEX_YES, REGEX_LIMIT /* gave up */ };

/* Whether `text` (UTF-8) has a match anywhere in it. */
enum regex_result regex_search(const struct regex *r, struct regex_scratch *s, const char *text,
			       size_t len);

#endif
