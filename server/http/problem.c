#include "http/problem.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *code;
	unsigned seconds;
} retries[] = {
	{ "concurrency-limited", 1 },  { "busy", 1 },          { "shutting-down", 5 },
	{ "storage-failed", 5 },       { "storage-full", 60 }, { "issuer-unavailable", 30 },
	{ "profile-unavailable", 60 },
};

static const struct problem_kind *kind_of(const struct problem *problem)
{
	const struct problem_kind *kind = problem_kind(problem->code);

	return kind ? kind : problem_kind("internal-error");
}

int problem_status(const struct problem *problem)
{
	return kind_of(problem)->status;
}

unsigned problem_retry_after(const struct problem *problem)
{
	size_t i;

	if (problem->retry_after)
		return problem->retry_after;
	for (i = 0; i < ARRAY_LEN(retries); i++)
		if (!strcmp(retries[i].code, problem->code))
			return retries[i].seconds;
	return 0;
}

/* Optional members; 0 or -1 as jansson does. */
static int add_rest(json_t *doc, const struct problem *p)
{
	int failed = 0;

	if (p->current_revision)
		failed |= json_object_set_new(doc, "current_revision",
					      json_integer(p->current_revision));
	if (p->digest)
		failed |= json_object_set_new(doc, "digest", json_string(p->digest));
	if (problem_retry_after(p))
		failed |= json_object_set_new(doc, "retry_after",
					      json_integer(problem_retry_after(p)));
	if (p->errors)
		failed |= json_object_set_new(doc, "errors", json_deep_copy(p->errors));
	/* The standard members win over an extension of the same name. */
	if (p->members) {
		json_auto_t *copy = json_deep_copy(p->members);

		failed |= copy ? json_object_update_missing(doc, copy) : -1;
	}
	return failed;
}

json_t *problem_to_json(const struct problem *problem, enum problem_lang lang, const char *trace_id)
{
	const struct problem_kind *kind = kind_of(problem);
	json_auto_t *doc = NULL;
	char type[80];

	snprintf(type, sizeof(type), "/problems/%s", kind->code);
	doc = json_pack("{s:s, s:s, s:i, s:s, s:s}", "type", type, "title", kind->title[lang],
			"status", kind->status, "detail",
			problem->detail ? problem->detail : kind->explain[lang], "code",
			kind->code);
	if (!doc)
		return NULL;
	if (trace_id && json_object_set_new(doc, "trace_id", json_string(trace_id)))
		return NULL;
	if (add_rest(doc, problem))
		return NULL;
	return TAKE_PTR(doc);
}
