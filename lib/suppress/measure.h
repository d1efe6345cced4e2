#ifndef VARDE_SUPPRESS_MEASURE_H
#define VARDE_SUPPRESS_MEASURE_H
#include "suppress/system.h"
struct suppress_audit {
	uint32_t recoverable, single, narrow, small, revealed, insiders, insiders_succeed,
		insiders_worst, not_additive;
};
NODISCARD enum rc suppress_audit(const struct suppress_system *s, struct suppress_audit *ret,
				 struct err *reterr);
#endif
