#include "schema/property.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>

#define NAME_MAX_LEN 64

static const struct {
	const char *name, *category;
} categories[] = {
	{ "Cased_Letter", "L&" },
	{ "LC", "L&" },
	{ "Close_Punctuation", "Pe" },
	{ "Connector_Punctuation", "Pc" },
	{ "Control", "Cc" },
	{ "cntrl", "Cc" },
	{ "Currency_Symbol", "Sc" },
	{ "Dash_Punctuation", "Pd" },
	{ "Decimal_Number", "Nd" },
	{ "digit", "Nd" },
	{ "Enclosing_Mark", "Me" },
	{ "Final_Punctuation", "Pf" },
	{ "Format", "Cf" },
	{ "Initial_Punctuation", "Pi" },
	{ "Letter", "L" },
	{ "Letter_Number", "Nl" },
	{ "Line_Separator", "Zl" },
	{ "Lowercase_Letter", "Ll" },
	{ "Mark", "M" },
	{ "Combining_Mark", "M" },
	{ "Math_Symbol", "Sm" },
	{ "Modifier_Letter", "Lm" },
	{ "Modifier_Symbol", "Sk" },
	{ "Nonspacing_Mark", "Mn" },
	{ "Number", "N" },
	{ "Open_Punctuation", "Ps" },
	{ "Other", "C" },
	{ "Other_Letter", "Lo" },
	{ "Other_Number", "No" },
	{ "Other_Punctuation", "Po" },
	{ "Other_Symbol", "So" },
	{ "Paragraph_Separator", "Zp" },
	{ "Private_Use", "Co" },
	{ "Punctuation", "P" },
	{ "punct", "P" },
	{ "Separator", "Z" },
	{ "Space_Separator", "Zs" },
	{ "Spacing_Mark", "Mc" },
	{ "Surrogate", "Cs" },
	{ "Symbol", "S" },
	{ "Titlecase_Letter", "Lt" },
	{ "Unassigned", "Cn" },
	{ "Uppercase_Letter", "Lu" },
};

static const char short_categories[] =
	" C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi "
	"Po Ps S Sc Sk Sm So Z Zl Zp Zs ";

/* PCRE2's name of a general category, or NULL. */
static const char *category(const char *name)
{
	char wanted[8];
	const char *found;

	for (size_t i = 0; i < ARRAY_LEN(categories); i++)
		if (!strcmp(categories[i].name, name))
			return categories[i].category;
	if (!*name || strlen(name) > 2)
		return NULL;
	snprintf(wanted, sizeof(wanted), " %s ", name);
	found = strstr(short_categories, wanted);
	return found ? name : NULL;
}

static const char *after(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(text, prefix, n) ? NULL : text + n;
}

static bool is_name(const char *text)
{
	return *text && isupper((unsigned char)*text) &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") ==
		       strlen(text);
}

static enum rc translate(const char *name, char p, struct buf *out)
{
	static const char *const category_keys[] = { "General_Category=", "gc=" };
	static const char *const script_keys[] = { "Script=", "sc=" };
	static const char *const extension_keys[] = { "Script_Extensions=", "scx=" };
	const char *value = NULL;

	for (size_t i = 0; i < 2 && !value; i++)
		if ((value = after(name, category_keys[i])))
			return category(value) ? buf_addf(out, "\\%c{%s}", p, category(value))
					       : RC_INVALID;
	for (size_t i = 0; i < 2 && !value; i++)
		if ((value = after(name, script_keys[i])))
			return is_name(value) ? buf_addf(out, "\\%c{sc:%s}", p, value) : RC_INVALID;
	for (size_t i = 0; i < 2 && !value; i++)
		if ((value = after(name, extension_keys[i])))
			return is_name(value) ? buf_addf(out, "\\%c{scx:%s}", p, value)
					      : RC_INVALID;
	if (category(name))
		return buf_addf(out, "\\%c{%s}", p, category(name));
	if (!strcmp(name, "Assigned"))
		return buf_addf(out, "\\%c{Cn}", p == 'p' ? 'P' : 'p');
	/* A binary property; PCRE2 knows them by the same names and refuses others. */
	return is_name(name) ? buf_addf(out, "\\%c{%s}", p, name) : RC_INVALID;
}

enum rc property_translate(const char **at, const char *end, bool negated, struct buf *out)
{
	const char *close = *at < end && **at == '{' ? memchr(*at, '}', (size_t)(end - *at)) : NULL;
	size_t n = close ? (size_t)(close - *at - 1) : 0;
	char name[NAME_MAX_LEN];

	if (!close || n >= sizeof(name) || memchr(*at, '\0', n + 1))
		return RC_INVALID;
	memcpy(name, *at + 1, n);
	name[n] = '\0';
	*at = close + 1;
	return translate(name, negated ? 'P' : 'p', out);
}
