/* GET /v1/tenant: what the service knows of the caller's organisation, or of a data
 * owner that lets it read (?organisation=): phase, keys, sub-units, under which projects
 * it sends, who acts for it and for whom it acts, what is open to it, what it has chosen not
 * to share, every limit it can run into. */
#include "base/clock.h"
#include "config/config.h"
#include "documents/documents.h"
#include "minimise/profile.h"
#include "tenant/basis.h"
#include "varded/answer.h"
#include "varded/pace.h"

#include <string.h>

static const char *const queries[] = { "organisation", NULL };

static json_t *time_or_null(int64_t ms)
{
	char text[CLOCK_TEXT_SIZE];

	return ms ? json_string(clock_format(ms, text)) : json_null();
}

static json_t *keys_json(const struct tenant_snapshot *snapshot, const char *orgnr)
{
	size_t n;
	const struct tenant_key *keys = tenant_key_list(snapshot, &n);
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct control_key *row = keys[i].row;

		if (!strcmp(row->orgnr, orgnr))
			json_array_append_new(
				array,
				json_pack("{s:s, s:s, s:s, s:s?, s:o, s:o, s:o}", "kid", row->kid,
					  "alg", row->alg, "source", row->source, "proven",
					  row->proven, "valid_from", time_or_null(row->valid_from),
					  "valid_to", time_or_null(row->valid_to), "revoked_at",
					  time_or_null(row->revoked_at)));
	}
	return array;
}

static json_t *rights_json(unsigned rights)
{
	json_t *array = json_array();

	if (rights & CONTROL_SEND)
		json_array_append_new(array, json_string("send"));
	if (rights & CONTROL_READ)
		json_array_append_new(array, json_string("read"));
	return array;
}

/* Registrations that count or will: of those who act for `orgnr`, or, the other
 * way round, of those it acts for. */
static json_t *processors_json(const struct tenant_snapshot *snapshot, const char *orgnr,
			       bool acts_for)
{
	size_t n;
	const struct control_processor *list = tenant_processors(snapshot, &n);
	int64_t now_ms = clock_now_ms();
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct control_processor *p = &list[i];
		const char *other = acts_for ? p->owner : p->processor;

		if (strcmp(acts_for ? p->processor : p->owner, orgnr) || p->ended_at ||
		    (p->valid_to && p->valid_to <= now_ms))
			continue;
		json_array_append_new(array,
				      json_pack("{s:s, s:s, s:o, s:o, s:o}", "number", other,
						"name", tenant_find(snapshot, other)->row->name,
						"rights", rights_json(p->rights), "valid_from",
						time_or_null(p->valid_from), "valid_to",
						time_or_null(p->valid_to)));
	}
	return array;
}

static json_t *units_json(const struct tenant *tenant)
{
	json_t *array = json_array();

	for (size_t i = 0; i < tenant->units_len; i++)
		json_array_append_new(array,
				      json_pack("{s:s, s:s}", "number", tenant->units[i]->orgnr,
						"name", tenant->units[i]->name));
	return array;
}

static json_t *municipalities_json(const struct tenant *tenant)
{
	json_t *array = json_array();

	for (size_t i = 0; i < tenant->municipalities_len; i++)
		json_array_append_new(array, json_pack("{s:s, s:b}", "number",
						       tenant->municipalities[i].number, "own",
						       (int)tenant->municipalities[i].own));
	return array;
}

/* Those open to its kind at some time: under which decision, what for, and when. */
static json_t *projects_json(const struct tenant_snapshot *snapshot, const char *kind)
{
	const struct control_projects *projects = tenant_projects(snapshot);
	json_t *array = json_array();

	for (size_t i = 0; i < projects->len; i++) {
		const struct control_project *p = &projects->list[i];
		struct control_opening o;

		if (tenant_opening(snapshot, p, kind, &o))
			json_array_append_new(
				array,
				json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s, s:s?}", "code",
					  p->code, "name", p->name, "decision", p->decision,
					  "purpose", p->purpose, "retention", p->retention,
					  "valid_from", p->valid_from, "valid_to", p->valid_to,
					  "opens", o.opens, "closes", o.closes));
	}
	return array;
}

static json_t *open_schemas_json(const struct documents *documents)
{
	size_t n;
	const struct document_type *types = documents_list(documents, &n);
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		if (document_is_taken(&types[i], clock_now_ms()))
			json_array_append_new(array, json_string(types[i].name));
	return array;
}

static json_t *limits_json(const struct varded *v, const struct tenant *tenant)
{
	const struct config *config = v->config;
	const struct rate submissions = pace_rate(v, tenant, PACE_SUBMIT);
	const struct rate reads = pace_rate(v, tenant, PACE_READ);

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "submission_bytes", (json_int_t)INTAKE_JWS_MAX, "batch_bytes",
			 (json_int_t)ANSWER_BATCH_BYTES, "batch_submissions",
			 (json_int_t)ANSWER_BATCH_ITEMS, "queue_submissions",
			 (json_int_t)config->tenant_queue_items, "queue_bytes",
			 (json_int_t)config->tenant_queue_bytes, "signature_max_age_seconds",
			 (json_int_t)config->signature_max_age_s, "deadline_seconds",
			 (json_int_t)config->intake_deadline_s, "submissions_per_minute",
			 (json_int_t)submissions.per_minute, "submissions_burst",
			 (json_int_t)submissions.burst, "reads_per_minute",
			 (json_int_t)reads.per_minute, "reads_burst", (json_int_t)reads.burst,
			 "concurrent_requests", (json_int_t)config->concurrent_requests,
			 "concurrent_bytes", (json_int_t)config->concurrent_bytes);
}

/* Only the name where the file is missing; null for who owns no reports. */
static json_t *profile_or_null(const struct rulebook *rulebook, const struct tenant *tenant,
			       const char *lang)
{
	const struct profile *profile = profiles_find(rulebook->profiles, tenant->row->profile);

	if (!tenant->owns_reports)
		return json_null();
	return profile ? profile_json(profile, lang)
		       : json_pack("{s:s}", "name", tenant->row->profile);
}

static json_t *tenant_json(const struct varded *v, const struct intake_caller *caller,
			   const struct tenant *tenant, const char *lang)
{
	const struct tenant_snapshot *snapshot = caller->snapshot;
	const struct control_tenant *row = tenant->row;

	return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
			 "s:o, s:b, s:o}",
			 "number", row->orgnr, "name", row->name, "kind", row->kind, "parent",
			 row->parent, "phase", control_phase_name(row->phase), "environment",
			 v->config->environment == ENVIRONMENT_TEST ? "test" : "production",
			 "audience", v->config->service, "schemas",
			 open_schemas_json(caller->rulebook->documents), "keys",
			 keys_json(snapshot, row->orgnr), "units", units_json(tenant),
			 "municipalities", municipalities_json(tenant), "projects",
			 projects_json(snapshot, row->kind), "processors",
			 processors_json(snapshot, row->orgnr, false), "acts_for",
			 processors_json(snapshot, row->orgnr, true), "profile",
			 profile_or_null(caller->rulebook, tenant, lang), "notification_help",
			 row->notification_help, "limits", limits_json(v, tenant));
}

void on_tenant(struct exchange *x, void *ctx)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	const struct tenant *tenant;
	struct varded *v = ctx;
	const char *orgnr;

	if (!answer_authenticate(x, v, SCOPE_READ, &caller))
		return;
	if (!answer_queries(x, queries))
		return;
	/* Of itself a caller learns also where it owns nothing. */
	orgnr = exchange_query(x, "organisation");
	tenant = caller.tenant;
	if (orgnr && strcmp(orgnr, tenant->row->orgnr) &&
	    !answer_owner(x, v, &caller, CONTROL_READ, &tenant))
		return;
	exchange_reply_json(x, 200, tenant_json(v, &caller, tenant, answer_lang(x)));
}
