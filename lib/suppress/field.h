/* Arithmetic modulo the prime 2^31 - 1, in which all linear algebra of the room is
 * done: exact, without growth, the same on every machine. */
#ifndef VARDE_SUPPRESS_FIELD_H
#define VARDE_SUPPRESS_FIELD_H

#include <stdint.h>

#define FIELD_P UINT64_C(2147483647)

static inline uint32_t field_multiply(uint32_t a, uint32_t b)
{
	uint64_t x = (uint64_t)a * b;

	x = (x & FIELD_P) + (x >> 31);
	return (uint32_t)(x >= FIELD_P ? x - FIELD_P : x);
}

static inline uint32_t field_add(uint32_t a, uint32_t b)
{
	uint64_t x = (uint64_t)a + b;

	return (uint32_t)(x >= FIELD_P ? x - FIELD_P : x);
}

static inline uint32_t field_negative(uint32_t a)
{
	return a ? (uint32_t)FIELD_P - a : 0;
}

/* Of a != 0, by Fermat: a^(p-2). */
static inline uint32_t field_inverse(uint32_t a)
{
	uint32_t result = 1;

	if (a == 1 || a == FIELD_P - 1)
		return a;
	for (uint64_t e = FIELD_P - 2; e; e >>= 1) {
		if (e & 1)
			result = field_multiply(result, a);
		a = field_multiply(a, a);
	}
	return result;
}

/* Of any integer, and the integer nearest to 0 of a residue. */
static inline uint32_t field_of(int64_t a)
{
	int64_t r = a % (int64_t)FIELD_P;

	return (uint32_t)(r < 0 ? r + (int64_t)FIELD_P : r);
}

static inline int64_t field_lift(uint32_t a)
{
	return a > FIELD_P / 2 ? (int64_t)a - (int64_t)FIELD_P : (int64_t)a;
}

#endif
