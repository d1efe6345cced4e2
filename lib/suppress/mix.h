/* Numbers that look random and are the same in every run, as nothing here may depend
 * on chance: splitmix64 (Steele, Lea, Flood, OOPSLA 2014). */
#ifndef VARDE_SUPPRESS_MIX_H
#define VARDE_SUPPRESS_MIX_H

#include <stdint.h>

static inline uint64_t mix(uint64_t of)
{
	uint64_t z = of + UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

#endif
