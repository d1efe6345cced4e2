/* GET /v1/codes and /v1/codes/{list}: the code lists, with labels in nb and en. */
#include "codes/codes.h"
#include "installation/installation.h"
#include "varded/varded.h"

void on_codes(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;
	size_t len;
	const char *text = codes_index_json(v->installation->codes, &len);

	exchange_reply_static(x, 200, "application/json", text, len);
}

void on_code_list(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;
	size_t len = 0;
	const char *text = codes_list_json(v->installation->codes, exchange_param(x, "list"), &len);

	if (text)
		exchange_reply_static(x, 200, "application/json", text, len);
	else
		exchange_refuse(x, "not-found");
}
