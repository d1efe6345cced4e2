#include "operate/call.h"

#include "documents/documents.h"
#include "installation/installation.h"

enum rc operate_schema_list(struct installation *in, const struct operate_call *call,
			    struct operate_output *out, struct err *reterr)
{
	size_t len;
	const struct document_type *types = documents_list(in->documents, &len);
	json_t *rows = json_array();

	(void)call;
	for (size_t i = 0; i < len; i++)
		json_array_append_new(rows, json_pack("{ss ss ss sb}", "schema", types[i].name,
						      "kind", types[i].kind, "version",
						      types[i].version, "open", types[i].open));
	return operate_answer(out, json_pack("{so}", "schemas", rows), reterr);
}
