/* The same figures for a spreadsheet: section;item;label;month;measure;value. */
#include "quality/document.h"

#include <string.h>

static const char bom[] = "\xef\xbb\xbf";

struct writing {
	struct buf *out;
	const char *lang;
};

static void add_text(struct buf *out, const char *text)
{
	if (!strpbrk(text, ";\"\r\n")) {
		buf_adds(out, text);
		return;
	}
	buf_addc(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	buf_addc(out, '"');
}

/* One line; a figure that there is none of is an empty field. */
static void line(struct writing *w, const char *section, const char *item, const char *label,
		 const char *month, const char *measure, const json_t *value)
{
	const char *const texts[] = { section, item, label, month, measure };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		add_text(w->out, texts[i] ? texts[i] : "");
		buf_addc(w->out, ';');
	}
	if (json_is_integer(value))
		buf_addf(w->out, "%lld", (long long)json_integer_value(value));
	buf_adds(w->out, "\r\n");
}

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

/* Every whole number of an object, under its own name. */
static void numbers(struct writing *w, const char *section, const char *item, const char *label,
		    const char *month, json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value) if (json_is_integer(value))
		line(w, section, item, label, month, name, value);
}

static void days(struct writing *w, const char *item, const char *month, const json_t *object)
{
	static const char *const names[] = { "n", "median", "p90" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		line(w, "timeliness", item, "", month, names[i],
		     json_object_get(json_object_get(object, item), names[i]));
}

static void list(struct writing *w, const char *section, const json_t *rows, const char *item)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		numbers(w, section, text(row, item), text(json_object_get(row, "label"), w->lang),
			text(row, "month"), row);
}

static void timeliness(struct writing *w, const json_t *all)
{
	const json_t *row;
	size_t i;

	days(w, "to_registration", "", all);
	days(w, "to_receipt", "", all);
	line(w, "timeliness", "", "", "", "not_dated", json_object_get(all, "not_dated"));
	json_array_foreach(json_object_get(all, "months"), i, row)
	{
		line(w, "timeliness", "", "", text(row, "month"), "reports",
		     json_object_get(row, "reports"));
		days(w, "to_registration", text(row, "month"), row);
		days(w, "to_receipt", text(row, "month"), row);
	}
}

static void revisions(struct writing *w, json_t *corrections)
{
	static const char *const names[] = { "1", "2", "3", "4+" };
	const json_t *row;
	size_t i;

	numbers(w, "corrections", "", "", "", corrections);
	json_array_foreach(json_object_get(corrections, "revisions"), i, row)
		line(w, "corrections", i < ARRAY_LEN(names) ? names[i] : "", "", "", "reports",
		     json_object_get(row, "reports"));
}

enum rc quality_csv(const json_t *quality, enum quality_lang lang, struct buf *out)
{
	struct writing w = { .out = out, .lang = lang == QUALITY_EN ? "en" : "nb" };
	json_t *sent = json_object_get(quality, "submissions");
	json_t *warnings = json_object_get(quality, "warnings");
	json_t *reviews = json_object_get(quality, "reviews");

	buf_adds(out, bom);
	buf_adds(out, "section;item;label;month;measure;value\r\n");
	numbers(&w, "submissions", "", "", "", sent);
	list(&w, "submissions", json_object_get(sent, "kinds"), "kind");
	list(&w, "submissions", json_object_get(sent, "codes"), "code");
	list(&w, "submissions", json_object_get(sent, "months"), "");
	line(&w, "reports", "", "", "", "reports", json_object_get(quality, "reports"));
	list(&w, "completeness", json_object_get(quality, "completeness"), "pointer");
	timeliness(&w, json_object_get(quality, "timeliness"));
	numbers(&w, "warnings", "", "", "", warnings);
	list(&w, "warnings", json_object_get(warnings, "rules"), "code");
	revisions(&w, json_object_get(quality, "corrections"));
	line(&w, "reports", "", "", "", "possible_duplicates",
	     json_object_get(quality, "possible_duplicates"));
	numbers(&w, "reviews", "", "", "", reviews);
	numbers(&w, "reviews", "coded", "", "", json_object_get(reviews, "coded"));
	return buf_rc(out);
}
