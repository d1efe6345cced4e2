#include "operate/call.h"

#include "config/config.h"
#include "installation/installation.h"
#include "operate/issuer_keys.h"
#include "operate/rows.h"
#include "operate/schemas.h"
#include "operate/survey.h"
#include "operate/system.h"
#include "rulebook/rulebook.h"
#include "tenant/tenants.h"
#include "writer/writer.h"

static json_t *phases(const struct survey *s)
{
	json_t *object = json_object();

	for (size_t i = 0; i < SURVEY_PHASES; i++)
		json_object_set_new(object, control_phase_name((enum control_phase)i),
				    json_integer(s->phases[i]));
	return object;
}

static json_t *queue(struct installation *in)
{
	struct writer_status w;

	writer_status(in->writer, NULL, &w);
	return json_pack("{sI sI sI sI sI so}", "waiting", (json_int_t)w.queued, "bytes",
			 (json_int_t)w.queued_bytes, "commits", (json_int_t)w.commits, "stored",
			 (json_int_t)w.items, "refused", (json_int_t)w.refused, "last_commit_at",
			 operate_time(w.last_commit_at));
}

/* An array, or null where their settings or files cannot be read: doctor says why. */
static json_t *issuers(struct installation *in, const struct operate_call *call)
{
	struct issuer_status list[CONFIG_ISSUERS_MAX];
	json_t *rows;
	size_t n;

	if (issuer_keys_look(in, call, list, &n, NULL))
		return json_null();
	rows = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, issuer_keys_row(&list[i]));
	return rows;
}

static json_t *projects(struct installation *in, int64_t now_ms)
{
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *snapshot = tenants_hold(in->tenants);

	return operate_rows_projects(snapshot, now_ms);
}

enum rc operate_status(struct installation *in, const struct operate_call *call,
		       struct operate_output *out, struct err *reterr)
{
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);
	const struct operate_process *p = call->process;
	int64_t free_bytes = 0, total_bytes = 0;
	bool locked = p->daemon && system_memory_locked();
	struct survey s;
	json_t *result;
	enum rc rc = survey_take(in, call->now_ms, 30, &s, reterr);

	if (!rc && system_disk(in->config->data, &free_bytes, &total_bytes))
		rc = err_set(reterr, RC_IO, "disk-unknown", in->config->data,
			     "cannot ask for free space");
	if (rc)
		return rc;
	result = json_pack("{ss sb ss ss ss so so sI sI so sI sI sI}", "version", VARDE_VERSION,
			   "running", p->daemon, "environment",
			   in->config->environment == ENVIRONMENT_TEST ? "test" : "production",
			   "service", in->config->service, "data", in->config->data, "tenants",
			   phases(&s), "queue", queue(in), "documents", (json_int_t)s.documents,
			   "reports", (json_int_t)s.reports, "last_commit_at",
			   operate_time(s.last_commit_at), "custodians", (json_int_t)s.custodians,
			   "keys", (json_int_t)s.keys, "quarantined", (json_int_t)s.quarantined);
	if (result) {
		json_object_set_new(result, "started_at",
				    p->daemon ? operate_time(p->started_ms) : json_null());
		json_object_set_new(result, "clock", operate_time(call->now_ms));
		json_object_set_new(result, "memory_locked", json_boolean(locked));
		json_object_set_new(result, "may_swap", json_boolean(!locked && system_may_swap()));
		json_object_set_new(result, "disk_free_bytes", json_integer(free_bytes));
		json_object_set_new(result, "disk_total_bytes", json_integer(total_bytes));
		json_object_set_new(result, "issuers", issuers(in, call));
		json_object_set_new(result, "schemas", schemas_rows(book, call->now_ms));
		json_object_set_new(result, "schemas_read_at", operate_time(book->read_at));
		json_object_set_new(result, "schema_faults", schemas_faults(book));
		json_object_set_new(result, "projects", projects(in, call->now_ms));
	}
	return operate_answer(out, result, reterr);
}
