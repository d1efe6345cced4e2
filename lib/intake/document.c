#include "codes/codes.h"
#include "documents/documents.h"
#include "intake/owner.h"
#include "intake/private.h"
#include "intake/receipt.h"
#include "intake/signed.h"
#include "minimise/minimise.h"
#include "minimise/profile.h"
#include "reservation/reservation.h"
#include "rules/check.h"
#include "schema/schema.h"
#include "seal/dropped.h"
#include "tenant/basis.h"
#include "json/strict.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define CLEAR_MAX ((size_t)1 << 20)
#define WHOLE_MAX 9007199254740991.0 /* 2^53 - 1: exact in every sender's tools */

void intake_document_free(struct intake_document *d)
{
	if (!d)
		return;
	json_decref(d->document);
	json_decref(d->clear);
	json_decref(d->sealed);
	findings_release(&d->findings);
	rulebook_drop(d->rulebook);
	free(d->local_case_id);
	free(d->supersedes);
	free(d->warnings);
	buf_release(&d->clear_text);
	buf_release(&d->jws);
	buf_release(&d->note);
	buf_release(&d->blank);
	free(d);
}

static struct intake_document *document_new(void)
{
	struct intake_document *d = calloc(1, sizeof(*d));

	if (d) {
		d->clear_text = buf_capped(CLEAR_MAX);
		d->jws = buf_capped(INTAKE_JWS_MAX);
		d->note = buf_capped(INTAKE_JWS_MAX);
		d->blank = buf_capped(CLEAR_MAX);
	}
	return d;
}

static enum rc find_type(struct intake_document *d, const char *schema, int64_t now_ms,
			 struct refusal *refusal)
{
	d->type = documents_find(d->rulebook->documents, schema);
	if (!d->type)
		return refuse(refusal, RC_INVALID, "schema-unknown");
	switch (document_state(d->type, now_ms)) {
	case DOCUMENT_CLOSED: return refuse(refusal, RC_FORBIDDEN, "schema-not-open");
	case DOCUMENT_RETIRED: d->job.item.only_repeat = true; return RC_OK;
	case DOCUMENT_OPEN:
	case DOCUMENT_DEPRECATED: break;
	}
	return RC_OK;
}

/* Nothing is taken, not even to be looked at, that nobody decided to collect. What takes
 * something back always is: that right does not end with the project. */
static enum rc check_basis(const struct intake *intake, const struct tenant_snapshot *snapshot,
			   const struct tenant *owner, const struct document_type *type,
			   int64_t now_ms, struct refusal *refusal)
{
	static const char *const codes[] = {
		[TENANT_BASIS_NOT_OPEN] = "phase-not-open", [TENANT_BASIS_NONE] = "no-legal-basis"
	};
	bool production = intake->installation->config->environment == ENVIRONMENT_PRODUCTION;
	struct tenant_basis_days days;
	enum tenant_basis basis =
		tenant_basis_at(snapshot, production, owner->row->kind, now_ms, &days);

	if (basis == TENANT_BASIS_OPEN || type->takes_back)
		return RC_OK;
	snprintf(refusal->opens, sizeof(refusal->opens), "%s", days.opens ? days.opens : "");
	snprintf(refusal->closed, sizeof(refusal->closed), "%s", days.closed ? days.closed : "");
	return refuse(refusal, RC_FORBIDDEN, codes[basis]);
}

static bool is_sound(const struct findings *f, const char *pointer)
{
	if (f->errors > FINDINGS_KEPT)
		return false; /* not all of them were kept */
	for (size_t i = 0; i < f->len; i++)
		if (f->list[i].severity == FINDING_ERROR && !strcmp(f->list[i].pointer, pointer))
			return false;
	return true;
}

/* Which case it was, for whom it is refused to. */
static void name_case(const json_t *document, struct refusal *refusal)
{
	const char *id = json_string_value(json_object_get(document, "report_id"));
	const char *local = json_string_value(
		json_object_get(json_object_get(document, "source"), "local_case_id"));

	if (id && is_sound(&refusal->findings, "/report_id"))
		snprintf(refusal->report_id, sizeof(refusal->report_id), "%s", id);
	if (local && is_sound(&refusal->findings, "/source/local_case_id") &&
	    is_sound(&refusal->findings, "/source"))
		snprintf(refusal->local_case_id, sizeof(refusal->local_case_id), "%s", local);
}

static bool is_unit(const char *number, void *arg)
{
	const struct tenant *const *owner = arg;

	return tenant_has_unit(*owner, number);
}

static const char *municipality(size_t i, void *arg)
{
	const struct tenant *const *owner = arg;

	return i < (*owner)->municipalities_len ? (*owner)->municipalities[i].number : NULL;
}

/* What the data owner has chosen to share, as the register has it now. Where the file
 * is missing nobody knows what that is, so nothing is taken until it is back. */
static enum rc find_profile(const struct intake_document *d, const struct tenant *owner,
			    const struct profile **ret, struct refusal *refusal)
{
	*ret = profiles_find(d->rulebook->profiles, owner->row->profile);
	return *ret ? RC_OK : refuse(refusal, RC_BUSY, "profile-unavailable");
}

/* Faults of schema and rules make an invalid-document; one thing that may not be shared
 * makes it not-permitted, whatever else is wrong: that it came at all must be seen. */
static enum rc refuse_document(struct intake_document *d, const char *breach,
			       struct refusal *refusal)
{
	findings_sort(&d->findings); /* errors first */
	refusal->findings = d->findings;
	d->findings = (struct findings){ 0 };
	if (breach)
		return refuse_because(refusal, RC_FORBIDDEN, "not-permitted", breach);
	return refuse_because(refusal, RC_INVALID, "invalid-document",
			      refusal->findings.list[0].code);
}

/* Profile, schema and rules, all always: a sender learns of all its faults at once. The
 * profile comes first, so that a document made of faults cannot crowd its breaches out
 * of the answer. */
static enum rc check(const struct intake *intake, const struct tenant *owner,
		     struct intake_document *d, int64_t now_ms, struct refusal *refusal)
{
	static const struct schema_options options = { .assert_formats = true };
	const struct installation *in = intake->installation;
	const struct rules_context context = {
		.production = in->config->environment == ENVIRONMENT_PRODUCTION,
		.phase =
			owner->row->phase == CONTROL_ACTIVE ? RULES_PHASE_ACTIVE : RULES_PHASE_TEST,
		.owner = owner->row->orgnr,
		.is_unit = is_unit,
		.is_unit_arg = &owner,
		.municipality = municipality,
		.municipality_arg = &owner,
		.report_kind = owner->report_kind,
		.now_ms = now_ms,
		.person_numbers_2032_from = in->config->person_numbers_2032_from,
		.marks = d->type->marks,
		.codes = d->rulebook->codes,
	};
	const struct profile *profile;
	const char *breach;
	enum rc rc = find_profile(d, owner, &profile, refusal), refused;

	if (rc)
		return rc;
	/* Taking back is nothing shared: a profile that is silent on it does not forbid it. */
	if (!d->type->takes_back || profile_names(profile, d->type->kind))
		profile_check(profile, d->type->kind, owner->row->orgnr, d->document, &d->findings);
	breach = d->findings.len ? d->findings.list[0].code : NULL;
	rc = schema_check(d->type->schema, d->document, &options, &d->findings);
	if (rc && rc != RC_INVALID && rc != RC_LIMIT)
		return rc;
	rules_check(d->rulebook->rules, &context, d->type->kind, d->document, &d->findings);
	if (d->findings.failed)
		return d->findings.failed;
	if (!d->findings.errors)
		return RC_OK;
	refused = refuse_document(d, breach, refusal);
	if (rc != RC_LIMIT) /* looked at to the end */
		name_case(d->document, refusal);
	return refused;
}

static int append(const char *bytes, size_t n, void *out)
{
	return buf_add(out, bytes, n) ? -1 : 0;
}

/* What stays readable, as the exact bytes that will be kept. */
static enum rc split(struct intake_document *d)
{
	enum rc rc = minimise_split(d->type->marks, d->document, &d->clear, &d->sealed);

	if (!rc && json_dump_callback(d->clear, append, &d->clear_text, JSON_COMPACT))
		rc = RC_NOMEM;
	return rc;
}

static char *copy_or_null(const char *text)
{
	return text ? strdup(text) : NULL;
}

/* Everything that the writer and the store will look at. */
static enum rc fill_item(const struct intake *intake, const struct intake_caller *caller,
			 struct intake_document *d, const char *kid, const char *jws, size_t len,
			 int64_t now_ms)
{
	struct store_item *item = &d->job.item;
	unsigned char key[MINIMISE_KEY_LEN];
	struct document_key row;
	enum rc rc = document_key_read(d->type, d->document, &row);

	if (!rc)
		rc = buf_add(&d->jws, jws, len);
	if (rc)
		return rc;
	installation_fingerprint_key(intake->installation, d->orgnr, key);
	rc = minimise_fingerprint(key, d->type->name, d->type->marks, d->document,
				  item->fingerprint);
	explicit_bzero(key, sizeof(key));
	crypto_hash_sha256(item->digest, (const unsigned char *)jws, len);
	memcpy(d->report_id, row.report_id, sizeof(d->report_id));
	snprintf(d->signing_kid, sizeof(d->signing_kid), "%s", kid);
	snprintf(d->sender, sizeof(d->sender), "%s", caller->sender);
	d->local_case_id = copy_or_null(row.local_case_id);
	d->supersedes = copy_or_null(row.supersedes);
	d->warnings = receipt_warnings_text(&d->findings);
	if (rc || !d->warnings || (row.local_case_id && !d->local_case_id) ||
	    (row.supersedes && !d->supersedes))
		return rc ? rc : RC_NOMEM;
	item->kind = d->type->kind;
	item->schema = d->type->name;
	item->report_id = d->report_id;
	item->revision = row.revision;
	item->supersedes = d->supersedes;
	item->clear = buf_text(&d->clear_text);
	item->clear_len = d->clear_text.len;
	item->secret = buf_text(&d->jws);
	item->secret_len = d->jws.len;
	item->signing_kid = d->signing_kid;
	item->sender = d->sender;
	item->code_versions = d->type->code_versions;
	item->warnings = d->warnings;
	item->local_case_id = d->local_case_id;
	item->received_at = now_ms;
	item->about = d->type->about;
	item->ended_by = d->type->ended_by;
	item->erases = row.erases;
	return RC_OK;
}

/* Whether a revision of the report that the document is about was a reserved person's. A
 * review has no numbers, but tells the same story. On a writer thread: what came before in
 * the same batch counts, too. */
static unsigned is_marked(void *ctx, const struct store_item *item, int64_t revision,
			  const unsigned char *salt)
{
	const struct intake_document *d = ctx;

	return reservation_is_marked(d->installation->reservation, d->orgnr, item->about,
				     item->report_id, revision, salt);
}

/* "{}" and as much space as the clear part took. */
static enum rc blank_of(size_t len, struct buf *out)
{
	enum rc rc = buf_adds(out, "{} ");

	for (size_t n = 3; !rc && n < len; n++)
		rc = buf_addc(out, ' ');
	return rc;
}

/* The form of a document whose patient has reserved (1), or has not (0). */
static void take_form(const struct reservation *r, struct intake_document *d, unsigned concerned,
		      unsigned char *salt, struct store_item *item)
{
	const struct buf *secrets[] = { &d->jws, &d->note };
	const struct buf *clears[] = { &d->clear_text, &d->blank };
	unsigned refused = concerned & (reservation_mode(r) == RESERVATION_REFUSE);

	reservation_salt(r, d->orgnr, item->kind, item->report_id, item->revision, concerned, salt);
	item->salt = salt;
	item->secret = buf_text(secrets[concerned]);
	item->secret_len = secrets[concerned]->len;
	item->clear = buf_text(clears[refused]);
	item->clear_len = clears[refused]->len;
}

/* What is kept of a document whose patient has reserved (reservation/reservation.h): both
 * forms are made for every document, of the same sizes, and one is taken; of what is about a
 * report the writer takes it, which alone knows the report. */
static enum rc reserve(const struct intake *intake, struct intake_document *d)
{
	struct reservation *r = intake->installation->reservation;
	struct store_item *item = &d->job.item;
	enum rc rc;

	if (reservation_mode(r) == RESERVATION_OFF || item->only_repeat)
		return RC_OK;
	rc = seal_dropped_note(d->jws.len, &d->note);
	if (!rc)
		rc = blank_of(d->clear_text.len, &d->blank);
	if (rc)
		return rc;
	d->instead = *item;
	take_form(r, d, reservation_concerns(r, d->document), d->salts[0], item);
	take_form(r, d, 1, d->salts[1], &d->instead);
	item->instead = &d->instead;
	item->is_marked = is_marked;
	item->mark_ctx = d;
	return RC_OK;
}

/* The integer that a number written with a point or an exponent is; else NULL. */
static json_t *whole(const json_t *number)
{
	double value = json_real_value(number);

	if (!json_is_real(number) || value != nearbyint(value) || fabs(value) > WHOLE_MAX)
		return NULL;
	return json_integer((json_int_t)value);
}

/* JSON Schema calls 1.0 and 1e2 integers (draft 2020-12, 6.1.1), and to most
 * senders' tools they are the same number as 1 and 100: so they are to us, before
 * anyone looks. What is not whole stays, for the schema to refuse. */
static enum rc make_whole(json_t *value)
{
	enum rc rc = RC_OK;
	const char *name;
	json_t *inner;
	void *next;
	size_t i;

	json_array_foreach(value, i, inner)
	{
		json_t *integer = whole(inner);

		rc = integer ? (json_array_set_new(value, i, integer) ? RC_NOMEM : RC_OK)
			     : make_whole(inner);
		if (rc)
			return rc;
	}
	json_object_foreach_safe(value, next, name, inner)
	{
		json_t *integer = whole(inner);

		rc = integer ? (json_object_set_new(value, name, integer) ? RC_NOMEM : RC_OK)
			     : make_whole(inner);
		if (rc)
			return rc;
	}
	return RC_OK;
}

enum rc intake_is_taken(const struct intake_document *d, struct refusal *refusal)
{
	if (!d->job.item.only_repeat)
		return RC_OK;
	refusal_about(refusal, d->rulebook, d->type);
	return refuse(refusal, RC_INVALID, "schema-retired");
}

/* What belongs to a retired schema need not be right, and is kept nowhere. */
static enum rc check_and_split(const struct intake *intake, const struct tenant *owner,
			       struct intake_document *d, int64_t now_ms, struct refusal *refusal)
{
	enum rc rc;

	if (d->job.item.only_repeat)
		return RC_OK;
	rc = check(intake, owner, d, now_ms, refusal);
	return rc ? rc : split(d);
}

static enum rc read_document(const struct intake *intake, const struct intake_caller *caller,
			     const struct tenant *owner, const char *schema, json_t *document,
			     int64_t now_ms, struct intake_document *d, struct refusal *refusal)
{
	enum rc rc;

	d->installation = intake->installation;
	d->rulebook = rulebook_share(caller->rulebook);
	d->job.trial = owner->row->phase == CONTROL_TEST;
	snprintf(d->orgnr, sizeof(d->orgnr), "%s", owner->row->orgnr);
	snprintf(refusal->owner, sizeof(refusal->owner), "%s", owner->row->orgnr);
	d->document = json_incref(document);
	rc = find_type(d, schema, now_ms, refusal);
	if (!rc)
		rc = check_basis(intake, caller->snapshot, owner, d->type, now_ms, refusal);
	if (!rc)
		rc = make_whole(d->document);
	if (!rc)
		rc = check_and_split(intake, owner, d, now_ms, refusal);
	if (rc)
		refusal_about(refusal, d->rulebook, d->type);
	return rc;
}

enum rc intake_read(struct intake *intake, const struct intake_caller *caller, const char *jws,
		    size_t len, int64_t now_ms, struct intake_document **ret,
		    struct refusal *refusal)
{
	CLEANUP(intake_document_freep) struct intake_document *d = document_new();
	CLEANUP(intake_signed_release) struct intake_signed s = { 0 };
	const struct config *config = intake->installation->config;
	enum rc rc;

	if (!d)
		return RC_NOMEM;
	rc = intake_signed_open(caller, config->service, config->signature_max_age_s, jws, len,
				now_ms, &s, refusal);
	if (!rc)
		rc = read_document(intake, caller, s.owner, s.schema, s.document, now_ms, d,
				   refusal);
	if (!rc)
		rc = fill_item(intake, caller, d, s.kid, jws, len, now_ms);
	/* without a key or a canonical form it cannot be a repeat */
	if ((rc == RC_INVALID || rc == RC_LIMIT) && d->job.item.only_repeat)
		rc = intake_is_taken(d, refusal);
	if (!rc)
		rc = reserve(intake, d);
	if (!rc)
		*ret = TAKE_PTR(d);
	return rc;
}

enum rc intake_read_unsigned(struct intake *intake, const struct intake_caller *caller,
			     const struct tenant *owner, const char *text, size_t len,
			     int64_t now_ms, struct intake_document **ret, struct refusal *refusal)
{
	CLEANUP(intake_document_freep) struct intake_document *d = document_new();
	json_t *payload = NULL, *document = NULL;
	const char *schema = NULL;
	enum rc rc;

	if (!d)
		return RC_NOMEM;
	rc = json_strict_load(text, len, JSON_INTAKE_DEPTH, &payload, NULL);
	if (rc)
		return rc == RC_NOMEM ? rc : refuse(refusal, rc, "invalid-json");
	if (json_unpack(payload, "{s:s, s:o !}", "schema", &schema, "document", &document) ||
	    !json_is_object(document))
		rc = refuse(refusal, RC_INVALID, "invalid-payload");
	else
		rc = read_document(intake, caller, owner, schema, document, now_ms, d, refusal);
	json_decref(payload);
	if (!rc)
		*ret = TAKE_PTR(d);
	return rc;
}
