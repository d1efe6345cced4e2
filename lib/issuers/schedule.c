#include "issuers/schedule.h"

#include <stddef.h>

void schedule_init(struct schedule *s, int64_t interval_ms, int64_t now_ms)
{
	*s = (struct schedule){ .interval_ms = interval_ms, .due_ms = now_ms };
}

bool schedule_begin(struct schedule *s, int64_t now_ms)
{
	if (s->due_ms > now_ms)
		return false;
	s->due_ms = INT64_MAX;
	return true;
}

static int64_t shortened(int64_t ms, uint32_t chance)
{
	return ms - (int64_t)((uint64_t)(ms / 10) * chance / UINT32_MAX);
}

static int64_t pause_after(const struct schedule *s)
{
	int64_t pause = SCHEDULE_RETRY_FIRST_MS;

	if (!s->failures)
		return s->interval_ms;
	for (unsigned i = 1; i < s->failures && pause < SCHEDULE_RETRY_MAX_MS; i++)
		pause *= 2;
	if (pause > SCHEDULE_RETRY_MAX_MS)
		pause = SCHEDULE_RETRY_MAX_MS;
	return pause < s->interval_ms ? pause : s->interval_ms;
}

void schedule_done(struct schedule *s, bool well, int64_t now_ms, uint32_t chance)
{
	s->failures = well ? 0 : s->failures + 1;
	schedule_hurry(s, now_ms + shortened(pause_after(s), chance));
}

bool schedule_ask(struct schedule *s, int64_t now_ms)
{
	if (s->asked && now_ms - s->asked_ms < SCHEDULE_ASK_MS)
		return false;
	s->asked = true;
	s->asked_ms = now_ms;
	schedule_hurry(s, now_ms);
	return true;
}

void schedule_hurry(struct schedule *s, int64_t now_ms)
{
	if (s->due_ms > now_ms)
		s->due_ms = now_ms;
}
