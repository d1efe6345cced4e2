/* What holds for findings whoever made them. */
#ifndef VARDE_TESTS_FUZZ_FINDINGS_H
#define VARDE_TESTS_FUZZ_FINDINGS_H

#include "fuzz.h"

#include "findings/findings.h"

#include <jansson.h>

/* The name that a pointer's next step says, unescaped; moves on. The caller frees. */
static inline char *fuzz_step(const char **pointer)
{
	size_t len = strcspn(*pointer + 1, "/"), n = 0;
	char *name = strndup(*pointer + 1, len);

	MUST(name && **pointer == '/');
	for (size_t i = 0; i < len; i++) {
		MUST(name[i] != '~' || name[i + 1] == '0' || name[i + 1] == '1');
		if (name[i] == '~')
			name[n++] = name[++i] == '0' ? '~' : '/';
		else
			name[n++] = name[i];
	}
	name[n] = '\0';
	*pointer += 1 + len;
	return name;
}

/* Where a pointer leads; NULL where nothing stands. *ret_whole: all but its last
 * step lead somewhere, so that it may point at what is missing. */
static inline const json_t *fuzz_resolve(const json_t *value, const char *pointer, bool *ret_whole)
{
	*ret_whole = true;
	while (*pointer) {
		CLEANUP_FREE char *name = NULL;

		*ret_whole = value != NULL;
		if (!value)
			return NULL;
		name = fuzz_step(&pointer);
		value = json_is_array(value) ? json_array_get(value, strtoul(name, NULL, 10))
					     : json_object_get(value, name);
	}
	return value;
}

/* Every pointer leads into the document or to a place for one more member of it,
 * none stands twice with one code, and they are in order. */
static inline __attribute__((unused)) void fuzz_check_findings(struct findings *f,
							       const json_t *document)
{
	MUST(!f->failed && f->len <= 2 * FINDINGS_KEPT && f->len <= f->errors + f->warnings);
	findings_sort(f);
	for (size_t i = 0; i < f->len; i++) {
		const struct finding *one = &f->list[i], *before = i ? one - 1 : NULL;
		bool whole;

		MUST(one->code && *one->code && one->pointer);
		fuzz_resolve(document, one->pointer, &whole);
		MUST(whole);
		MUST(!before || before->severity <= one->severity);
		MUST(!before || strcmp(before->pointer, one->pointer) ||
		     strcmp(before->code, one->code) || before->severity != one->severity);
	}
}

static inline __attribute__((unused)) bool fuzz_same_findings(const struct findings *a,
							      const struct findings *b)
{
	if (a->len != b->len || a->errors != b->errors || a->warnings != b->warnings)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (strcmp(a->list[i].pointer, b->list[i].pointer) ||
		    strcmp(a->list[i].code, b->list[i].code) ||
		    a->list[i].severity != b->list[i].severity)
			return false;
	return true;
}

#endif
