#include "operate/span.h"

#include "base/cleanup.h"

enum rc operate_span(const struct operate_call *call, struct own_asked *asked, struct err *reterr)
{
	static const char *const names[] = { "from", "to" };
	const char *where = NULL;

	for (size_t i = 0; !where && i < ARRAY_LEN(names); i++) {
		const char *text = operate_text(call, names[i]);

		if (text && own_asked_set(asked, names[i], text))
			where = names[i];
	}
	if (where || own_asked_finish(asked, call->now_ms, &where))
		return err_set(reterr, RC_INVALID, "argument-value", where,
			       "is a month, YYYY-MM, not after this one; from before to, and at "
			       "most %d months",
			       OWN_MONTHS_MAX);
	return RC_OK;
}
