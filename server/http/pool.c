#include "http/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct turns turns;
	unsigned limit;
	bool stopping;
	unsigned started;
	pthread_t threads[];
};

/* A flow that may have no more workers has one of them, who looks again when its job
 * is done; so whoever finds nothing to do may sleep, or go home. */
static void *work(void *arg)
{
	struct pool *pool = arg;
	struct turns_flow *flow;
	struct pool_job *job;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		job = (struct pool_job *)turns_next(&pool->turns, &flow);
		if (!job && pool->stopping)
			break;
		if (!job) {
			pthread_cond_wait(&pool->work, &pool->lock);
			continue;
		}
		pthread_mutex_unlock(&pool->lock);
		job->run(job);
		pthread_mutex_lock(&pool->lock);
		turns_done(&pool->turns, flow);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

enum rc pool_new(unsigned workers, unsigned each, unsigned queue_limit, struct pool **ret)
{
	struct pool *pool = calloc(1, sizeof(*pool) + workers * sizeof(pool->threads[0]));

	if (!pool)
		return RC_NOMEM;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	turns_init(&pool->turns, each);
	pool->limit = queue_limit;
	for (; pool->started < workers; pool->started++) {
		if (pthread_create(&pool->threads[pool->started], NULL, work, pool)) {
			pool_free(pool);
			return RC_IO;
		}
	}
	*ret = pool;
	return RC_OK;
}

enum rc pool_submit(struct pool *pool, struct pool_job *job)
{
	enum rc rc = RC_BUSY;

	pthread_mutex_lock(&pool->lock);
	if (!pool->stopping && pool->turns.waiting < pool->limit)
		rc = turns_add(&pool->turns, &job->turn);
	pthread_mutex_unlock(&pool->lock);
	if (!rc)
		pthread_cond_signal(&pool->work);
	return rc;
}

enum rc pool_put_back(struct pool *pool, struct pool_job *job)
{
	enum rc rc;

	pthread_mutex_lock(&pool->lock);
	rc = turns_put_back(&pool->turns, &job->turn);
	pthread_mutex_unlock(&pool->lock);
	if (!rc)
		pthread_cond_signal(&pool->work);
	return rc;
}

unsigned pool_waiting(struct pool *pool)
{
	unsigned n;

	pthread_mutex_lock(&pool->lock);
	n = pool->turns.waiting;
	pthread_mutex_unlock(&pool->lock);
	return n;
}

void pool_free(struct pool *pool)
{
	unsigned i;

	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_mutex_unlock(&pool->lock);
	pthread_cond_broadcast(&pool->work);
	for (i = 0; i < pool->started; i++)
		pthread_join(pool->threads[i], NULL);
	turns_release(&pool->turns);
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}
