/* Inside of the room: which versions of the code lists a schema was written with. */
#ifndef VARDE_DOCUMENTS_CODE_VERSIONS_H
#define VARDE_DOCUMENTS_CODE_VERSIONS_H

#include "codes/codes.h"

#include <jansson.h>

/* JSON object text from every list to a version: of lists that the schema repeats in an
 * `enum` (beside x-varde-codes) the version that it repeats, of the others the one in
 * force. An old schema goes on saying the old version when a list grows. malloc'd.
 * RC_INVALID ("codes-unknown") when it uses a code or list that is not there, RC_NOMEM. */
NODISCARD enum rc document_code_versions(const struct codes *codes, json_t *schema, char **ret,
					 struct err *reterr);

#endif
