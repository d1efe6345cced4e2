/* DPoP proofs: checked against the request, and remembered over restarts.
 *
 * At start a marker is laid down and at a clean stop it goes, after the used
 * proofs were written. A marker found at start means a crash: then what was used
 * is not known, and proofs made up to now (and a clock's skew) are refused. Where
 * nonces are asked for that is not needed: their key died with the process, so no
 * proof of before fits any more. */
#include "intake/proof.h"

#include "base/file.h"
#include "jose/dpop.h"
#include "trace/advice.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct proofs {
	struct jose_dpop_rules rules;
	struct jose_replay *used;
	struct jose_nonces *nonces; /* NULL: none are asked for */
	char marker[4096], saved[4096];
};

static enum rc lay_marker(const struct proofs *p, bool *ret_crashed, struct err *reterr)
{
	int fd;

	*ret_crashed = access(p->marker, F_OK) == 0;
	fd = open(p->marker, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(reterr, RC_IO, "folder-unusable", p->marker, "cannot write here");
	close(fd);
	if (file_sync_parent(p->marker)) /* before the first proof is used */
		return err_set(reterr, RC_IO, "folder-unusable", p->marker, "cannot write here");
	return RC_OK;
}

static enum rc load(struct proofs *p, int64_t now_ms, struct err *reterr)
{
	bool crashed;
	enum rc rc = lay_marker(p, &crashed, reterr);

	if (rc)
		return rc;
	rc = jose_replay_load(p->used, p->saved, now_ms, reterr);
	if (rc == RC_NOMEM)
		return rc;
	if ((crashed || (rc && rc != RC_NOT_FOUND)) && !p->nonces)
		jose_replay_set_floor(p->used, now_ms / 1000 + p->rules.max_ahead_s);
	return RC_OK;
}

enum rc proofs_open(const struct config *config, int64_t now_ms, struct proofs **ret,
		    struct err *reterr)
{
	CLEANUP_FREE struct proofs *p = calloc(1, sizeof(*p));
	enum rc rc;

	if (!p)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	p->rules = JOSE_DPOP_RULES(config->external_url);
	p->rules.max_age_s = config->dpop_max_age_s;
	p->rules.max_ahead_s = config->dpop_skew_s;
	rc = config_data_path(config, "dpop-proofs.open", p->marker, sizeof(p->marker));
	if (!rc)
		rc = config_data_path(config, "dpop-proofs", p->saved, sizeof(p->saved));
	if (!rc)
		rc = jose_replay_new((size_t)config->dpop_remembered, &p->used, reterr);
	if (!rc && config->dpop_nonce)
		rc = jose_nonces_new(&p->nonces, reterr);
	p->rules.nonces = p->nonces;
	if (!rc)
		rc = load(p, now_ms, reterr);
	if (!rc) {
		*ret = TAKE_PTR(p);
		return RC_OK;
	}
	jose_replay_free(p->used);
	jose_nonces_free(p->nonces);
	return rc;
}

void proofs_close(struct proofs *p, int64_t now_ms)
{
	int64_t forgotten_s;

	if (!p)
		return;
	/* What was used longer ago is no longer in the set; it was made at most
	 * max_ahead after that. */
	forgotten_s = now_ms / 1000 - jose_dpop_keep_s(&p->rules) + p->rules.max_ahead_s;
	if (!jose_replay_save(p->used, p->saved, forgotten_s, now_ms, NULL))
		unlink(p->marker);
	jose_replay_free(p->used);
	jose_nonces_free(p->nonces);
	free(p);
}

void proofs_count(const struct proofs *p, size_t *ret_len, size_t *ret_room)
{
	*ret_len = jose_replay_len(p->used);
	*ret_room = jose_replay_room(p->used);
}

/* What jose says in its own words, in ours. */
static enum rc refuse_proof(enum rc rc, const struct err *err, struct refusal *refusal)
{
	if (rc == RC_NOMEM)
		return rc;
	if (rc == RC_BUSY)
		return refuse_because(refusal, rc, "busy", trace_reason("proof", err->where));
	return refuse_because(refusal, RC_FORBIDDEN,
			      strcmp(err->code, "use-dpop-nonce") ? "invalid-dpop-proof"
								  : "use-dpop-nonce",
			      trace_reason("proof", err->where));
}

enum rc proofs_check(struct proofs *p, const struct intake_credentials *credentials,
		     const struct jose_token *token, const char *token_text, int64_t now_ms,
		     char nonce[JOSE_NONCE_SIZE], struct refusal *refusal)
{
	const struct jose_dpop_request request = {
		.token = token,
		.token_text = token_text,
		.token_len = strlen(token_text),
		.method = credentials->method,
		.path = credentials->path,
	};
	struct err err = { 0 };
	bool ageing = false;
	enum rc rc;

	nonce[0] = '\0';
	if (!credentials->dpop)
		rc = refuse_because(refusal, RC_FORBIDDEN, "invalid-dpop-proof", "proof-missing");
	else
		rc = jose_dpop_check(&p->rules, &request, credentials->dpop,
				     strlen(credentials->dpop), p->used, now_ms, &ageing, &err);
	/* Whoever has to make another proof, now or soon, learns the nonce for it. */
	if (p->nonces && (rc || ageing))
		jose_nonce_now(p->nonces, now_ms, nonce);
	return rc && credentials->dpop ? refuse_proof(rc, &err, refusal) : rc;
}
