/* What a report's life leaves outside its own file: who names it, and that it was erased
 * (noted with the commit by the installation, and made up for here). */
#ifndef VARDE_INTAKE_LIFE_H
#define VARDE_INTAKE_LIFE_H

#include "intake/intake.h"

#include <stddef.h>

/* Before documents go to the writer: notes the reports that they name, so that these
 * can be shown who names them; one write for all. Without memory or with a failing
 * register they are not taken: RC_IO, RC_FULL, RC_NOMEM. */
NODISCARD enum rc life_note_links(struct installation *in,
				  const struct intake_document *const *documents, size_t n);

/* At start, once every tenant's file is open: what the register says was erased is erased
 * in a restored file too, and what a file says goes into the register. `*ret_n`: reports
 * erased again. A file that fails is passed over; what failed first is returned. */
NODISCARD enum rc life_reconcile(struct installation *in, int64_t now_ms, size_t *ret_n,
				 struct err *reterr);

/* The reports that name this one as related, [{organisation, report_id}], of any organisation:
 * those whose current revision does so, withdrawn ones and those whose file fails left out.
 * Nothing else of them is read. New reference, NULL when memory ran out or the register failed. */
json_t *life_linked_by(struct installation *in, const char *orgnr, const char *report_id);

#endif
