/* Characters around numbers as people type them. Internal to identifiers. */
#ifndef VARDE_IDENTIFIERS_CHARACTERS_H
#define VARDE_IDENTIFIERS_CHARACTERS_H

#include <stddef.h>
#include <stdint.h>

enum character_kind { CHARACTER_OTHER, CHARACTER_DIGIT, CHARACTER_SEPARATOR, CHARACTER_INVISIBLE };

/* Reads one UTF-8 character at text[*at] (*at < len) and moves on. A byte that
 * starts no valid character is read alone, as U+FFFD. */
uint32_t character_next(const char *text, size_t len, size_t *at);

/* What a character is; *ret_digit is its value when it is a digit. */
enum character_kind character_kind(uint32_t c, int *ret_digit);

#endif
