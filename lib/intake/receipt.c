#include "intake/receipt.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "documents/documents.h"
#include "rules/catalogue.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGE_MAX 4096

const char *receipt_reference(const unsigned char digest[STORE_DIGEST_SIZE],
			      char out[RECEIPT_REFERENCE_SIZE])
{
	static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint64_t bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < 7; i++)
		bits = bits << 8 | digest[i];
	for (int shift = 51; shift >= 6; shift -= 5) {
		if (n == 5)
			out[n++] = '-';
		out[n++] = symbols[bits >> shift & 31];
	}
	out[n] = '\0';
	return out;
}

/* One finding in the words of the contract. */
static json_t *finding_json(const char *pointer, const char *keyword, const char *code,
			    const char *detail, const struct rules *rules, const char *lang)
{
	CLEANUP(buf_release) struct buf message = buf_capped(MESSAGE_MAX);

	if (rules_message(rules, code, strcmp(lang, "en") ? RULES_NB : RULES_EN, detail, &message))
		buf_clear(&message);
	return json_pack("{s:s, s:s, s:s, s:s}", "pointer", pointer, keyword ? "keyword" : "rule",
			 keyword ? keyword : code, "code", code, "message",
			 message.len ? buf_text(&message) : code);
}

json_t *receipt_findings(struct findings *findings, enum finding_severity severity,
			 const struct rules *rules, const char *lang)
{
	json_t *array = json_array();

	findings_sort(findings);
	for (size_t i = 0; array && i < findings->len; i++) {
		const struct finding *f = &findings->list[i];

		if (f->severity != severity)
			continue;
		if (json_array_append_new(array, finding_json(f->pointer, f->keyword, f->code,
							      f->detail, rules, lang))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

char *receipt_warnings_text(struct findings *findings)
{
	json_t *array = json_array();
	char *text;

	findings_sort(findings);
	for (size_t i = 0; array && i < findings->len; i++) {
		const struct finding *f = &findings->list[i];

		if (f->severity == FINDING_WARNING &&
		    json_array_append_new(array,
					  json_pack("{s:s, s:s, s:s*}", "pointer", f->pointer,
						    "code", f->code, "detail", f->detail))) {
			json_decref(array);
			return NULL;
		}
	}
	text = json_dumps(array, JSON_COMPACT);
	json_decref(array);
	return text;
}

static json_t *stored_warnings(const struct store_receipt *receipt, const struct rules *rules,
			       const char *lang)
{
	json_t *stored = json_loads(receipt->warnings ? receipt->warnings : "[]", 0, NULL);
	json_t *array = json_array(), *warning;
	size_t i;

	json_array_foreach(stored, i, warning)
	{
		const char *pointer = "", *code = "", *detail = NULL;

		if (!json_unpack(warning, "{s:s, s:s, s?s}", "pointer", &pointer, "code", &code,
				 "detail", &detail))
			json_array_append_new(
				array, finding_json(pointer, NULL, code, detail, rules, lang));
	}
	if (receipt->possible_duplicate)
		json_array_append_new(array, finding_json("/source/local_case_id", NULL,
							  "possible-duplicate", NULL, rules, lang));
	json_decref(stored);
	return array;
}

void receipt_warn_of_schema(json_t *warnings, const struct document_type *type, int64_t now_ms,
			    const struct rules *rules, const char *lang)
{
	enum document_state state = document_state(type, now_ms);
	char sunset[CLOCK_TEXT_SIZE] = "", detail[160];

	if (state != DOCUMENT_DEPRECATED && state != DOCUMENT_RETIRED)
		return;
	if (type->sunset_ms) /* midnight, of which the day is printed */
		clock_format(type->sunset_ms, sunset);
	snprintf(detail, sizeof(detail), "%.64s%s%.10s", type->successor ? type->successor : "",
		 *sunset ? ", " : "", sunset);
	json_array_append_new(warnings, finding_json("", NULL, rule_code(RULE_DEPRECATED),
						     *detail ? detail : NULL, rules, lang));
}

json_t *receipt_to_json(const struct store_receipt *receipt, const struct rules *rules,
			const char *lang)
{
	char reference[RECEIPT_REFERENCE_SIZE], digest[STORE_DIGEST_TEXT_SIZE];
	char received[CLOCK_TEXT_SIZE], first[CLOCK_TEXT_SIZE];

	return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "organisation",
			 receipt->organisation, "sender", receipt->sender, "report_id",
			 receipt->report_id, "revision", (json_int_t)receipt->revision, "schema",
			 receipt->schema, "reference",
			 receipt_reference(receipt->digest, reference), "received_at",
			 clock_format(receipt->received_at, received), "first_received_at",
			 clock_format(receipt->first_received_at, first), "digest",
			 store_digest_text(receipt->digest, digest), "status", "accepted",
			 "warnings", stored_warnings(receipt, rules, lang));
}
