#include "rules/catalogue.h"

#include "rules/text.h"
#include "json/strict.h"

#define FILE_MAX (1u << 20)
#define FILE_DEPTH 8
#define WORDS_MAX 4096

static const char *const languages[] = { [RULES_NB] = "nb", [RULES_EN] = "en" };

struct entry {
	const json_t *applies;
	enum finding_severity severity[2]; /* by phase */
	const json_t *texts, *why;         /* objects with nb and en */
};

struct rules {
	json_t *data;
	struct entry entries[RULE_COUNT];
};

static enum rc refuse(struct err *reterr, const char *where, const char *text)
{
	return err_set(reterr, RC_INVALID, "rules-invalid", where, "%s", text);
}

static bool read_one_severity(const json_t *value, enum finding_severity *ret)
{
	const char *word = json_string_value(value);

	if (!word || (strcmp(word, "error") && strcmp(word, "warning")))
		return false;
	*ret = strcmp(word, "error") ? FINDING_WARNING : FINDING_ERROR;
	return true;
}

static bool read_severity(const json_t *value, enum finding_severity severity[2])
{
	if (json_is_string(value))
		return read_one_severity(value, &severity[RULES_PHASE_TEST]) &&
		       read_one_severity(value, &severity[RULES_PHASE_ACTIVE]);
	return json_object_size(value) == 2 &&
	       read_one_severity(json_object_get(value, "test"), &severity[RULES_PHASE_TEST]) &&
	       read_one_severity(json_object_get(value, "active"), &severity[RULES_PHASE_ACTIVE]);
}

static bool has_texts(const json_t *object)
{
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		const char *text = json_string_value(json_object_get(object, languages[i]));

		if (!text || !*text || !rules_text_valid(text))
			return false;
	}
	return true;
}

static bool is_list_of_texts(const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item) if (!json_is_string(item)) return false;
	return json_array_size(list) > 0;
}

static enum rc read_rule(struct rules *rules, const json_t *data, struct err *reterr)
{
	const char *code = json_string_value(json_object_get(data, "code"));
	enum rule rule = code ? rule_by_code(code) : RULE_COUNT;
	struct entry *e;

	if (rule == RULE_COUNT)
		return refuse(reterr, code ? code : "rules",
			      "no rule of the program has this code");
	e = &rules->entries[rule];
	if (e->texts)
		return refuse(reterr, code, "the rule stands there twice");
	e->applies = json_object_get(data, "applies");
	e->why = json_object_get(data, "why");
	if (!is_list_of_texts(e->applies))
		return refuse(reterr, code, "applies is not a list of kinds of document");
	if (!read_severity(json_object_get(data, "severity"), e->severity))
		return refuse(reterr, code,
			      "severity is neither error nor warning, nor one of these per phase");
	if (!has_texts(data) || !has_texts(e->why))
		return refuse(reterr, code,
			      "a text in nb or en is missing or has a bracket out of place");
	e->texts = data;
	return RC_OK;
}

static enum rc read_rules(struct rules *rules, struct err *reterr)
{
	const json_t *list = json_object_get(rules->data, "rules"), *item;
	size_t i;

	if (!json_is_array(list))
		return refuse(reterr, "rules", "there is no list of rules");
	json_array_foreach(list, i, item)
	{
		enum rc rc = read_rule(rules, item, reterr);

		if (rc)
			return rc;
	}
	for (i = 0; i < RULE_COUNT; i++)
		if (!rules->entries[i].texts)
			return refuse(reterr, rule_code((enum rule)i), "the rule is missing");
	return RC_OK;
}

static enum rc check_rest(const struct rules *rules, struct err *reterr)
{
	json_t *messages = json_object_get(rules->data, "schema_messages"), *item;
	json_t *versions = json_object_get(rules->data, "code_versions");
	const char *name;

	if (!json_is_string(json_object_get(rules->data, "version")))
		return refuse(reterr, "version", "there is no version");
	if (!json_object_get(messages, "schema"))
		return refuse(reterr, "schema_messages", "the message \"schema\" is missing");
	json_object_foreach(messages, name, item) if (!has_texts(item)) return refuse(
		reterr, name, "a text in nb or en is missing or has a bracket out of place");
	if (!json_is_object(versions))
		return refuse(reterr, "code_versions", "there is no table of code versions");
	json_object_foreach(versions, name, item) if (!is_list_of_texts(item)) return refuse(
		reterr, name, "there is no list of versions");
	return RC_OK;
}

enum rc rules_new(json_t *data, struct rules **ret, struct err *reterr)
{
	CLEANUP(rules_freep) struct rules *rules = calloc(1, sizeof(*rules));
	enum rc rc;

	if (!rules)
		return err_set(reterr, RC_NOMEM, "out-of-memory", NULL, "the rules need memory");
	rules->data = json_incref(data);
	rc = read_rules(rules, reterr);
	if (!rc)
		rc = check_rest(rules, reterr);
	if (rc)
		return rc;
	*ret = TAKE_PTR(rules);
	return RC_OK;
}

enum rc rules_load(const char *path, struct rules **ret, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(FILE_MAX);
	struct err why = { 0 };
	json_t *data = NULL;
	enum rc rc = buf_read_regular(&text, path);

	if (rc)
		return err_set(reterr, rc, "rules-unreadable", path, "the rules cannot be read: %s",
			       rc_name(rc));
	rc = json_strict_load(buf_text(&text), text.len, FILE_DEPTH, &data, &why);
	if (rc)
		return err_set(reterr, rc, "rules-invalid", path, "not JSON at %.40s", why.where);
	rc = rules_new(data, ret, reterr);
	json_decref(data);
	return rc;
}

void rules_free(struct rules *rules)
{
	if (!rules)
		return;
	json_decref(rules->data);
	free(rules);
}

const char *rules_version(const struct rules *rules)
{
	return json_string_value(json_object_get(rules->data, "version"));
}

static bool list_has(const json_t *list, const char *text)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item) if (!strcmp(json_string_value(item), text)) return true;
	return false;
}

bool rules_applies(const struct rules *rules, enum rule rule, const char *kind)
{
	return list_has(rules->entries[rule].applies, kind);
}

enum finding_severity rules_severity(const struct rules *rules, enum rule rule,
				     enum rules_phase phase)
{
	return rules->entries[rule].severity[phase];
}

static const json_t *texts_of(const struct rules *rules, const char *code)
{
	const json_t *messages = json_object_get(rules->data, "schema_messages");
	enum rule rule = rule_by_code(code);
	const json_t *own;

	if (rule != RULE_COUNT)
		return rules->entries[rule].texts;
	own = json_object_get(messages, code);
	if (own)
		return own;
	return strncmp(code, "schema-", 7) ? NULL : json_object_get(messages, "schema");
}

/* Keywords whose detail is the JSON text of words from the schema. */
static bool has_words(const char *code)
{
	return !strcmp(code, "schema-enum") || !strcmp(code, "schema-type") ||
	       !strcmp(code, "schema-const");
}

enum rc rules_message(const struct rules *rules, const char *code, enum rules_language language,
		      const char *detail, struct buf *out)
{
	CLEANUP(buf_release) struct buf words = buf_capped(WORDS_MAX);
	const json_t *texts = texts_of(rules, code);

	if (!texts)
		return RC_NOT_FOUND;
	if (detail && has_words(code)) {
		rules_text_words(detail, &words);
		detail = buf_text(&words);
	}
	return rules_text_render(json_string_value(json_object_get(texts, languages[language])),
				 detail, out);
}

const char *rules_why(const struct rules *rules, enum rule rule, enum rules_language language)
{
	return json_string_value(json_object_get(rules->entries[rule].why, languages[language]));
}

bool rules_knows_version(const struct rules *rules, const char *code_system, const char *version)
{
	const json_t *known =
		json_object_get(json_object_get(rules->data, "code_versions"), code_system);

	return !known || list_has(known, version);
}
