/* Sets of what hangs together: Tarjan, "Efficiency of a good but not linear set union
 * algorithm", JACM 22 (1975), with halving of paths. */
#ifndef VARDE_SUPPRESS_SETS_H
#define VARDE_SUPPRESS_SETS_H

#include <stdint.h>

/* Everyone alone. */
static inline void sets_init(uint32_t *parent, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		parent[i] = i;
}

/* Of whom is this one's set named? */
static inline uint32_t set_of(uint32_t *parent, uint32_t one)
{
	while (parent[one] != one)
		one = parent[one] = parent[parent[one]];
	return one;
}

static inline void sets_join(uint32_t *parent, uint32_t a, uint32_t b)
{
	parent[set_of(parent, a)] = set_of(parent, b);
}

#endif
