/* Numbers as mathematics has them: 1 is 1.0, and an int64 and a double compare
 * exactly. A double stands for the shortest decimal that reads back as it, which
 * is what the sender wrote if it was at most 15 digits. No allocation. */
#ifndef VARDE_SCHEMA_NUMBER_H
#define VARDE_SCHEMA_NUMBER_H

#include <jansson.h>
#include <stdbool.h>

/* Negative, 0 or positive as a < b, a = b, a > b. Both are JSON numbers. */
int number_compare(const json_t *a, const json_t *b);

/* Whether the value is a whole number (1.0 is, 1e308 is). */
bool number_is_whole(const json_t *n);

/* Whether n / divisor is whole, in exact decimal arithmetic; divisor > 0. */
bool number_is_multiple(const json_t *n, const json_t *divisor);

#endif
