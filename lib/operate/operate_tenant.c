#include "operate/call.h"

#include "count/period.h"
#include "identifiers/organisation_number.h"
#include "installation/installation.h"
#include "limits/rates.h"
#include "minimise/profile.h"
#include "operate/rows.h"
#include "store/view.h"
#include "writer/writer.h"

#include <limits.h>
#include <string.h>

/* A new tenant is `invited`, with --test it is in `test` at once; it is made
 * active by `tenant phase` when its test reports are good. */
enum rc operate_tenant_add(struct installation *in, const struct operate_call *call,
			   struct operate_output *out, struct err *reterr)
{
	struct control_tenant tenant = {
		.orgnr = operate_text(call, "orgnr"),
		.name = operate_text(call, "name"),
		.kind = operate_text(call, "kind"),
		.parent = operate_text(call, "parent"),
		.contact = operate_text(call, "contact"),
		.phase = operate_flag(call, "test") ? CONTROL_TEST : CONTROL_INVITED,
		.created_at = call->now_ms,
		.phase_since = call->now_ms,
		.profile = PROFILE_FULL,
	};
	const char *phase = control_phase_name(tenant.phase);
	CLEANUP_FREE char *detail = operate_detail(
		json_pack("{ssssss}", "orgnr", tenant.orgnr, "kind", tenant.kind, "phase", phase));
	struct control_action by = operate_action(call, "tenant add", detail);
	enum rc rc;

	tenant.resume_phase = tenant.phase;
	rc = control_tenant_add(in->control, &tenant, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, tenant.orgnr, "tenant-added", detail, reterr);
	return rc ? rc : operate_answer(out, operate_row_tenant(&tenant), reterr);
}

/* 0 is said to go back to what is so for all. */
static void overlay_number(int64_t *slot, const struct operate_call *call, const char *arg)
{
	if (json_object_get(call->args, arg))
		*slot = operate_integer(call, arg);
}

/* What is said is changed, the rest stays. */
static void overlay(struct control_tenant *to, const struct operate_call *call)
{
	const struct {
		const char **slot, *arg;
	} members[] = {
		{ &to->name, "name" },
		{ &to->kind, "kind" },
		{ &to->parent, "parent" },
		{ &to->contact, "contact" },
		{ &to->coverage_start, "coverage_start" },
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const char *said = operate_text(call, members[i].arg);

		if (said)
			*members[i].slot = said;
	}
	overlay_number(&to->submissions_per_minute, call, "submissions_per_minute");
	overlay_number(&to->reads_per_minute, call, "reads_per_minute");
	if (operate_text(call, "notification_help"))
		to->notification_help = !strcmp(operate_text(call, "notification_help"), "on");
}

static bool is_rate(const struct operate_call *call, const char *arg)
{
	return operate_integer(call, arg) <= RATE_PER_MINUTE_MAX;
}

static bool is_switch(const char *text)
{
	return !text || !strcmp(text, "on") || !strcmp(text, "off");
}

static bool is_month(const char *text)
{
	int32_t month;

	return !text || period_parse_month(text, &month) == RC_OK;
}

enum rc operate_tenant_set(struct installation *in, const struct operate_call *call,
			   struct operate_output *out, struct err *reterr)
{
	const char *orgnr = operate_text(call, "orgnr");
	CLEANUP_FREE char *detail = operate_detail(json_deep_copy(call->args));
	struct control_action by = operate_action(call, "tenant set", detail);
	CLEANUP(control_tenant_release) struct control_tenant was = { 0 };
	struct control_tenant tenant;
	enum rc rc;

	if (!is_month(operate_text(call, "coverage_start")))
		return err_set(reterr, RC_INVALID, "argument-value", "coverage_start",
			       "is a month as YYYY-MM");
	if (!is_rate(call, "submissions_per_minute") || !is_rate(call, "reads_per_minute"))
		return err_set(reterr, RC_INVALID, "argument-value", "per_minute",
			       "is at most %lld", (long long)RATE_PER_MINUTE_MAX);
	if (!is_switch(operate_text(call, "notification_help")))
		return err_set(reterr, RC_INVALID, "argument-value", "notification_help",
			       "is on or off");
	rc = control_tenant_get(in->control, orgnr, &was, reterr);
	if (rc)
		return rc;
	tenant = was;
	overlay(&tenant, call);
	rc = control_tenant_set(in->control, &tenant, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, orgnr, "tenant-set", detail, reterr);
	return rc ? rc : operate_answer(out, operate_row_tenant(&tenant), reterr);
}

enum rc operate_tenant_list(struct installation *in, const struct operate_call *call,
			    struct operate_output *out, struct err *reterr)
{
	struct control_tenants tenants = { 0 };
	json_t *rows = json_array();
	enum rc rc = control_tenant_list(in->control, &tenants, reterr);

	(void)call;
	for (size_t i = 0; !rc && i < tenants.len; i++)
		json_array_append_new(rows, operate_row_tenant(&tenants.list[i]));
	control_tenants_release(&tenants);
	if (rc) {
		json_decref(rows);
		return rc;
	}
	return operate_answer(out, json_pack("{so}", "tenants", rows), reterr);
}

static enum rc add_units(struct installation *in, const char *orgnr, json_t *result,
			 struct err *reterr)
{
	struct control_units units = { 0 };
	json_t *rows = json_array();
	enum rc rc = control_unit_list(in->control, orgnr, &units, reterr);

	for (size_t i = 0; !rc && i < units.len; i++)
		json_array_append_new(rows, operate_row_unit(&units.list[i]));
	json_object_set_new(result, "units", rows);
	control_units_release(&units);
	return rc;
}

static enum rc add_keys(struct installation *in, const struct operate_call *call, const char *orgnr,
			json_t *result, struct err *reterr)
{
	struct control_keys keys = { 0 };
	json_t *rows = json_array();
	enum rc rc = control_key_list(in->control, orgnr, &keys, reterr);

	for (size_t i = 0; !rc && i < keys.len; i++)
		json_array_append_new(rows, operate_row_key(&keys.list[i], call->now_ms));
	json_object_set_new(result, "keys", rows);
	control_keys_release(&keys);
	return rc;
}

/* Those that act for it, and those it acts for. */
static enum rc add_processors(struct installation *in, const struct operate_call *call,
			      const char *orgnr, json_t *result, struct err *reterr)
{
	struct control_processors processors = { 0 };
	json_t *rows = json_array();
	enum rc rc = control_processor_list(in->control, orgnr, &processors, reterr);

	for (size_t i = 0; !rc && i < processors.len; i++)
		json_array_append_new(rows,
				      operate_row_processor(&processors.list[i], call->now_ms));
	json_object_set_new(result, "processors", rows);
	control_processors_release(&processors);
	return rc;
}

static enum rc add_municipalities(struct installation *in, const char *orgnr, json_t *result,
				  struct err *reterr)
{
	json_t *rows = NULL;
	enum rc rc = operate_rows_municipalities(in, orgnr, &rows, reterr);

	if (!rc)
		json_object_set_new(result, "municipalities", rows);
	return rc;
}

enum rc operate_tenant_show(struct installation *in, const struct operate_call *call,
			    struct operate_output *out, struct err *reterr)
{
	const char *orgnr = operate_text(call, "orgnr");
	CLEANUP(json_decrefp) json_t *result = NULL;
	struct control_tenant tenant = { 0 };
	enum rc rc = control_tenant_get(in->control, orgnr, &tenant, reterr);

	if (rc)
		return rc;
	result = operate_row_tenant(&tenant);
	operate_add_profile(in, tenant.profile, result);
	control_tenant_release(&tenant);
	rc = add_units(in, orgnr, result, reterr);
	if (!rc)
		rc = add_municipalities(in, orgnr, result, reterr);
	if (!rc)
		rc = add_keys(in, call, orgnr, result, reterr);
	if (!rc)
		rc = add_processors(in, call, orgnr, result, reterr);
	if (!rc)
		json_object_set_new(result, "stored", operate_row_stored(in, orgnr));
	return rc ? rc : operate_answer(out, TAKE_PTR(result), reterr);
}

/* Whether anything was ever sent; where the file cannot be asked, it is taken for yes. */
static bool has_documents(struct installation *in, const char *orgnr)
{
	CLEANUP(json_decrefp) json_t *stored = operate_row_stored(in, orgnr);

	return json_is_object(stored) &&
	       (json_object_get(stored, "error") ||
		json_integer_value(json_object_get(stored, "documents")) > 0);
}

/* What was sent in phase test was never a report. It goes before the tenant moves on, and
 * what is still on its way is turned away; where this fails, the tenant stays in test. */
static enum rc erase_test_data(struct installation *in, const struct operate_call *call,
			       const char *orgnr, int64_t *ret_n, struct err *reterr)
{
	const struct store_erase everything = { .from_seq = 1, .upto_seq = INT64_MAX };
	CLEANUP_FREE char *detail = operate_detail(json_pack("{ss}", "orgnr", orgnr));
	const struct store_event event = { .at = call->now_ms,
					   .name = STORE_TRIAL_ERASED,
					   .detail = detail,
					   .operator= call->operator,
					   .reason = call->reason };
	struct store_erased erased = { 0 };
	enum rc rc = writer_trial_end(in->writer, orgnr, reterr);

	if (!rc && has_documents(in, orgnr))
		rc = writer_erase(in->writer, orgnr, &everything, 1, &event, &erased, reterr);
	if (!rc)
		rc = control_links_forget(in->control, orgnr, reterr);
	if (rc)
		writer_trial_resume(in->writer, orgnr);
	*ret_n = erased.documents;
	return rc;
}

/* Moves and tells: the answer is the tenant as it is afterwards. */
static enum rc move(struct installation *in, const struct operate_call *call, const char *command,
		    enum control_phase to, struct operate_output *out, struct err *reterr)
{
	const char *orgnr = operate_text(call, "orgnr");
	CLEANUP_FREE char *detail = operate_detail(
		json_pack("{ssss}", "orgnr", orgnr, "phase", control_phase_name(to)));
	struct control_action by = operate_action(call, command, detail);
	struct control_tenant tenant = { 0 };
	bool moved, goes_live;
	int64_t erased = 0;
	enum rc rc = control_tenant_get(in->control, orgnr, &tenant, reterr);

	if (rc)
		return rc;
	moved = tenant.phase != to;
	goes_live = tenant.phase == CONTROL_TEST && to == CONTROL_ACTIVE;
	control_tenant_release(&tenant);
	if (goes_live)
		rc = erase_test_data(in, call, orgnr, &erased, reterr);
	if (rc)
		return rc;
	rc = control_tenant_phase(in->control, orgnr, to, &by, reterr);
	if (rc && goes_live)
		writer_trial_resume(in->writer, orgnr);
	if (!rc && moved)
		rc = operate_changed(in, call, orgnr, "tenant-phase", detail, reterr);
	if (!rc)
		rc = control_tenant_get(in->control, orgnr, &tenant, reterr);
	if (rc)
		return rc;
	rc = operate_answer(out, operate_row_tenant(&tenant), reterr);
	control_tenant_release(&tenant);
	if (!rc && goes_live)
		json_object_set_new(out->result, "test_documents_erased", json_integer(erased));
	return rc;
}

enum rc operate_tenant_phase(struct installation *in, const struct operate_call *call,
			     struct operate_output *out, struct err *reterr)
{
	enum control_phase to;

	if (control_phase_parse(operate_text(call, "phase"), &to))
		return err_set(reterr, RC_INVALID, "argument-value", "phase",
			       "is one of invited, test, active, suspended and closed");
	if ((to == CONTROL_SUSPENDED || to == CONTROL_CLOSED) && !call->reason)
		return err_set(reterr, RC_INVALID, "reason-missing", "reason",
			       "to suspend or close a tenant needs a reason");
	return move(in, call, "tenant phase", to, out, reterr);
}

enum rc operate_tenant_suspend(struct installation *in, const struct operate_call *call,
			       struct operate_output *out, struct err *reterr)
{
	return move(in, call, "tenant suspend", CONTROL_SUSPENDED, out, reterr);
}

enum rc operate_tenant_resume(struct installation *in, const struct operate_call *call,
			      struct operate_output *out, struct err *reterr)
{
	struct control_tenant tenant = { 0 };
	enum control_phase phase, resume;
	enum rc rc = control_tenant_get(in->control, operate_text(call, "orgnr"), &tenant, reterr);

	if (rc)
		return rc;
	phase = tenant.phase;
	resume = tenant.resume_phase;
	control_tenant_release(&tenant);
	if (phase != CONTROL_SUSPENDED)
		return err_set(reterr, RC_CONFLICT, "phase-move", operate_text(call, "orgnr"),
			       "the tenant is %s, not suspended", control_phase_name(phase));
	return move(in, call, "tenant resume", resume, out, reterr);
}

enum rc operate_tenant_unit_add(struct installation *in, const struct operate_call *call,
				struct operate_output *out, struct err *reterr)
{
	struct control_unit unit = {
		.orgnr = operate_text(call, "unit"),
		.tenant = operate_text(call, "orgnr"),
		.name = operate_text(call, "name"),
		.added_at = call->now_ms,
	};
	CLEANUP_FREE char *detail =
		operate_detail(json_pack("{ssss}", "orgnr", unit.tenant, "unit", unit.orgnr));
	struct control_action by = operate_action(call, "tenant unit add", detail);
	enum rc rc;

	if (!unit.name)
		unit.name = unit.orgnr;
	if (!strcmp(unit.orgnr, unit.tenant))
		return err_set(reterr, RC_INVALID, "argument-value", "unit",
			       "is the tenant itself, which may always report for itself");
	rc = control_unit_add(in->control, &unit, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, unit.tenant, "unit-added", detail, reterr);
	return rc ? rc : operate_answer(out, operate_row_unit(&unit), reterr);
}

/* The unit must be that tenant's: a slip of the pen takes away nobody else's. */
static enum rc find_unit(struct installation *in, const char *orgnr, const char *unit,
			 struct err *reterr)
{
	struct control_units units = { 0 };
	enum rc rc = control_unit_list(in->control, orgnr, &units, reterr);
	bool found = false;

	for (size_t i = 0; !rc && i < units.len; i++)
		found = found || !strcmp(units.list[i].orgnr, unit);
	control_units_release(&units);
	if (!rc && !found)
		rc = err_set(reterr, RC_NOT_FOUND, "unit-unknown", unit,
			     "no such unit of this tenant");
	return rc;
}

enum rc operate_tenant_unit_remove(struct installation *in, const struct operate_call *call,
				   struct operate_output *out, struct err *reterr)
{
	const char *orgnr = operate_text(call, "orgnr"), *unit = operate_text(call, "unit");
	CLEANUP_FREE char *detail =
		operate_detail(json_pack("{ssss}", "orgnr", orgnr, "unit", unit));
	struct control_action by = operate_action(call, "tenant unit remove", detail);
	json_t *result = NULL;
	enum rc rc = find_unit(in, orgnr, unit, reterr);

	if (!rc)
		rc = control_unit_remove(in->control, unit, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, orgnr, "unit-removed", detail, reterr);
	if (rc)
		return rc;
	result = json_object();
	rc = add_units(in, orgnr, result, reterr);
	if (!rc)
		return operate_answer(out, result, reterr);
	json_decref(result);
	return rc;
}
