#include "http/turns.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct turns_flow {
	struct turns_flow *next;   /* in the table */
	struct turns_flow *behind; /* in the ring */
	struct turns_queue fresh, back;
	enum turns_ring ring;
	unsigned out;
	bool in_ring, back_next;
	char name[TURNS_NAME_SIZE];
};

static void queue_init(struct turns_queue *queue)
{
	queue->first = NULL;
	queue->end = &queue->first;
}

static void queue_add(struct turns_queue *queue, struct turns_job *job)
{
	job->next = NULL;
	*queue->end = job;
	queue->end = &job->next;
}

static void queue_add_first(struct turns_queue *queue, struct turns_job *job)
{
	job->next = queue->first;
	if (!queue->first)
		queue->end = &job->next;
	queue->first = job;
}

static struct turns_job *queue_take(struct turns_queue *queue)
{
	struct turns_job *job = queue->first;

	queue->first = job->next;
	if (!queue->first)
		queue->end = &queue->first;
	return job;
}

void turns_init(struct turns *turns, unsigned each)
{
	memset(turns, 0, sizeof(*turns));
	for (size_t i = 0; i < TURNS_RINGS; i++)
		turns->rings[i].end = &turns->rings[i].first;
	turns->each = each ? each : 1;
}

void turns_release(struct turns *turns)
{
	for (size_t i = 0; i < TURNS_TABLE; i++) {
		struct turns_flow *flow = turns->table[i], *next;

		for (; flow; flow = next) {
			next = flow->next;
			free(flow);
		}
	}
	turns_init(turns, turns->each);
}

/* FNV-1a: flows that wait are few, so nobody gains by names that collide. */
static struct turns_flow **place_of(struct turns *turns, enum turns_ring ring, const char *name)
{
	uint32_t hash = 2166136261u ^ ring;
	struct turns_flow **at;

	for (const char *c = name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	at = &turns->table[hash % TURNS_TABLE];
	while (*at && ((*at)->ring != ring || strcmp((*at)->name, name)))
		at = &(*at)->next;
	return at;
}

static struct turns_flow *flow_of(struct turns *turns, const struct turns_job *job)
{
	char name[TURNS_NAME_SIZE];
	struct turns_flow **at;
	size_t len = strnlen(job->flow, sizeof(name) - 1);

	memcpy(name, job->flow, len);
	name[len] = '\0';
	at = place_of(turns, job->ring, name);
	if (!*at) {
		*at = calloc(1, sizeof(**at));
		if (!*at)
			return NULL;
		memcpy((*at)->name, name, len + 1);
		(*at)->ring = job->ring;
		queue_init(&(*at)->fresh);
		queue_init(&(*at)->back);
	}
	return *at;
}

/* A flow stands in its ring while it has jobs that may be given out. */
static void enter_ring(struct turns *turns, struct turns_flow *flow)
{
	bool has_jobs = flow->fresh.first || flow->back.first;

	if (flow->in_ring || !has_jobs || flow->out >= turns->each)
		return;
	flow->behind = NULL;
	*turns->rings[flow->ring].end = flow;
	turns->rings[flow->ring].end = &flow->behind;
	flow->in_ring = true;
}

static struct turns_flow *leave_ring(struct turns *turns, enum turns_ring ring)
{
	struct turns_flow *flow = turns->rings[ring].first;

	turns->rings[ring].first = flow->behind;
	if (!flow->behind)
		turns->rings[ring].end = &turns->rings[ring].first;
	flow->in_ring = false;
	return flow;
}

enum rc turns_add(struct turns *turns, struct turns_job *job)
{
	struct turns_flow *flow = flow_of(turns, job);

	if (!flow)
		return RC_NOMEM;
	job->begun = false;
	queue_add(&flow->fresh, job);
	turns->waiting++;
	enter_ring(turns, flow);
	return RC_OK;
}

enum rc turns_put_back(struct turns *turns, struct turns_job *job)
{
	struct turns_flow *flow = flow_of(turns, job);

	if (!flow)
		return RC_NOMEM;
	if (job->begun)
		queue_add_first(&flow->back, job);
	else
		queue_add(&flow->back, job);
	job->begun = true;
	turns->waiting++;
	enter_ring(turns, flow);
	return RC_OK;
}

/* Fresh and put back alternately, where there are both. */
static struct turns_job *take_job(struct turns_flow *flow)
{
	bool back = flow->back.first && (flow->back_next || !flow->fresh.first);

	flow->back_next = !back;
	return queue_take(back ? &flow->back : &flow->fresh);
}

struct turns_job *turns_next(struct turns *turns, struct turns_flow **ret_flow)
{
	enum turns_ring ring = turns->next_ring % TURNS_RINGS;
	struct turns_flow *flow;
	struct turns_job *job;

	if (!turns->rings[ring].first)
		ring = (ring + 1) % TURNS_RINGS;
	if (!turns->rings[ring].first)
		return NULL;
	turns->next_ring = ring + 1;
	flow = leave_ring(turns, ring);
	job = take_job(flow);
	turns->waiting--;
	flow->out++;
	enter_ring(turns, flow);
	*ret_flow = flow;
	return job;
}

void turns_done(struct turns *turns, struct turns_flow *flow)
{
	flow->out--;
	enter_ring(turns, flow);
	if (!flow->out && !flow->in_ring) { /* in the ring, were there any job */
		*place_of(turns, flow->ring, flow->name) = flow->next;
		free(flow);
	}
}
