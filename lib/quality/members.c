#include "quality/members.h"

#include "minimise/profile.h"
#include "schema/marks.h"

#include <stdlib.h>
#include <string.h>

#define MEMBERS_MAX 200
#define DEPTH_MAX 6
#define POINTER_MAX 200
#define LABEL_MAX 300

/* A described place below an object: its name, what is counted of it, what is below. */
struct place {
	char *name;
	int counted; /* index of a member, -1 */
	struct place *below;
	size_t below_len;
	bool list; /* below are its elements' members */
};

struct quality_members {
	struct quality_member list[MEMBERS_MAX];
	size_t len;
	struct place root;
};

struct making {
	struct quality_members *m;
	const json_t *schema, *then;   /* what the root adds for this kind of report, or NULL */
	const struct profile *profile; /* or NULL */
	bool failed;
};

/* Where the walk stands. */
struct at {
	char pointer[POINTER_MAX];
	char label[QUALITY_LANGS][LABEL_MAX];
	int depth;
};

static const char *const titles[QUALITY_LANGS] = { "title", "x-varde-title-en" };

/* --- from the schema ----------------------------------------------------------------------- */

static const json_t *resolve(const struct making *k, const json_t *described)
{
	const char *ref;

	for (int hops = 0; hops < 8; hops++) {
		ref = json_string_value(json_object_get(described, "$ref"));
		if (!ref || strncmp(ref, "#/$defs/", 8))
			return described;
		described = json_object_get(json_object_get(k->schema, "$defs"), ref + 8);
	}
	return NULL;
}

static bool names(const json_t *list, const char *name)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item) if (json_is_string(item) &&
					      !strcmp(json_string_value(item), name)) return true;
	return false;
}

/* What the root says of this place for the tenant's kind of report; NULL: nothing. */
static const json_t *further(const struct making *k, const char *pointer)
{
	const json_t *here = k->then;
	char name[POINTER_MAX];

	while (here && *pointer) {
		size_t len = strcspn(++pointer, "/");

		snprintf(name, sizeof(name), "%.*s", (int)len, pointer);
		here = json_object_get(json_object_get(here, "properties"), name);
		pointer += len;
	}
	return here;
}

static bool is_object(const json_t *d)
{
	return json_is_object(json_object_get(d, "properties"));
}

static void add_label(struct at *at, const json_t *described, const json_t *resolved)
{
	for (int lang = 0; lang < QUALITY_LANGS; lang++) {
		const char *title = json_string_value(json_object_get(described, titles[lang]));
		size_t len = strlen(at->label[lang]);

		if (!title)
			title = json_string_value(json_object_get(resolved, titles[lang]));
		snprintf(at->label[lang] + len, LABEL_MAX - len, "%s%s", len ? ": " : "",
			 title ? title : "");
	}
}

static int add_member(struct making *k, const struct at *at, bool required)
{
	struct quality_members *m = k->m;
	struct quality_member *new;

	if (m->len == MEMBERS_MAX) {
		k->failed = true;
		return -1;
	}
	new = &m->list[m->len];
	new->required = required;
	new->pointer = strdup(at->pointer);
	for (int lang = 0; lang < QUALITY_LANGS; lang++) {
		new->label[lang] = strdup(at->label[lang]);
		k->failed |= !new->label[lang];
	}
	k->failed |= !new->pointer;
	return (int)m->len++;
}

static void add_below(struct making *k, struct place *place, const json_t *object,
		      const struct marks_node *node, const struct at *at);

/* What stands inside of the member. */
static void descend(struct making *k, struct place *place, const json_t *d,
		    const struct marks_node *node, const struct at *at)
{
	struct at inner = *at;
	const json_t *items = resolve(k, json_object_get(d, "items"));

	if (is_object(d)) {
		add_below(k, place, d, node, at);
	} else if (is_object(items) && !marks_is_sealed(marks_items(node))) {
		place->list = true;
		snprintf(inner.pointer, sizeof(inner.pointer), "%.*s/*", POINTER_MAX - 3,
			 at->pointer);
		add_below(k, place, items, marks_items(node), &inner);
	}
}

/* An object whose every member is sealed leaves nothing in the clear part. */
static bool is_hollow(const json_t *d, const struct marks_node *node)
{
	json_t *properties = json_object_get(d, "properties"), *described;
	const char *name;

	json_object_foreach(properties, name, described)
	{
		if (!marks_is_sealed(marks_lookup(node, name)))
			return false;
	}
	return properties != NULL;
}

/* What only carries the report says nothing about it. */
static bool is_envelope(const char *pointer)
{
	static const char *const those[] = { "/supersedes", "/related_reports" };

	for (size_t i = 0; i < ARRAY_LEN(those); i++)
		if (!strcmp(pointer, those[i]))
			return true;
	return false;
}

static void add_place(struct making *k, struct place *parent, const char *name,
		      const json_t *described, bool required, const struct marks_node *node,
		      const struct at *outer)
{
	const json_t *d = resolve(k, described);
	struct place *place = &parent->below[parent->below_len];
	struct at at = *outer;
	size_t len = strlen(at.pointer);

	snprintf(at.pointer + len, POINTER_MAX - len, "/%s", name);
	add_label(&at, described, d);
	at.depth++;
	if (marks_is_sealed(node) || marks_is_transport(node) || is_envelope(at.pointer) ||
	    is_hollow(d, node) || json_is_false(further(k, at.pointer)) || at.depth > DEPTH_MAX ||
	    (k->profile && profile_forbids(k->profile, QUALITY_KIND, at.pointer)))
		return;
	place->counted = -1;
	place->name = strdup(name);
	k->failed |= !place->name;
	parent->below_len++;
	if (!required || names(json_object_get(d, "enum"), "unknown"))
		place->counted = add_member(k, &at, required);
	descend(k, place, d, node, &at);
}

static void add_below(struct making *k, struct place *place, const json_t *object,
		      const struct marks_node *node, const struct at *at)
{
	json_t *properties = json_object_get(object, "properties"), *described;
	const json_t *required = json_object_get(object, "required");
	const json_t *more = json_object_get(further(k, at->pointer), "required");
	const char *name;

	place->below = calloc(json_object_size(properties) + 1, sizeof(*place->below));
	k->failed |= !place->below;
	json_object_foreach(properties, name, described)
	{
		if (!k->failed)
			add_place(k, place, name, described,
				  names(required, name) || names(more, name),
				  marks_lookup(node, name), at);
	}
}

/* The root's "then" of the condition that is this kind of report. */
static const json_t *find_then(const json_t *schema, const char *report_kind)
{
	json_t *rule;
	size_t i;

	json_array_foreach(json_object_get(schema, "allOf"), i, rule)
	{
		const char *kind = NULL;

		if (report_kind &&
		    !json_unpack(rule, "{s:{s:{s:{s:s}}}}", "if", "properties", "report_kind",
				 "const", &kind) &&
		    !strcmp(kind, report_kind))
			return json_object_get(rule, "then");
	}
	return NULL;
}

enum rc quality_members_new(const char *text, size_t len, const struct marks *marks,
			    const char *report_kind, const struct profile *profile,
			    struct quality_members **ret, struct err *reterr)
{
	CLEANUP(quality_members_freep) struct quality_members *m = calloc(1, sizeof(*m));
	json_t *schema = json_loadb(text, len, 0, NULL);
	struct making k = {
		.m = m, .schema = schema, .then = find_then(schema, report_kind), .profile = profile
	};
	struct at at = { .depth = 0 };

	if (!m || !schema) {
		json_decref(schema);
		return err_set(reterr, m ? RC_INVALID : RC_NOMEM, "schema-unreadable", NULL,
			       "the schema cannot be read");
	}
	m->root.counted = -1;
	add_below(&k, &m->root, schema, marks_root(marks), &at);
	json_decref(schema);
	if (k.failed)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	*ret = TAKE_PTR(m);
	return RC_OK;
}

static void place_release(struct place *place)
{
	for (size_t i = 0; i < place->below_len; i++)
		place_release(&place->below[i]);
	free(place->below);
	free(place->name);
}

void quality_members_free(struct quality_members *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->len; i++) {
		free(m->list[i].pointer);
		for (int lang = 0; lang < QUALITY_LANGS; lang++)
			free(m->list[i].label[lang]);
	}
	place_release(&m->root);
	free(m);
}

/* --- counting ------------------------------------------------------------------------------- */

static bool is_unknown_code(const json_t *value)
{
	const char *code = json_string_value(value);

	return code && (!strcmp(code, "unknown") || !strcmp(code, "not_yet_known"));
}

static bool is_unknown(const json_t *value)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(value))
		return is_unknown_code(value);
	json_array_foreach(value, i, item) if (!is_unknown_code(item)) return false;
	return true;
}

static bool is_present(const json_t *value)
{
	return value && !json_is_null(value) && !(json_is_array(value) && !json_array_size(value));
}

static void count(struct quality_members *m, const struct place *place, const json_t *value)
{
	const json_t *item;
	size_t i;

	if (place->list) {
		struct place elements = *place;

		elements.list = false;
		json_array_foreach(value, i, item) count(m, &elements, item);
		return;
	}
	if (!json_is_object(value))
		return;
	for (i = 0; i < place->below_len; i++) {
		const struct place *p = &place->below[i];
		const json_t *inner = json_object_get(value, p->name);

		if (p->counted >= 0) {
			struct quality_member *counted = &m->list[p->counted];

			counted->of++;
			counted->present += is_present(inner);
			counted->unknown += is_present(inner) && is_unknown(inner);
		}
		if (inner)
			count(m, p, inner);
	}
}

void quality_members_count(struct quality_members *m, const json_t *clear)
{
	count(m, &m->root, clear);
}

const struct quality_member *quality_members_list(const struct quality_members *m, size_t *ret_len)
{
	*ret_len = m->len;
	return m->list;
}
