#include "base/rc.h"

const char *rc_name(enum rc rc)
{
	switch (rc) {
	case RC_OK: return "ok";
	case RC_NOMEM: return "no-memory";
	case RC_INVALID: return "invalid";
	case RC_FORBIDDEN: return "forbidden";
	case RC_NOT_FOUND: return "not-found";
	case RC_CONFLICT: return "conflict";
	case RC_LIMIT: return "limit";
	case RC_BUSY: return "busy";
	case RC_FULL: return "full";
	case RC_IO: return "io";
	case RC_CORRUPT: return "corrupt";
	case RC_UNSUPPORTED: return "unsupported";
	}
	return "unknown";
}
