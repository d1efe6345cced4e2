#include "varded/answer.h"

#include "base/clock.h"
#include "config/config.h"
#include "identifiers/organisation_number.h"
#include "installation/installation.h"
#include "intake/owner.h"
#include "intake/receipt.h"
#include "store/view.h"
#include "varded/pace.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* RFC 9110 section 5.6.7, whatever the locale. */
static const char *http_date(int64_t ms, char *out, size_t size)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)(ms / 1000);
	struct tm t;

	gmtime_r(&seconds, &t);
	snprintf(out, size, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday,
		 months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
	return out;
}

const char *answer_lang(const struct exchange *x)
{
	return exchange_lang(x) == PROBLEM_EN ? "en" : "nb";
}

/* Where a step failed without a refusal of its own. */
const char *answer_code(enum rc rc, const struct refusal *refusal)
{
	if (refusal->code)
		return refusal->code;
	switch ((int)rc) {
	case RC_BUSY: return "busy";
	case RC_FULL: return "storage-full";
	case RC_IO:
	case RC_CORRUPT: return "storage-failed";
	case RC_NOT_FOUND: return "not-found";
	default: return "internal-error";
	}
}

/* A problem with the parts that it borrows. */
struct built {
	struct problem problem;
	json_t *errors, *members;
};

static struct built build(const struct varded *v, enum rc rc, struct refusal *refusal,
			  enum problem_lang lang)
{
	struct built b = { .problem = { .code = answer_code(rc, refusal),
					.reason = refusal->reason } };
	CLEANUP(rulebook_dropp)
	struct rulebook *book = refusal->rulebook ? rulebook_share(refusal->rulebook)
						  : rulebooks_hold(v->installation->rulebooks);

	if (refusal->findings.len)
		b.errors = receipt_findings(&refusal->findings, FINDING_ERROR, book->rules,
					    lang == PROBLEM_EN ? "en" : "nb");
	if (refusal->conflict)
		b.members = json_pack("{s:I, s:s?}", "current_revision",
				      (json_int_t)refusal->current_revision, "digest",
				      refusal->digest[0] ? refusal->digest : NULL);
	else if (refusal->type && !strcmp(b.problem.code, "schema-retired"))
		b.members = json_pack("{s:s*}", "successor", refusal->type->successor);
	else if (refusal->opens[0] || refusal->closed[0])
		b.members = json_pack("{s:s*, s:s*}", "opens",
				      refusal->opens[0] ? refusal->opens : NULL, "closed",
				      refusal->closed[0] ? refusal->closed : NULL);
	b.problem.errors = b.errors;
	b.problem.members = b.members;
	return b;
}

static void built_release(struct built *b)
{
	json_decref(b->errors);
	json_decref(b->members);
}

json_t *answer_problem_json(const struct varded *v, enum rc rc, struct refusal *refusal,
			    enum problem_lang lang, int *ret_status)
{
	CLEANUP(built_release) struct built b = build(v, rc, refusal, lang);

	*ret_status = problem_status(&b.problem);
	return problem_to_json(&b.problem, lang, NULL);
}

/* As the auth-param is written: JOSE_DPOP_ALGS by name. */
#define DPOP_ALGS "\"PS256 ES256 ES384\""

/* RFC 6750 section 3 and RFC 9449 section 7.1: which scheme, and in what way wrong. */
static void challenge_of(const struct refusal *refusal, char *out, size_t size)
{
	const char *code = refusal->code ? refusal->code : "";

	if (!strcmp(code, "invalid-token"))
		snprintf(out, size,
			 "Bearer error=\"invalid_token\", DPoP error=\"invalid_token\", "
			 "algs=" DPOP_ALGS);
	else if (!strcmp(code, "invalid-dpop-proof"))
		snprintf(out, size, "DPoP error=\"invalid_dpop_proof\", algs=" DPOP_ALGS);
	else if (!strcmp(code, "use-dpop-nonce"))
		snprintf(out, size, "DPoP error=\"use_dpop_nonce\", algs=" DPOP_ALGS);
	else if (!strcmp(code, "insufficient-scope"))
		snprintf(out, size,
			 "Bearer error=\"insufficient_scope\", scope=\"%s\", "
			 "DPoP error=\"insufficient_scope\", scope=\"%s\"",
			 refusal->scope, refusal->scope);
	else
		out[0] = '\0';
}

void answer_refusal(struct exchange *x, const struct varded *v, enum rc rc, struct refusal *refusal)
{
	CLEANUP(built_release) struct built b = build(v, rc, refusal, exchange_lang(x));
	char challenge[256];

	challenge_of(refusal, challenge, sizeof(challenge));
	b.problem.challenge = challenge[0] ? challenge : NULL;
	if (problem_status(&b.problem) < 500) /* else it is not about the document */
		answer_schema(x, v, refusal->type);
	exchange_problem(x, &b.problem);
	refusal_release(refusal);
}

static void add_nonce(struct exchange *x, const char *nonce)
{
	if (*nonce)
		exchange_add_header(x, "DPoP-Nonce", nonce);
}

void answer_turn_away(struct exchange *x, const struct varded *v, enum rc rc,
		      struct refusal *refusal)
{
	add_nonce(x, refusal->dpop_nonce);
	exchange_note_tenant(x, refusal->caller);
	answer_refusal(x, v, rc, refusal);
}

struct intake_credentials answer_credentials(const struct exchange *x)
{
	return (struct intake_credentials){
		.authorization = exchange_header(x, "Authorization"),
		.dpop = exchange_header(x, "DPoP"),
		.method = exchange_method(x),
		.path = exchange_path(x),
	};
}

bool answer_authenticate(struct exchange *x, struct varded *v, const char *scope,
			 struct intake_caller *ret)
{
	const struct intake_credentials credentials = answer_credentials(x);
	struct refusal refusal = { 0 };
	enum rc rc =
		intake_authenticate(v->intake, &credentials, scope, clock_now_ms(), ret, &refusal);

	if (rc) {
		answer_turn_away(x, v, rc, &refusal);
		return false;
	}
	add_nonce(x, ret->dpop_nonce);
	exchange_note_tenant(x, ret->tenant->row->orgnr);
	exchange_note_sender(x, ret->sender);
	if (!pace_take(x, v, ret, pace_kind(scope))) {
		intake_caller_release(ret);
		return false;
	}
	return true;
}

bool answer_queries(struct exchange *x, const char *const known[])
{
	const char *name;
	size_t i, j;

	for (i = 0; (name = exchange_query_name(x, i)); i++) {
		for (j = 0; known[j] && strcmp(known[j], name); j++)
			;
		if (!known[j]) {
			exchange_refuse_because(x, "invalid-query", "query-unknown");
			return false;
		}
	}
	return true;
}

json_t *answer_receipt_json(const struct intake_document *d, const struct store_receipt *receipt,
			    enum problem_lang lang)
{
	const struct rules *rules = d->rulebook->rules;
	const char *name = lang == PROBLEM_EN ? "en" : "nb";
	json_t *json = receipt_to_json(receipt, rules, name);

	receipt_warn_of_schema(json_object_get(json, "warnings"), d->type, clock_now_ms(), rules,
			       name);
	return json;
}

void answer_schema(struct exchange *x, const struct varded *v, const struct document_type *type)
{
	enum document_state state = type ? document_state(type, clock_now_ms()) : DOCUMENT_CLOSED;
	char text[512];

	if (state != DOCUMENT_DEPRECATED && state != DOCUMENT_RETIRED)
		return;
	snprintf(text, sizeof(text), "@%lld", (long long)(type->deprecated_ms / 1000));
	exchange_add_header(x, "Deprecation", text);
	if (type->sunset_ms)
		exchange_add_header(x, "Sunset", http_date(type->sunset_ms, text, sizeof(text)));
	if (!type->successor)
		return;
	snprintf(text, sizeof(text), "<%s/v1/schemas/%s>; rel=\"successor-version\"",
		 v->config->external_url, type->successor);
	exchange_add_header(x, "Link", text);
}

/* Nothing but the register in memory is asked before the right is found. */
bool answer_owner(struct exchange *x, const struct varded *v, const struct intake_caller *caller,
		  unsigned rights, const struct tenant **ret)
{
	const char *orgnr = exchange_query(x, "organisation");
	struct refusal refusal = { 0 };
	enum rc rc;

	if (orgnr && !organisation_number_valid(orgnr, strlen(orgnr))) {
		exchange_refuse_because(x, "invalid-query", "query-organisation");
		return false;
	}
	if (!orgnr)
		orgnr = caller->tenant->row->orgnr;
	rc = intake_owner(caller, orgnr, rights, clock_now_ms(), ret, &refusal);
	if (rc)
		answer_refusal(x, v, rc, &refusal);
	else
		exchange_note_owner(x, (*ret)->row->orgnr);
	return !rc;
}

bool answer_open_view(struct exchange *x, const struct varded *v, const struct tenant *owner,
		      struct store_view **ret)
{
	const char *orgnr = owner->row->orgnr;
	struct refusal refusal = { 0 };
	char path[4096];
	enum rc rc = installation_tenant_path(v->installation, orgnr, path, sizeof(path));

	*ret = NULL;
	if (!rc)
		rc = store_views_borrow(v->installation->views, path, orgnr, ret, NULL);
	if (rc == RC_NOT_FOUND) /* nothing sent yet: an empty file, in effect */
		return true;
	if (rc) {
		answer_refusal(x, v, rc, &refusal);
		return false;
	}
	return true;
}

void answer_copy(struct exchange *x, const char *content_type, const char *bytes, size_t len)
{
	struct buf body = buf_capped(len);

	buf_add(&body, bytes, len);
	exchange_reply(x, 200, content_type, &body);
	buf_release(&body);
}
