#include "operate/call.h"

#include "installation/installation.h"
#include "operate/rows.h"

#include <string.h>

/* --from and --to are days, both included. Without --from it acts at once. */
static enum rc choose_dates(const struct operate_call *call, struct control_processor *p,
			    struct err *reterr)
{
	p->valid_from = call->now_ms;
	operate_date_ms(call, "from", &p->valid_from);
	if (operate_date_ms(call, "to", &p->valid_to))
		p->valid_to += OPERATE_DAY_MS;
	if (p->valid_to && (p->valid_to <= p->valid_from || p->valid_to <= call->now_ms))
		return err_set(reterr, RC_INVALID, "processor-dates", "to",
			       "it would act at no time from now on");
	return RC_OK;
}

static char *detail_of(const struct control_processor *p)
{
	return operate_detail(json_pack("{ss ss ss so so}", "owner", p->owner, "processor",
					p->processor, "rights", control_rights_name(p->rights),
					"valid_from", operate_time(p->valid_from), "valid_to",
					operate_time(p->valid_to)));
}

enum rc operate_processor_add(struct installation *in, const struct operate_call *call,
			      struct operate_output *out, struct err *reterr)
{
	const char *rights = operate_text(call, "rights");
	struct control_processor p = {
		.owner = operate_text(call, "owner"),
		.processor = operate_text(call, "processor"),
		.rights = CONTROL_SEND,
		.added_at = call->now_ms,
	};
	CLEANUP_FREE char *detail = NULL;
	struct control_action by;
	enum rc rc;

	if (rights && control_rights_parse(rights, &p.rights))
		return err_set(reterr, RC_INVALID, "argument-value", "rights",
			       "is one of send, read and send,read");
	if (!strcmp(p.owner, p.processor))
		return err_set(reterr, RC_INVALID, "argument-value", "processor",
			       "is the data owner itself, which needs no registration");
	rc = choose_dates(call, &p, reterr);
	if (rc)
		return rc;
	detail = detail_of(&p);
	by = operate_action(call, "processor add", detail);
	rc = control_processor_add(in->control, &p, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, p.owner, "processor-added", detail, reterr);
	return rc ? rc : operate_answer(out, operate_row_processor(&p, call->now_ms), reterr);
}

static enum rc list(struct installation *in, const char *owner, const char *processor,
		    int64_t now_ms, struct operate_output *out, struct err *reterr)
{
	struct control_processors all = { 0 };
	json_t *rows = json_array();
	enum rc rc = control_processor_list(in->control, owner, &all, reterr);

	for (size_t i = 0; !rc && i < all.len; i++)
		if (!processor || !strcmp(all.list[i].processor, processor))
			json_array_append_new(rows, operate_row_processor(&all.list[i], now_ms));
	control_processors_release(&all);
	if (rc) {
		json_decref(rows);
		return rc;
	}
	return operate_answer(out, json_pack("{so}", "processors", rows), reterr);
}

enum rc operate_processor_list(struct installation *in, const struct operate_call *call,
			       struct operate_output *out, struct err *reterr)
{
	const char *orgnr = operate_text(call, "orgnr");
	struct control_tenant tenant = { 0 };

	if (orgnr) {
		enum rc rc = control_tenant_get(in->control, orgnr, &tenant, reterr);

		if (rc)
			return rc;
		control_tenant_release(&tenant);
	}
	return list(in, orgnr, NULL, call->now_ms, out, reterr);
}

/* The answer is all there ever was between the two. */
enum rc operate_processor_end(struct installation *in, const struct operate_call *call,
			      struct operate_output *out, struct err *reterr)
{
	const char *owner = operate_text(call, "owner");
	const char *processor = operate_text(call, "processor");
	CLEANUP_FREE char *detail =
		operate_detail(json_pack("{ss ss}", "owner", owner, "processor", processor));
	struct control_action by = operate_action(call, "processor end", detail);
	enum rc rc = control_processor_end(in->control, owner, processor, &by, reterr);

	if (!rc)
		rc = operate_changed(in, call, owner, "processor-ended", detail, reterr);
	return rc ? rc : list(in, owner, processor, call->now_ms, out, reterr);
}
