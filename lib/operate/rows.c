#include "operate/rows.h"

#include "base/b64.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "codes/codes.h"
#include "count/period.h"
#include "installation/installation.h"
#include "operate/call.h"
#include "rulebook/rulebook.h"
#include "store/view.h"
#include "tenant/basis.h"

#include <limits.h>
#include <string.h>

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

/* Where a day stands against the first and the last of some; in the words of `states`. */
static const char *day_state(const char *from, const char *to, const char *day,
			     const char *const states[3])
{
	if (strcmp(day, from) < 0)
		return states[0];
	return to && strcmp(day, to) > 0 ? states[2] : states[1];
}

static json_t *openings(const struct tenant_snapshot *snapshot,
			const struct control_project *project, const char *day)
{
	static const char *const states[] = { "future", "open", "closed" };
	const struct control_openings *all = tenant_openings(snapshot);
	json_t *rows = json_array();

	for (size_t i = 0; i < all->len; i++) {
		struct control_opening o;

		if (!strcmp(all->list[i].project, project->code) &&
		    tenant_opening(snapshot, project, all->list[i].kind, &o))
			json_array_append_new(rows,
					      json_pack("{ss ss ss ss?}", "kind", o.kind, "state",
							day_state(o.opens, o.closes, day, states),
							"opens", o.opens, "closes", o.closes));
	}
	return rows;
}

/* From the end of `day` to the end of the last one; null without an end, or when it is past. */
static json_t *days_left(const char *last, const char *day)
{
	int64_t to = 0, from = 0;

	if (!last || clock_parse_date(last, strlen(last), &to) ||
	    clock_parse_date(day, strlen(day), &from) || to < from)
		return json_null();
	return json_integer(to - from);
}

static bool ends_soon(const struct control_project *p, const char *day)
{
	json_t *left = days_left(p->valid_to, day);
	bool soon = json_is_integer(left) && strcmp(p->valid_from, day) <= 0 &&
		    json_integer_value(left) < OPERATE_BASIS_DAYS;

	json_decref(left);
	return soon;
}

json_t *operate_row_project(const struct tenant_snapshot *snapshot, const struct control_project *p,
			    int64_t now_ms)
{
	static const char *const states[] = { "future", "in force", "ended" };
	char day[PERIOD_DAY_SIZE];

	period_day_text(now_ms, day);
	return json_pack("{ss ss ss ss ss ss ss ss? so so so so}", "code", p->code, "name", p->name,
			 "state", day_state(p->valid_from, p->valid_to, day, states), "decision",
			 p->decision, "purpose", p->purpose, "retention", p->retention,
			 "valid_from", p->valid_from, "valid_to", p->valid_to, "added_at",
			 operate_time(p->added_at), "days_left", days_left(p->valid_to, day),
			 "ends_soon", json_boolean(ends_soon(p, day)), "openings",
			 openings(snapshot, p, day));
}

json_t *operate_rows_projects(const struct tenant_snapshot *snapshot, int64_t now_ms)
{
	const struct control_projects *projects = tenant_projects(snapshot);
	json_t *rows = json_array();

	for (size_t i = 0; i < projects->len; i++)
		json_array_append_new(rows,
				      operate_row_project(snapshot, &projects->list[i], now_ms));
	return rows;
}

enum rc operate_rows_municipalities(struct installation *in, const char *orgnr, json_t **ret,
				    struct err *reterr)
{
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);
	struct control_municipalities all = { 0 };
	enum rc rc = control_municipality_list(in->control, orgnr, &all, reterr);

	if (rc)
		return rc;
	*ret = json_array();
	for (size_t i = 0; i < all.len; i++)
		json_array_append_new(*ret,
				      json_pack("{ss ss? sb}", "number", all.list[i].number, "name",
						codes_label(book->codes, "municipality",
							    all.list[i].number, "nb"),
						"own", (int)all.list[i].own));
	control_municipalities_release(&all);
	return RC_OK;
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
