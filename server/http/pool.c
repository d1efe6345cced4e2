#include "http/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct pool_job *head, **tail;
	unsigned waiting, limit;
	bool stopping;
	unsigned started;
	pthread_t threads[];
};

static struct pool_job *take(struct pool *pool)
{
	struct pool_job *job = pool->head;

	pool->head = job->next;
	if (!pool->head)
		pool->tail = &pool->head;
	pool->waiting--;
	return job;
}

static void *work(void *arg)
{
	struct pool *pool = arg;
	struct pool_job *job;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		while (!pool->head && !pool->stopping)
			pthread_cond_wait(&pool->work, &pool->lock);
		if (!pool->head)
			break;
		job = take(pool);
		pthread_mutex_unlock(&pool->lock);
		job->run(job);
		pthread_mutex_lock(&pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

enum rc pool_new(unsigned workers, unsigned queue_limit, struct pool **ret)
{
	struct pool *pool = calloc(1, sizeof(*pool) + workers * sizeof(pool->threads[0]));

	if (!pool)
		return RC_NOMEM;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	pool->tail = &pool->head;
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
	enum rc rc = RC_OK;

	pthread_mutex_lock(&pool->lock);
	if (pool->stopping || pool->waiting >= pool->limit) {
		rc = RC_BUSY;
	} else {
		job->next = NULL;
		*pool->tail = job;
		pool->tail = &job->next;
		pool->waiting++;
	}
	pthread_mutex_unlock(&pool->lock);
	if (!rc)
		pthread_cond_signal(&pool->work);
	return rc;
}

unsigned pool_waiting(struct pool *pool)
{
	unsigned n;

	pthread_mutex_lock(&pool->lock);
	n = pool->waiting;
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
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}
