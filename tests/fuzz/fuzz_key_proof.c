/* A key's word for whose it is: the input is header and payload, a line each, which
 * the target signs with the key; `thumbprint` is put into a payload that has none,
 * since nobody guesses it. A proof that is taken says what key_proof.h asks, for this
 * organisation, key and month alone. */
#include "fuzz_keys.h"

#include "base/clock.h"
#include "jose/key_proof.h"
#include "json/strict.h"

#define OWNER "310000019"
#define NOW_MS INT64_C(1795300000000)
#define DAY_MS INT64_C(86400000)

static enum rc check(struct piece proof, const struct jose_key *key, const char *orgnr,
		     int64_t now_ms)
{
	struct err err = { 0 };
	enum rc rc = jose_key_proof_check(proof.at, proof.len, key, orgnr, now_ms, &err);

	MUST(!rc || (rc == RC_INVALID && !strncmp(err.code, "key-proof-", 10)));
	return rc;
}

/* The payload with the key's thumbprint in it, or the text as it is. */
static char *payload_of(struct piece line, const struct jose_key *key)
{
	json_t *payload = json_loadb(line.at, line.len, 0, NULL);
	char *text;

	if (!json_is_object(payload) || json_object_get(payload, "thumbprint")) {
		json_decref(payload);
		return fuzz_text(line);
	}
	json_object_set_new(payload, "thumbprint", json_string(jose_key_thumbprint(key)));
	text = json_dumps(payload, JSON_COMPACT);
	json_decref(payload);
	MUST(text);
	return text;
}

static void check_payload(const char *text)
{
	const char *date;
	json_t *payload = NULL;
	int64_t days;

	MUST(!json_strict_load(text, strlen(text), 1, &payload, NULL));
	MUST(json_object_size(payload) == 3);
	MUST(!strcmp(json_string_value(json_object_get(payload, "organisation")), OWNER));
	date = json_string_value(json_object_get(payload, "date"));
	MUST(date && !clock_parse_date(date, strlen(date), &days));
	MUST(days * DAY_MS <= NOW_MS + DAY_MS);
	MUST(days * DAY_MS > NOW_MS - (JOSE_KEY_PROOF_DAYS + 1) * DAY_MS);
	json_decref(payload);
}

static void try_proof(struct piece header, struct piece line)
{
	static struct jose_key *key, *other;
	CLEANUP_FREE char *payload = NULL;
	CLEANUP_FREE char *text = NULL;
	struct piece proof = { NULL, 0 };

	key = key ? key : fuzz_key(NULL);
	other = other ? other : fuzz_key(NULL);
	payload = payload_of(line, key);
	text = fuzz_jws(key, header, (struct piece){ payload, strlen(payload) }, NULL, &proof.len);
	proof.at = text;
	if (check(proof, key, OWNER, NOW_MS))
		return;
	check_payload(payload);
	MUST(check(proof, other, OWNER, NOW_MS));
	MUST(check(proof, key, "310000027", NOW_MS));
	MUST(check(proof, key, OWNER, NOW_MS + (JOSE_KEY_PROOF_DAYS + 2) * DAY_MS));
	MUST(check(proof, key, OWNER, NOW_MS - (JOSE_KEY_PROOF_DAYS + 2) * DAY_MS));
	fuzz_touch(text, proof.len, line.len * 31 + header.len);
	MUST(check(proof, key, OWNER, NOW_MS));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct piece rest = { (const char *)data, size }, header = fuzz_take(&rest, '\n');

	try_proof(header, rest);
	return 0;
}
