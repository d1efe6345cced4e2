#include "identifiers/characters.h"

#include "base/cleanup.h"

#include <stdbool.h>

#define REPLACEMENT 0xFFFDu

/* Bytes that follow the lead byte, or -1. `*c` gets the lead byte's bits. */
static int lead(unsigned char byte, uint32_t *c)
{
	if (byte < 0x80) {
		*c = byte;
		return 0;
	}
	if (byte >= 0xC2 && byte <= 0xDF) {
		*c = byte & 0x1Fu;
		return 1;
	}
	if (byte >= 0xE0 && byte <= 0xEF) {
		*c = byte & 0x0Fu;
		return 2;
	}
	if (byte >= 0xF0 && byte <= 0xF4) {
		*c = byte & 0x07u;
		return 3;
	}
	return -1;
}

uint32_t character_next(const char *text, size_t len, size_t *at)
{
	uint32_t c = REPLACEMENT;
	int more = lead((unsigned char)text[(*at)++], &c);

	if (more < 0 || (size_t)more > len - *at)
		return REPLACEMENT;
	for (int i = 0; i < more; i++) {
		unsigned char byte = (unsigned char)text[*at + (size_t)i];

		if ((byte & 0xC0u) != 0x80)
			return REPLACEMENT;
		c = c << 6 | (byte & 0x3Fu);
	}
	*at += (size_t)more;
	return c;
}

/* First of ten consecutive digits, by script: ASCII, Arabic-Indic, extended
 * Arabic-Indic, Devanagari, Bengali, Thai, full-width, and the five
 * mathematical alphabets (Unicode 15, general category Nd). */
static bool digit_value(uint32_t c, int *ret)
{
	static const uint32_t zeros[] = { '0',    0x0660,  0x06F0,  0x0966,  0x09E6,  0x0E50,
					  0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6 };

	for (size_t i = 0; i < ARRAY_LEN(zeros); i++) {
		if (c >= zeros[i] && c <= zeros[i] + 9) {
			*ret = (int)(c - zeros[i]);
			return true;
		}
	}
	return false;
}

static bool is_separator(uint32_t c)
{
	static const uint32_t others[] = { ' ',    '\t',   '\n',   '\r',   '-',    '.',
					   '/',    '_',    ',',    0x00A0, 0x00B7, 0x202F,
					   0x205F, 0x2212, 0x3000, 0xFF0D, 0xFF0E, 0xFE63 };

	/* U+2000..200A spaces, U+2010..2015 hyphens and dashes */
	if ((c >= 0x2000 && c <= 0x200A) || (c >= 0x2010 && c <= 0x2015))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (c == others[i])
			return true;
	return false;
}

/* Soft hyphen, zero-width characters, direction marks, byte order mark. */
static bool is_invisible(uint32_t c)
{
	return c == 0x00AD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

enum character_kind character_kind(uint32_t c, int *ret_digit)
{
	if (digit_value(c, ret_digit))
		return CHARACTER_DIGIT;
	if (is_separator(c))
		return CHARACTER_SEPARATOR;
	return is_invisible(c) ? CHARACTER_INVISIBLE : CHARACTER_OTHER;
}
