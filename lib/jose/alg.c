#include "jose/alg.h"

#include "base/cleanup.h"

#include <string.h>

static const struct {
	enum jose_alg alg;
	const char *name;
} names[] = {
	{ JOSE_RS256, "RS256" },
	{ JOSE_PS256, "PS256" },
	{ JOSE_ES256, "ES256" },
	{ JOSE_ES384, "ES384" },
};

const char *jose_alg_name(enum jose_alg alg)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].alg == alg)
			return names[i].name;
	return "";
}

enum jose_alg jose_alg_from_name(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i].name, name))
			return names[i].alg;
	return JOSE_ALG_NONE;
}
