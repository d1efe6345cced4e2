#include "trace/trace.h"

#include <pthread.h>
#include <string.h>

enum kind { ANSWERED, REFUSED, CROWD, KINDS };

struct part {
	struct trace_entry *entries;
	uint64_t added; /* since the start; the next one goes to added % capacity */
};

struct trace_ring {
	pthread_mutex_t lock;
	size_t capacity;
	struct part parts[KINDS];
};

enum rc trace_ring_new(size_t capacity, struct trace_ring **ret, struct err *reterr)
{
	CLEANUP(trace_ring_freep) struct trace_ring *ring = NULL;
	bool ok = true;

	if (!capacity || capacity > TRACE_CAPACITY_MAX)
		return err_set(reterr, RC_INVALID, "trace-capacity", NULL,
			       "1 to %zu requests are kept", TRACE_CAPACITY_MAX);
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	pthread_mutex_init(&ring->lock, NULL);
	ring->capacity = capacity;
	for (size_t i = 0; i < KINDS; i++) {
		ring->parts[i].entries = calloc(capacity, sizeof(struct trace_entry));
		ok = ok && ring->parts[i].entries;
	}
	if (!ok)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	*ret = TAKE_PTR(ring);
	return RC_OK;
}

void trace_ring_free(struct trace_ring *ring)
{
	if (!ring)
		return;
	for (size_t i = 0; i < KINDS; i++)
		free(ring->parts[i].entries);
	pthread_mutex_destroy(&ring->lock);
	free(ring);
}

static enum kind kind_of(const struct trace_entry *entry)
{
	if (!entry->code && entry->status >= 200 && entry->status <= 299)
		return ANSWERED;
	return entry->tenant[0] && entry->status != 429 ? REFUSED : CROWD;
}

void trace_ring_add(struct trace_ring *ring, const struct trace_entry *entry)
{
	struct part *part = &ring->parts[kind_of(entry)];

	pthread_mutex_lock(&ring->lock);
	part->entries[part->added++ % ring->capacity] = *entry;
	pthread_mutex_unlock(&ring->lock);
}

static size_t len_of(const struct trace_ring *ring, const struct part *part)
{
	return part->added < ring->capacity ? (size_t)part->added : ring->capacity;
}

/* The i-th of a part, 0 the newest. */
static const struct trace_entry *newest(const struct trace_ring *ring, const struct part *part,
					size_t i)
{
	return &part->entries[(part->added - 1 - i) % ring->capacity];
}

/* The next of a part from its i-th on that has this trace; its length when none. */
static size_t next_of(const struct trace_ring *ring, const struct part *part, size_t i,
		      const char *trace_id)
{
	size_t len = len_of(ring, part);

	while (i < len && memcmp(newest(ring, part, i)->trace_id, trace_id, TRACE_ID_LEN) != 0)
		i++;
	return i;
}

static void reverse(struct trace_entry *list, size_t len)
{
	for (size_t i = 0; i < len / 2; i++) {
		struct trace_entry other = list[i];

		list[i] = list[len - 1 - i];
		list[len - 1 - i] = other;
	}
}

size_t trace_ring_find(struct trace_ring *ring, const char *trace_id, struct trace_entry *out,
		       size_t max)
{
	size_t at[KINDS] = { 0 }, found = 0;

	if (strlen(trace_id) != TRACE_ID_LEN)
		return 0;
	pthread_mutex_lock(&ring->lock);
	for (;;) {
		const struct trace_entry *best = NULL;
		size_t from = 0;

		for (size_t k = 0; k < KINDS; k++) {
			const struct part *part = &ring->parts[k];
			const struct trace_entry *entry;

			at[k] = next_of(ring, part, at[k], trace_id);
			if (at[k] == len_of(ring, part))
				continue;
			entry = newest(ring, part, at[k]);
			if (best && best->at_ms >= entry->at_ms)
				continue;
			best = entry;
			from = k;
		}
		if (!best)
			break;
		if (found < max)
			out[found] = *best;
		found++;
		at[from]++;
	}
	pthread_mutex_unlock(&ring->lock);
	reverse(out, found < max ? found : max);
	return found;
}

void trace_ring_reach(struct trace_ring *ring, size_t *ret_len, int64_t *ret_since_ms)
{
	*ret_len = 0;
	*ret_since_ms = 0;
	pthread_mutex_lock(&ring->lock);
	for (size_t k = 0; k < KINDS; k++) {
		const struct part *part = &ring->parts[k];
		size_t len = len_of(ring, part);

		*ret_len += len;
		if (part->added > len && newest(ring, part, len - 1)->at_ms > *ret_since_ms)
			*ret_since_ms = newest(ring, part, len - 1)->at_ms;
	}
	pthread_mutex_unlock(&ring->lock);
}
