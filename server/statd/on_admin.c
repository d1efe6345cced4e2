/* For operators and their monitoring, on a listener of its own. */
#include "statd/serving.h"
#include "statd/statd.h"

void on_live(struct exchange *x, void *ctx)
{
	(void)ctx;
	exchange_reply_json(x, 200, json_pack("{s:s}", "status", "live"));
}

/* Ready without a release, too: it then says so to whoever asks. */
void on_ready(struct exchange *x, void *ctx)
{
	const struct statd *s = ctx;
	CLEANUP(published_freep) struct published *p = serving_current(s->serving);

	exchange_reply_json(x, 200,
			    json_pack("{s:s, s:s?}", "status", "ready", "release",
				      p ? published_release(p) : NULL));
}

void on_metrics(struct exchange *x, void *ctx)
{
	const struct statd *s = ctx;
	struct buf text = buf_capped((size_t)4 << 20);

	(void)!metrics_render(s->metrics, &text);
	exchange_reply(x, 200, METRICS_CONTENT_TYPE, &text);
}
