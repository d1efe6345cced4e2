#include "tenant/tenants.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct tenant_snapshot {
	unsigned holders; /* atomic */
	struct control_kinds kinds;
	struct control_tenants rows;
	struct control_units unit_rows;
	struct control_processors processors; /* in order of owner, processor */
	struct control_keys key_rows;
	struct control_custodians custodians;
	struct control_projects projects;
	struct control_openings openings;
	struct control_municipalities municipalities; /* in order of tenant */
	struct tenant *tenants;                       /* in order of orgnr, as rows */
	const struct control_unit **units;            /* in use, grouped by tenant */
	struct tenant_key *keys;                      /* in order of kid */
};

struct tenants {
	struct control *control;
	pthread_mutex_t lock;    /* guards `current` only */
	pthread_mutex_t reading; /* one reload at a time, so that no older state follows a newer */
	struct tenant_snapshot *current;
};

void tenant_snapshot_drop(struct tenant_snapshot *s)
{
	if (!s || __atomic_sub_fetch(&s->holders, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; s->keys && i < s->key_rows.len; i++)
		jose_key_free(s->keys[i].key);
	free(s->keys);
	free(s->units);
	free(s->tenants);
	control_municipalities_release(&s->municipalities);
	control_openings_release(&s->openings);
	control_projects_release(&s->projects);
	control_custodians_release(&s->custodians);
	control_keys_release(&s->key_rows);
	control_processors_release(&s->processors);
	control_units_release(&s->unit_rows);
	control_tenants_release(&s->rows);
	control_kinds_release(&s->kinds);
	free(s);
}

static enum rc read_rows(struct control *control, struct tenant_snapshot *s, struct err *reterr)
{
	enum rc rc = control_kind_list(control, &s->kinds, reterr);

	if (!rc)
		rc = control_tenant_list(control, &s->rows, reterr);
	if (!rc)
		rc = control_unit_list(control, NULL, &s->unit_rows, reterr);
	if (!rc)
		rc = control_processor_list(control, NULL, &s->processors, reterr);
	if (!rc)
		rc = control_key_list(control, NULL, &s->key_rows, reterr);
	if (!rc)
		rc = control_custodian_list(control, &s->custodians, reterr);
	if (!rc)
		rc = control_project_list(control, &s->projects, reterr);
	if (!rc)
		rc = control_opening_list(control, &s->openings, reterr);
	if (!rc)
		rc = control_municipality_list(control, NULL, &s->municipalities, reterr);
	return rc;
}

static void join_kind(const struct tenant_snapshot *s, struct tenant *tenant)
{
	for (size_t i = 0; i < s->kinds.len; i++) {
		if (!strcmp(s->kinds.list[i].code, tenant->row->kind)) {
			tenant->report_kind = s->kinds.list[i].report_kind;
			tenant->owns_reports = s->kinds.list[i].owns_reports;
		}
	}
}

/* They lie together: the list is in order of tenant. */
static void join_municipalities(const struct tenant_snapshot *s, struct tenant *tenant)
{
	for (size_t i = 0; i < s->municipalities.len; i++) {
		const struct control_municipality *m = &s->municipalities.list[i];

		if (strcmp(m->tenant, tenant->row->orgnr))
			continue;
		if (!tenant->municipalities)
			tenant->municipalities = m;
		tenant->municipalities_len++;
	}
}

static enum rc join_tenants(struct tenant_snapshot *s)
{
	const struct control_unit **next;

	s->tenants = calloc(s->rows.len + 1, sizeof(*s->tenants));
	s->units = calloc(s->unit_rows.len + 1, sizeof(*s->units));
	if (!s->tenants || !s->units)
		return RC_NOMEM;
	next = s->units;
	for (size_t i = 0; i < s->rows.len; i++) {
		struct tenant *t = &s->tenants[i];

		t->row = &s->rows.list[i];
		join_kind(s, t);
		join_municipalities(s, t);
		t->units = next;
		for (size_t u = 0; u < s->unit_rows.len; u++) {
			const struct control_unit *unit = &s->unit_rows.list[u];

			if (!unit->removed_at && !strcmp(unit->tenant, t->row->orgnr))
				*next++ = unit;
		}
		t->units_len = (size_t)(next - t->units);
	}
	return RC_OK;
}

static int compare_kids(const void *a, const void *b)
{
	const struct tenant_key *ka = a, *kb = b;

	return strcmp(ka->row->kid, kb->row->kid);
}

static enum rc join_keys(struct tenant_snapshot *s, struct err *reterr)
{
	s->keys = calloc(s->key_rows.len + 1, sizeof(*s->keys));
	if (!s->keys)
		return RC_NOMEM;
	for (size_t i = 0; i < s->key_rows.len; i++) {
		const struct control_key *row = &s->key_rows.list[i];

		s->keys[i].row = row;
		if (jose_key_from_jwk_text(row->jwk, strlen(row->jwk), 0, &s->keys[i].key, NULL))
			return err_set(reterr, RC_CORRUPT, "register-key-unreadable", row->kid,
				       "the stored key cannot be read");
	}
	qsort(s->keys, s->key_rows.len, sizeof(*s->keys), compare_kids);
	return RC_OK;
}

static enum rc snapshot_read(struct control *control, struct tenant_snapshot **ret,
			     struct err *reterr)
{
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *s = calloc(1, sizeof(*s));
	enum rc rc;

	if (!s)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	s->holders = 1;
	rc = read_rows(control, s, reterr);
	if (!rc)
		rc = join_tenants(s);
	if (!rc)
		rc = join_keys(s, reterr);
	if (!rc)
		*ret = TAKE_PTR(s);
	return rc;
}

enum rc tenants_new(struct control *control, struct tenants **ret, struct err *reterr)
{
	CLEANUP(tenants_freep) struct tenants *t = calloc(1, sizeof(*t));
	enum rc rc;

	if (!t)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	t->control = control;
	pthread_mutex_init(&t->lock, NULL);
	pthread_mutex_init(&t->reading, NULL);
	rc = snapshot_read(control, &t->current, reterr);
	if (!rc)
		*ret = TAKE_PTR(t);
	return rc;
}

void tenants_free(struct tenants *t)
{
	if (!t)
		return;
	tenant_snapshot_drop(t->current);
	pthread_mutex_destroy(&t->reading);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

enum rc tenants_reload(struct tenants *t, struct err *reterr)
{
	struct tenant_snapshot *fresh = NULL, *old = NULL;
	enum rc rc;

	pthread_mutex_lock(&t->reading);
	rc = snapshot_read(t->control, &fresh, reterr);
	if (!rc) {
		pthread_mutex_lock(&t->lock);
		old = t->current;
		t->current = fresh;
		pthread_mutex_unlock(&t->lock);
	}
	pthread_mutex_unlock(&t->reading);
	tenant_snapshot_drop(old);
	return rc;
}

struct tenant_snapshot *tenants_hold(struct tenants *t)
{
	struct tenant_snapshot *s;

	pthread_mutex_lock(&t->lock);
	s = t->current;
	__atomic_add_fetch(&s->holders, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&t->lock);
	return s;
}

static int compare_orgnr(const void *key, const void *member)
{
	const struct tenant *t = member;

	return strcmp(key, t->row->orgnr);
}

const struct tenant *tenant_find(const struct tenant_snapshot *s, const char *orgnr)
{
	return bsearch(orgnr, s->tenants, s->rows.len, sizeof(*s->tenants), compare_orgnr);
}

static int compare_kid(const void *key, const void *member)
{
	const struct tenant_key *k = member;

	return strcmp(key, k->row->kid);
}

const struct tenant_key *tenant_key_find(const struct tenant_snapshot *s, const char *kid)
{
	return bsearch(kid, s->keys, s->key_rows.len, sizeof(*s->keys), compare_kid);
}

const struct tenant *tenant_list(const struct tenant_snapshot *s, size_t *ret_len)
{
	*ret_len = s->rows.len;
	return s->tenants;
}

const struct tenant_key *tenant_key_list(const struct tenant_snapshot *s, size_t *ret_len)
{
	*ret_len = s->key_rows.len;
	return s->keys;
}

bool tenant_has_unit(const struct tenant *tenant, const char *unit)
{
	for (size_t i = 0; i < tenant->units_len; i++)
		if (!strcmp(tenant->units[i]->orgnr, unit))
			return true;
	return false;
}

static int compare_pair(const struct control_processor *p, const char *owner, const char *processor)
{
	int order = strcmp(p->owner, owner);

	return order ? order : strcmp(p->processor, processor);
}

bool tenant_is_processor(const struct tenant_snapshot *s, const char *owner, const char *processor,
			 unsigned rights, int64_t at_ms)
{
	const struct control_processor *list = s->processors.list;
	size_t from = 0, to = s->processors.len;

	while (from < to) { /* the first of the pair's rows */
		size_t middle = from + (to - from) / 2;

		if (compare_pair(&list[middle], owner, processor) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < s->processors.len && !compare_pair(&list[from], owner, processor); from++)
		if ((list[from].rights & rights) && tenant_processor_valid_at(&list[from], at_ms))
			return true;
	return false;
}

const struct control_processor *tenant_processors(const struct tenant_snapshot *s, size_t *ret_len)
{
	*ret_len = s->processors.len;
	return s->processors.list;
}

const struct control_projects *tenant_projects(const struct tenant_snapshot *s)
{
	return &s->projects;
}

const struct control_openings *tenant_openings(const struct tenant_snapshot *s)
{
	return &s->openings;
}

bool tenant_processor_valid_at(const struct control_processor *p, int64_t at_ms)
{
	if (at_ms < p->valid_from || (p->valid_to && at_ms >= p->valid_to))
		return false;
	return !p->ended_at || at_ms < p->ended_at;
}

bool tenant_key_valid_at(const struct tenant_key *key, int64_t at_ms, int64_t now_ms)
{
	const struct control_key *row = key->row;

	if (at_ms < row->valid_from || (row->valid_to && at_ms >= row->valid_to))
		return false;
	return !row->revoked_at || now_ms < row->revoked_at;
}

size_t tenant_recipients(const struct tenant_snapshot *s, const char *orgnr,
			 struct seal_recipient *ret, size_t max)
{
	bool institute = false;
	size_t n = 0;

	for (size_t i = 0; i < s->custodians.len && n < max; i++) {
		const struct control_custodian *c = &s->custodians.list[i];

		if (c->retired_at || (c->orgnr && strcmp(c->orgnr, orgnr)))
			continue;
		institute |= !c->orgnr;
		seal_recipient_init(&ret[n++], c->public_key);
	}
	return institute ? n : 0;
}
