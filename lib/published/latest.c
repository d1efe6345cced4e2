#include "published/latest.h"

#include "base/clock.h"

#include <pthread.h>
#include <string.h>

/* What could not be verified is not read again at each asking, which may be dear. */
#define FAILED_US INT64_C(10000000)

struct published_latest {
	char *dir, *key_file;
	pthread_mutex_t opening; /* held while a release is read; guards `failed` */
	pthread_mutex_t lock;    /* guards sequence and kept */
	int64_t sequence;        /* of the pointer that was followed last */
	struct published *kept;  /* NULL: none yet, or it points to none */
	int64_t failed;          /* the pointer whose release could not be verified, */
	int64_t failed_until_us; /* not to be tried again before */
};

enum rc published_latest_new(const char *dir, const char *key_file, struct published_latest **ret)
{
	struct published_latest *l = calloc(1, sizeof(*l));

	if (!l)
		return RC_NOMEM;
	pthread_mutex_init(&l->opening, NULL);
	pthread_mutex_init(&l->lock, NULL);
	l->sequence = l->failed = -1;
	if (dir && key_file) {
		l->dir = strdup(dir);
		l->key_file = strdup(key_file);
		if (!l->dir || !l->key_file) {
			published_latest_free(l);
			return RC_NOMEM;
		}
	}
	*ret = l;
	return RC_OK;
}

void published_latest_free(struct published_latest *l)
{
	if (!l)
		return;
	published_free(l->kept);
	pthread_mutex_destroy(&l->opening);
	pthread_mutex_destroy(&l->lock);
	free(l->dir);
	free(l->key_file);
	free(l);
}

/* The kept one, if `sequence` is not newer than the pointer that led to it, or if `any` will do.
 * Without *ret_known the pointer is to be followed. */
static struct published *kept(struct published_latest *l, int64_t sequence, bool any,
			      bool *ret_known)
{
	struct published *p = NULL;

	pthread_mutex_lock(&l->lock);
	*ret_known = sequence <= l->sequence || (any && l->kept);
	if (*ret_known && l->kept)
		p = published_ref(l->kept);
	pthread_mutex_unlock(&l->lock);
	return p;
}

/* With `opening` held. */
static enum rc open_now(struct published_latest *l, const struct published_current *current,
			const unsigned char *key, struct published **ret, struct err *reterr)
{
	int64_t now_us = clock_monotonic_us();
	enum rc rc;

	if (l->failed == current->sequence && now_us < l->failed_until_us)
		return err_set(reterr, RC_CORRUPT, "release-altered", current->release,
			       "it could not be verified a moment ago");
	rc = published_current_open(l->dir, current, key, ret, reterr);
	if (rc) {
		l->failed = current->sequence;
		l->failed_until_us = now_us + FAILED_US;
		return rc;
	}
	pthread_mutex_lock(&l->lock);
	published_free(l->kept);
	l->kept = *ret ? published_ref(*ret) : NULL;
	l->sequence = current->sequence;
	pthread_mutex_unlock(&l->lock);
	return RC_OK;
}

static enum rc follow(struct published_latest *l, const struct published_current *current,
		      const unsigned char *key, struct published **ret, struct err *reterr)
{
	bool busy = pthread_mutex_trylock(&l->opening) != 0, known;
	enum rc rc = RC_OK;

	*ret = kept(l, current->sequence, busy, &known);
	if (busy && known)
		return RC_OK;
	if (busy) { /* the first of all: there is nothing to go on with */
		pthread_mutex_lock(&l->opening);
		*ret = kept(l, current->sequence, false, &known);
	}
	if (!known)
		rc = open_now(l, current, key, ret, reterr);
	pthread_mutex_unlock(&l->opening);
	return rc;
}

enum rc published_latest_get(struct published_latest *l, struct published **ret, struct err *reterr)
{
	CLEANUP(published_current_release) struct published_current current = { 0 };
	unsigned char key[PUBLISHED_KEY_SIZE];
	enum rc rc = l->dir ? RC_OK : RC_NOT_FOUND;

	*ret = NULL;
	/* Configured, and not to be had: that is not to say that there are no releases. */
	if (!rc && published_key_load(l->key_file, key, reterr))
		return RC_IO;
	if (!rc)
		rc = published_current_read(l->dir, key, &current, reterr);
	if (!rc && follow(l, &current, key, ret, reterr))
		return RC_CORRUPT;
	if (rc == RC_NOT_FOUND || (!rc && !*ret))
		return err_set(reterr, RC_NOT_FOUND, "release-none", NULL,
			       "no release is promoted here");
	return rc;
}
