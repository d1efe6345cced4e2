#include "suppress/measure.h"
#include "suppress/audit.h"
enum rc suppress_audit(const struct suppress_system *s, struct suppress_audit *ret,
		       struct err *reterr)
{
	bool *leaks = calloc(s->nodes_len + 1, 1);
	enum rc rc = leaks ? RC_OK : RC_NOMEM;
	*ret = (struct suppress_audit){ 0 };
	(void)reterr;
	if (!rc)
		rc = audit_linear(s, NULL, leaks, &ret->recoverable);
	for (size_t i = 0; !rc && i < s->insiders_len; i++) {
		uint32_t n = 0;
		rc = audit_linear(s, &s->insiders[i], leaks, &n);
		ret->insiders++;
		ret->insiders_succeed += n != 0;
		if (n > ret->insiders_worst)
			ret->insiders_worst = n;
	}
	free(leaks);
	return rc;
}
