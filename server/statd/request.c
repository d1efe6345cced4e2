#include "statd/request.h"

#include "base/clock.h"
#include "config/config.h"
#include "limits/rates.h"
#include "statd/readers.h"
#include "statd/serving.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#define TAG_BYTES 16
#define TAG_SIZE (2 * TAG_BYTES + 3) /* hex, quotes and NUL */

/* StatBank counts calls in a window; here a bucket that fills in one window. */
static bool take_call(struct exchange *x, struct statd *s)
{
	const struct config *c = s->config;
	const struct rate rate = {
		.per_minute = c->statistics_calls * 60 / c->statistics_window_s + 1,
		.burst = c->statistics_calls,
	};
	struct rate_level level;
	char text[120];
	enum rc rc = rates_take(s->rates, exchange_client_net(x), 0, &rate, 1, clock_monotonic_us(),
				&level);

	if (rc == RC_BUSY) {
		exchange_refuse(x, "busy");
		return false;
	}
	snprintf(text, sizeof(text), "\"calls\";q=%" PRId64 ";w=%" PRId64, rate.burst,
		 rate_window_s(&rate));
	exchange_add_header(x, "RateLimit-Policy", text);
	snprintf(text, sizeof(text), "\"calls\";r=%" PRId64 ";t=%" PRId64, level.remaining,
		 level.more_s);
	exchange_add_header(x, "RateLimit", text);
	if (rc)
		exchange_problem(x, &(struct problem){ .code = "rate-limited",
						       .retry_after = (unsigned)level.more_s });
	return !rc;
}

static bool find_release(struct exchange *x, struct request *r)
{
	const char *name = exchange_param(x, "release"), *code = NULL;
	enum rc rc = RC_OK;

	r->pinned = *name != '\0';
	if (r->pinned)
		rc = serving_named(r->statd->serving, name, &r->release, NULL);
	else
		r->release = serving_current(r->statd->serving);
	if (rc == RC_FORBIDDEN)
		code = "release-withdrawn";
	else if (rc == RC_NOMEM)
		code = "busy";
	else if (rc)
		code = "release-unknown";
	else if (!r->release)
		code = "no-release";
	if (code)
		exchange_refuse(x, code);
	return !code;
}

static const char *of_release(const struct published *p, const char *member,
			      enum published_lang lang)
{
	const json_t *texts =
		json_object_get(json_object_get(published_manifest(p), "publisher"), member);

	return json_string_value(json_object_get(texts, published_lang_name(lang)));
}

/* The configuration's word, else the release's, else what there is. */
static const char *first_of(const char *configured, const char *released, const char *otherwise)
{
	if (configured)
		return configured;
	return released && *released ? released : otherwise;
}

static void fill_about(struct request *r)
{
	const struct config *c = r->statd->config;
	const char *url = c->statistics_external_url;

	if (r->pinned)
		snprintf(r->base_url, sizeof(r->base_url), "%.500s/releases/%s" API_PATH, url,
			 published_release(r->release));
	else
		snprintf(r->base_url, sizeof(r->base_url), "%.500s" API_PATH, url);
	r->about = (struct px_about){ .base_url = r->base_url,
				      .release = published_release(r->release),
				      .updated_ms = published_as_of_ms(r->release) };
	for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++) {
		r->about.source[lang] = first_of(c->statistics_publisher,
						 of_release(r->release, "name", lang), c->service);
		r->about.contact[lang] = first_of(c->statistics_contact,
						  of_release(r->release, "contact", lang), url);
	}
}

void request_release(struct request *r)
{
	query_release(&r->query);
	published_free(r->release);
	*r = (struct request){ 0 };
}

bool request_begin(struct exchange *x, struct statd *s, unsigned takes, struct request *ret)
{
	*ret = (struct request){ .statd = s };
	if (!take_call(x, s) || !query_read(x, takes, &ret->query))
		return false;
	if (readers_check(s->readers, x, &ret->sector) && find_release(x, ret)) {
		fill_about(ret);
		return true;
	}
	request_release(ret);
	return false;
}

bool request_may_see(const struct request *r, const struct published_table *table)
{
	return table->audience == PUBLISHED_PUBLIC || r->sector;
}

/* Ids in any case, as everything else. One that is not for the caller is answered as one
 * that does not exist, after the same look through the list. */
const struct published_table *request_table(struct exchange *x, const struct request *r)
{
	const struct published_tables *tables = published_tables(r->release);
	const struct published_table *found = NULL;
	const char *id = exchange_param(x, "id");

	for (size_t i = 0; i < tables->len; i++)
		if (!strcasecmp(tables->list[i].id, id) && request_may_see(r, &tables->list[i]))
			found = &tables->list[i];
	if (!found)
		exchange_refuse(x, "table-unknown");
	return found;
}

static void write_tag(const unsigned char sum[TAG_BYTES], char out[TAG_SIZE])
{
	char hex[2 * TAG_BYTES + 1];

	sodium_bin2hex(hex, sizeof(hex), sum, TAG_BYTES);
	snprintf(out, TAG_SIZE, "\"%s\"", hex);
}

/* The release, whose it is, and every word of the question. */
static void tag_of(const struct exchange *x, const struct request *r, char out[TAG_SIZE])
{
	crypto_generichash_state state;
	unsigned char sum[TAG_BYTES];
	const char *name;
	const char *parts[] = {
		published_manifest_hash(r->release), exchange_path(x),
		published_lang_name(r->query.lang),  r->sector ? "sector" : "",
		r->about.source[r->query.lang],      r->about.contact[r->query.lang]
	};

	crypto_generichash_init(&state, NULL, 0, sizeof(sum));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		crypto_generichash_update(&state, (const unsigned char *)parts[i],
					  strlen(parts[i]) + 1);
	for (size_t i = 0; (name = exchange_query_name(x, i)); i++) {
		const char *value = exchange_query(x, name);

		crypto_generichash_update(&state, (const unsigned char *)name, strlen(name) + 1);
		crypto_generichash_update(&state, (const unsigned char *)value, strlen(value) + 1);
	}
	crypto_generichash_final(&state, sum, sizeof(sum));
	write_tag(sum, out);
}

/* true: the client has it, and got 304. */
static bool answer_cached(struct exchange *x, const struct request *r, bool sector, const char *tag,
			  const char *vary)
{
	struct buf none = buf_capped(1);

	exchange_add_header(x, "ETag", tag);
	exchange_add_header(x, "Link", "<" LICENCE ">; rel=\"license\"");
	exchange_add_header(x, "Vary", vary);
	exchange_add_header(x, "Cache-Control",
			    sector      ? "private, no-store"
			    : r->pinned ? "public, max-age=31536000, immutable"
					: "public, max-age=300");
	if (!exchange_etag_matches(x, tag))
		return false;
	exchange_reply(x, 304, NULL, &none);
	return true;
}

bool request_is_cached(struct exchange *x, const struct request *r, bool sector)
{
	char tag[TAG_SIZE];

	tag_of(x, r, tag);
	return answer_cached(x, r, sector, tag, "Accept-Language, Authorization");
}

enum rc request_dump(const json_t *json, struct buf *out)
{
	CLEANUP_FREE char *text = json_dumps(json, JSON_COMPACT);

	return text ? buf_adds(out, text) : RC_NOMEM;
}

void request_reply_whole(struct exchange *x, const struct request *r, bool sector, const char *type,
			 struct buf *body)
{
	unsigned char sum[TAG_BYTES];
	char tag[TAG_SIZE];

	crypto_generichash(sum, sizeof(sum), (const unsigned char *)buf_text(body), body->len, NULL,
			   0);
	write_tag(sum, tag);
	if (!answer_cached(x, r, sector, tag, "Accept, Accept-Language, Authorization"))
		exchange_reply(x, 200, type, body);
}

static const struct published_dimension *dimension_of(const struct published_table *t,
						      const char *code)
{
	for (size_t i = 0; t && i < t->dimensions_len; i++)
		if (!strcasecmp(t->dimensions[i].code, code))
			return &t->dimensions[i];
	return NULL;
}

void request_refuse(struct exchange *x, const struct request *r,
		    const struct published_table *table, const struct err *err)
{
	const struct published_dimension *d = dimension_of(table, err->where);
	json_t *members = json_object();

	(void)r;
	if (d)
		json_object_set_new(members, "variable", json_string(d->code));
	if (d && d->total && !strcmp(err->code, "aggregation-refused"))
		json_object_set_new(members, "total", json_string(d->total));
	exchange_problem(x, &(struct problem){ .code = err->code, .members = members });
	json_decref(members);
}

void request_reply(struct exchange *x, json_t *json)
{
	exchange_reply_json(x, 200, json);
}
