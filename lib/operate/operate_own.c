/* A tenant's own figures, for the tenant: unprotected counts, no row and no report's id. */
#include "operate/call.h"

#include "config/config.h"
#include "count/period.h"
#include "installation/installation.h"
#include "operate/span.h"
#include "own/report.h"
#include "published/latest.h"
#include "reservation/reservation.h"
#include "rulebook/rulebook.h"
#include "store/view.h"
#include "tenant/tenants.h"

#include <limits.h>
#include <string.h>

#define CELLS_MAX 4000000 /* 120 months of 40 sub-units */

/* Who began to deliver within the months that nobody chose, begins there. */
static void skip_uncovered(const struct operate_call *call, const struct tenant *tenant,
			   struct own_asked *asked)
{
	const char *start = tenant->row->coverage_start;
	int32_t month;

	if (!operate_text(call, "from") && start && !period_parse_month(start, &month) &&
	    month > asked->from && month <= asked->to)
		asked->from = month;
}

static enum rc find_tenant(const struct tenant_snapshot *snapshot, const char *orgnr,
			   const struct tenant **ret, struct err *reterr)
{
	*ret = tenant_find(snapshot, orgnr);
	if (!*ret)
		return err_set(reterr, RC_NOT_FOUND, "tenant-unknown", orgnr,
			       "no such organisation is registered");
	if (!(*ret)->owns_reports)
		return err_set(reterr, RC_INVALID, "tenant-not-owner", orgnr,
			       "acts for others and owns no reports");
	return RC_OK;
}

/* A tenant that never sent anything has no file, and counts nothing. */
static enum rc borrow_view(struct installation *in, const char *orgnr, struct store_view **ret,
			   struct err *reterr)
{
	char path[PATH_MAX];
	enum rc rc = installation_tenant_path(in, orgnr, path, sizeof(path));

	if (!rc)
		rc = store_views_borrow(in->views, path, orgnr, ret, reterr);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc make(struct installation *in, const struct own_report *wanted,
		    struct operate_output *out, struct err *reterr)
{
	struct own_report report = *wanted;
	struct err release_err = { 0 };
	CLEANUP(published_freep) struct published *release = NULL;
	json_t *json = NULL;
	enum rc rc = borrow_view(in, report.of.tenant->row->orgnr, &report.view, reterr);

	if (rc)
		return rc;
	if (published_latest_get(in->releases, &release, &release_err))
		report.why = !strcmp(release_err.code, "release-none") ? "release-none"
								       : "release-unusable";
	report.release = release;
	rc = own_report_make(&report, &json, reterr);
	store_views_return(in->views, report.view);
	return rc ? rc : operate_answer(out, json, reterr);
}

/* Logged before anything is counted. */
enum rc operate_own(struct installation *in, const struct operate_call *call,
		    struct operate_output *out, struct err *reterr)
{
	CLEANUP(tenant_snapshot_dropp)
	struct tenant_snapshot *snapshot = tenants_hold(in->tenants);
	CLEANUP_FREE char *detail = operate_detail(json_deep_copy(call->args));
	struct control_action by = operate_action(call, "own", detail);
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);
	struct own_report report = { .of = { .codes = book->codes,
					     .programme = book->programme,
					     .now_ms = call->now_ms,
					     .max_cells = CELLS_MAX } };
	enum rc rc = RC_OK;

	if (reservation_withholds(in->reservation))
		rc = err_set(reterr, RC_FORBIDDEN, "reservation-refuse", NULL,
			     "with reservation mode refuse a tenant's own figures would tell who "
			     "has reserved");
	if (!rc)
		rc = operate_span(call, &report.of.asked, reterr);

	if (!rc)
		rc = find_tenant(snapshot, operate_text(call, "tenant"), &report.of.tenant, reterr);
	if (!rc)
		rc = control_log(in->control, &by, reterr);
	if (!rc)
		skip_uncovered(call, report.of.tenant, &report.of.asked);
	return rc ? rc : make(in, &report, out, reterr);
}
