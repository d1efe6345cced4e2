#include "limits/places.h"

#include "limits/slots.h"

#include <stdlib.h>
#include <string.h>

#define ALL_MAX ((int64_t)1 << 18)
#define SLOTS_PER_PLACE 4 /* so that a bucket is as good as never full */
#define SLOTS_MIN 64

struct taken {
	int64_t count, bytes;
};

struct places {
	struct places_caps caps;
	struct slots *slots;
	int64_t all; /* atomic */
};

struct place {
	struct places *places;
	int64_t bytes;
	char name[LIMITS_NAME_SIZE];
};

static bool resting(const void *slot, int64_t now)
{
	const struct taken *taken = slot;

	(void)now;
	return !taken->count;
}

enum rc places_new(const struct places_caps *caps, struct places **ret)
{
	struct places *places;
	size_t names = (size_t)caps->all * SLOTS_PER_PLACE;
	enum rc rc;

	if (caps->all < 1 || caps->all > ALL_MAX || caps->each < 0 || caps->each_bytes < 0)
		return RC_INVALID;
	places = calloc(1, sizeof(*places));
	if (!places)
		return RC_NOMEM;
	places->caps = *caps;
	if (!places->caps.each)
		places->caps.each = caps->all;
	rc = slots_new(names < SLOTS_MIN ? SLOTS_MIN : names, sizeof(struct taken), resting,
		       &places->slots);
	if (rc)
		free(places);
	else
		*ret = places;
	return rc;
}

void places_free(struct places *places)
{
	if (!places)
		return;
	slots_free(places->slots);
	free(places);
}

/* One of all; false when there is none. */
static bool take_one(struct places *places)
{
	if (__atomic_add_fetch(&places->all, 1, __ATOMIC_RELAXED) <= places->caps.all)
		return true;
	__atomic_sub_fetch(&places->all, 1, __ATOMIC_RELAXED);
	return false;
}

static void give_one(struct places *places)
{
	__atomic_sub_fetch(&places->all, 1, __ATOMIC_RELAXED);
}

static bool fits(const struct places_caps *caps, const struct taken *taken, int64_t bytes)
{
	if (taken->count >= caps->each)
		return false;
	return !caps->each_bytes || !taken->count || bytes <= caps->each_bytes - taken->bytes;
}

/* One of the name's, which is looked at first: who has its share is told that, and
 * not that all are busy. */
static enum rc enter(struct places *places, const char *name, int64_t bytes)
{
	pthread_mutex_t *lock;
	struct taken *taken = slots_lock(places->slots, name, 0, &lock);
	enum rc rc = RC_OK;

	if (!taken)
		return RC_BUSY;
	if (!fits(&places->caps, taken, bytes))
		rc = RC_LIMIT;
	else if (!take_one(places))
		rc = RC_BUSY;
	if (!rc) {
		taken->count++;
		taken->bytes += bytes;
	}
	slots_unlock(lock);
	return rc;
}

enum rc places_enter(struct places *places, const char *name, int64_t bytes, struct place **ret)
{
	struct place *place = calloc(1, sizeof(*place));
	enum rc rc;

	if (!place)
		return RC_NOMEM;
	rc = enter(places, name, bytes);
	if (rc) {
		free(place);
		return rc;
	}
	place->places = places;
	place->bytes = bytes;
	memcpy(place->name, name, strlen(name) + 1);
	*ret = place;
	return RC_OK;
}

void place_leave(struct place *place)
{
	pthread_mutex_t *lock;
	struct taken *taken;

	if (!place)
		return;
	taken = slots_lock(place->places->slots, place->name, 0,
			   &lock); /* in use, so it is there */
	if (taken) {
		taken->count--;
		taken->bytes -= place->bytes;
		slots_unlock(lock);
	}
	give_one(place->places);
	free(place);
}

int64_t places_taken(struct places *places)
{
	return __atomic_load_n(&places->all, __ATOMIC_RELAXED);
}
