/* A custodian's public file: taken only with a proof that holds for the very key, so
 * any change to key, kid, date or proof is refused. */
#include "fuzz.h"

#include "seal/custodian.h"

#include <jansson.h>
#include <sodium.h>

/* Changes one character of a member's text and asks again. */
static void refused_when_changed(json_t *file, json_t *object, const char *name, size_t where)
{
	const char *old = json_string_value(json_object_get(object, name));
	CLEANUP_FREE char *text = strdup(old);
	CLEANUP_FREE char *whole = NULL;
	struct seal_recipient who;
	json_t *kept = json_string(old);
	char *c;

	MUST(text && kept && *text);
	c = &text[where % strlen(text)];
	*c = *c == '1' ? '2' : '1';
	json_object_set_new(object, name, json_string(text));
	whole = json_dumps(file, 0);
	MUST(whole && seal_custodian_load(whole, strlen(whole), &who, NULL, NULL));
	json_object_set_new(object, name, kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seal_recipient who = { 0 }, again;
	struct err err = { 0 };
	int64_t opened_ms = -1;
	json_t *file, *proof;
	enum rc rc = seal_custodian_load((const char *)data, size, &who, &opened_ms, &err);

	if (rc) {
		MUST(!*who.kid && opened_ms == -1 && !strncmp(err.code, "custodian-", 10));
		return 0;
	}
	seal_recipient_init(&again, who.public_key);
	MUST(!strcmp(again.kid, who.kid));
	file = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	proof = json_object_get(file, "proof");
	MUST(!strcmp(who.kid, json_string_value(json_object_get(file, "kid"))));
	refused_when_changed(file, file, "kid", size);
	refused_when_changed(file, file, "public_key", size);
	refused_when_changed(file, proof, "signing_key", size);
	refused_when_changed(file, proof, "signature", size);
	refused_when_changed(file, proof, "opened_at", size);
	json_decref(file);
	return 0;
}
