/* Remembering for its owner what was sent and not stored as new. A submission counts once,
 * where it was decided; what never came to be read (429 at the door, a body too large, a
 * batch that was given up) was not received and counts nowhere. */
#ifndef VARDE_VARDED_UNSTORED_H
#define VARDE_VARDED_UNSTORED_H

#include "varded/varded.h"

/* Before the refusal is answered, which releases it. Whose it is: the document's owner once
 * that was found, else the caller's own organisation where that owns reports. One of `caller`
 * and `d` is given, or both. */
void unstored_refused(struct varded *v, const struct exchange *x,
		      const struct intake_caller *caller, const struct intake_document *d,
		      enum rc rc, const struct refusal *refusal);

void unstored_repeated(struct varded *v, const struct intake_document *d);

#endif
