#include "operate/survey.h"

#include "installation/installation.h"
#include "operate/call.h"
#include "operate/rows.h"
#include "store/view.h"
#include "tenant/tenants.h"
#include "writer/writer.h"

#include <limits.h>
#include <string.h>

/* One tenant's file. None is no fault: it never sent anything. */
static void look_at_file(struct installation *in, const char *orgnr, struct survey *s)
{
	struct store_view *view = NULL;
	struct writer_status writer;
	struct store_stat stat;
	char path[PATH_MAX];
	enum rc rc = installation_tenant_path(in, orgnr, path, sizeof(path));

	if (!rc)
		rc = store_views_borrow(in->views, path, orgnr, &view, NULL);
	if (!rc)
		rc = store_view_stat(view, &stat, NULL);
	store_views_return(in->views, view);
	if (rc && rc != RC_NOT_FOUND)
		s->unreadable++;
	if (!rc) {
		s->documents += stat.documents;
		s->reports += stat.reports;
		s->bytes += stat.file_bytes + stat.wal_bytes;
		if (stat.last_commit_at > s->last_commit_at)
			s->last_commit_at = stat.last_commit_at;
	}
	writer_status(in->writer, orgnr, &writer);
	s->quarantined += writer.quarantined > 0;
}

static bool has_key(const struct control_keys *keys, const char *orgnr, int64_t now_ms)
{
	for (size_t i = 0; i < keys->len; i++)
		if (!strcmp(keys->list[i].orgnr, orgnr) &&
		    operate_key_usable(&keys->list[i], now_ms))
			return true;
	return false;
}

/* Whether somebody who sends for it has a key to sign with. */
static bool is_sent_for(const struct tenant_snapshot *snapshot, const struct control_keys *keys,
			const char *orgnr, int64_t now_ms)
{
	size_t n;
	const struct control_processor *list = tenant_processors(snapshot, &n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i].owner, orgnr) && (list[i].rights & CONTROL_SEND) &&
		    tenant_processor_valid_at(&list[i], now_ms) &&
		    has_key(keys, list[i].processor, now_ms))
			return true;
	return false;
}

/* An active data owner must be able to sign, or have somebody who does. */
static bool lacks_key(struct installation *in, const struct control_keys *keys,
		      const struct control_tenant *tenant, int64_t now_ms)
{
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *snapshot = tenants_hold(in->tenants);
	const struct tenant *known = tenant_find(snapshot, tenant->orgnr);

	return tenant->phase == CONTROL_ACTIVE && known && known->owns_reports &&
	       !is_sent_for(snapshot, keys, tenant->orgnr, now_ms);
}

static void look_at_keys(struct installation *in, const struct control_keys *keys,
			 const struct control_tenant *tenant, int64_t now_ms, int64_t days,
			 struct survey *s)
{
	int64_t horizon = now_ms + days * OPERATE_DAY_MS;
	bool any = false, lasting = false;
	int64_t usable = 0;

	if (tenant->phase != CONTROL_ACTIVE && tenant->phase != CONTROL_TEST)
		return;
	for (size_t i = 0; i < keys->len; i++) {
		const struct control_key *key = &keys->list[i];

		if (strcmp(key->orgnr, tenant->orgnr))
			continue;
		if (operate_key_usable(key, now_ms)) {
			any = true;
			usable++;
			s->keys_unproven += !key->proven;
		}
		lasting = lasting || operate_key_usable(key, horizon);
	}
	s->keys += usable;
	s->without_key += !any && lacks_key(in, keys, tenant, now_ms);
	s->keys_ending += any && !lasting ? usable : 0;
}

static enum rc count_custodians(struct installation *in, struct survey *s, struct err *reterr)
{
	struct control_custodians custodians = { 0 };
	enum rc rc = control_custodian_list(in->control, &custodians, reterr);

	for (size_t i = 0; !rc && i < custodians.len; i++)
		s->custodians += !custodians.list[i].retired_at && !custodians.list[i].orgnr;
	control_custodians_release(&custodians);
	return rc;
}

enum rc survey_take(struct installation *in, int64_t now_ms, int64_t days, struct survey *ret,
		    struct err *reterr)
{
	struct control_tenants tenants = { 0 };
	struct control_keys keys = { 0 };
	struct survey s = { 0 };
	enum rc rc = control_tenant_list(in->control, &tenants, reterr);

	if (!rc)
		rc = control_key_list(in->control, NULL, &keys, reterr);
	if (!rc)
		rc = count_custodians(in, &s, reterr);
	for (size_t i = 0; !rc && i < tenants.len; i++) {
		s.phases[tenants.list[i].phase]++;
		look_at_file(in, tenants.list[i].orgnr, &s);
		look_at_keys(in, &keys, &tenants.list[i], now_ms, days, &s);
	}
	control_keys_release(&keys);
	control_tenants_release(&tenants);
	if (!rc)
		*ret = s;
	return rc;
}
