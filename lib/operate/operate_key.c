#include "operate/call.h"

#include "installation/installation.h"
#include "operate/key_evidence.h"
#include "operate/rows.h"

#include <string.h>

/* RSA keys that name no algorithm do for two. */
static void name_algs(unsigned algs, char *out, size_t size)
{
	static const enum jose_alg all[] = { JOSE_PS256, JOSE_RS256, JOSE_ES256, JOSE_ES384 };
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (algs & all[i])
			used += (size_t)snprintf(out + used, size - used, "%s%s", used ? " " : "",
						 jose_alg_name(all[i]));
}

/* --from and --to are days, both included. Without --from a key is good from the
 * start of the day, so that what was signed minutes ago is not lost. The dates of
 * a certificate may be narrowed, never widened. */
static enum rc choose_dates(const struct operate_call *call, const struct key_import *import,
			    struct control_key *key, struct err *reterr)
{
	int64_t from = call->now_ms - call->now_ms % OPERATE_DAY_MS, to = 0;

	if (operate_date_ms(call, "to", &to))
		to += OPERATE_DAY_MS;
	if (import->valid_to) {
		if (!operate_date_ms(call, "from", &from) || from < import->valid_from)
			from = import->valid_from;
		if (!to || to > import->valid_to)
			to = import->valid_to;
	} else {
		operate_date_ms(call, "from", &from);
	}
	if (to && to <= from)
		return err_set(reterr, RC_INVALID, "key-dates", "to",
			       "the key would be valid at no time");
	if (to && to <= call->now_ms)
		return err_set(reterr, RC_INVALID, "key-expired", "to",
			       "the key is valid no longer");
	key->valid_from = from;
	key->valid_to = to;
	return RC_OK;
}

static char *public_jwk(const struct jose_key *key, struct err *reterr)
{
	json_t *jwk = NULL;
	char *text;

	if (jose_key_export(key, &jwk, reterr))
		return NULL;
	text = json_dumps(jwk, JSON_COMPACT);
	json_decref(jwk);
	if (!text)
		err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	return text;
}

enum rc operate_key_add(struct installation *in, const struct operate_call *call,
			struct operate_output *out, struct err *reterr)
{
	const char *orgnr = operate_text(call, "orgnr");
	CLEANUP(key_import_release) struct key_import import = { 0 };
	CLEANUP(key_evidence_release) struct key_evidence evidence = { 0 };
	CLEANUP_FREE char *jwk = NULL, *detail = NULL;
	struct control_key key = { .orgnr = orgnr, .added_at = call->now_ms };
	struct control_action by;
	char algs[64];
	enum rc rc = key_import(call, &import, reterr);

	if (rc)
		return rc;
	if (import.orgnr[0] && strcmp(import.orgnr, orgnr))
		return err_set(reterr, RC_INVALID, "certificate-organisation", "cert",
			       "the certificate belongs to organisation %s", import.orgnr);
	rc = choose_dates(call, &import, &key, reterr);
	if (!rc)
		rc = key_evidence_take(in->config, call, &import, &evidence, reterr);
	if (rc)
		return rc;
	jwk = public_jwk(import.key, reterr);
	if (!jwk)
		return RC_NOMEM;
	name_algs(jose_key_algs(import.key), algs, sizeof(algs));
	key.kid = jose_key_kid(import.key);
	key.alg = algs;
	key.jwk = jwk;
	key.source = import.source;
	key.evidence = evidence.chain ? evidence.chain : import.evidence;
	key.proven = evidence.proven;
	key.proof = evidence.proof;
	detail = operate_detail(json_pack("{ss ss ss ss?}", "orgnr", orgnr, "kid", key.kid,
					  "source", key.source, "proven", key.proven));
	by = operate_action(call, "key add", detail);
	rc = control_key_add(in->control, &key, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, orgnr, "key-added", detail, reterr);
	return rc ? rc : operate_answer(out, operate_row_key(&key, call->now_ms), reterr);
}

enum rc operate_key_list(struct installation *in, const struct operate_call *call,
			 struct operate_output *out, struct err *reterr)
{
	const char *orgnr = operate_text(call, "orgnr");
	struct control_tenant tenant = { 0 };
	struct control_keys keys = { 0 };
	json_t *rows;
	enum rc rc;

	if (orgnr) {
		rc = control_tenant_get(in->control, orgnr, &tenant, reterr);
		if (rc)
			return rc;
		control_tenant_release(&tenant);
	}
	rc = control_key_list(in->control, orgnr, &keys, reterr);
	if (rc)
		return rc;
	rows = json_array();
	for (size_t i = 0; i < keys.len; i++)
		json_array_append_new(rows, operate_row_key(&keys.list[i], call->now_ms));
	control_keys_release(&keys);
	return operate_answer(out, json_pack("{so}", "keys", rows), reterr);
}

enum rc operate_key_revoke(struct installation *in, const struct operate_call *call,
			   struct operate_output *out, struct err *reterr)
{
	const char *kid = operate_text(call, "kid");
	struct control_key key = { 0 };
	CLEANUP_FREE char *detail = NULL;
	struct control_action by;
	enum rc rc = control_key_get(in->control, kid, &key, reterr);

	if (rc)
		return rc;
	detail = operate_detail(json_pack("{ssss}", "orgnr", key.orgnr, "kid", kid));
	by = operate_action(call, "key revoke", detail);
	rc = control_key_revoke(in->control, kid, &by, reterr);
	if (!rc)
		rc = operate_changed(in, call, key.orgnr, "key-revoked", detail, reterr);
	if (!rc) {
		struct control_key revoked = key;

		revoked.revoked_at = call->now_ms;
		revoked.revoke_reason = call->reason;
		rc = operate_answer(out, operate_row_key(&revoked, call->now_ms), reterr);
	}
	control_key_release(&key);
	return rc;
}
