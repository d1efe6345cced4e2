/* Registers varded's own metrics. */
#ifndef VARDE_VARDED_GAUGES_H
#define VARDE_VARDED_GAUGES_H

#include "varded/varded.h"

/* Before the servers start; `v` outlives its metrics. RC_NOMEM. */
NODISCARD enum rc gauges_register(struct varded *v);

#endif
