#include "schema/regex.h"

#include "base/cleanup.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>

struct regex {
	pcre2_code *code;
	unsigned steps, heap_kib;
};

#define REGEX_OPTIONS                                                                              \
	(PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_NEVER_BACKSLASH_C |             \
	 PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_UCP)

enum rc regex_compile(const char *pattern, size_t len, const struct schema_limits *limits,
		      struct regex **ret)
{
	/* The longest translation of one byte is that of "\S" in a class. */
	CLEANUP(buf_release) struct buf translated = buf_capped((size_t)limits->regex_bytes * 64);
	struct regex *r;
	size_t offset;
	int error;
	enum rc rc;

	if (len > limits->regex_bytes)
		return RC_LIMIT;
	rc = regex_translate(pattern, len, &translated);
	if (rc)
		return rc;
	r = calloc(1, sizeof(*r));
	if (!r)
		return RC_NOMEM;
	r->steps = limits->regex_steps;
	r->heap_kib = limits->regex_heap_kib;
	r->code = pcre2_compile((PCRE2_SPTR)buf_text(&translated), translated.len, REGEX_OPTIONS,
				&error, &offset, NULL);
	if (!r->code) {
		free(r);
		return error == PCRE2_ERROR_NOMEMORY ? RC_NOMEM : RC_INVALID;
	}
	*ret = r;
	return RC_OK;
}

void regex_free(struct regex *r)
{
	if (!r)
		return;
	pcre2_code_free(r->code);
	free(r);
}

bool regex_is_valid(const char *pattern, size_t len)
{
	static const struct schema_limits limits = SCHEMA_LIMITS_DEFAULT;
	struct regex *r = NULL;
	enum rc rc = regex_compile(pattern, len, &limits, &r);

	regex_free(r);
	return rc == RC_OK;
}

static void *scratch_alloc(size_t n, void *scratch)
{
	struct regex_scratch *s = scratch;
	void *at = s->bytes + s->used;

	n = (n + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
	if (n > sizeof(s->bytes) - s->used)
		return malloc(n);
	s->used += n;
	return at;
}

static void scratch_free(void *p, void *scratch)
{
	struct regex_scratch *s = scratch;
	uintptr_t at = (uintptr_t)p, first = (uintptr_t)s->bytes;

	if (at < first || at >= first + sizeof(s->bytes))
		free(p);
}

static bool scratch_init(struct regex_scratch *s)
{
	pcre2_general_context *general;

	if (s->ready)
		return true;
	general = pcre2_general_context_create(scratch_alloc, scratch_free, s);
	if (!general)
		return false;
	s->context = pcre2_match_context_create(general);
	s->data = pcre2_match_data_create(1, general);
	pcre2_general_context_free(general);
	s->ready = true;
	return s->context && s->data;
}

void regex_scratch_release(struct regex_scratch *s)
{
	if (!s->ready)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->context);
	s->ready = false;
}

enum regex_result regex_search(const struct regex *r, struct regex_scratch *s, const char *text,
			       size_t len)
{
	int rc;

	if (!scratch_init(s))
		return REGEX_LIMIT;
	pcre2_set_match_limit(s->context, r->steps);
	pcre2_set_heap_limit(s->context, r->heap_kib);
	rc = pcre2_match(r->code, (PCRE2_SPTR)text, len, 0, 0, s->data, s->context);
	if (rc >= 0)
		return REGEX_YES;
	return rc == PCRE2_ERROR_NOMATCH ? REGEX_NO : REGEX_LIMIT;
}
