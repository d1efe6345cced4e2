#include "operate/issuer_keys.h"

#include "base/clock.h"
#include "installation/installation.h"
#include "operate/call.h"

#include <stdio.h>

enum rc issuer_keys_look(struct installation *in, const struct operate_call *call,
			 struct issuer_status ret[CONFIG_ISSUERS_MAX], size_t *ret_n,
			 struct err *reterr)
{
	CLEANUP(issuers_freep) struct issuers *at_rest = NULL;
	struct issuers *issuers = call->process->issuers;
	enum rc rc;

	if (!issuers) {
		rc = issuers_new(in->config, call->now_ms, &at_rest, reterr);
		if (rc)
			return rc;
		issuers = at_rest;
	}
	*ret_n = issuers_count(issuers);
	for (size_t i = 0; i < *ret_n; i++)
		issuers_status(issuers, i, call->now_ms, &ret[i]);
	return RC_OK;
}

enum issuer_state issuer_keys_state(const struct issuer_status *issuer)
{
	if (!issuer->keys)
		return issuer->fetched_ms || issuer->failing_since_ms ? ISSUER_UNAVAILABLE
								      : ISSUER_UNTRIED;
	return issuer->stale || issuer->failing_since_ms ? ISSUER_STALE : ISSUER_FRESH;
}

static const char *plural(const struct issuer_status *issuer)
{
	return issuer->keys == 1 ? "" : "s";
}

/* "; fetching fails since … (code)", or nothing. */
static void failing_text(const struct issuer_status *issuer, char *out, size_t size)
{
	char since[CLOCK_TEXT_SIZE];

	out[0] = '\0';
	if (issuer->failing_since_ms)
		snprintf(out, size, "; fetching fails since %s (%s)",
			 clock_format(issuer->failing_since_ms, since), issuer->code);
}

const char *issuer_keys_text(const struct issuer_status *issuer, char *out, size_t size)
{
	char of[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE], failing[128];

	failing_text(issuer, failing, sizeof(failing));
	clock_format(issuer->fetched_ms, of);
	clock_format(issuer->usable_until_ms, until);
	switch (issuer_keys_state(issuer)) {
	case ISSUER_FRESH:
		snprintf(out, size, "%zu key%s, %s %s", issuer->keys, plural(issuer),
			 issuer->url ? "fetched" : "read from its file", of);
		break;
	case ISSUER_STALE:
		snprintf(out, size, "%zu key%s of %s, in force until %s%s", issuer->keys,
			 plural(issuer), of, until, failing);
		break;
	case ISSUER_UNTRIED:
		snprintf(out, size, "no keys yet: they are fetched when varded starts");
		break;
	case ISSUER_UNAVAILABLE:
		snprintf(out, size, "%s%s: its tokens are answered 503%s",
			 issuer->fetched_ms ? "its keys are too old, of " : "never fetched",
			 issuer->fetched_ms ? of : "", failing);
		break;
	}
	return out;
}

json_t *issuer_keys_row(const struct issuer_status *issuer)
{
	static const char *const states[] = { [ISSUER_FRESH] = "fresh",
					      [ISSUER_STALE] = "stale",
					      [ISSUER_UNTRIED] = "untried",
					      [ISSUER_UNAVAILABLE] = "unavailable" };

	return json_pack("{ss ss ss ss? sI ss so so so ss?}", "name", issuer->name, "profile",
			 issuer->profile, "from", issuer->url ? "url" : "file", "url", issuer->url,
			 "keys", (json_int_t)issuer->keys, "state",
			 states[issuer_keys_state(issuer)], "fetched_at",
			 operate_time(issuer->fetched_ms), "usable_until",
			 operate_time(issuer->usable_until_ms), "failing_since",
			 operate_time(issuer->failing_since_ms), "code",
			 issuer->code[0] ? issuer->code : NULL);
}
