#include "statd/query.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PAGE_SIZE 100
#define PAGE_SIZE_MAX 1000

void query_release(struct query *q)
{
	for (size_t i = 0; i < q->owned_len; i++)
		free(q->owned[i]);
	*q = (struct query){ 0 };
}

/* Keeps what was allocated; NULL, or no place left, is a failure. */
static bool own(struct query *q, void *memory)
{
	if (!memory || q->owned_len == sizeof(q->owned) / sizeof(q->owned[0])) {
		free(memory);
		return false;
	}
	q->owned[q->owned_len++] = memory;
	return true;
}

/* A comma-separated list; what is wrong with it as a code. */
static const char *split(struct query *q, const char *text, const char *const **ret,
			 size_t *ret_len)
{
	const char **list = NULL;
	struct err err = { 0 };
	char *copy = NULL;
	enum rc rc = px_split(text, &copy, &list, ret_len, &err);

	if (rc)
		return rc == RC_NOMEM ? "busy" : "selection-malformed";
	*ret = list;
	if (!own(q, copy)) {
		free(list);
		return "busy";
	}
	return own(q, list) ? NULL : "busy";
}

/* --- one parameter --------------------------------------------------------------------- */

static const char *read_lang(struct query *q, const char *value)
{
	if (!strcasecmp(value, "en"))
		q->lang = PUBLISHED_EN;
	else if (!strcasecmp(value, "no") || !strcasecmp(value, "nb"))
		q->lang = PUBLISHED_NB;
	else
		return "language-unknown";
	return NULL;
}

static const char *read_format(struct query *q, const char *value)
{
	if (!strcasecmp(value, "json-stat2"))
		q->format = QUERY_JSON_STAT;
	else if (!strcasecmp(value, "csv"))
		q->format = QUERY_CSV;
	else
		return "format-unknown";
	return NULL;
}

/* One of each kind at most, as the specification says. */
static const char *read_format_params(struct query *q, const char *value)
{
	static const struct {
		const char *name;
		int names;      /* enum px_csv_names + 1, or 0 */
		char separator; /* or 0 */
	} known[] = {
		{ "UseCodes", PX_CODES + 1, 0 },
		{ "UseTexts", PX_TEXTS + 1, 0 },
		{ "UseCodesAndTexts", PX_CODES_AND_TEXTS + 1, 0 },
		{ "IncludeTitle", 0, 0 },
		{ "SeparatorTab", 0, '\t' },
		{ "SeparatorSpace", 0, ' ' },
		{ "SeparatorSemicolon", 0, ';' },
	};
	const char *const *list;
	bool named = false, separated = false;
	size_t n, k;

	if (split(q, value, &list, &n))
		return "format-unknown";
	for (size_t i = 0; i < n; i++) {
		for (k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			if (!strcasecmp(known[k].name, list[i]))
				break;
		if (k == sizeof(known) / sizeof(known[0]) || (known[k].names && named) ||
		    (known[k].separator && separated))
			return "format-unknown";
		named |= known[k].names != 0;
		separated |= known[k].separator != 0;
		if (known[k].names)
			q->csv.names = (enum px_csv_names)(known[k].names - 1);
		else if (known[k].separator)
			q->csv.separator = known[k].separator;
		else
			q->csv.title = true;
	}
	return NULL;
}

static const char *read_number(const char *value, size_t max, size_t *ret)
{
	size_t n = 0;

	if (!*value || strlen(value) > 6 || strspn(value, "0123456789") != strlen(value))
		return "invalid-query";
	for (; *value; value++)
		n = n * 10 + (size_t)(*value - '0');
	if (!n || n > max)
		return "invalid-query";
	*ret = n;
	return NULL;
}

static const char *read_bool(const char *value, bool *ret)
{
	*ret = !strcasecmp(value, "true");
	return *ret || !strcasecmp(value, "false") ? NULL : "invalid-query";
}

/* --- name[variable] ---------------------------------------------------------------------- */

/* The variable of "valuecodes[Region]", copied; NULL when `name` is another's. */
static const char *variable_of(struct query *q, const char *name, const char *family)
{
	size_t len = strlen(family), all = strlen(name);
	char *copy;

	if (strncasecmp(name, family, len) || name[len] != '[' || all < len + 3 ||
	    name[all - 1] != ']')
		return NULL;
	copy = strndup(name + len + 1, all - len - 2);
	return own(q, copy) ? copy : "";
}

/* The wish of a variable, made when it is first named. */
static struct px_wish *wish_of(struct query *q, const char *variable)
{
	for (size_t i = 0; i < q->wishes_len; i++)
		if (!strcmp(q->wishes[i].variable, variable))
			return &q->wishes[i];
	if (q->wishes_len == PX_VARIABLES_MAX)
		return NULL;
	q->wishes[q->wishes_len] = (struct px_wish){ .variable = variable };
	return &q->wishes[q->wishes_len++];
}

/* Whether the parameter is one of a variable; *ret_code says what is wrong with it. */
static bool read_of_variable(struct query *q, unsigned takes, const char *name, const char *value,
			     const char **ret_code)
{
	const char *variable;
	struct px_wish *wish;

	*ret_code = NULL;
	variable = takes & QUERY_SELECTS ? variable_of(q, name, "valuecodes") : NULL;
	if (variable) {
		wish = wish_of(q, variable);
		*ret_code =
			wish ? split(q, value, &wish->expressions, &wish->len) : "variable-unknown";
		return true;
	}
	variable =
		takes & (QUERY_SELECTS | QUERY_METADATA) ? variable_of(q, name, "codelist") : NULL;
	if (variable && *value) {
		q->aggregates = true;
		q->aggregated = variable;
	}
	if (variable)
		return true;
	variable = takes & QUERY_SELECTS ? variable_of(q, name, "outputvalues") : NULL;
	if (!variable)
		return false;
	if (!strcasecmp(value, "aggregated")) {
		q->aggregates = true;
		q->aggregated = variable;
	} else if (strcasecmp(value, "single")) {
		*ret_code = "invalid-query";
	}
	return true;
}

/* What is wrong with a parameter, NULL when nothing is. */
static const char *read_parameter(struct query *q, unsigned takes, const char *name,
				  const char *value)
{
	const char *code = NULL;
	bool ignored;

	if (!strcasecmp(name, "lang"))
		return read_lang(q, value);
	if (takes & QUERY_FORMATS && !strcasecmp(name, "outputFormat"))
		return read_format(q, value);
	if (takes & QUERY_FORMATS && !strcasecmp(name, "outputFormatParams"))
		return read_format_params(q, value);
	if (takes & QUERY_SELECTS && !strcasecmp(name, "heading"))
		return split(q, value, &q->csv.heading, &q->csv.heading_len);
	if (takes & QUERY_SELECTS && !strcasecmp(name, "stub"))
		return split(q, value, &q->csv.stub, &q->csv.stub_len);
	if (takes & QUERY_LISTS && !strcasecmp(name, "query")) {
		q->search = value;
		return NULL;
	}
	if (takes & QUERY_LISTS && !strcasecmp(name, "pastDays"))
		return read_number(value, 36500, &q->past_days);
	if (takes & QUERY_LISTS && !strcasecmp(name, "pageNumber"))
		return read_number(value, 100000, &q->page);
	if (takes & QUERY_LISTS && !strcasecmp(name, "pageSize"))
		return read_number(value, PAGE_SIZE_MAX, &q->page_size);
	if (takes & QUERY_LISTS && !strcasecmp(name, "includeDiscontinued"))
		return read_bool(value, &ignored);
	if (takes & QUERY_METADATA && !strcasecmp(name, "defaultSelection"))
		return read_bool(value, &q->default_selection);
	if (takes & QUERY_METADATA && !strcasecmp(name, "savedQuery"))
		return *value ? "invalid-query" : NULL;
	return read_of_variable(q, takes, name, value, &code) ? code : "invalid-query";
}

bool query_read(struct exchange *x, unsigned takes, struct query *ret)
{
	struct query q = { .lang = exchange_lang(x) == PROBLEM_EN ? PUBLISHED_EN : PUBLISHED_NB,
			   .csv = { .names = PX_TEXTS, .separator = ',' },
			   .page = 1,
			   .page_size = PAGE_SIZE };
	const char *name, *code = NULL;

	for (size_t i = 0; !code && (name = exchange_query_name(x, i)); i++)
		code = read_parameter(&q, takes, name, exchange_query(x, name));
	if (code) {
		query_release(&q);
		exchange_refuse(x, code);
		return false;
	}
	*ret = q;
	return true;
}

/* --- a POST's body -------------------------------------------------------------------------- */

static const char *read_list(struct query *q, const json_t *values, const char *const **ret,
			     size_t *ret_len)
{
	size_t n = json_array_size(values);
	const char **list = calloc(n + 1, sizeof(*list));

	if (!own(q, list))
		return "busy";
	for (size_t i = 0; i < n; i++) {
		list[i] = json_string_value(json_array_get(values, i));
		if (!list[i])
			return "invalid-json";
	}
	if (n > PX_EXPRESSIONS_MAX)
		return "selection-malformed";
	*ret = list;
	*ret_len = n;
	return NULL;
}

static const char *read_entry(struct query *q, const json_t *entry)
{
	const char *variable = json_string_value(json_object_get(entry, "variableCode"));
	const char *codelist = json_string_value(json_object_get(entry, "codelist"));
	const json_t *values = json_object_get(entry, "valueCodes");
	struct px_wish *wish;

	/* The specification says valueCodes and requires values. */
	if (!values)
		values = json_object_get(entry, "values");
	if (!variable || !json_is_array(values))
		return "invalid-json";
	for (size_t i = 0; i < q->wishes_len; i++)
		if (!strcasecmp(q->wishes[i].variable, variable))
			return "variable-twice";
	wish = wish_of(q, variable);
	if (!wish)
		return "variable-unknown";
	if (codelist && *codelist) {
		q->aggregates = true;
		q->aggregated = variable;
	}
	return read_list(q, values, &wish->expressions, &wish->len);
}

bool query_read_body(struct exchange *x, const json_t *body, struct query *q)
{
	const json_t *list = json_object_get(body, "selection");
	const json_t *placement = json_object_get(body, "placement");
	const json_t *heading = json_object_get(placement, "heading");
	const json_t *stub = json_object_get(placement, "stub");
	const char *code = json_is_array(list) ? NULL : "invalid-json";

	for (size_t i = 0; !code && i < json_array_size(list); i++)
		code = read_entry(q, json_array_get(list, i));
	if (!code && json_array_size(heading))
		code = read_list(q, heading, &q->csv.heading, &q->csv.heading_len);
	if (!code && json_array_size(stub))
		code = read_list(q, stub, &q->csv.stub, &q->csv.stub_len);
	if (code)
		exchange_refuse(x, code);
	return !code;
}
