/* What one schema and one check may cost. A schema is code from outside and an
 * instance is input from outside, so both are bounded. Past a limit a schema is
 * not compiled (RC_LIMIT) and a document is refused, never accepted. */
#ifndef VARDE_SCHEMA_LIMITS_H
#define VARDE_SCHEMA_LIMITS_H

struct schema_limits {
	unsigned documents;        /* in one registry */
	unsigned nodes;            /* schemas compiled into one struct schema */
	unsigned schema_depth;     /* nesting of a schema document */
	unsigned regex_bytes;      /* length of one pattern */
	unsigned regex_steps;      /* PCRE2's match limit, for one match */
	unsigned regex_heap_kib;   /* PCRE2's heap limit, for one match */
	unsigned instance_depth;   /* nesting of an instance */
	unsigned evaluation_depth; /* schemas inside one another during a check */
	unsigned reference_hops;   /* references followed during one check */
	unsigned steps;            /* schemas applied and items compared during one check */
};

#define SCHEMA_LIMITS_DEFAULT                                                                      \
	{                                                                                          \
		.documents = 1000, .nodes = 20000, .schema_depth = 128, .regex_bytes = 4096,       \
		.regex_steps = 200000, .regex_heap_kib = 2048, .instance_depth = 128,              \
		.evaluation_depth = 768, .reference_hops = 1000000, .steps = 10000000,             \
	}

#endif
