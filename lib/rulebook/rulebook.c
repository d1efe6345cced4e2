#include "rulebook/rulebook.h"

#include "codes/codes.h"
#include "config/config.h"
#include "documents/documents.h"
#include "minimise/profile.h"
#include "release/programme.h"
#include "rules/catalogue.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Something read that several states may share, since it stayed when another broke. */
struct part {
	unsigned holders; /* atomic */
	void *value;
	void (*free)(void *value);
};

struct state {
	struct rulebook book; /* first: this is what is handed out */
	unsigned holders;     /* atomic */
	struct part *codes, *rules, *programme, *profiles, *config;
	struct documents *documents;
	struct err faults[RULEBOOK_FAULTS_MAX];
};

struct rulebooks {
	const struct config *config; /* as it was at start */
	pthread_mutex_t lock;        /* guards `current` only */
	pthread_mutex_t reading;     /* one reload at a time: no older state follows a newer */
	struct state *current;
};

/* --- parts --------------------------------------------------------------------- */

static struct part *part_new(void *value, void (*free_value)(void *value))
{
	struct part *part = malloc(sizeof(*part));

	if (part)
		*part = (struct part){ 1, value, free_value };
	else
		free_value(value);
	return part;
}

static struct part *part_share(struct part *part)
{
	__atomic_add_fetch(&part->holders, 1, __ATOMIC_RELAXED);
	return part;
}

static void part_drop(struct part *part)
{
	if (!part || __atomic_sub_fetch(&part->holders, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	part->free(part->value);
	free(part);
}

static void free_codes(void *value)
{
	codes_free(value);
}

static void free_rules(void *value)
{
	rules_free(value);
}

static void free_programme(void *value)
{
	programme_free(value);
}

static void free_profiles(void *value)
{
	profiles_free(value);
}

static void free_config(void *value)
{
	config_free(value);
}

static enum rc load_codes(const struct config *config, void **ret, struct err *reterr)
{
	struct codes *codes = NULL;
	char path[4096];
	enum rc rc;

	snprintf(path, sizeof(path), "%s/codes", config->schemas);
	rc = codes_load(path, &codes, reterr);
	*ret = codes;
	return rc;
}

static enum rc load_rules(const struct config *config, void **ret, struct err *reterr)
{
	struct rules *rules = NULL;
	char path[4096];
	enum rc rc;

	snprintf(path, sizeof(path), "%s/rules.json", config->schemas);
	rc = rules_load(path, &rules, reterr);
	*ret = rules;
	return rc;
}

static enum rc load_programme(const struct config *config, void **ret, struct err *reterr)
{
	struct programme *programme = NULL;
	enum rc rc = programme_load(config->schemas, &programme, reterr);

	*ret = programme;
	return rc;
}

static enum rc load_config(const struct config *config, void **ret, struct err *reterr)
{
	struct config *fresh = NULL;
	enum rc rc = config_load(config->path, &fresh, reterr);

	*ret = fresh;
	return rc;
}

/* --- a state --------------------------------------------------------------------- */

static void state_drop(struct state *s)
{
	if (!s || __atomic_sub_fetch(&s->holders, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	documents_free(s->documents);
	part_drop(s->codes);
	part_drop(s->rules);
	part_drop(s->programme);
	part_drop(s->profiles);
	part_drop(s->config);
	free(s);
}
DEFINE_CLEANUP(struct state *, state_drop)

static void add_fault(void *ctx, const struct err *err)
{
	struct state *s = ctx;

	if (s->book.faults_len < RULEBOOK_FAULTS_MAX)
		s->faults[s->book.faults_len++] = *err;
	s->book.faults_all++;
}

typedef enum rc load_part(const struct config *config, void **ret, struct err *reterr);

/* Reads a part, or takes over the `old` one (NULL: at start) and notes why. */
static enum rc read_part(struct state *s, const struct config *config, load_part *load,
			 void (*free_value)(void *), struct part *old, struct part **ret,
			 struct err *reterr)
{
	struct err err = { 0 };
	void *value = NULL;
	enum rc rc = load(config, &value, &err);

	if (!rc) {
		*ret = part_new(value, free_value);
		return *ret ? RC_OK : err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	}
	if (!old || rc == RC_NOMEM) {
		if (reterr)
			*reterr = err;
		return rc;
	}
	add_fault(s, &err);
	*ret = part_share(old);
	return RC_OK;
}

/* Which schemas are taken is read again with the rest; at start it was just read. */
static enum rc read_config(struct state *s, const struct config *config, const struct state *old,
			   const struct config **ret, struct err *reterr)
{
	struct err err = { 0 };
	void *fresh = NULL;
	enum rc rc = old ? load_config(config, &fresh, &err) : RC_OK;

	if (rc == RC_NOMEM)
		return err_set(reterr, rc, "no-memory", config->path, "out of memory");
	if (rc)
		add_fault(s, &err);
	if (fresh)
		s->config = part_new(fresh, free_config);
	else if (old && old->config)
		s->config = part_share(old->config);
	if (fresh && !s->config)
		return err_set(reterr, RC_NOMEM, "no-memory", config->path, "out of memory");
	*ret = s->config ? s->config->value : config;
	return RC_OK;
}

static enum rc read_documents(struct state *s, const struct config *config,
			      const struct config *fresh, const struct state *old,
			      struct err *reterr)
{
	const struct documents_source source = {
		.folder = config->schemas,
		.config = fresh,
		.codes = s->codes->value,
		.previous = old ? old->documents : NULL,
		.broken = add_fault,
		.ctx = s,
	};

	return documents_load(&source, &s->documents, reterr);
}

/* What a data owner chose not to share stays what it was when a file of it broke: the
 * whole folder as it was read last. At start a broken file is a fault, and its data
 * owners wait. */
static enum rc read_profiles(struct state *s, const struct config *config, const struct state *old,
			     struct err *reterr)
{
	CLEANUP(profiles_freep) struct profiles *fresh = NULL;
	struct err err = { 0 };
	const struct err *broken;
	enum rc rc = profiles_load(config->schemas, s->documents, &fresh, &err);

	if (rc == RC_NOMEM || (rc && !old))
		return err_set(reterr, rc, err.code, err.where, "%s", err.text);
	if (rc)
		add_fault(s, &err);
	for (size_t i = 0; fresh && (broken = profiles_broken(fresh, i)); i++)
		add_fault(s, broken);
	if (old && (!fresh || profiles_broken(fresh, 0)))
		s->profiles = part_share(old->profiles);
	else
		s->profiles = part_new(TAKE_PTR(fresh), free_profiles);
	return s->profiles ? RC_OK : err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

static enum rc state_read(const struct config *config, const struct state *old, int64_t now_ms,
			  struct state **ret, struct err *reterr)
{
	CLEANUP(state_dropp) struct state *s = calloc(1, sizeof(*s));
	const struct config *fresh = NULL;
	enum rc rc;

	if (!s)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	s->holders = 1;
	rc = read_config(s, config, old, &fresh, reterr);
	if (!rc)
		rc = read_part(s, config, load_codes, free_codes, old ? old->codes : NULL,
			       &s->codes, reterr);
	if (!rc)
		rc = read_part(s, config, load_rules, free_rules, old ? old->rules : NULL,
			       &s->rules, reterr);
	if (!rc)
		rc = read_part(s, config, load_programme, free_programme,
			       old ? old->programme : NULL, &s->programme, reterr);
	if (!rc)
		rc = read_documents(s, config, fresh, old, reterr);
	if (!rc)
		rc = read_profiles(s, config, old, reterr);
	if (rc)
		return rc;
	s->book.codes = s->codes->value;
	s->book.rules = s->rules->value;
	s->book.programme = s->programme->value;
	s->book.documents = s->documents;
	s->book.profiles = s->profiles->value;
	s->book.read_at = now_ms;
	s->book.faults = s->faults;
	*ret = TAKE_PTR(s);
	return RC_OK;
}

/* --- the state in force -------------------------------------------------------------- */

enum rc rulebooks_new(const struct config *config, int64_t now_ms, struct rulebooks **ret,
		      struct err *reterr)
{
	CLEANUP(rulebooks_freep) struct rulebooks *r = calloc(1, sizeof(*r));
	enum rc rc;

	if (!r)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	r->config = config;
	pthread_mutex_init(&r->lock, NULL);
	pthread_mutex_init(&r->reading, NULL);
	rc = state_read(config, NULL, now_ms, &r->current, reterr);
	if (!rc)
		*ret = TAKE_PTR(r);
	return rc;
}

void rulebooks_free(struct rulebooks *r)
{
	if (!r)
		return;
	state_drop(r->current);
	pthread_mutex_destroy(&r->reading);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

enum rc rulebooks_reload(struct rulebooks *r, int64_t now_ms, struct err *reterr)
{
	struct state *fresh = NULL, *old = NULL;
	enum rc rc;

	pthread_mutex_lock(&r->reading);
	/* only a reload changes `current`, and there is one at a time */
	rc = state_read(r->config, r->current, now_ms, &fresh, reterr);
	if (!rc) {
		pthread_mutex_lock(&r->lock);
		old = r->current;
		r->current = fresh;
		pthread_mutex_unlock(&r->lock);
	}
	pthread_mutex_unlock(&r->reading);
	state_drop(old);
	return rc;
}

struct rulebook *rulebooks_hold(struct rulebooks *r)
{
	struct rulebook *book;

	pthread_mutex_lock(&r->lock);
	book = rulebook_share(&r->current->book);
	pthread_mutex_unlock(&r->lock);
	return book;
}

struct rulebook *rulebook_share(struct rulebook *book)
{
	struct state *s = (struct state *)(void *)book;

	if (s)
		__atomic_add_fetch(&s->holders, 1, __ATOMIC_RELAXED);
	return book;
}

void rulebook_drop(struct rulebook *book)
{
	state_drop((struct state *)(void *)book);
}
