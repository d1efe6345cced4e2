/* DPoP proofs: checked against the request, and remembered over restarts.
 *
 * At start a marker is laid down and at a clean stop it goes, after the used
 * proofs were written. A marker found at start means a crash: then what was used
 * is not known, and proofs made up to now (and a clock's skew) are refused. The
 * marker stays as long as such proofs would otherwise pass, so that a start that
 * is given up at once does not make the next one forget the crash. */
#include "intake/private.h"
#include "jose/dpop.h"
#include "trace/advice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROOFS_REMEMBERED 131072
#define SKEW_S 5

static void file_path(const struct intake *intake, const char *name, char out[4096])
{
	snprintf(out, 4096, "%s/%s", intake->installation->config->data, name);
}

enum rc intake_proofs_open(struct intake *intake, int64_t now_ms, struct err *reterr)
{
	char marker[4096], saved[4096];
	enum rc rc = jose_replay_new(PROOFS_REMEMBERED, &intake->replay, reterr);
	bool crashed;
	int fd;

	if (rc)
		return rc;
	file_path(intake, "dpop-proofs.open", marker);
	file_path(intake, "dpop-proofs", saved);
	crashed = access(marker, F_OK) == 0;
	fd = open(marker, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(reterr, RC_IO, "folder-unusable", marker, "cannot write here");
	close(fd);
	rc = jose_replay_load(intake->replay, saved, now_ms, NULL);
	if (crashed || (rc && rc != RC_NOT_FOUND)) {
		intake->replay_floor_s = now_ms / 1000 + SKEW_S;
		jose_replay_set_floor(intake->replay, intake->replay_floor_s);
	}
	return rc == RC_NOMEM ? rc : RC_OK;
}

static bool floor_matters(const struct intake *intake, int64_t now_s)
{
	const struct jose_dpop_rules rules = JOSE_DPOP_RULES(NULL);

	return intake->replay_floor_s && now_s <= intake->replay_floor_s + rules.max_age_s;
}

void intake_proofs_close(struct intake *intake, int64_t now_ms)
{
	char marker[4096], saved[4096];

	if (!intake->replay)
		return;
	file_path(intake, "dpop-proofs.open", marker);
	file_path(intake, "dpop-proofs", saved);
	if (!jose_replay_save(intake->replay, saved, now_ms, NULL) &&
	    !floor_matters(intake, now_ms / 1000))
		unlink(marker);
	jose_replay_free(intake->replay);
	intake->replay = NULL;
}

enum rc intake_check_proof(struct intake *intake, const struct intake_credentials *credentials,
			   const struct jose_token *token, const char *token_text, int64_t now_ms,
			   struct refusal *refusal)
{
	const struct jose_dpop_rules rules =
		JOSE_DPOP_RULES(intake->installation->config->external_url);
	const struct jose_dpop_request request = {
		.token = token,
		.token_text = token_text,
		.token_len = strlen(token_text),
		.method = credentials->method,
		.path = credentials->path,
	};
	struct err err = { 0 };
	enum rc rc;

	if (!credentials->dpop)
		return refuse_because(refusal, RC_FORBIDDEN, "invalid-dpop-proof", "proof-missing");
	rc = jose_dpop_check(&rules, &request, credentials->dpop, strlen(credentials->dpop),
			     intake->replay, now_ms, &err);
	if (!rc || rc == RC_NOMEM)
		return rc;
	if (rc == RC_BUSY)
		return refuse_because(refusal, rc, "busy", "proof-memory-full");
	return refuse_because(refusal, RC_FORBIDDEN, "invalid-dpop-proof",
			      trace_reason("proof", err.where));
}
