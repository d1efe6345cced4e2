/* The admin listener: live, ready, metrics. */
#include "installation/installation.h"
#include "varded/varded.h"

void on_live(struct exchange *x, void *ctx)
{
	(void)ctx;
	exchange_reply_json(x, 200, json_pack("{s:s}", "status", "live"));
}

/* Ready while it takes submissions: each issuer's keys known or at least tried, not
 * draining, no tenant's file in quarantine for all of them. An issuer that is down
 * later does not count: another instance would not know its keys either. */
void on_ready(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;
	struct writer_status status;
	bool draining = __atomic_load_n(&v->draining, __ATOMIC_ACQUIRE);
	bool settled = issuers_settled(v->issuers);
	bool ready;

	writer_status(v->installation->writer, NULL, &status);
	ready = settled && !draining && (!status.tenants || status.quarantined < status.tenants);
	exchange_reply_json(x, ready ? 200 : 503,
			    json_pack("{s:s, s:I, s:I}", "status",
				      ready      ? "ready"
				      : draining ? "draining"
				      : settled  ? "unwell"
						 : "starting",
				      "tenants", (json_int_t)status.tenants, "quarantined",
				      (json_int_t)status.quarantined));
}

void on_metrics(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;
	struct buf text = buf_capped((size_t)4 << 20);

	if (metrics_render(v->metrics, &text))
		exchange_refuse(x, "internal-error");
	else
		exchange_reply(x, 200, METRICS_CONTENT_TYPE, &text);
	buf_release(&text);
}
