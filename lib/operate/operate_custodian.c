#include "operate/call.h"

#include "installation/installation.h"
#include "operate/rows.h"
#include "seal/custodian.h"

#include <string.h>

_Static_assert(CONTROL_PUBLIC_KEY_SIZE == SEAL_PUBLIC_KEY_LEN,
	       "the register keeps what seal makes");

/* The file as the register keeps it: the object alone, no space around it. */
static char *trimmed(const char *file)
{
	const char *space = " \t\r\n";
	size_t len;

	file += strspn(file, space);
	len = strlen(file);
	while (len && strchr(space, file[len - 1]))
		len--;
	return strndup(file, len);
}

/* How many a group of `orgnr` (NULL: of a tenant without its own) is sealed to. */
static size_t serving(const struct control_custodians *all, const char *orgnr)
{
	size_t n = 0;

	for (size_t i = 0; i < all->len; i++) {
		const struct control_custodian *c = &all->list[i];

		n += !c->retired_at && (!c->orgnr || (orgnr && !strcmp(c->orgnr, orgnr)));
	}
	return n;
}

/* A group has room for so many boxes; one more custodian would never get his. */
static enum rc has_room(struct installation *in, const char *orgnr, struct err *reterr)
{
	struct control_custodians all = { 0 };
	enum rc rc = control_custodian_list(in->control, &all, reterr);
	size_t most = serving(&all, orgnr);

	for (size_t i = 0; !orgnr && i < all.len; i++) {
		size_t n = serving(&all, all.list[i].orgnr);

		most = n > most ? n : most;
	}
	control_custodians_release(&all);
	if (!rc && most >= SEAL_RECIPIENTS_MAX)
		rc = err_set(reterr, RC_LIMIT, "custodian-limit", NULL,
			     "reports are sealed to at most %d custodians", SEAL_RECIPIENTS_MAX);
	return rc;
}

/* A public key is taken only with its proof of opening (seal/custodian.h). */
enum rc operate_custodian_add(struct installation *in, const struct operate_call *call,
			      struct operate_output *out, struct err *reterr)
{
	const char *file = operate_text(call, "file");
	struct control_custodian custodian = {
		.label = operate_text(call, "label"),
		.orgnr = operate_text(call, "tenant"),
		.added_at = call->now_ms,
	};
	CLEANUP_FREE char *detail = NULL, *proof = NULL;
	struct control_action by;
	struct seal_recipient who;
	enum rc rc = seal_custodian_load(file, strlen(file), &who, NULL, reterr);

	if (!rc)
		rc = has_room(in, custodian.orgnr, reterr);
	if (rc)
		return rc;
	proof = trimmed(file);
	if (!proof)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	custodian.proof = proof;
	custodian.kid = who.kid;
	memcpy(custodian.public_key, who.public_key, sizeof(custodian.public_key));
	if (!custodian.label)
		custodian.label = who.kid;
	detail = operate_detail(json_pack("{ssss?}", "kid", who.kid, "orgnr", custodian.orgnr));
	by = operate_action(call, "custodian add", detail);
	rc = control_custodian_add(in->control, &custodian, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, custodian.orgnr, "custodian-added", detail, reterr);
	return rc ? rc : operate_answer(out, operate_row_custodian(&custodian), reterr);
}

enum rc operate_custodian_list(struct installation *in, const struct operate_call *call,
			       struct operate_output *out, struct err *reterr)
{
	struct control_custodians custodians = { 0 };
	json_t *rows = json_array();
	enum rc rc = control_custodian_list(in->control, &custodians, reterr);

	(void)call;
	for (size_t i = 0; !rc && i < custodians.len; i++)
		json_array_append_new(rows, operate_row_custodian(&custodians.list[i]));
	control_custodians_release(&custodians);
	if (rc) {
		json_decref(rows);
		return rc;
	}
	return operate_answer(out, json_pack("{so}", "custodians", rows), reterr);
}
