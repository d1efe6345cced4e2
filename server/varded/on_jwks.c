/* GET /.well-known/jwks.json: the public keys of receipts, old ones too. */
#include "varded/receipt_keys.h"
#include "varded/varded.h"

void on_jwks(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;

	exchange_reply_json(x, 200, json_deep_copy(receipt_keys_jwks(v->receipt_keys)));
}
