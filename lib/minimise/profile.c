#include "minimise/profile_file.h"

#include "findings/pointer.h"

#include <string.h>

/* A date as far as its month, "2025-11". */
#define MONTH_LEN 7

/* One walk through a document along one path. */
struct look {
	enum rule rule;
	const struct profile *profile;
	const char *owner;
	struct buf pointer;
	struct findings *out;
};

/* What is no text at all is the schema's to refuse. */
static bool breaks(const struct look *look, const json_t *value)
{
	const char *text = json_string_value(value);

	switch ((int)look->rule) {
	case RULE_PROFILE_MONTH: return text && json_string_length(value) > MONTH_LEN;
	case RULE_PROFILE_OWNER: return text && strcmp(text, look->owner) != 0;
	default: return true;
	}
}

static void report(struct look *look)
{
	if (buf_rc(&look->pointer))
		look->out->failed = buf_rc(&look->pointer);
	else
		findings_add(look->out, FINDING_ERROR, buf_text(&look->pointer), NULL,
			     rule_code(look->rule), profile_name(look->profile));
}

/* Goes down the rest of a path; the loader has held its steps to letters, digits and
 * underscores, so a pointer needs no escapes. */
static void walk(struct look *look, const char *path, const json_t *value)
{
	size_t above = look->pointer.len, len, i;
	json_t *inner;

	if (!*path) {
		if (breaks(look, value))
			report(look);
		return;
	}
	path++;
	len = strcspn(path, "/");
	if (*path == '*') {
		json_array_foreach(value, i, inner)
		{
			finding_pointer_index(&look->pointer, i);
			walk(look, path + len, inner);
			finding_pointer_cut(&look->pointer, above);
		}
		return;
	}
	inner = json_object_getn(value, path, len);
	if (!inner)
		return;
	buf_addf(&look->pointer, "/%.*s", (int)len, path);
	walk(look, path + len, inner);
	finding_pointer_cut(&look->pointer, above);
}

bool profile_names(const struct profile *profile, const char *kind)
{
	return profile_demands(profile, kind) != NULL;
}

bool profile_forbids(const struct profile *profile, const char *kind, const char *path)
{
	const json_t *list = json_object_get(profile_demands(profile, kind), "forbid"), *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *forbidden = json_string_value(item);
		size_t len = strlen(forbidden);

		if (!strncmp(path, forbidden, len) && (!path[len] || path[len] == '/'))
			return true;
	}
	return false;
}

void profile_check(const struct profile *profile, const char *kind, const char *owner,
		   const json_t *document, struct findings *out)
{
	const json_t *demands = profile_demands(profile, kind);
	struct look look = { .profile = profile, .owner = owner, .out = out };
	const json_t *path;
	size_t i;

	look.pointer = buf_capped(1024);
	if (!demands) {
		look.rule = RULE_PROFILE_KIND;
		report(&look);
		return;
	}
	for (size_t d = 0; d < ARRAY_LEN(profile_lists); d++) {
		look.rule = profile_lists[d].rule;
		json_array_foreach(json_object_get(demands, profile_lists[d].name), i, path)
			walk(&look, json_string_value(path), document);
	}
	buf_release(&look.pointer);
}
