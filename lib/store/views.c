#include "store/internal.h"

#include <pthread.h>

struct store_views {
	pthread_mutex_t lock;
	struct store_view *idle; /* most recently returned first */
	size_t n_idle, cap;
	char *vfs;
};

enum rc store_views_new(size_t cap, const struct store_options *options, struct store_views **ret)
{
	CLEANUP(store_views_freep) struct store_views *views = calloc(1, sizeof(*views));

	if (!views)
		return RC_NOMEM;
	pthread_mutex_init(&views->lock, NULL);
	views->cap = cap;
	if (options && options->vfs) {
		views->vfs = strdup(options->vfs);
		if (!views->vfs)
			return RC_NOMEM;
	}
	*ret = TAKE_PTR(views);
	return RC_OK;
}

void store_views_free(struct store_views *views)
{
	if (!views)
		return;
	while (views->idle) {
		struct store_view *view = views->idle;

		views->idle = view->next;
		store_view_free(view);
	}
	pthread_mutex_destroy(&views->lock);
	free(views->vfs);
	free(views);
}

/* Unlinks the first idle view of `path`, or of any file (NULL). With the lock held. */
static struct store_view *take(struct store_views *views, const char *path)
{
	for (struct store_view **at = &views->idle; *at; at = &(*at)->next) {
		struct store_view *view = *at;

		if (!path || strcmp(view->path, path) == 0) {
			*at = view->next;
			view->next = NULL;
			views->n_idle--;
			return view;
		}
	}
	return NULL;
}

enum rc store_views_borrow(struct store_views *views, const char *path, const char *orgnr,
			   struct store_view **ret, struct err *reterr)
{
	struct store_options options = { .vfs = views->vfs };
	struct store_view *view;
	enum rc rc;

	pthread_mutex_lock(&views->lock);
	view = take(views, path);
	pthread_mutex_unlock(&views->lock);
	if (!view)
		return store_view_open(path, orgnr, &options, ret, reterr);
	rc = store_owner_check(&view->db, V_OWNER_GET, orgnr, reterr);
	if (rc) {
		store_view_free(view);
		return rc;
	}
	*ret = view;
	return RC_OK;
}

/* Unlinks the least recently used view when there are too many. With the lock held. */
static struct store_view *surplus(struct store_views *views)
{
	struct store_view **at = &views->idle, *view;

	if (views->n_idle <= views->cap)
		return NULL;
	while ((*at)->next)
		at = &(*at)->next;
	view = *at;
	*at = NULL;
	views->n_idle--;
	return view;
}

void store_views_return(struct store_views *views, struct store_view *view)
{
	struct store_view *old;

	if (!view)
		return;
	pthread_mutex_lock(&views->lock);
	view->next = views->idle;
	views->idle = view;
	views->n_idle++;
	old = surplus(views);
	pthread_mutex_unlock(&views->lock);
	store_view_free(old);
}

void store_views_drop(struct store_views *views, const char *path)
{
	struct store_view *view;

	do {
		pthread_mutex_lock(&views->lock);
		view = take(views, path);
		pthread_mutex_unlock(&views->lock);
		store_view_free(view);
	} while (view);
}
