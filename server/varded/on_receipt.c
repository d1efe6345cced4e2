/* GET /v1/reports/{id}/receipt[?kind=review][?revision=n]: the receipt again, at any time, as
 * JSON or, for who asks for application/jwt, signed by the service. A processor
 * (?organisation=) that may read gets each, one that may send only those of what
 * it sent itself; the others are unknown to it. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "config/config.h"
#include "installation/installation.h"
#include "intake/owner.h"
#include "store/view.h"
#include "varded/answer.h"
#include "varded/receipt_keys.h"
#include "varded/row.h"

#include <string.h>

#define RECEIPT_MAX ((size_t)256 * 1024)

static const char *const types[] = { "application/json", "application/jwt", NULL };
static const char *const queries[] = { "kind", "revision", "organisation", NULL };
enum { TYPE_JSON, TYPE_JWT };

/* Absent is 0, the current one. */
static bool read_revision(const struct exchange *x, int64_t *ret)
{
	const char *text = exchange_query(x, "revision");

	*ret = 0;
	if (!text)
		return true;
	if (!*text || strlen(text) > 9 || strspn(text, "0123456789") != strlen(text))
		return false;
	*ret = strtoll(text, NULL, 10);
	return *ret > 0;
}

static void reply_jwt(struct exchange *x, const struct varded *v, const char *tenant,
		      json_t *receipt)
{
	struct buf jwt = buf_capped(RECEIPT_MAX);
	enum rc rc = receipt ? receipt_keys_mint(v->receipt_keys, v->config->service, tenant,
						 receipt, clock_now_ms(), &jwt, NULL)
			     : RC_NOMEM;

	json_decref(receipt);
	if (rc)
		exchange_refuse(x, "internal-error");
	else
		exchange_reply(x, 200, "application/jwt", &jwt);
	buf_release(&jwt);
}

/* Which kind of document about the report; NULL: none that there is. */
static const char *read_kind(const struct exchange *x)
{
	static const char *const kinds[] = { "incident-report", "review", "withdrawal" };
	const char *text = exchange_query(x, "kind");

	for (size_t i = 0; text && i < ARRAY_LEN(kinds); i++)
		if (!strcmp(text, kinds[i]))
			return kinds[i];
	return text ? NULL : kinds[0];
}

/* Whose and which. */
struct wanted {
	const char *kind, *id;
	int64_t revision;
	const char *sender; /* NULL: whoever sent it */
};

static enum rc find(const struct rules *rules, struct store_view *view, const struct wanted *wanted,
		    const char *lang, json_t **ret)
{
	const char *sender = wanted->sender;
	struct store_row row = { 0 };
	enum rc rc = view ? store_get(view, wanted->kind, wanted->id, wanted->revision, &row, NULL)
			  : RC_NOT_FOUND;

	if (rc)
		return rc;
	if (sender && strcmp(row.sender, sender))
		rc = RC_NOT_FOUND;
	else
		*ret = row_receipt_json(&row, rules, lang);
	store_row_release(&row);
	return rc;
}

/* Whose receipts of `owner` the caller may have: NULL is anybody's. */
static const char *only_sender(const struct intake_caller *caller, const struct tenant *owner)
{
	return intake_acts_for(caller, owner->row->orgnr, CONTROL_READ, clock_now_ms())
		       ? NULL
		       : caller->sender;
}

void on_receipt(struct exchange *x, void *ctx)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	int type = exchange_accepts(x, types);
	struct refusal refusal = { 0 };
	const struct tenant *owner;
	struct store_view *view = NULL;
	struct varded *v = ctx;
	json_t *receipt = NULL;
	char id[37];
	struct wanted wanted = { .kind = read_kind(x), .id = id };
	enum rc rc;

	if (!answer_authenticate(x, v, SCOPE_READ, &caller))
		return;
	if (!answer_queries(x, queries))
		return;
	if (type < 0 || !wanted.kind || !read_revision(x, &wanted.revision)) {
		exchange_refuse(x, type < 0 ? "not-acceptable" : "invalid-query");
		return;
	}
	if (!row_id_parse(exchange_param(x, "id"), id)) {
		exchange_refuse_because(x, "not-found", "id-form");
		return;
	}
	if (!answer_owner(x, v, &caller, CONTROL_READ | CONTROL_SEND, &owner) ||
	    !answer_open_view(x, v, owner, &view))
		return;
	wanted.sender = only_sender(&caller, owner);
	rc = find(caller.rulebook->rules, view, &wanted, answer_lang(x), &receipt);
	store_views_return(v->installation->views, view);
	if (rc)
		answer_refusal(x, v, rc, &refusal);
	else if (type == TYPE_JWT)
		reply_jwt(x, v, owner->row->orgnr, receipt);
	else
		exchange_reply_json(x, 200, receipt);
}
