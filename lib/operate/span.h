/* The months that an operator asks for, `from` and `to` of a call. */
#ifndef VARDE_OPERATE_SPAN_H
#define VARDE_OPERATE_SPAN_H

#include "operate/call.h"
#include "own/asked.h"

/* Into `asked`, finished as of the call. RC_INVALID "argument-value" (where = from or to). */
NODISCARD enum rc operate_span(const struct operate_call *call, struct own_asked *asked,
			       struct err *reterr);

#endif
