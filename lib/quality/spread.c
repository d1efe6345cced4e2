#include "quality/spread.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

static enum rc grow(struct spread *s, size_t size)
{
	uint32_t *days;

	if (size <= s->size)
		return RC_OK;
	size += size / 2;
	days = realloc(s->days, size * sizeof(*days));
	if (!days)
		return RC_NOMEM;
	memset(days + s->size, 0, (size - s->size) * sizeof(*days));
	s->days = days;
	s->size = size;
	return RC_OK;
}

enum rc spread_add(struct spread *s, int64_t days)
{
	size_t at = days < 0 ? 0 : days > SPREAD_DAYS_MAX ? SPREAD_DAYS_MAX : (size_t)days;

	if (grow(s, at + 1))
		return RC_NOMEM;
	s->days[at]++;
	s->n++;
	return RC_OK;
}

void spread_release(struct spread *s)
{
	free(s->days);
	*s = (struct spread){ 0 };
}

enum rc spread_join(struct spread *s, const struct spread *from)
{
	if (grow(s, from->size))
		return RC_NOMEM;
	for (size_t i = 0; i < from->size; i++)
		s->days[i] += from->days[i];
	s->n += from->n;
	return RC_OK;
}

int64_t spread_quantile(const struct spread *s, int hundredths)
{
	int64_t wanted = (s->n * hundredths + 99) / 100, seen = 0;

	for (size_t i = 0; i < s->size; i++) {
		seen += s->days[i];
		if (seen && seen >= wanted)
			return (int64_t)i;
	}
	return -1;
}
