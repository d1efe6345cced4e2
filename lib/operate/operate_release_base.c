/* What statistical releases need of the running installation: counts, unprotected,
 * for the operator's program on the same host and nobody else. */
#include "operate/call.h"

#include "base/clock.h"
#include "codes/codes.h"
#include "count/base.h"
#include "count/period.h"
#include "installation/installation.h"
#include "rulebook/rulebook.h"
#include "store/view.h"
#include "tenant/tenants.h"
#include "json/strict.h"

#include <limits.h>
#include <string.h>

struct basing {
	struct installation *in;
	const struct codes *codes;
	struct counted *counted;
	json_t *after; /* orgnr → seq counted so far; NULL: nothing was */
	int64_t as_of_ms, final_as_of_ms;
	int32_t final_year;
};

/* The regional health authority above a tenant; "" where there is none. */
static const char *region_of(const struct basing *b, const struct control_tenant *t)
{
	const struct codes_organisation *above =
		t->parent ? codes_organisation_by_number(b->codes, t->parent) : NULL;

	return above && !strcmp(above->kind, "rhf") ? above->code : "";
}

static int64_t counted_so_far(const struct basing *b, const char *orgnr)
{
	return json_integer_value(json_object_get(b->after, orgnr));
}

/* A tenant that never sent anything has no file, and counts nothing. */
static enum rc count_file(struct basing *b, const struct control_tenant *t,
			  struct counted_organisation *o, struct err *reterr)
{
	const struct count_base what = {
		.orgnr = t->orgnr,
		.municipal = !strcmp(t->kind, "municipality"),
		.by_registration = o->coverage_start != 0,
		.after_seq = o->upto_seq,
		.as_of_ms = b->as_of_ms,
		.final_year = b->final_year,
		.final_as_of_ms = b->final_as_of_ms,
	};
	struct store_view *view = NULL;
	int64_t upto = o->upto_seq;
	char path[PATH_MAX];
	enum rc rc = installation_tenant_path(b->in, t->orgnr, path, sizeof(path));

	if (!rc)
		rc = store_views_borrow(b->in->views, path, t->orgnr, &view, reterr);
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (!rc)
		rc = count_base(view, b->codes, &what, b->counted, &upto, reterr);
	store_views_return(b->in->views, view);
	if (!rc && what.by_registration)
		o->upto_seq = upto;
	return rc;
}

static enum rc add_tenant(struct basing *b, const struct control_tenant *t, struct err *reterr)
{
	struct counted_organisation o = {
		.orgnr = t->orgnr,
		.name = t->name,
		.kind = t->kind,
		.region = region_of(b, t),
		.active = t->phase == CONTROL_ACTIVE,
		.upto_seq = counted_so_far(b, t->orgnr),
	};
	enum rc rc = RC_OK;

	if (t->coverage_start && period_parse_month(t->coverage_start, &o.coverage_start))
		return err_set(reterr, RC_CORRUPT, "database-damaged", t->orgnr,
			       "a tenant cannot be read");
	if (o.active)
		rc = count_file(b, t, &o, reterr);
	if (rc)
		return rc;
	return counted_add_organisation(b->counted, &o);
}

static enum rc add_tenants(struct basing *b, struct err *reterr)
{
	CLEANUP(tenant_snapshot_dropp)
	struct tenant_snapshot *snapshot = tenants_hold(b->in->tenants);
	struct control_tenants tenants = { 0 };
	enum rc rc = control_tenant_list(b->in->control, &tenants, reterr);

	for (size_t i = 0; !rc && i < tenants.len; i++) {
		const struct tenant *known = tenant_find(snapshot, tenants.list[i].orgnr);

		/* Who only acts for others has nothing to count, nor to be missed for. */
		if (!known || known->owns_reports)
			rc = add_tenant(b, &tenants.list[i], reterr);
	}
	control_tenants_release(&tenants);
	return rc;
}

static enum rc read_args(struct basing *b, const struct operate_call *call, struct err *reterr)
{
	const char *as_of = operate_text(call, "as_of"), *after = operate_text(call, "after");
	int64_t year = operate_integer(call, "final_year");

	if (clock_parse(as_of, strlen(as_of), &b->as_of_ms) || b->as_of_ms > call->now_ms)
		return err_set(reterr, RC_INVALID, "argument-value", "as_of",
			       "is a time that has been, as RFC 3339 writes it");
	if (after && (json_strict_load(after, strlen(after), 2, &b->after, NULL) ||
		      !json_is_object(b->after)))
		return err_set(reterr, RC_INVALID, "argument-value", "after",
			       "is a JSON object from organisation to seq");
	if (!year)
		return RC_OK;
	if (year < 2000 || year > 2999)
		return err_set(reterr, RC_INVALID, "argument-value", "final_year", "is a year");
	b->final_year = (int32_t)year;
	b->final_as_of_ms = period_begins_ms(PERIOD_MONTH(b->final_year + 1, 4));
	if (b->final_as_of_ms > b->as_of_ms)
		return err_set(reterr, RC_INVALID, "argument-value", "final_year",
			       "is final only after 31 March of the year after");
	return RC_OK;
}

static enum rc hand_over(struct basing *b, struct operate_output *out, struct err *reterr)
{
	CLEANUP(buf_release) struct buf lines = buf_capped(COUNTED_FILE_MAX);
	enum rc rc = counted_write(b->counted, &lines);

	if (rc)
		return err_set(reterr, rc, "counts-too-large", NULL,
			       "the counts do not fit in memory (%s)", rc_name(rc));
	rc = out->bytes(out->ctx, lines.data, lines.len);
	if (rc)
		return err_set(reterr, rc, "export-broken", NULL,
			       "the counts could not be written to their end (%s)", rc_name(rc));
	return operate_answer(out,
			      json_pack("{sI sI}", "organisations",
					(json_int_t)b->counted->organisations_len, "rows",
					(json_int_t)b->counted->rows_len),
			      reterr);
}

enum rc operate_release_base(struct installation *in, const struct operate_call *call,
			     struct operate_output *out, struct err *reterr)
{
	CLEANUP(counted_freep) struct counted *counted = NULL;
	CLEANUP_FREE char *detail = operate_detail(
		json_pack("{ss sI}", "as_of", operate_text(call, "as_of"), "final_year",
			  (json_int_t)operate_integer(call, "final_year")));
	struct control_action by = operate_action(call, "release base", detail);
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);
	struct basing b = { .in = in, .codes = book->codes };
	enum rc rc = read_args(&b, call, reterr);

	if (!rc && counted_new(&counted))
		rc = err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	if (!rc) {
		b.counted = counted;
		counted->as_of_ms = b.as_of_ms;
		counted->reviews_from = b.final_year;
		rc = control_log(in->control, &by, reterr);
	}
	if (!rc)
		rc = add_tenants(&b, reterr);
	if (!rc)
		rc = hand_over(&b, out, reterr);
	json_decref(b.after);
	return rc;
}
