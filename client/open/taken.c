#include "open/taken.h"

#include <stdlib.h>
#include <string.h>

static enum rc grow(struct taken *taken)
{
	size_t size = taken->size ? taken->size * 2 : 256;
	int64_t *list;

	if (taken->len < taken->size)
		return RC_OK;
	list = realloc(taken->list, size * sizeof(*list));
	if (!list)
		return RC_NOMEM;
	taken->list = list;
	taken->size = size;
	return RC_OK;
}

/* How many are lower. */
static size_t rank_of(const struct taken *taken, int64_t number)
{
	size_t low = 0, high = taken->len;

	if (high && taken->list[high - 1] < number)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (taken->list[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum rc taken_add(struct taken *taken, int64_t number)
{
	size_t at = rank_of(taken, number);
	enum rc rc;

	if (at < taken->len && taken->list[at] == number)
		return RC_CONFLICT;
	rc = grow(taken);
	if (rc)
		return rc;
	memmove(taken->list + at + 1, taken->list + at, (taken->len - at) * sizeof(*taken->list));
	taken->list[at] = number;
	taken->len++;
	return RC_OK;
}

void taken_release(struct taken *taken)
{
	free(taken->list);
	*taken = (struct taken){ 0 };
}
