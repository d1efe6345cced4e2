/* POST /v1/submissions/validate: everything that needs no stored state, and what
 * would stay clear and what be sealed. Takes a signed document, or an unsigned
 * {"schema","document"} to try things out, of the caller's organisation or of one
 * it may send for (?organisation=). Nothing is kept.
 *
 * A data owner that has asked for it is also told whether the statutory duty to notify
 * looks likely (lib/duty), here and nowhere else. */
#include "base/clock.h"
#include "documents/documents.h"
#include "duty/duty.h"
#include "intake/receipt.h"
#include "varded/answer.h"

#include <string.h>
#include <strings.h>

static bool is_unsigned(const struct exchange *x)
{
	const char *type = exchange_header(x, "Content-Type");

	return type && !strncasecmp(type, "application/json", strlen("application/json"));
}

static json_t *verdict(struct intake_document *d, const char *lang)
{
	const struct rules *rules = d->rulebook->rules;
	json_t *warnings = receipt_findings(&d->findings, FINDING_WARNING, rules, lang);

	receipt_warn_of_schema(warnings, d->type, clock_now_ms(), rules, lang);
	return json_pack("{s:s, s:O, s:O, s:o}", "schema", d->type->name, "clear", d->clear,
			 "sealed", d->sealed, "warnings", warnings);
}

static bool wants_help(const struct intake_caller *caller, const struct intake_document *d)
{
	const struct tenant *owner = tenant_find(caller->snapshot, d->orgnr);

	return owner && owner->row->notification_help && !strcmp(d->type->kind, "incident-report");
}

/* The log tells how long an answer was. So that this does not tell what the help says,
 * help takes the same room always. */
#define HELP_ROOM 4096
#define ANSWER_MAX ((size_t)2 << 20)

static int append(const char *bytes, size_t n, void *out)
{
	return buf_add(out, bytes, n) ? -1 : 0;
}

static bool write_json(const json_t *value, struct buf *out)
{
	buf_clear(out);
	return value && !json_dump_callback(value, append, out, JSON_COMPACT);
}

/* Takes both references. */
static void reply_with_help(struct exchange *x, json_t *verdict, json_t *help)
{
	CLEANUP(buf_release) struct buf body = buf_capped(ANSWER_MAX);
	bool fine = write_json(verdict, &body);
	size_t plain = body.len;

	fine = fine && help && !json_object_set(verdict, "notification_duty", help) &&
	       write_json(verdict, &body);
	while (fine && (body.len - plain) % HELP_ROOM)
		fine = !buf_addc(&body, ' ');
	json_decref(verdict);
	json_decref(help);
	if (fine)
		exchange_reply(x, 200, "application/json", &body);
	else
		exchange_refuse(x, "internal-error");
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
	if (!rc)
		rc = intake_is_taken(d, &refusal);
	if (rc) {
		answer_refusal(x, v, rc, &refusal);
		return;
	}
	answer_schema(x, v, d->type);
	if (wants_help(&caller, d))
		reply_with_help(x, verdict(d, answer_lang(x)),
				duty_json(d->document, answer_lang(x)));
	else
		exchange_reply_json(x, 200, verdict(d, answer_lang(x)));
}
