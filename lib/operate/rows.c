#include "operate/rows.h"

#include "base/b64.h"
#include "base/cleanup.h"
#include "installation/installation.h"
#include "operate/call.h"
#include "store/view.h"

#include <limits.h>

static json_t *number_or_null(int64_t n)
{
	return n ? json_integer(n) : json_null();
}

json_t *operate_row_tenant(const struct control_tenant *t)
{
	return json_pack("{ss ss ss ss? ss? ss? ss so so so so ss? sb}", "orgnr", t->orgnr, "name",
			 t->name, "kind", t->kind, "parent", t->parent, "contact", t->contact,
			 "coverage_start", t->coverage_start, "phase", control_phase_name(t->phase),
			 "created_at", operate_time(t->created_at), "phase_since",
			 operate_time(t->phase_since), "submissions_per_minute",
			 number_or_null(t->submissions_per_minute), "reads_per_minute",
			 number_or_null(t->reads_per_minute), "profile", t->profile,
			 "notification_help", t->notification_help);
}

json_t *operate_row_unit(const struct control_unit *u)
{
	return json_pack("{ss ss ss? so so}", "orgnr", u->orgnr, "tenant", u->tenant, "name",
			 u->name, "added_at", operate_time(u->added_at), "removed_at",
			 operate_time(u->removed_at));
}

/* Where `now_ms` stands against [from, to). */
static const char *dates_state(int64_t from, int64_t to, int64_t now_ms)
{
	if (to && now_ms >= to)
		return "expired";
	return now_ms < from ? "future" : "valid";
}

json_t *operate_row_processor(const struct control_processor *p, int64_t now_ms)
{
	return json_pack("{ss ss ss ss so so so so ss?}", "owner", p->owner, "processor",
			 p->processor, "rights", control_rights_name(p->rights), "state",
			 p->ended_at && now_ms >= p->ended_at
				 ? "ended"
				 : dates_state(p->valid_from, p->valid_to, now_ms),
			 "valid_from", operate_time(p->valid_from), "valid_to",
			 operate_time(p->valid_to), "added_at", operate_time(p->added_at),
			 "ended_at", operate_time(p->ended_at), "end_reason", p->end_reason);
}

bool operate_key_usable(const struct control_key *k, int64_t now_ms)
{
	return (!k->revoked_at || now_ms < k->revoked_at) && now_ms >= k->valid_from &&
	       (!k->valid_to || now_ms < k->valid_to);
}

static const char *key_state(const struct control_key *k, int64_t now_ms)
{
	if (k->revoked_at && now_ms >= k->revoked_at)
		return "revoked";
	return dates_state(k->valid_from, k->valid_to, now_ms);
}

json_t *operate_row_key(const struct control_key *k, int64_t now_ms)
{
	return json_pack("{ss ss ss ss ss? ss so so so so ss?}", "kid", k->kid, "orgnr", k->orgnr,
			 "alg", k->alg, "source", k->source, "proven", k->proven, "state",
			 key_state(k, now_ms), "valid_from", operate_time(k->valid_from),
			 "valid_to", operate_time(k->valid_to), "added_at",
			 operate_time(k->added_at), "revoked_at", operate_time(k->revoked_at),
			 "revoke_reason", k->revoke_reason);
}

json_t *operate_row_custodian(const struct control_custodian *c)
{
	CLEANUP(buf_release) struct buf key = buf_capped(64);

	if (b64_encode(&key, c->public_key, sizeof(c->public_key)))
		return NULL;
	return json_pack("{ss ss? ss? ss ss so so}", "kid", c->kid, "orgnr", c->orgnr, "label",
			 c->label, "public_key", buf_text(&key), "state",
			 c->retired_at ? "retired" : "serving", "added_at",
			 operate_time(c->added_at), "retired_at", operate_time(c->retired_at));
}

json_t *operate_row_stored(struct installation *in, const char *orgnr)
{
	struct store_view *view = NULL;
	struct store_stat stat;
	char path[PATH_MAX];
	struct err err = { 0 };
	enum rc rc = installation_tenant_path(in, orgnr, path, sizeof(path));

	if (!rc)
		rc = store_views_borrow(in->views, path, orgnr, &view, &err);
	if (rc == RC_NOT_FOUND)
		return json_null();
	if (!rc)
		rc = store_view_stat(view, &stat, &err);
	store_views_return(in->views, view);
	if (rc)
		return json_pack("{ss}", "error", err.code[0] ? err.code : rc_name(rc));
	return json_pack("{sI sI sI so sI}", "documents", (json_int_t)stat.documents, "reports",
			 (json_int_t)stat.reports, "last_seq", (json_int_t)stat.last_seq,
			 "last_commit_at", operate_time(stat.last_commit_at), "bytes",
			 (json_int_t)stat.file_bytes + stat.wal_bytes);
}
