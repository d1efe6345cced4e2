#include "varded/lane.h"

#include <string.h>

void lane_init(struct lane *lane, unsigned most)
{
	pthread_mutex_init(&lane->lock, NULL);
	lane->running = 0;
	lane->most = most ? most : 1;
	lane->parked = NULL;
}

bool lane_enter(struct lane *lane, struct lane_place *place)
{
	struct lane_place **end;
	bool free_now;

	pthread_mutex_lock(&lane->lock);
	free_now = lane->running < lane->most;
	if (free_now) {
		lane->running++;
	} else {
		place->next = NULL;
		for (end = &lane->parked; *end; end = &(*end)->next)
			;
		*end = place;
	}
	pthread_mutex_unlock(&lane->lock);
	return free_now;
}

struct lane_place *lane_leave(struct lane *lane, const char *tenant)
{
	struct lane_place **at, *next;

	pthread_mutex_lock(&lane->lock);
	for (at = &lane->parked; *at && !strcmp((*at)->tenant, tenant); at = &(*at)->next)
		;
	if (!*at)
		at = &lane->parked;
	next = *at;
	if (next)
		*at = next->next;
	else
		lane->running--;
	pthread_mutex_unlock(&lane->lock);
	return next;
}
