#include "open/held.h"

#include "base/buf.h"
#include "findings/pointer.h"

#include <string.h>

#define POINTER_MAX 512

struct search {
	const struct person *person;
	struct buf pointer;
	const char *above; /* the member that holds the object at hand */
	json_t *matches;
	bool failed;
};

/* Whose place a pointer is, and how long the part of it is that names the person. */
static const struct {
	const char *start, *about;
	bool list;
} places[] = {
	{ "/patients/", "patient", true },
	{ "/reporter/", "reporter", false },
	{ "/involved_staff/", "staff", true },
};

static size_t place_of(const char *pointer, const char **ret_about)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t len = strlen(places[i].start);

		if (strncmp(pointer, places[i].start, len) != 0)
			continue;
		*ret_about = places[i].about;
		return places[i].list ? len + strcspn(pointer + len, "/") : len - 1;
	}
	*ret_about = "text";
	return 0;
}

static void add(struct search *s, const char *how)
{
	const char *about, *pointer = buf_text(&s->pointer);

	(void)place_of(pointer, &about);
	if (json_array_append_new(s->matches, json_pack("{s:s, s:s, s:s}", "member", pointer,
							"about", about, "how", how)))
		s->failed = true;
}

static bool same_hpr(const char *text, const char *hpr)
{
	return *hpr && strcmp(text + strspn(text, "0"), hpr) == 0;
}

static void look_at_text(struct search *s, const char *name, const json_t *value)
{
	const char *text = json_string_value(value);

	if (!strcmp(name, "value") && s->above && !strcmp(s->above, "identifier") &&
	    !strcmp(text, s->person->number))
		add(s, "identifier");
	else if (!strcmp(name, "hpr_number") && same_hpr(text, s->person->hpr))
		add(s, "hpr");
	else if (person_number_occurs(text, json_string_length(value), s->person->number))
		add(s, "text");
}

/* The depth is bounded: the document came through the strict reader. */
static void walk(struct search *s, const char *name, const json_t *value)
{
	const char *above = s->above, *member;
	size_t here = s->pointer.len, i;
	json_t *child;

	if (json_is_string(value))
		look_at_text(s, name, value);
	s->above = name;
	json_object_foreach((json_t *)(uintptr_t)value, member, child)
	{
		finding_pointer_member(&s->pointer, member);
		walk(s, member, child);
		finding_pointer_cut(&s->pointer, here);
	}
	s->above = above;
	json_array_foreach(value, i, child)
	{
		finding_pointer_index(&s->pointer, i);
		walk(s, name, child);
		finding_pointer_cut(&s->pointer, here);
	}
}

json_t *held_matches(const json_t *document, const struct person *person)
{
	struct search s = { .person = person,
			    .pointer = buf_capped(POINTER_MAX),
			    .matches = json_array() };

	s.failed = !s.matches;
	walk(&s, "", document);
	buf_release(&s.pointer);
	if (s.failed) {
		json_decref(s.matches);
		return NULL;
	}
	return s.matches;
}

/* "/patients/3", "/reporter": at most one list deep. */
static json_t *resolve(const json_t *document, const char *pointer)
{
	CLEANUP_FREE char *copy = strdup(pointer + 1);
	char *index = copy ? strchr(copy, '/') : NULL;

	if (!copy)
		return NULL;
	if (index)
		*index++ = '\0';
	return index ? json_array_get(json_object_get(document, copy), strtoul(index, NULL, 10))
		     : json_object_get(document, copy);
}

json_t *held_own(const json_t *document, const json_t *matches)
{
	json_t *own = json_object();

	for (size_t i = 0; own && i < json_array_size(matches); i++) {
		const char *about, *member = json_string_value(
					   json_object_get(json_array_get(matches, i), "member"));
		char pointer[POINTER_MAX];
		size_t len = place_of(member, &about);

		if (!len || len >= sizeof(pointer))
			continue;
		memcpy(pointer, member, len);
		pointer[len] = '\0';
		json_object_set(own, pointer, resolve(document, pointer));
	}
	return own;
}

json_t *held_event(const json_t *document)
{
	static const char *const members[] = { "report_kind", "event_class", "event_type",
					       "event",       "place",       "service",
					       "harm",        "subject_kind" };
	json_t *event = json_object();

	for (size_t i = 0; event && i < sizeof(members) / sizeof(members[0]); i++) {
		json_t *value = json_object_get(document, members[i]);

		if (value)
			json_object_set(event, members[i], value);
	}
	return event;
}

bool held_patient_is_among(const json_t *document, const struct persons *persons)
{
	const json_t *patients = json_object_get(document, "patients");

	for (size_t i = 0; i < json_array_size(patients); i++) {
		const json_t *identifier =
			json_object_get(json_array_get(patients, i), "identifier");

		if (persons_has(persons, json_string_value(json_object_get(identifier, "value"))))
			return true;
	}
	return false;
}
