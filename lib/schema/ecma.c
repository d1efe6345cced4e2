/* ECMA-262 (RegExp, u flag, section 22.2.1) in PCRE2's words. Every character
 * that PCRE2 could read in a way of its own is written as an escaped literal. */
#include "schema/regex.h"

#include "base/cleanup.h"
#include "schema/property.h"

#include <ctype.h>
#include <string.h>

/* WhiteSpace and LineTerminator (sections 12.2, 12.3), and all but these. */
#define SPACE_SET                                                                                  \
	"\t-\r \xC2\xA0\xE1\x9A\x80\xE2\x80\x80-\xE2\x80\x8A\xE2\x80\xA8\xE2\x80\xA9"              \
	"\xE2\x80\xAF\xE2\x81\x9F\xE3\x80\x80\xEF\xBB\xBF"
#define LINE_ENDS "\n\r\xE2\x80\xA8\xE2\x80\xA9"
#define NOT_SPACE_SET                                                                              \
	"\\x0e-\\x1f!-\\x7f\xC2\x80-\xC2\x9F\xC2\xA1-\xE1\x99\xBF\xE1\x9A\x81-\xE1\xBF\xBF"        \
	"\xE2\x80\x8B-\xE2\x80\xA7\xE2\x80\xAA-\xE2\x80\xAE\xE2\x80\xB0-\xE2\x81\x9E"              \
	"\xE2\x81\xA0-\xE2\xBF\xBF\xE3\x80\x81-\xEF\xBB\xBE\xEF\xBC\x80-\xF4\x8F\xBF\xBF"

struct translator {
	const char *at, *end;
	struct buf *out;
};

static bool peek(const struct translator *t, char c)
{
	return t->at < t->end && *t->at == c;
}

static void add_code_point(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(out, (char)c);
	} else if (c < 0x800) {
		buf_addc(out, (char)(0xC0 | c >> 6));
	} else if (c < 0x10000) {
		buf_addc(out, (char)(0xE0 | c >> 12));
		buf_addc(out, (char)(0x80 | (c >> 6 & 0x3F)));
	} else {
		buf_addc(out, (char)(0xF0 | c >> 18));
		buf_addc(out, (char)(0x80 | (c >> 12 & 0x3F)));
		buf_addc(out, (char)(0x80 | (c >> 6 & 0x3F)));
	}
	if (c >= 0x80)
		buf_addc(out, (char)(0x80 | (c & 0x3F)));
}

static void add_literal(struct buf *out, uint32_t c)
{
	if (c < 0x80 && ispunct((int)c))
		buf_addc(out, '\\');
	add_code_point(out, c);
}

/* Exactly `digits` hexadecimal digits. */
static bool take_hex(struct translator *t, int digits, uint32_t *ret)
{
	uint32_t v = 0;

	for (; digits > 0; digits--, t->at++) {
		if (t->at == t->end || !isxdigit((unsigned char)*t->at))
			return false;
		v = v << 4 |
		    (uint32_t)(isdigit((unsigned char)*t->at) ? *t->at - '0'
							      : (*t->at | 0x20) - 'a' + 10);
	}
	*ret = v;
	return true;
}

/* After "\u": {H…}, HHHH, or two HHHH that make a surrogate pair. */
static bool take_unicode(struct translator *t, uint32_t *ret)
{
	uint32_t low, digit;

	if (peek(t, '{')) {
		t->at++;
		*ret = 0;
		do {
			if (!take_hex(t, 1, &digit))
				return false;
			*ret = *ret << 4 | digit;
		} while (*ret <= 0x10FFFF && !peek(t, '}'));
		t->at++;
	} else {
		if (!take_hex(t, 4, ret))
			return false;
		if (*ret >= 0xD800 && *ret < 0xDC00) {
			if (t->end - t->at < 6 || t->at[0] != '\\' || t->at[1] != 'u')
				return false;
			t->at += 2;
			if (!take_hex(t, 4, &low) || low < 0xDC00 || low > 0xDFFF)
				return false;
			*ret = 0x10000 + ((*ret - 0xD800) << 10) + (low - 0xDC00);
		}
	}
	/* A lone surrogate is in no text that this ever sees. */
	return *ret <= 0x10FFFF && !(*ret >= 0xD800 && *ret < 0xE000);
}

/* CharacterEscape: the backslash and `c` are taken. */
static bool take_character_escape(struct translator *t, char c, uint32_t *ret)
{
	static const char names[] = "tnvfr", values[] = "\t\n\v\f\r";
	const char *name = c ? strchr(names, c) : NULL;

	if (name) {
		*ret = (unsigned char)values[name - names];
		return true;
	}
	switch (c) {
	case 'c':
		if (t->at == t->end || !isalpha((unsigned char)*t->at))
			return false;
		*ret = (uint32_t)*t->at++ & 0x1F;
		return true;
	case '0': *ret = 0; return t->at == t->end || !isdigit((unsigned char)*t->at);
	case 'x': return take_hex(t, 2, ret);
	case 'u': return take_unicode(t, ret);
	default:
		/* Only syntax characters strictly; other punctuation is too common to refuse. */
		*ret = (unsigned char)c;
		return ispunct((unsigned char)c);
	}
}

/* \d \D \w \W \s \S \p \P. False (and nothing taken) for any other `c`. */
static bool add_class_escape(struct translator *t, char c, bool in_class, enum rc *rc)
{
	switch (c) {
	case 'd':
	case 'D':
	case 'w':
	case 'W': buf_addf(t->out, "\\%c", c); return true;
	case 's': buf_adds(t->out, in_class ? SPACE_SET : "[" SPACE_SET "]"); return true;
	case 'S':
		if (in_class) {
			buf_addc(t->out, '\0');
			buf_adds(t->out, "-\\x08" NOT_SPACE_SET);
		} else {
			buf_adds(t->out, "[^" SPACE_SET "]");
		}
		return true;
	case 'p':
	case 'P': *rc = property_translate(&t->at, t->end, c == 'P', t->out); return true;
	default: return false;
	}
}

static uint32_t take_utf8(struct translator *t)
{
	unsigned char c = (unsigned char)*t->at++;
	uint32_t v = c < 0x80 ? c : c < 0xE0 ? c & 0x1FU : c < 0xF0 ? c & 0x0FU : c & 0x07U;

	while (t->at < t->end && ((unsigned char)*t->at & 0xC0) == 0x80)
		v = v << 6 | ((unsigned char)*t->at++ & 0x3FU);
	return v;
}

/* One ClassAtom. *ret_set when it stands for a set, so that it can end no range. */
static enum rc class_atom(struct translator *t, bool *ret_set, uint32_t *ret_char)
{
	enum rc rc = RC_OK;
	char c;

	*ret_set = false;
	if (!peek(t, '\\')) {
		*ret_char = take_utf8(t);
		add_literal(t->out, *ret_char);
		return RC_OK;
	}
	if (++t->at == t->end)
		return RC_INVALID;
	c = *t->at++;
	if (add_class_escape(t, c, true, &rc)) {
		*ret_set = true;
		return rc;
	}
	if (c == 'b')
		*ret_char = '\b';
	else if (!take_character_escape(t, c, ret_char))
		return RC_INVALID;
	add_literal(t->out, *ret_char);
	return RC_OK;
}

static enum rc character_class(struct translator *t)
{
	bool negated = peek(t, '^'), set;
	uint32_t first, last;
	enum rc rc;

	t->at += negated;
	if (peek(t, ']')) {
		t->at++;
		return buf_adds(t->out, negated ? "(?s:.)" : "(?!)");
	}
	buf_adds(t->out, negated ? "[^" : "[");
	while (!peek(t, ']')) {
		if (t->at == t->end)
			return RC_INVALID;
		rc = class_atom(t, &set, &first);
		if (rc)
			return rc;
		/* After a set a '-' is itself, as browsers read it without the u flag. */
		if (set || !peek(t, '-') || t->end - t->at < 2 || t->at[1] == ']')
			continue;
		t->at++;
		buf_addc(t->out, '-');
		rc = class_atom(t, &set, &last);
		if (rc || set || last < first)
			return rc ? rc : RC_INVALID;
	}
	t->at++;
	return buf_addc(t->out, ']');
}

/* Copies up to and with the '>' that must come after `skip` characters. */
static enum rc group_name(struct translator *t, size_t skip)
{
	const char *name = t->at + skip, *close = memchr(name, '>', (size_t)(t->end - name));

	if (!close || close == name)
		return RC_INVALID;
	for (const char *p = name; p < close; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			return RC_INVALID;
	buf_add(t->out, t->at, (size_t)(close + 1 - t->at));
	t->at = close + 1;
	return RC_OK;
}

/* After "\": AtomEscape or an assertion. */
static enum rc atom_escape(struct translator *t)
{
	enum rc rc = RC_OK;
	uint32_t code;
	char c;

	if (t->at == t->end)
		return RC_INVALID;
	c = *t->at++;
	if (add_class_escape(t, c, false, &rc))
		return rc;
	if (c == 'b' || c == 'B')
		return buf_addf(t->out, "\\%c", c);
	if (c >= '1' && c <= '9') {
		unsigned n = (unsigned)(c - '0');

		while (t->at < t->end && isdigit((unsigned char)*t->at) && n < 100000)
			n = n * 10 + (unsigned)(*t->at++ - '0');
		return buf_addf(t->out, "\\g{%u}", n);
	}
	if (c == 'k' && peek(t, '<')) {
		buf_adds(t->out, "\\k");
		return group_name(t, 1);
	}
	if (!take_character_escape(t, c, &code))
		return RC_INVALID;
	add_literal(t->out, code);
	return RC_OK;
}

/* After "(": what may follow "?" in ECMA-262, and no verbs. */
static enum rc open_group(struct translator *t)
{
	static const char *const kinds[] = { "?:", "?=", "?!", "?<=", "?<!" };

	buf_addc(t->out, '(');
	if (peek(t, '*'))
		return RC_INVALID;
	if (!peek(t, '?'))
		return RC_OK;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t n = strlen(kinds[i]);

		if ((size_t)(t->end - t->at) >= n && !memcmp(t->at, kinds[i], n)) {
			t->at += n;
			return buf_adds(t->out, kinds[i]);
		}
	}
	if (t->end - t->at < 4 || t->at[1] != '<' ||
	    !(isalpha((unsigned char)t->at[2]) || t->at[2] == '_'))
		return RC_INVALID;
	return group_name(t, 2);
}

/* The length of "{n}", "{n,}" or "{n,m}" here, else 0. */
static size_t braces(const struct translator *t)
{
	const char *p = t->at + 1;

	if (!peek(t, '{') || p == t->end || !isdigit((unsigned char)*p))
		return 0;
	while (p < t->end && isdigit((unsigned char)*p))
		p++;
	if (p < t->end && *p == ',')
		p++;
	while (p < t->end && isdigit((unsigned char)*p))
		p++;
	return p < t->end && *p == '}' ? (size_t)(p + 1 - t->at) : 0;
}

/* A quantifier and its "?"; a second one after it (PCRE2's possessive) is refused. */
static enum rc quantifier(struct translator *t)
{
	size_t n = braces(t);

	if (!n)
		n = peek(t, '*') || peek(t, '+') || peek(t, '?');
	buf_add(t->out, t->at, n);
	t->at += n;
	if (n && peek(t, '?'))
		buf_addc(t->out, *t->at++);
	if (n && (peek(t, '*') || peek(t, '+') || peek(t, '?') || braces(t)))
		return RC_INVALID;
	return RC_OK;
}

/* One term without its quantifier. */
static enum rc term(struct translator *t)
{
	switch (*t->at++) {
	case '\\': return atom_escape(t);
	case '[': return character_class(t);
	case '(': return open_group(t);
	case '.': return buf_adds(t->out, "[^" LINE_ENDS "]");
	case '^':
	case '$':
	case '|':
	case ')': return buf_addc(t->out, t->at[-1]);
	case '*':
	case '+':
	case '?': return RC_INVALID;
	default:
		t->at--;
		if (braces(t))
			return RC_INVALID;
		add_literal(t->out, take_utf8(t));
		return RC_OK;
	}
}

enum rc regex_translate(const char *pattern, size_t len, struct buf *out)
{
	struct translator t = { pattern, pattern + len, out };

	while (t.at < t.end) {
		bool can_repeat = !*t.at || !strchr("^$|(", *t.at);
		enum rc rc = term(&t);

		if (!rc && can_repeat)
			rc = quantifier(&t);
		if (rc)
			return rc;
	}
	return buf_rc(out);
}
