/* POST /v1/submissions/validate: everything that needs no stored state, and what
 * would stay clear and what be sealed. Takes a signed document, or an unsigned
 * {"schema","document"} to try things out, of the caller's organisation or of one
 * it may send for (?organisation=). Nothing is kept. */
#include "base/clock.h"
#include "documents/documents.h"
#include "installation/installation.h"
#include "intake/receipt.h"
#include "varded/answer.h"

#include <string.h>
#include <strings.h>

static bool is_unsigned(const struct exchange *x)
{
	const char *type = exchange_header(x, "Content-Type");

	return type && !strncasecmp(type, "application/json", strlen("application/json"));
}

static json_t *verdict(const struct varded *v, struct intake_document *d, const char *lang)
{
	return json_pack(
		"{s:s, s:O, s:O, s:o}", "schema", d->type->name, "clear", d->clear, "sealed",
		d->sealed, "warnings",
		receipt_findings(&d->findings, FINDING_WARNING, v->installation->rules, lang));
}

static const char *const signed_queries[] = { NULL }; /* `iss` says whose it is */
static const char *const unsigned_queries[] = { "organisation", NULL };

void on_validate(struct exchange *x, void *ctx)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	CLEANUP(intake_document_freep) struct intake_document *d = NULL;
	struct refusal refusal = { 0 };
	struct varded *v = ctx;
	const struct tenant *owner = NULL;
	bool trial = is_unsigned(x);
	const char *body;
	size_t len;
	enum rc rc;

	if (!answer_authenticate(x, v, SCOPE_SUBMIT, &caller))
		return;
	if (!answer_queries(x, trial ? unsigned_queries : signed_queries))
		return;
	if (trial && !answer_owner(x, v, &caller, CONTROL_SEND, &owner))
		return;
	body = exchange_body(x, &len);
	rc = trial ? intake_read_unsigned(v->intake, &caller, owner, body, len, clock_now_ms(), &d,
					  &refusal)
		   : intake_read(v->intake, &caller, body, len, clock_now_ms(), &d, &refusal);
	if (rc)
		answer_refusal(x, v, rc, &refusal);
	else
		exchange_reply_json(x, 200, verdict(v, d, answer_lang(x)));
}
