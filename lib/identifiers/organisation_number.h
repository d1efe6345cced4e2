/* Organisation numbers and HPR numbers. Pure functions, any thread. */
#ifndef VARDE_IDENTIFIERS_ORGANISATION_NUMBER_H
#define VARDE_IDENTIFIERS_ORGANISATION_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#define ORGANISATION_NUMBER_LEN 9

/* Nine digits whose last is the modulus 11 check digit of the others
 * (Brønnøysundregistrene, "The organization number"). Whether anybody holds the
 * number is another question. */
bool organisation_number_valid(const char *text, size_t len);

/* A number in Helsepersonellregisteret: one to nine digits, no leading zero. It
 * has no check digit. */
bool hpr_number_valid(const char *text, size_t len);

#endif
