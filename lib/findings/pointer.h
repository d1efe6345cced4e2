/* Builds RFC 6901 pointers in place while walking a document: append a step,
 * go down, cut back. The buffer's cap bounds the pointer; a failed buffer stays
 * failed (base/buf.h) and reads as "". */
#ifndef VARDE_FINDINGS_POINTER_H
#define VARDE_FINDINGS_POINTER_H

#include "base/buf.h"

/* Appends "/name", with ~ and / escaped (RFC 6901 section 3). */
void finding_pointer_member(struct buf *pointer, const char *name);

/* Appends "/index". */
void finding_pointer_index(struct buf *pointer, size_t index);

/* Back to the length that the pointer had before a step. */
void finding_pointer_cut(struct buf *pointer, size_t len);

#endif
