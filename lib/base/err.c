#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#undef err_set /* the analyzer's */
enum rc err_set(struct err *err, enum rc rc, const char *code, const char *where, const char *fmt,
		...)
{
	va_list ap;

	if (!err)
		return rc;
	snprintf(err->code, sizeof(err->code), "%s", code);
	snprintf(err->where, sizeof(err->where), "%s", where ? where : "");
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return rc;
}

void err_at(struct err *err, const char *where)
{
	if (err)
		snprintf(err->where, sizeof(err->where), "%s", where);
}
