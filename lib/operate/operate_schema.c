#include "operate/call.h"

#include "documents/documents.h"
#include "installation/installation.h"
#include "operate/schemas.h"
#include "rulebook/rulebook.h"

json_t *schemas_rows(const struct rulebook *book, int64_t now_ms)
{
	size_t len;
	const struct document_type *types = documents_list(book->documents, &len);
	json_t *rows = json_array();

	for (size_t i = 0; i < len; i++) {
		const struct document_type *t = &types[i];

		json_array_append_new(rows,
				      json_pack("{ss ss ss ss sb so so ss? sb}", "schema", t->name,
						"kind", t->kind, "version", t->version, "state",
						document_state_name(document_state(t, now_ms)),
						"open", document_is_taken(t, now_ms), "deprecated",
						operate_time(t->deprecated_ms), "sunset",
						operate_time(t->sunset_ms), "successor",
						t->successor, "kept", t->kept));
	}
	return rows;
}

json_t *schemas_faults(const struct rulebook *book)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < book->faults_len; i++) {
		const struct err *fault = &book->faults[i];

		json_array_append_new(rows, json_pack("{ss ss ss}", "code", fault->code, "where",
						      fault->where, "text", fault->text));
	}
	return rows;
}

enum rc operate_schema_list(struct installation *in, const struct operate_call *call,
			    struct operate_output *out, struct err *reterr)
{
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);

	return operate_answer(out,
			      json_pack("{so so so}", "schemas", schemas_rows(book, call->now_ms),
					"faults", schemas_faults(book), "read_at",
					operate_time(book->read_at)),
			      reterr);
}
