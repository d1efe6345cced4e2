/* Which municipalities a tenant reports for: its own, and those that it runs services
 * for (interkommunale tjenester). */
#include "operate/call.h"

#include "codes/codes.h"
#include "installation/installation.h"
#include "operate/rows.h"
#include "rulebook/rulebook.h"

#include <string.h>

static enum rc answer_list(struct installation *in, const char *orgnr, struct operate_output *out,
			   struct err *reterr)
{
	json_t *rows = NULL;
	enum rc rc = operate_rows_municipalities(in, orgnr, &rows, reterr);

	return rc ? rc : operate_answer(out, json_pack("{so}", "municipalities", rows), reterr);
}

enum rc operate_municipality_add(struct installation *in, const struct operate_call *call,
				 struct operate_output *out, struct err *reterr)
{
	const struct control_municipality municipality = {
		.tenant = operate_text(call, "orgnr"),
		.number = operate_text(call, "number"),
		.own = operate_flag(call, "own"),
	};
	CLEANUP_FREE char *detail =
		operate_detail(json_pack("{ss ss sb}", "orgnr", municipality.tenant, "number",
					 municipality.number, "own", (int)municipality.own));
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);
	struct control_action by = operate_action(call, "tenant municipality add", detail);
	enum rc rc;

	if (!codes_has(book->codes, "municipality", municipality.number))
		return err_set(reterr, RC_INVALID, "argument-value", "number",
			       "is no municipality's, of any year that the code list covers");
	rc = control_municipality_add(in->control, &municipality, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, municipality.tenant, "municipality-added", detail,
				     reterr);
	return rc ? rc : answer_list(in, municipality.tenant, out, reterr);
}

enum rc operate_municipality_remove(struct installation *in, const struct operate_call *call,
				    struct operate_output *out, struct err *reterr)
{
	const char *orgnr = operate_text(call, "orgnr"), *number = operate_text(call, "number");
	CLEANUP_FREE char *detail =
		operate_detail(json_pack("{ss ss}", "orgnr", orgnr, "number", number));
	struct control_action by = operate_action(call, "tenant municipality remove", detail);
	enum rc rc = control_municipality_remove(in->control, orgnr, number, &by, reterr);

	if (!rc)
		rc = operate_changed(in, call, orgnr, "municipality-removed", detail, reterr);
	return rc ? rc : answer_list(in, orgnr, out, reterr);
}

enum rc operate_municipality_list(struct installation *in, const struct operate_call *call,
				  struct operate_output *out, struct err *reterr)
{
	const char *orgnr = operate_text(call, "orgnr");
	struct control_tenant tenant = { 0 };
	enum rc rc = control_tenant_get(in->control, orgnr, &tenant, reterr);

	control_tenant_release(&tenant);
	return rc ? rc : answer_list(in, orgnr, out, reterr);
}
