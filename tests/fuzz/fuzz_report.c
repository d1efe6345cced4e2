/* A document under the real schema incident-report/1.0 and the real rules, in all
 * four combinations of environment and phase. No finding holds a person number of
 * the document. What is split off as clear holds nothing sealed, splitting it again
 * changes nothing, and every pointer leads to something. Sameness does not depend
 * on order or on what only tells how the document travelled. */
#include "fuzz_findings.h"

#include "base/clock.h"
#include "documents/documents.h"
#include "minimise/minimise.h"
#include "rules/check.h"
#include "schema/schema.h"
#include "json/canonical.h"
#include "json/strict.h"

#define TYPE "incident-report/1.0"
#define NOW_MS INT64_C(1795300000000)

struct house {
	struct documents *documents;
	const struct document_type *type;
	struct rules *rules;
	struct codes *codes;
};

static const struct house *house(void)
{
	static struct house made;
	const struct config config = { .accept = { (char[]){ TYPE } }, .accept_len = 1 };
	struct documents_source source = { .folder = VARDE_SCHEMA_DIR, .config = &config };

	if (made.type)
		return &made;
	MUST(!rules_load(VARDE_SCHEMA_DIR "/rules.json", &made.rules, NULL));
	MUST(!codes_load(VARDE_SCHEMA_DIR "/codes", &made.codes, NULL));
	source.codes = made.codes;
	MUST(!documents_load(&source, &made.documents, NULL));
	made.type = documents_find(made.documents, TYPE);
	MUST(made.type);
	return &made;
}

static const char *our_municipality(size_t i, void *arg)
{
	static const char *const list[] = { "0301", "1580" };

	(void)arg;
	return i < ARRAY_LEN(list) ? list[i] : NULL;
}

static bool is_our_unit(const char *number, void *arg)
{
	return !strcmp(number, arg);
}

static void check_rules(const json_t *document, bool production, enum rules_phase phase,
			struct findings *out)
{
	static char unit[] = "310000078";
	const struct house *h = house();
	const struct rules_context context = {
		.production = production,
		.phase = phase,
		.owner = production ? "310000019" : NULL,
		.is_unit = is_our_unit,
		.is_unit_arg = unit,
		.municipality = our_municipality,
		.report_kind = "hf",
		.now_ms = NOW_MS,
		.person_numbers_2032_from = clock_days(2032, 1, 1),
		.marks = h->type->marks,
		.codes = h->codes,
	};

	rules_check(h->rules, &context, h->type->kind, document, out);
}

/* No text of the document that is eleven digits stands in a finding. */
static void check_discreet(const struct findings *f, const json_t *value)
{
	const char *text = json_string_value(value), *name;
	json_t *member;
	size_t i;

	if (text && strlen(text) == 11 && strspn(text, "0123456789") == 11)
		for (i = 0; i < f->len; i++)
			MUST(!strstr(f->list[i].pointer, text) &&
			     (!f->list[i].detail || !strstr(f->list[i].detail, text)));
	json_array_foreach(value, i, member) check_discreet(f, member);
	json_object_foreach((json_t *)(uintptr_t)value, name, member) check_discreet(f, member);
}

static void check_faults(const json_t *document)
{
	for (unsigned way = 0; way < 4; way++) {
		struct findings first = { 0 }, second = { 0 };

		check_rules(document, way & 1, way & 2 ? RULES_PHASE_ACTIVE : RULES_PHASE_TEST,
			    &first);
		check_rules(document, way & 1, way & 2 ? RULES_PHASE_ACTIVE : RULES_PHASE_TEST,
			    &second);
		fuzz_check_findings(&first, document);
		findings_sort(&second);
		MUST(fuzz_same_findings(&first, &second));
		check_discreet(&first, document);
		findings_release(&first);
		findings_release(&second);
	}
}

/* Nothing sealed, nothing unknown. */
static void check_clear(const struct marks_node *marks, const json_t *value)
{
	const char *name;
	json_t *member;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)value, name, member)
	{
		MUST(!marks_is_sealed(marks_lookup(marks, name)));
		check_clear(marks_lookup(marks, name), member);
	}
	json_array_foreach(value, i, member)
	{
		/* What was sealed left an empty value in its place. */
		MUST(!marks_is_sealed(marks_items(marks)) || !json_object_size(member));
		check_clear(marks_items(marks), member);
	}
}

static void check_split(const json_t *document, bool valid)
{
	const struct marks *marks = house()->type->marks;
	json_t *clear = NULL, *pointers = NULL, *again = NULL, *none = NULL, *pointer;
	size_t i;
	bool whole;

	MUST(!minimise_split(marks, document, &clear, &pointers));
	check_clear(marks_root(marks), clear);
	json_array_foreach(pointers, i, pointer)
		MUST(fuzz_resolve(document, json_string_value(pointer), &whole));
	MUST(!minimise_split(marks, clear, &again, &none));
	MUST(!valid || (json_equal(clear, again) && json_array_size(none) == 0));
	json_decref(clear);
	json_decref(pointers);
	json_decref(again);
	json_decref(none);
}

static void check_sameness(const json_t *document)
{
	static const unsigned char key[MINIMISE_KEY_LEN] = { 1 };
	const struct document_type *type = house()->type;
	unsigned char first[MINIMISE_FINGERPRINT_LEN], second[MINIMISE_FINGERPRINT_LEN];
	CLEANUP(buf_release) struct buf text = buf_capped(MINIMISE_CANONICAL_MAX);
	json_t *again = NULL;
	enum rc rc = json_canonical(document, &text);

	MUST(minimise_fingerprint(key, type->name, type->marks, document, first) == rc);
	if (rc)
		return;
	MUST(!json_strict_load(buf_text(&text), text.len, JSON_INTAKE_DEPTH, &again, NULL));
	if (json_is_object(json_object_get(again, "source")))
		json_object_set_new(json_object_get(again, "source"), "exported_at", json_null());
	MUST(!minimise_fingerprint(key, type->name, type->marks, again, second));
	MUST(!memcmp(first, second, sizeof(first)));
	json_object_set_new(again, "revision", json_integer(-77));
	MUST(!minimise_fingerprint(key, type->name, type->marks, again, second));
	MUST(memcmp(first, second, sizeof(first)) ||
	     json_integer_value(json_object_get(document, "revision")) == -77);
	json_decref(again);
}

static void check_document(const json_t *document)
{
	const struct document_type *type = house()->type;
	const struct schema_options options = { .assert_formats = true };
	struct findings found = { 0 };
	struct document_key key;
	enum rc rc = schema_check(type->schema, document, &options, &found);

	MUST(rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT);
	MUST((rc == RC_OK) == (found.errors == 0));
	fuzz_check_findings(&found, document);
	check_discreet(&found, document);
	findings_release(&found);
	check_faults(document);
	if (json_is_object(document)) {
		check_split(document, rc == RC_OK);
		check_sameness(document);
	}
	MUST(rc || !document_key_read(type, document, &key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *document = NULL;

	if (json_strict_load((const char *)data, size, JSON_INTAKE_DEPTH, &document, NULL))
		return 0;
	check_document(document);
	json_decref(document);
	return 0;
}
