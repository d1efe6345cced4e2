/* The door: who may come in, before anything of a body is read. A token that was
 * verified before lets its organisation in, as far as that has places; everybody else
 * is a stranger, has a place among strangers, and brings no byte in before the token is
 * verified. So strangers can fill neither memory nor the places of those who are known.
 *
 *   known ────────────────────────────── tenant's place ──── body, handler
 *   not known ── stranger's place ── verified ── tenant's place ──── body, handler
 *                                    └─ refused; the body is read and dropped
 *   needs no token ── stranger's place ──── handler */
#ifndef VARDE_VARDED_DOOR_H
#define VARDE_VARDED_DOOR_H

#include "varded/varded.h"

/* Makes v->tenants and v->strangers, and registers their metrics with v->metrics.
 * RC_NOMEM. */
NODISCARD enum rc door_open(struct varded *v);
/* When no exchange is left. */
void door_close(struct varded *v);

/* For http_options; `ctx` is the varded. */
enum http_entry door_ask(struct exchange *x, void *ctx);
void door_verify(struct exchange *x, void *ctx);

#endif
