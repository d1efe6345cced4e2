#include "suppress/witness.h"

#include <stdlib.h>
#include <string.h>

enum rc witness_init(const struct suppress_system *s, struct witness *seen)
{
	seen->below = calloc(s->nodes_len + 1, sizeof(*seen->below));
	seen->above = calloc(s->nodes_len + 1, sizeof(*seen->above));
	return seen->below && seen->above ? RC_OK : RC_NOMEM;
}

void witness_release(struct witness *seen)
{
	free(seen->below);
	free(seen->above);
	*seen = (struct witness){ 0 };
}

struct witness *witness_of(const struct suppress_system *s, const struct insider *insider)
{
	return &s->seen[insider ? 1 + (insider - s->insiders) : 0];
}

enum rc witness_copy(const struct suppress_system *s, const struct insider *insider,
		     struct witness *ret)
{
	enum rc rc = witness_init(s, ret);

	if (rc || !s->seen)
		return rc;
	memcpy(ret->below, witness_of(s, insider)->below, s->nodes_len * sizeof(*ret->below));
	memcpy(ret->above, witness_of(s, insider)->above, s->nodes_len * sizeof(*ret->above));
	ret->drawn = witness_of(s, insider)->drawn;
	return RC_OK;
}

void witness_forget(struct suppress_system *s)
{
	for (size_t i = 0; s->seen && i <= s->insiders_len; i++)
		witness_release(&s->seen[i]);
	free(s->seen);
	s->seen = NULL;
}

enum rc witness_begin(struct suppress_system *s)
{
	enum rc rc = RC_OK;

	witness_forget(s);
	s->seen = calloc(s->insiders_len + 1, sizeof(*s->seen));
	if (!s->seen)
		return RC_NOMEM;
	for (size_t i = 0; !rc && i <= s->insiders_len; i++)
		rc = witness_init(s, &s->seen[i]);
	return rc;
}
