/* Issuers' keys: the schedule, the refresh with a fetcher of our own and clocks that
 * stand where we say, what is kept, and what a configuration may not say. */
#include "jose_fixture.h"

#include "issuers/issuers.h"
#include "issuers/jwks_fetch.h"
#include "issuers/kept.h"
#include "issuers/refresh.h"
#include "issuers/schedule.h"

#include <limits.h>
#include <sodium.h>
#include <sys/stat.h>

#define NOW INT64_C(1795300000000)
#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

static char folder[] = "/tmp/varde-issuers-XXXXXX";
static char data[PATH_MAX], kept[PATH_MAX];
static struct config *config;
static struct jose_key *first, *second;
static char *first_text, *both_text, *second_text;

/* One issuer that is fetched; the fetcher below answers. */
static void set_up(void)
{
	struct config_issuer *issuer;
	struct jose_key *both[2];

	ck_assert_int_ge(sodium_init(), 0);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(data, sizeof(data), "%s", folder);
	snprintf(kept, sizeof(kept), "%s/issuers/remote.jwks.json", folder);
	config = calloc(1, sizeof(*config));
	config->environment = ENVIRONMENT_TEST;
	config->path = strdup("varde.conf");
	config->service = strdup("varde");
	config->data = strdup(data);
	config->issuers_len = 1;
	issuer = &config->issuers[0];
	issuer->name = strdup("remote");
	issuer->profile = strdup("maskinporten");
	issuer->issuer = strdup("https://i/");
	issuer->algorithms = strdup("ES256");
	issuer->types = strdup("at+jwt, JWT");
	issuer->jwks_url = strdup("http://127.0.0.1:1/jwks");
	issuer->leeway_s = 10;
	issuer->max_lifetime_s = 600;
	issuer->refresh_s = 3600;
	issuer->stale_days = 7;
	first = both[0] = fx_key("P-256", "first");
	second = both[1] = fx_key("P-256", "second");
	first_text = fx_jwks_text(&first, 1);
	second_text = fx_jwks_text(&second, 1);
	both_text = fx_jwks_text(both, 2);
}

static void tear_down(void)
{
	char path[PATH_MAX + 16];

	unlink(kept);
	snprintf(path, sizeof(path), "%s/issuers", folder);
	rmdir(path);
	rmdir(folder);
	config_free(config);
	jose_key_free(first);
	jose_key_free(second);
	free(first_text);
	free(second_text);
	free(both_text);
}

/* --- the schedule -------------------------------------------------------------------- */

START_TEST(schedule_keeps_its_interval)
{
	struct schedule s;

	schedule_init(&s, HOUR, 1000);
	ck_assert(schedule_begin(&s, 1000));
	ck_assert(!schedule_begin(&s, 1000 + 10 * HOUR)); /* one is under way */
	schedule_done(&s, true, 1000, 0);
	ck_assert_int_eq(s.due_ms, 1000 + HOUR);
	ck_assert(!schedule_begin(&s, 1000 + HOUR - 1));
	ck_assert(schedule_begin(&s, 1000 + HOUR));
	schedule_done(&s, true, 0, UINT32_MAX);
	ck_assert_int_eq(s.due_ms, HOUR - HOUR / 10);
}
END_TEST

START_TEST(schedule_backs_off)
{
	static const int64_t pauses[] = { 2000,  4000,   8000,   16000,  32000,
					  64000, 128000, 256000, 300000, 300000 };
	struct schedule s;
	int64_t now = 0;

	schedule_init(&s, HOUR, 0);
	for (size_t i = 0; i < ARRAY_LEN(pauses); i++) {
		ck_assert(schedule_begin(&s, now));
		schedule_done(&s, false, now, 0);
		ck_assert_int_eq(s.due_ms - now, pauses[i]);
		now = s.due_ms;
	}
	for (unsigned i = 0; i < 100; i++) /* and never overflows */
		schedule_done(&s, false, now, 0);
	ck_assert(schedule_begin(&s, now + 300000));
	schedule_done(&s, true, now, 0);
	ck_assert_int_eq(s.due_ms, now + HOUR);
	/* Never slower than the ordinary interval. */
	schedule_init(&s, 10000, 0);
	for (unsigned i = 0; i < 8; i++) {
		s.due_ms = INT64_MAX;
		schedule_done(&s, false, 0, 0);
		ck_assert_int_le(s.due_ms, 10000);
	}
}
END_TEST

START_TEST(an_unknown_kid_is_heard_once_in_five_minutes)
{
	struct schedule s;

	schedule_init(&s, HOUR, 0);
	ck_assert(schedule_begin(&s, 0));
	schedule_done(&s, true, 0, 0);
	ck_assert(schedule_ask(&s, 5000));
	for (int64_t t = 5001; t < 5000 + SCHEDULE_ASK_MS; t += 997)
		ck_assert(!schedule_ask(&s, t));
	ck_assert(schedule_begin(&s, 5000));
	/* Asked for during a fetch: that one may have come too early, so another follows. */
	ck_assert(schedule_ask(&s, 5000 + SCHEDULE_ASK_MS));
	schedule_done(&s, true, 5000, 0);
	ck_assert(schedule_begin(&s, 5000 + SCHEDULE_ASK_MS));
	schedule_done(&s, true, 5000 + SCHEDULE_ASK_MS, 0);
	ck_assert(!schedule_begin(&s, 5001 + SCHEDULE_ASK_MS));
	schedule_hurry(&s, 5001 + SCHEDULE_ASK_MS); /* an operator always is */
	ck_assert(schedule_begin(&s, 5001 + SCHEDULE_ASK_MS));
}
END_TEST

/* --- the refresh ----------------------------------------------------------------------- */

/* What the issuer answers, how often it was asked, and what was told of it. */
static struct {
	const char *text;
	const char *fails;
	unsigned fetched;
	unsigned events[ISSUER_KEYS_NOT_KEPT + 1];
	char code[48];
} world;

static enum rc fetch(void *ctx, const struct config_issuer *issuer, const bool *stop,
		     struct buf *out, struct err *reterr)
{
	ck_assert_ptr_eq(ctx, &world);
	ck_assert_str_eq(issuer->name, "remote");
	ck_assert(!*stop);
	world.fetched++;
	if (world.fails)
		return err_set(reterr, RC_IO, world.fails, issuer->jwks_url, "it fails");
	return buf_adds(out, world.text);
}

static void notice(void *ctx, size_t issuer, enum issuer_event event, const struct err *err)
{
	ck_assert_ptr_eq(ctx, &world);
	ck_assert_uint_eq(issuer, 0);
	world.events[event]++;
	snprintf(world.code, sizeof(world.code), "%s", err ? err->code : "");
}

static struct issuers *issuers_at(int64_t now_ms)
{
	struct issuers *issuers = NULL;
	struct err err = { 0 };

	ck_assert_msg(issuers_new(config, now_ms, &issuers, &err) == RC_OK, "%s %s", err.code,
		      err.text);
	return issuers;
}

static struct refresh *refresh_of(struct issuers *issuers)
{
	const struct refresh_options options = { .config = config,
						 .issuers = issuers,
						 .fetch = fetch,
						 .fetch_ctx = &world,
						 .notice = notice,
						 .notice_ctx = &world };
	struct refresh *refresh = NULL;

	ck_assert_int_eq(refresh_new(&options, 0, &refresh, NULL), RC_OK);
	return refresh;
}

static bool has(struct issuers *issuers, const char *kid)
{
	CLEANUP(issuer_set_dropp) struct issuer_set *set = issuers_hold(issuers);

	ck_assert_ptr_eq(set->list[0].jwks, set->keys[0]);
	ck_assert_uint_eq(set->generation, issuers_generation(issuers));
	return set->keys[0] && jose_jwks_find(set->keys[0], kid);
}

START_TEST(keys_come_and_go)
{
	CLEANUP(issuers_freep) struct issuers *issuers = issuers_at(NOW);
	CLEANUP(refresh_freep) struct refresh *r = refresh_of(issuers);
	struct issuer_set *held = issuers_hold(issuers);
	uint64_t generation = issuers_generation(issuers);
	struct issuer_status s;

	ck_assert(!has(issuers, "first") && !issuers_settled(issuers));
	world.text = first_text;
	ck_assert_int_gt(refresh_step(r, 0, NOW), 0);
	ck_assert(has(issuers, "first") && issuers_settled(issuers));
	ck_assert_ptr_null(held->keys[0]); /* who held the old state still has it */
	issuer_set_drop(held);
	ck_assert_uint_gt(issuers_generation(issuers), generation);
	generation = issuers_generation(issuers);

	refresh_step(r, HOUR, NOW + HOUR); /* the same again: nothing has changed */
	ck_assert_uint_eq(world.fetched, 2);
	ck_assert_uint_eq(issuers_generation(issuers), generation);
	world.text = both_text;
	refresh_step(r, 2 * HOUR, NOW + 2 * HOUR);
	ck_assert(has(issuers, "first") && has(issuers, "second"));
	world.text = second_text;
	refresh_step(r, 3 * HOUR, NOW + 3 * HOUR);
	ck_assert(!has(issuers, "first") && has(issuers, "second"));
	ck_assert_uint_eq(issuers_generation(issuers), generation + 2);
	ck_assert_uint_eq(world.events[ISSUER_KEYS_CHANGED], 3);
	issuers_status(issuers, 0, NOW + 3 * HOUR, &s);
	ck_assert_uint_eq(s.refreshed, 4);
	ck_assert_uint_eq(s.keys, 1);
	ck_assert_int_eq(s.fetched_ms, NOW + 3 * HOUR);
	ck_assert_int_eq(s.usable_until_ms, NOW + 3 * HOUR + 7 * DAY);
	ck_assert(!s.stale);
}
END_TEST

START_TEST(a_flood_makes_one_fetch)
{
	CLEANUP(issuers_freep) struct issuers *issuers = issuers_at(NOW);
	CLEANUP(refresh_freep) struct refresh *r = refresh_of(issuers);
	int64_t t;

	world.text = first_text;
	refresh_step(r, 0, NOW);
	for (t = 1000; t < 200000; t += 100) {
		refresh_ask(r, t);
		refresh_step(r, t, NOW + t);
	}
	ck_assert_uint_eq(world.fetched, 2);
	refresh_ask(r, 1000 + SCHEDULE_ASK_MS);
	refresh_step(r, 1000 + SCHEDULE_ASK_MS, NOW + t);
	ck_assert_uint_eq(world.fetched, 3);
}
END_TEST

START_TEST(bad_sets_are_refused_whole)
{
	static const char oct[] = "{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"s\"}";
	CLEANUP(issuers_freep) struct issuers *issuers = issuers_at(NOW);
	CLEANUP(refresh_freep) struct refresh *r = refresh_of(issuers);
	CLEANUP(buf_release) struct buf text = buf_capped(10000);
	const char *bad[] = { "", "[]", "{\"keys\":[]}", "{\"keys\":{}}", "<html>", NULL, NULL };
	char *twice = strdup(second_text);
	struct issuer_status s;
	uint64_t generation;

	world.text = first_text;
	refresh_step(r, 0, NOW);
	generation = issuers_generation(issuers);
	/* second's set with a symmetric key more, and with itself twice */
	twice[strlen(twice) - 2] = '\0';
	buf_addf(&text, "%s,%s]}", twice, oct);
	bad[5] = buf_text(&text);
	bad[6] = "{\"keys\":[{\"kid\":\"x\"},{\"kid\":\"x\"}]}";
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		world.text = bad[i];
		refresh_hurry(r, HOUR * (int64_t)(i + 1));
		refresh_step(r, HOUR * (int64_t)(i + 1), NOW + 1);
		ck_assert_uint_eq(world.events[ISSUER_KEYS_REFUSED], i + 1);
		ck_assert_msg(has(issuers, "first") && !has(issuers, "second"), "%s", bad[i]);
		ck_assert_uint_eq(issuers_generation(issuers), generation);
	}
	issuers_status(issuers, 0, NOW + 1, &s);
	ck_assert_uint_eq(s.refused, ARRAY_LEN(bad));
	ck_assert_uint_eq(s.failed, 0);
	ck_assert_int_eq(s.failing_since_ms, NOW + 1);
	ck_assert_str_eq(s.code, "jwks-duplicate-kid");
	world.text = second_text;
	refresh_step(r, 100 * HOUR, NOW + 2);
	ck_assert_uint_eq(world.events[ISSUER_REFRESH_WELL], 1);
	issuers_status(issuers, 0, NOW + 2, &s);
	ck_assert_int_eq(s.failing_since_ms, 0);
	ck_assert_str_eq(s.code, "");
	free(twice);
}
END_TEST

/* Down for a week: the keys serve on, then no more; a clock that was wrong brings them back. */
START_TEST(stale_keys_serve_for_a_bounded_time)
{
	CLEANUP(issuers_freep) struct issuers *issuers = issuers_at(NOW);
	CLEANUP(refresh_freep) struct refresh *r = refresh_of(issuers);
	struct issuer_status s;
	int64_t t = 0;

	world.text = first_text;
	refresh_step(r, 0, NOW);
	world.fails = "jwks-unreachable";
	while (t < 7 * DAY - 60000) {
		t += refresh_step(r, t, NOW + t);
		ck_assert(t >= 7 * DAY || has(issuers, "first"));
	}
	issuers_status(issuers, 0, NOW + t, &s);
	ck_assert(s.stale && s.keys == 1);
	ck_assert_int_gt(s.failing_since_ms, NOW);
	ck_assert_int_le(s.failing_since_ms, NOW + HOUR);
	ck_assert_str_eq(s.code, "jwks-unreachable");
	/* every five minutes or so, but for the first tries */
	ck_assert_uint_ge(s.failed, 7 * 24 * 12 - 20);
	ck_assert_uint_le(s.failed, 7 * 24 * 12 * 10 / 9 + 20);
	ck_assert_uint_eq(world.events[ISSUER_KEYS_EXPIRED], 0);
	refresh_step(r, 7 * DAY, NOW + 7 * DAY);
	ck_assert(!has(issuers, "first"));
	ck_assert_uint_eq(world.events[ISSUER_KEYS_EXPIRED], 1);
	refresh_step(r, 7 * DAY + 60000, NOW + 7 * DAY + 60000);
	ck_assert_uint_eq(world.events[ISSUER_KEYS_EXPIRED], 1);
	issuers_status(issuers, 0, NOW + 8 * DAY, &s);
	ck_assert(!s.keys && !s.stale && s.fetched_ms == NOW);
	ck_assert(issuers_settled(issuers)); /* it was tried */

	refresh_step(r, 7 * DAY + 70000, NOW + HOUR); /* the wall clock is set right */
	ck_assert(has(issuers, "first"));
	refresh_step(r, 7 * DAY + 80000, NOW - 2 * HOUR); /* keys of the future: age unknown */
	ck_assert(!has(issuers, "first"));
	world.fails = NULL;
	refresh_step(r, 9 * DAY, NOW + 9 * DAY);
	ck_assert(has(issuers, "first"));
}
END_TEST

/* --- what is kept ------------------------------------------------------------------------ */

START_TEST(kept_over_a_restart)
{
	CLEANUP(issuers_freep) struct issuers *issuers = issuers_at(NOW);
	CLEANUP(refresh_freep) struct refresh *r = refresh_of(issuers);
	struct jose_jwks *set = NULL;
	struct issuer_status s;
	struct stat st;
	int64_t at = 0;

	world.text = first_text;
	refresh_step(r, 0, NOW);
	ck_assert_uint_eq(world.events[ISSUER_KEYS_NOT_KEPT], 0);
	ck_assert_int_eq(stat(kept, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(kept_load(config, &config->issuers[0], &set, &at, NULL), RC_OK);
	ck_assert_int_eq(at, NOW);
	jose_jwks_free(set);

	refresh_free(TAKE_PTR(r));
	issuers_free(TAKE_PTR(issuers));
	issuers = issuers_at(NOW + 7 * DAY - 1);
	ck_assert(has(issuers, "first") && issuers_settled(issuers));
	issuers_status(issuers, 0, NOW + 7 * DAY - 1, &s);
	ck_assert(s.stale && s.fetched_ms == NOW);
	issuers_free(TAKE_PTR(issuers));
	issuers = issuers_at(NOW + 7 * DAY);
	ck_assert(!has(issuers, "first") && !issuers_settled(issuers));
	issuers_free(TAKE_PTR(issuers));
	issuers = issuers_at(NOW - HOUR - 1); /* a clock from before they were fetched */
	ck_assert(!has(issuers, "first"));
	issuers_free(TAKE_PTR(issuers));
	config->issuers[0].jwks_url[0] = 'H'; /* keys of another address are another's */
	ck_assert_int_eq(kept_load(config, &config->issuers[0], &set, &at, NULL), RC_NOT_FOUND);
	config->issuers[0].jwks_url[0] = 'h';
	config->issuers[0].issuer[0] = 'H';
	ck_assert_int_eq(kept_load(config, &config->issuers[0], &set, &at, NULL), RC_NOT_FOUND);
}
END_TEST

static void write_kept(const char *text)
{
	char path[PATH_MAX + 16];
	FILE *f;

	snprintf(path, sizeof(path), "%s/issuers", folder);
	mkdir(path, 0700);
	f = fopen(kept, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

START_TEST(a_spoiled_kept_file_counts_as_none)
{
#define HEAD "{\"issuer\":\"https://i/\",\"url\":\"http://127.0.0.1:1/jwks\","
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"null",
		HEAD "\"fetched_at\":1}",
		HEAD "\"fetched_at\":\"i går\"}",
		HEAD "\"fetched_at\":\"2026-11-22T00:00:00Z\"}",
		HEAD "\"fetched_at\":\"2026-11-22T00:00:00Z\",\"keys\":[{\"kty\":\"oct\",\"k\":"
		     "\"AAAA\",\"kid\":\"s\"}]}",
	};
	struct jose_jwks *set = NULL;
	int64_t at;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(issuers_freep) struct issuers *issuers = NULL;
		struct err err = { 0 };

		write_kept(bad[i]);
		ck_assert_int_ne(kept_load(config, &config->issuers[0], &set, &at, &err), RC_OK);
		ck_assert_str_eq(err.where, kept);
		issuers = issuers_at(NOW);
		ck_assert(!has(issuers, "first"));
	}
	ck_assert_ptr_null(set);
}
END_TEST

START_TEST(keys_that_cannot_be_kept_serve_all_the_same)
{
	CLEANUP(issuers_freep) struct issuers *issuers = issuers_at(NOW);
	CLEANUP(refresh_freep) struct refresh *r = refresh_of(issuers);

	free(config->data);
	config->data = strdup("/nowhere/at/all");
	world.text = first_text;
	refresh_step(r, 0, NOW);
	ck_assert(has(issuers, "first"));
	ck_assert_uint_eq(world.events[ISSUER_KEYS_NOT_KEPT], 1);
	ck_assert_str_eq(world.code, "jwks-not-kept");
}
END_TEST

/* --- what may be configured ----------------------------------------------------------------- */

static const struct {
	const char *url;
	bool test, production; /* where it is taken */
} urls[] = {
	{ "https://keys.example/jwks", true, true },
	{ "https://keys.example:8443/a/b?c=d", true, true },
	{ "HTTPS://keys.example/", true, true },
	{ "http://127.0.0.1:8080/jwks", true, false },
	{ "http://127.8.9.10/jwks", true, false },
	{ "http://localhost:1/jwks", true, false },
	{ "http://[::1]:1/jwks", true, false },
	{ "http://keys.example/jwks", false, false },
	{ "http://127.0.0.1.example/jwks", false, false },
	{ "http://localhost.example/jwks", false, false },
	{ "http://10.0.0.1/jwks", false, false },
	{ "http://128.0.0.1/jwks", false, false },
	{ "http://[::2]/jwks", false, false },
	{ "http://127.0.0.1@keys.example/jwks", false, false },
	{ "https://user:secret@keys.example/jwks", false, false },
	{ "https://user@keys.example/jwks", false, false },
	{ "ftp://keys.example/jwks", false, false },
	{ "file:///etc/passwd", false, false },
	{ "gopher://127.0.0.1/", false, false },
	{ "keys.example/jwks", false, false },
	{ "https://", false, false },
	{ "/etc/varde/jwks.json", false, false },
	{ "", false, false },
};

START_TEST(addresses)
{
	for (int production = 0; production < 2; production++) {
		const struct jwks_source source = { .url = urls[_i].url,
						    .local_http = !production };
		bool taken = production ? urls[_i].production : urls[_i].test;
		struct err err = { 0 };

		ck_assert_msg(jwks_fetch_check(&source, &err) == (taken ? RC_OK : RC_INVALID), "%s",
			      urls[_i].url);
		ck_assert(taken || !strcmp(err.code, "jwks-url"));
		ck_assert(!strstr(err.where, "secret") && !strstr(err.text, "secret"));
	}
}
END_TEST

static void refused(const char *code, const char *text)
{
	struct issuers *issuers = NULL;
	struct err err = { 0 };

	ck_assert_int_eq(issuers_new(config, NOW, &issuers, &err), RC_INVALID);
	ck_assert_str_eq(err.code, code);
	ck_assert_msg(strstr(err.text, text) || strstr(err.where, text), "%s: %s", err.where,
		      err.text);
}

static void set(char **slot, const char *value)
{
	free(*slot);
	*slot = strdup(value);
}

START_TEST(settings)
{
	static const char *const algs[] = { "", ",", "HS256", "RS256, none", "rs256", "RS512" };
	static const char *const types[] = { "", "jwt", "at+jwt, dpop+jwt", "JWT JWT x" };
	struct config_issuer *issuer = &config->issuers[0];
	struct issuers *issuers;
	struct issuer_set *held;

	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		set(&issuer->algorithms, algs[i]);
		refused("config-value", "[issuer remote] algorithms");
	}
	set(&issuer->algorithms, "PS256,ES384");
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		set(&issuer->types, types[i]);
		refused("config-value", "[issuer remote] types");
	}
	set(&issuer->types, "at+jwt");
	set(&issuer->jwks_url, "http://keys.example/jwks");
	refused("jwks-url", "http://keys.example/jwks");
	set(&issuer->jwks_url, "https://keys.example/jwks");
	issuer->jwks_ca = strdup("/nowhere/ca.pem");
	refused("jwks-ca", "/nowhere/ca.pem");
	set(&issuer->jwks_ca, "/etc/hostname");
	refused("jwks-ca", "/etc/hostname");
	free(issuer->jwks_ca);
	issuer->jwks_ca = NULL;
	issuers = issuers_at(NOW);
	held = issuers_hold(issuers);
	ck_assert_uint_eq(held->list[0].algs, JOSE_PS256 | JOSE_ES384);
	ck_assert_uint_eq(held->list[0].typs, JOSE_TYP_AT_JWT);
	ck_assert_int_eq(held->list[0].leeway_s, 10);
	ck_assert_int_eq(held->list[0].max_lifetime_s, 600);
	ck_assert_str_eq(held->list[0].audience, "varde");
	issuer_set_drop(held);
	issuers_free(issuers);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("issuers");
	TCase *t = tcase_create("issuers");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, schedule_keeps_its_interval);
	tcase_add_test(t, schedule_backs_off);
	tcase_add_test(t, an_unknown_kid_is_heard_once_in_five_minutes);
	tcase_add_test(t, keys_come_and_go);
	tcase_add_test(t, a_flood_makes_one_fetch);
	tcase_add_test(t, bad_sets_are_refused_whole);
	tcase_add_test(t, stale_keys_serve_for_a_bounded_time);
	tcase_add_test(t, kept_over_a_restart);
	tcase_add_test(t, a_spoiled_kept_file_counts_as_none);
	tcase_add_test(t, keys_that_cannot_be_kept_serve_all_the_same);
	tcase_add_loop_test(t, addresses, 0, ARRAY_LEN(urls));
	tcase_add_test(t, settings);
	suite_add_tcase(s, t);
	return run_suite(s);
}
