/* GET /openapi.yaml: the contract, built into the program. */
#include "base/embedded.h"
#include "varded/varded.h"

void on_openapi(struct exchange *x, void *ctx)
{
	(void)ctx;
	exchange_reply_static(x, 200, "application/yaml", embedded_openapi[0].text,
			      embedded_openapi[0].len);
}
