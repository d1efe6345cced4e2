#include "statd/serving.h"

#include "base/clock.h"
#include "http/log.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOOK_EVERY_MS 500
#define NAMED_MAX 8 /* earlier releases kept in memory */

struct serving {
	const char *folder;
	struct log *log;
	unsigned char key[PUBLISHED_KEY_SIZE];
	pthread_mutex_t lock; /* guards the rest */
	pthread_cond_t wake;
	pthread_t watcher;
	bool watching, stopping;
	int64_t sequence;
	char said[48]; /* the last fault that was logged: said once, not twice a second */
	struct published *current;
	struct published *named[NAMED_MAX]; /* most recently used first */
	json_t *published, *withdrawn;      /* names, as current.json has them */
};

static void say(struct serving *s, const struct err *err)
{
	bool again = !strcmp(s->said, err->code);

	snprintf(s->said, sizeof(s->said), "%s", err->code);
	if (!again)
		log_event(s->log, LOG_LEVEL_ERROR, "release-unusable", "{s:s, s:s, s:s}", "code",
			  err->code, "where", err->where, "text", err->text);
}

static enum rc open_named(const struct serving *s, const char *name, struct published **ret,
			  struct err *reterr)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", s->folder, name) >= (int)sizeof(path))
		return err_set(reterr, RC_LIMIT, "release-io", name, "the path is too long");
	return published_open(path, s->key, ret, reterr);
}

/* Under the lock. */
static void swap(struct serving *s, struct published_current *current, struct published *fresh)
{
	published_free(s->current);
	s->current = fresh;
	s->sequence = current->sequence;
	json_decref(s->published);
	json_decref(s->withdrawn);
	s->published = json_incref(current->published);
	s->withdrawn = json_incref(current->withdrawn);
	s->said[0] = '\0';
	log_event(s->log, LOG_LEVEL_INFO, "release-served", "{s:s}", "release",
		  fresh ? published_release(fresh) : "");
}

void serving_look(struct serving *s)
{
	CLEANUP(published_current_release) struct published_current current = { 0 };
	struct published *fresh = NULL;
	struct err err = { 0 };
	bool newer;
	enum rc rc = published_current_read(s->folder, s->key, &current, &err);

	pthread_mutex_lock(&s->lock);
	/* An older pointer, put back by whomever, is not followed. */
	newer = !rc && current.sequence > s->sequence;
	if (rc && rc != RC_NOT_FOUND)
		say(s, &err);
	pthread_mutex_unlock(&s->lock);
	if (!newer)
		return;
	rc = published_current_open(s->folder, &current, s->key, &fresh, &err);
	pthread_mutex_lock(&s->lock);
	if (rc)
		say(s, &err);
	else
		swap(s, &current, fresh);
	pthread_mutex_unlock(&s->lock);
}

static void *watch(void *arg)
{
	struct serving *s = arg;
	struct timespec until;

	pthread_mutex_lock(&s->lock);
	while (!s->stopping) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_EVERY_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&s->wake, &s->lock, &until);
		if (s->stopping)
			break;
		pthread_mutex_unlock(&s->lock);
		serving_look(s);
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

enum rc serving_start(const char *folder, const char *key_file, struct log *log,
		      struct serving **ret, struct err *reterr)
{
	CLEANUP(serving_stopp) struct serving *s = calloc(1, sizeof(*s));
	enum rc rc;

	if (!s)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	s->folder = folder;
	s->log = log;
	s->sequence = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	rc = published_key_load(key_file, s->key, reterr);
	if (rc)
		return rc;
	serving_look(s);
	if (pthread_create(&s->watcher, NULL, watch, s))
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no thread to watch releases");
	s->watching = true;
	*ret = TAKE_PTR(s);
	return RC_OK;
}

void serving_stop(struct serving *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
	if (s->watching)
		pthread_join(s->watcher, NULL);
	published_free(s->current);
	for (size_t i = 0; i < NAMED_MAX; i++)
		published_free(s->named[i]);
	json_decref(s->published);
	json_decref(s->withdrawn);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

struct published *serving_current(struct serving *s)
{
	struct published *p;

	pthread_mutex_lock(&s->lock);
	p = s->current ? published_ref(s->current) : NULL;
	pthread_mutex_unlock(&s->lock);
	return p;
}

static bool is_among(const json_t *names, const char *name)
{
	for (size_t i = 0; i < json_array_size(names); i++)
		if (!strcmp(json_string_value(json_array_get(names, i)), name))
			return true;
	return false;
}

/* Under the lock: the kept one, moved to the front. */
static struct published *find_kept(struct serving *s, const char *name)
{
	struct published *found;

	if (s->current && !strcmp(published_release(s->current), name))
		return published_ref(s->current);
	for (size_t i = 0; i < NAMED_MAX && s->named[i]; i++) {
		if (strcmp(published_release(s->named[i]), name))
			continue;
		found = s->named[i];
		memmove(&s->named[1], &s->named[0], i * sizeof(s->named[0]));
		s->named[0] = found;
		return published_ref(found);
	}
	return NULL;
}

static void keep(struct serving *s, struct published *p)
{
	pthread_mutex_lock(&s->lock);
	published_free(s->named[NAMED_MAX - 1]);
	memmove(&s->named[1], &s->named[0], (NAMED_MAX - 1) * sizeof(s->named[0]));
	s->named[0] = published_ref(p);
	pthread_mutex_unlock(&s->lock);
}

enum rc serving_named(struct serving *s, const char *name, struct published **ret,
		      struct err *reterr)
{
	bool withdrawn, published;
	enum rc rc;

	if (!published_release_name_valid(name))
		return RC_NOT_FOUND;
	pthread_mutex_lock(&s->lock);
	withdrawn = is_among(s->withdrawn, name);
	published = is_among(s->published, name);
	*ret = published ? find_kept(s, name) : NULL;
	pthread_mutex_unlock(&s->lock);
	if (withdrawn)
		return RC_FORBIDDEN;
	if (*ret)
		return RC_OK;
	/* What lies in the folder without standing in current.json is not published. */
	if (!published)
		return RC_NOT_FOUND;
	rc = open_named(s, name, ret, reterr);
	if (!rc && strcmp(published_release(*ret), name)) {
		published_free(TAKE_PTR(*ret));
		rc = RC_NOT_FOUND;
	}
	if (!rc)
		keep(s, *ret);
	return rc;
}
