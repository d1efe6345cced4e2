#include "writer/internal.h"

#include <sodium.h>

static enum rc begin(void *ctx, struct store_group *ret)
{
	struct group_sealer *s = ctx;
	const struct writer_options *options = &s->writer->options;
	struct seal_group_context context = { .version = SEAL_VERSION,
					      .created_ms = writer_now(s->writer) };
	struct seal_recipient recipients[SEAL_RECIPIENTS_MAX];
	const struct seal_stored_group *stored;
	size_t n = 0;
	enum rc rc =
		options->recipients(options->ctx, s->orgnr, recipients, SEAL_RECIPIENTS_MAX, &n);

	if (rc)
		return rc;
	snprintf(context.tenant, sizeof(context.tenant), "%s", s->orgnr);
	randombytes_buf(context.group_id, sizeof(context.group_id));
	rc = seal_group_new(&context, recipients, n, &s->group, NULL);
	if (rc)
		return rc;
	stored = seal_group_stored(s->group);
	for (size_t i = 0; i < stored->wraps_len; i++)
		s->wraps[i] = (struct store_wrap){ .kid = stored->wraps[i].kid,
						   .box = stored->wraps[i].box,
						   .box_len = sizeof(stored->wraps[i].box) };
	*ret = (struct store_group){
		.version = context.version,
		.created_at = context.created_ms,
		.wraps = s->wraps,
		.wraps_len = stored->wraps_len,
	};
	memcpy(ret->id, context.group_id, sizeof(ret->id));
	memcpy(ret->commitment, stored->commitment, sizeof(ret->commitment));
	return RC_OK;
}

static enum rc seal(void *ctx, const struct store_item *item, int64_t seq, struct store_sealed *ret)
{
	struct group_sealer *s = ctx;
	struct seal_item_context context = { .report_id = item->report_id,
					     .revision = item->revision,
					     .schema = item->schema,
					     .received_ms = item->received_at,
					     .seq = seq };
	enum rc rc;

	buf_clear(&s->sealed);
	rc = seal_group_item(s->group, &context, item->secret, item->secret_len, &s->sealed, NULL);
	if (rc)
		return rc;
	*ret = (struct store_sealed){ .ciphertext = (const unsigned char *)s->sealed.data,
				      .ciphertext_len = s->sealed.len };
	return RC_OK;
}

static void end(void *ctx)
{
	struct group_sealer *s = ctx;

	seal_group_free(s->group);
	s->group = NULL;
}

void group_sealer_init(struct group_sealer *s, const struct writer *writer, const char *orgnr)
{
	*s = (struct group_sealer){
		.sealer = { .ctx = s, .begin = begin, .seal = seal, .end = end },
		.writer = writer,
		.orgnr = orgnr,
		.sealed = buf_capped(SEAL_SEALED_MAX),
	};
}

void group_sealer_release(struct group_sealer *s)
{
	if (s->group)
		end(s);
	buf_release(&s->sealed);
}
