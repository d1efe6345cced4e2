#include "schema/number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static int compare_int_double(int64_t i, double d)
{
	double whole;

	if (d >= 0x1p63)
		return -1;
	if (d < -0x1p63)
		return 1;
	whole = trunc(d);
	if (i != (int64_t)whole)
		return i < (int64_t)whole ? -1 : 1;
	return (d < whole) - (d > whole);
}

int number_compare(const json_t *a, const json_t *b)
{
	if (json_is_integer(a) && json_is_integer(b))
		return (json_integer_value(a) > json_integer_value(b)) -
		       (json_integer_value(a) < json_integer_value(b));
	if (json_is_integer(a))
		return compare_int_double(json_integer_value(a), json_real_value(b));
	if (json_is_integer(b))
		return -compare_int_double(json_integer_value(b), json_real_value(a));
	return (json_real_value(a) > json_real_value(b)) -
	       (json_real_value(a) < json_real_value(b));
}

bool number_is_whole(const json_t *n)
{
	return json_is_integer(n) ||
	       (json_is_real(n) && trunc(json_real_value(n)) == json_real_value(n));
}

/* |value| = digits * 10^exponent */
struct decimal {
	uint64_t digits;
	int exponent;
};

/* Shortest first: 15 digits always survive, 17 always suffice. */
static struct decimal decimal_of_double(double d)
{
	struct decimal out = { 0, 0 };
	char text[40];
	const char *p;

	d = fabs(d);
	for (int precision = 14; precision <= 16; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, d);
		out.exponent = -precision;
		if (strtod(text, NULL) == d)
			break;
	}
	for (p = text; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			out.digits = out.digits * 10 + (uint64_t)(*p - '0');
	out.exponent += *p ? (int)strtol(p + 1, NULL, 10) : 0;
	return out;
}

static struct decimal decimal_of(const json_t *n)
{
	struct decimal out;

	if (json_is_integer(n)) {
		json_int_t i = json_integer_value(n);

		out = (struct decimal){ i < 0 ? -(uint64_t)i : (uint64_t)i, 0 };
	} else {
		out = decimal_of_double(json_real_value(n));
	}
	while (out.digits && out.digits % 10 == 0) {
		out.digits /= 10;
		out.exponent++;
	}
	return out;
}

static uint64_t power_of_ten_mod(int exponent, uint64_t modulus)
{
	unsigned __int128 result = 1 % modulus, base = 10 % modulus;

	for (; exponent > 0; exponent >>= 1) {
		if (exponent & 1)
			result = result * base % modulus;
		base = base * base % modulus;
	}
	return (uint64_t)result;
}

bool number_is_multiple(const json_t *n, const json_t *divisor)
{
	struct decimal a = decimal_of(n), b = decimal_of(divisor);

	if (!a.digits)
		return true;
	if (!b.digits)
		return false;
	/* The divisor has the finer unit: a.digits * 10^k mod b.digits. */
	if (a.exponent >= b.exponent)
		return (unsigned __int128)(a.digits % b.digits) *
			       power_of_ten_mod(a.exponent - b.exponent, b.digits) % b.digits ==
		       0;
	/* The number has the finer unit, and its last digit is not 0. */
	return false;
}
