#include "operate/call.h"

#include "base/buf.h"
#include "installation/installation.h"
#include "minimise/profile.h"
#include "operate/rows.h"
#include "rulebook/rulebook.h"

void operate_add_profile(struct installation *in, const char *name, json_t *tenant)
{
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);
	const struct profile *profile = profiles_find(book->profiles, name);

	json_object_set_new(tenant, "sharing", profile ? profile_json(profile, "en") : json_null());
}

/* "no such profile; there are coarse-dates, full, …" */
static enum rc unknown(const struct profiles *profiles, const char *name, struct err *reterr)
{
	CLEANUP(buf_release) struct buf names = buf_capped(512);
	const struct profile *p;

	for (size_t i = 0; (p = profiles_at(profiles, i)); i++)
		buf_addf(&names, "%s%s", i ? ", " : "", profile_name(p));
	return err_set(reterr, RC_NOT_FOUND, "profile-unknown", name,
		       "no such profile, or its file is broken; there are %s", buf_text(&names));
}

/* The data owner has decided; the operator writes it down, with what it was before. */
enum rc operate_tenant_profile(struct installation *in, const struct operate_call *call,
			       struct operate_output *out, struct err *reterr)
{
	const char *orgnr = operate_text(call, "orgnr"), *name = operate_text(call, "profile");
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);
	const struct profile *profile = profiles_find(book->profiles, name);
	CLEANUP(control_tenant_release) struct control_tenant tenant = { 0 };
	CLEANUP_FREE char *detail = NULL;
	struct control_action by;
	json_t *row;
	enum rc rc;

	if (!profile)
		return unknown(book->profiles, name, reterr);
	rc = control_tenant_get(in->control, orgnr, &tenant, reterr);
	if (rc)
		return rc;
	detail = operate_detail(json_pack("{ss ss ss ss}", "orgnr", orgnr, "profile", name,
					  "version", profile_version(profile), "before",
					  tenant.profile));
	by = operate_action(call, "tenant profile", detail);
	rc = control_tenant_profile(in->control, orgnr, name, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, orgnr, "tenant-profile", detail, reterr);
	control_tenant_release(&tenant);
	if (!rc)
		rc = control_tenant_get(in->control, orgnr, &tenant, reterr);
	if (rc)
		return rc;
	row = operate_row_tenant(&tenant);
	operate_add_profile(in, name, row);
	return operate_answer(out, row, reterr);
}
