/* The memory of the last requests: bounded, by trace_id, for many threads. */
#include "unit.h"

#include "trace/advice.h"
#include "trace/trace.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Request `n` of trace `id`, at time n. */
static struct trace_entry entry_of(unsigned id, int64_t n, int status)
{
	struct trace_entry entry = {
		.tenant = "310000019", .method = "GET", .status = status, .at_ms = n, .seq = n
	};

	snprintf(entry.trace_id, sizeof(entry.trace_id), "%032x", id);
	return entry;
}

static void add(struct trace_ring *ring, unsigned id, int64_t n, int status)
{
	struct trace_entry entry = entry_of(id, n, status);

	trace_ring_add(ring, &entry);
}

static size_t find(struct trace_ring *ring, unsigned id, struct trace_entry *out, size_t max)
{
	struct trace_entry wanted = entry_of(id, 0, 0);

	return trace_ring_find(ring, wanted.trace_id, out, max);
}

START_TEST(the_oldest_go_first)
{
	CLEANUP(trace_ring_freep) struct trace_ring *ring = NULL;
	struct trace_entry out[4];
	int64_t since;
	size_t len;

	ck_assert_int_eq(trace_ring_new(8, &ring, NULL), RC_OK);
	trace_ring_reach(ring, &len, &since);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(since, 0);
	for (unsigned i = 1; i <= 8; i++)
		add(ring, i, i, 200);
	trace_ring_reach(ring, &len, &since);
	ck_assert_uint_eq(len, 8);
	ck_assert_int_eq(since, 0); /* nothing is missing yet */
	for (unsigned i = 9; i <= 20; i++)
		add(ring, i, i, 200);
	trace_ring_reach(ring, &len, &since);
	ck_assert_uint_eq(len, 8);
	ck_assert_int_eq(since, 13);
	for (unsigned i = 1; i <= 20; i++) {
		size_t found = find(ring, i, out, 4);

		ck_assert_msg(found == (i >= 13), "%u: %zu", i, found);
		ck_assert_int_eq(found ? out[0].seq : 0, i >= 13 ? (int64_t)i : 0);
	}
	ck_assert_uint_eq(trace_ring_find(ring, "", out, 4), 0);
	ck_assert_uint_eq(trace_ring_find(ring, "00", out, 4), 0);
	ck_assert_int_eq(trace_ring_new(0, &ring, NULL), RC_INVALID);
	ck_assert_int_eq(trace_ring_new(TRACE_CAPACITY_MAX + 1, &ring, NULL), RC_INVALID);
}
END_TEST

START_TEST(neither_a_busy_day_nor_a_flood_pushes_refused_ones_out)
{
	CLEANUP(trace_ring_freep) struct trace_ring *ring = NULL;
	struct trace_entry out[4], batch = entry_of(3, 3, 200);

	ck_assert_int_eq(trace_ring_new(4, &ring, NULL), RC_OK);
	add(ring, 1, 1, 422);
	add(ring, 2, 2, 0);
	batch.code = "invalid-document"; /* some of it was refused */
	trace_ring_add(ring, &batch);
	for (unsigned i = 100; i < 200; i++)
		add(ring, i, i, 201);
	for (unsigned i = 200; i < 300; i++) {
		struct trace_entry stranger = entry_of(i, i, 401);

		stranger.tenant[0] = '\0';
		trace_ring_add(ring, &stranger);
		add(ring, 100 + i, i, 429);
	}
	for (unsigned i = 1; i <= 3; i++)
		ck_assert_uint_eq(find(ring, i, out, 4), 1);
}
END_TEST

START_TEST(one_trace_of_several_requests_is_told_in_order)
{
	CLEANUP(trace_ring_freep) struct trace_ring *ring = NULL;
	struct trace_entry out[16];

	ck_assert_int_eq(trace_ring_new(8, &ring, NULL), RC_OK);
	for (unsigned i = 1; i <= 10; i++)
		add(ring, i % 2, i, i % 4 < 2 ? 200 : 401);
	ck_assert_uint_eq(find(ring, 1, out, 16), 5);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(out[i].seq, 1 + 2 * i);
	/* The newest where there are more than fit. */
	ck_assert_uint_eq(find(ring, 1, out, 2), 5);
	ck_assert_int_eq(out[0].seq, 7);
	ck_assert_int_eq(out[1].seq, 9);
	ck_assert_uint_eq(find(ring, 1, out, 0), 5);
}
END_TEST

#define WRITERS 4
#define EACH 20000

static struct trace_ring *shared;

static void *fill(void *arg)
{
	unsigned id = (unsigned)(size_t)arg;

	for (int64_t n = 1; n <= EACH; n++)
		add(shared, id, n, n % 3 ? 200 : 503);
	return NULL;
}

/* While four write, whoever reads sees whole entries, in order. */
START_TEST(written_and_read_at_once)
{
	static struct trace_entry out[512];
	pthread_t threads[WRITERS];
	size_t len;
	int64_t since;

	ck_assert_int_eq(trace_ring_new(256, &shared, NULL), RC_OK);
	for (size_t i = 0; i < WRITERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, fill, (void *)(i + 1)), 0);
	for (int round = 0; round < 200; round++) {
		size_t found = find(shared, 1 + round % WRITERS, out, 512);

		for (size_t i = 0; i < found; i++) {
			ck_assert_int_eq(out[i].seq, out[i].at_ms);
			ck_assert(i == 0 || out[i].at_ms > out[i - 1].at_ms);
		}
	}
	for (size_t i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	trace_ring_reach(shared, &len, &since);
	ck_assert_uint_eq(len, 512);
	trace_ring_free(shared);
}
END_TEST

START_TEST(words_are_found_by_their_parts)
{
	const struct trace_advice *row;
	size_t n;

	ck_assert_str_eq(trace_reason("token", "aud"), "token-aud");
	ck_assert_str_eq(trace_reason("token", "client_id"), "token-client-id");
	ck_assert_str_eq(trace_reason("proof", "iat"), "proof-iat");
	ck_assert_ptr_null(trace_reason("proof", "Kari Nordmann"));
	ck_assert_ptr_null(trace_reason("token", ""));
	ck_assert_ptr_null(trace_reason("tok", "en-aud"));
	ck_assert_ptr_null(trace_reason("token", "au"));
	ck_assert_ptr_null(trace_reason("token", "audi"));
	ck_assert_ptr_null(trace_advice(NULL));
	ck_assert_ptr_null(trace_advice(""));
	for (n = 0; (row = trace_advice_at(n)); n++) {
		ck_assert_ptr_eq(trace_advice(row->word), row);
		ck_assert(row->meaning && *row->meaning);
		ck_assert_msg(row->tell || row->next, "%s: and what now?", row->word);
	}
	ck_assert_uint_gt(n, 50);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("trace");
	TCase *t = tcase_create("trace");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_oldest_go_first);
	tcase_add_test(t, neither_a_busy_day_nor_a_flood_pushes_refused_ones_out);
	tcase_add_test(t, one_trace_of_several_requests_is_told_in_order);
	tcase_add_test(t, written_and_read_at_once);
	tcase_add_test(t, words_are_found_by_their_parts);
	suite_add_tcase(s, t);
	return run_suite(s);
}
