#include "operate/call.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "config/config.h"
#include "count/period.h"
#include "documents/documents.h"
#include "installation/installation.h"
#include "jose/cert_chain.h"
#include "minimise/profile.h"
#include "operate/issuer_keys.h"
#include "operate/rows.h"
#include "operate/survey.h"
#include "operate/system.h"
#include "refused/refused.h"
#include "rulebook/rulebook.h"
#include "tenant/basis.h"
#include "tenant/tenants.h"
#include "writer/writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define KEY_DAYS 30
#define DISK_WARN_BYTES (INT64_C(1) << 30)
#define DISK_BROKEN_BYTES (INT64_C(64) << 20)
#define CLOCK_STEP_MS 60000

enum level { FINE, WARNING, BROKEN };

/* One screen being filled: a line per thing looked at, and the worst of them. */
struct screen {
	json_t *checks;
	enum level worst;
};

static const char *level_name(enum level level)
{
	switch (level) {
	case FINE: return "fine";
	case WARNING: return "warning";
	case BROKEN: return "broken";
	}
	return "broken";
}

static void line(struct screen *s, const char *name, enum level level, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void line(struct screen *s, const char *name, enum level level, const char *fmt, ...)
{
	char text[480];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	json_array_append_new(s->checks, json_pack("{ss ss ss}", "name", name, "level",
						   level_name(level), "text", text));
	if (level > s->worst)
		s->worst = level;
}

static void check_daemon(struct screen *s, const struct operate_process *p)
{
	if (p->daemon)
		line(s, "daemon", FINE, "running");
	else
		line(s, "daemon", WARNING, "varded does not run on this folder");
}

/* A clock that stands before what was already stored has been turned back. */
static void check_clock(struct screen *s, const struct survey *survey, int64_t now_ms)
{
	char last[CLOCK_TEXT_SIZE];

	if (survey->last_commit_at > now_ms + CLOCK_STEP_MS)
		line(s, "clock", BROKEN, "stands before the last commit of %s",
		     clock_format(survey->last_commit_at, last));
	else if (!system_clock_synchronised())
		line(s, "clock", WARNING, "is not synchronised, says the kernel");
	else
		line(s, "clock", FINE, "synchronised");
}

static void check_disk(struct screen *s, const char *path)
{
	int64_t free_bytes, total;
	enum level level = FINE;

	if (system_disk(path, &free_bytes, &total)) {
		line(s, "disk", BROKEN, "cannot be asked for its free space");
		return;
	}
	if (free_bytes < DISK_WARN_BYTES || free_bytes < total / 20)
		level = WARNING;
	if (free_bytes < DISK_BROKEN_BYTES)
		level = BROKEN;
	line(s, "disk", level, "%lld MiB of %lld MiB free", (long long)(free_bytes >> 20),
	     (long long)(total >> 20));
}

static void check_memory(struct screen *s, const struct operate_process *p)
{
	if (p->daemon && system_memory_locked())
		line(s, "memory", FINE, "locked");
	else if (!system_may_swap())
		line(s, "memory", FINE, "not locked, but this machine cannot swap it");
	else
		line(s, "memory", WARNING,
		     p->daemon ? "not locked, and it may be swapped to disk"
			       : "this machine has swap: varded must be able to lock its memory");
}

static void check_register(struct screen *s, struct installation *in)
{
	struct err err = { 0 };

	if (control_check(in->control, &err))
		line(s, "register", BROKEN, "%s", err.text[0] ? err.text : "control.db is damaged");
	else
		line(s, "register", FINE, "whole");
}

static void check_keys(struct screen *s, const struct survey *v)
{
	if (v->keys_ending || v->without_key)
		line(s, "keys", WARNING,
		     "%lld run out within %d days without successor, %lld active data owners have "
		     "none to sign with",
		     (long long)v->keys_ending, KEY_DAYS, (long long)v->without_key);
	else
		line(s, "keys", FINE, "%lld valid, none runs out within %d days without successor",
		     (long long)v->keys, KEY_DAYS);
}

/* In a test installation keys need no proof. */
static void check_proofs(struct screen *s, const struct installation *in, const struct survey *v)
{
	if (in->config->environment == ENVIRONMENT_PRODUCTION && v->keys_unproven)
		line(s, "key proofs", WARNING,
		     "%lld valid keys are of unproven owners: have new ones proven, revoke these",
		     (long long)v->keys_unproven);
}

static void check_authorities(struct screen *s, const struct installation *in)
{
	CLEANUP(buf_release) struct buf bundle = buf_capped((size_t)4 << 20);
	const char *path = in->config->certificate_authorities;
	struct err err = { 0 };
	size_t count = 0;

	if (!path)
		return;
	if (buf_read_file(&bundle, path))
		line(s, "authorities", WARNING, "%s cannot be read", path);
	else if (jose_cert_authorities(buf_text(&bundle), bundle.len, &count, &err))
		line(s, "authorities", WARNING, "%s: %s", path, err.text);
	else
		line(s, "authorities", FINE, "%zu for senders' certificates", count);
}

/* A data owner whose profile has no file here can send nothing. */
static size_t without_profile(struct installation *in, const struct rulebook *book,
			      const char **ret_first)
{
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *snapshot = tenants_hold(in->tenants);
	size_t n, missing = 0;
	const struct tenant *list = tenant_list(snapshot, &n);

	for (size_t i = 0; i < n; i++) {
		if (!list[i].owns_reports || list[i].row->phase == CONTROL_CLOSED ||
		    profiles_find(book->profiles, list[i].row->profile))
			continue;
		if (!missing++)
			*ret_first = list[i].row->orgnr;
	}
	return missing;
}

static void check_profiles(struct screen *s, struct installation *in, const struct rulebook *book)
{
	const struct err *broken = profiles_broken(book->profiles, 0);
	const char *first = NULL;
	size_t missing = without_profile(in, book, &first);

	if (missing)
		line(s, "profiles", BROKEN,
		     "the files for %zu data owners (%s …) are missing or broken in "
		     "schemas/profiles: nothing is taken of them",
		     missing, first);
	else if (broken)
		line(s, "profiles", WARNING, "%.80s: %.90s", broken->where, broken->text);
	else
		line(s, "profiles", FINE, "all that are chosen are here");
}

static void check_custodians(struct screen *s, const struct survey *v)
{
	if (!v->custodians)
		line(s, "custodians", BROKEN, "the institute has none, so nothing can be sealed");
	else
		line(s, "custodians", FINE, "%lld of the institute", (long long)v->custodians);
}

static void check_queue(struct screen *s, struct installation *in)
{
	struct writer_status w;

	writer_status(in->writer, NULL, &w);
	line(s, "queue", (int64_t)w.queued > in->config->tenant_queue_items / 2 ? WARNING : FINE,
	     "%zu waiting, %llu refused since start", w.queued, (unsigned long long)w.refused);
}

/* Where senders find what was refused: nobody's receipt hangs on it. */
static void check_refusals(struct screen *s, struct installation *in)
{
	struct err err = { 0 };

	if (refused_sync(in->refused, &err))
		line(s, "refusals", WARNING, "their file cannot be written: %s", err.text);
	else
		line(s, "refusals", FINE, "counted");
}

static void check_files(struct screen *s, const struct survey *v)
{
	char last[CLOCK_TEXT_SIZE];

	if (v->quarantined || v->unreadable)
		line(s, "files", BROKEN, "%lld tenants in quarantine, %lld files cannot be read",
		     (long long)v->quarantined, (long long)v->unreadable);
	else
		line(s, "files", FINE, "all tenants' files can be read");
	line(s, "last commit", FINE, "%s",
	     v->last_commit_at ? clock_format(v->last_commit_at, last) : "never");
}

/* The kinds of the tenants that may send, each once, up to `max`. */
static size_t kinds_that_send(const struct tenant_snapshot *snapshot, const char *kinds[],
			      size_t max)
{
	size_t n, len = 0, at;
	const struct tenant *tenants = tenant_list(snapshot, &n);

	for (size_t i = 0; i < n && len < max; i++) {
		const struct control_tenant *row = tenants[i].row;

		if (!tenants[i].owns_reports ||
		    (row->phase != CONTROL_TEST && row->phase != CONTROL_ACTIVE))
			continue;
		for (at = 0; at < len && strcmp(kinds[at], row->kind); at++)
			;
		if (at == len)
			kinds[len++] = row->kind;
	}
	return len;
}

/* The first day on which what is open now to this kind must not end, as text. */
static const char *basis_horizon(int64_t now_ms, char out[PERIOD_DAY_SIZE])
{
	return period_day_text(now_ms + OPERATE_BASIS_DAYS * OPERATE_DAY_MS, out);
}

static void check_kind(struct screen *s, const struct tenant_snapshot *snapshot, bool production,
		       const char *kind, int64_t now_ms)
{
	struct tenant_basis_days days;
	char name[64], horizon[PERIOD_DAY_SIZE];
	const char *last = NULL;
	enum tenant_basis basis = tenant_basis_at(snapshot, production, kind, now_ms, &days);

	snprintf(name, sizeof(name), "basis %s", kind);
	if (basis == TENANT_BASIS_NONE)
		line(s, name, BROKEN, "no project is in force: nothing is taken%s%s%s%s",
		     days.closed ? ", the last ended " : "", days.closed ? days.closed : "",
		     days.opens ? ", the next begins " : "", days.opens ? days.opens : "");
	else if (basis == TENANT_BASIS_NOT_OPEN)
		line(s, name, WARNING, "no project is open to this kind%s%s%s%s",
		     days.closed ? ", the last was until " : "", days.closed ? days.closed : "",
		     days.opens ? ", the next is from " : "", days.opens ? days.opens : "");
	else if (!tenant_basis_ends(snapshot, kind, now_ms, &last))
		line(s, name, FINE, "open, without an end");
	else
		line(s, name, strcmp(last, basis_horizon(now_ms, horizon)) < 0 ? WARNING : FINE,
		     "the last day of its legal basis is %s", last);
}

/* Under which decision what arrives is taken, and for how long still. */
static void check_basis(struct screen *s, struct installation *in, int64_t now_ms)
{
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *snapshot = tenants_hold(in->tenants);
	bool production = in->config->environment == ENVIRONMENT_PRODUCTION;
	const char *kinds[16];
	size_t n = kinds_that_send(snapshot, kinds, ARRAY_LEN(kinds));

	if (!tenant_projects(snapshot)->len && !production)
		return; /* a test installation needs none */
	for (size_t i = 0; i < n; i++)
		check_kind(s, snapshot, production, kinds[i], now_ms);
}

static void check_issuer(struct screen *s, const struct issuer_status *issuer)
{
	static const enum level levels[] = { [ISSUER_FRESH] = FINE,
					     [ISSUER_STALE] = WARNING,
					     [ISSUER_UNTRIED] = WARNING,
					     [ISSUER_UNAVAILABLE] = BROKEN };
	char name[sizeof("issuer ") + CONFIG_ISSUER_NAME_MAX], text[200];

	snprintf(name, sizeof(name), "issuer %s", issuer->name);
	line(s, name, levels[issuer_keys_state(issuer)], "%s",
	     issuer_keys_text(issuer, text, sizeof(text)));
}

static void check_issuers(struct screen *s, struct installation *in,
			  const struct operate_call *call)
{
	struct issuer_status list[CONFIG_ISSUERS_MAX];
	struct err err = { 0 };
	size_t n = 0;

	if (issuer_keys_look(in, call, list, &n, &err))
		line(s, "issuers", BROKEN, "%s: %s", err.where, err.text);
	for (size_t i = 0; i < n; i++)
		check_issuer(s, &list[i]);
}

#define SUNSET_DAYS 30

/* What is broken keeps its last good form only as long as varded runs: with it no start
 * would succeed. */
static void check_schemas(struct screen *s, const struct rulebook *book)
{
	size_t n;

	documents_list(book->documents, &n);
	for (size_t i = 0; i < book->faults_len; i++)
		line(s, "schemas", BROKEN, "%s: %s: %s", book->faults[i].code,
		     book->faults[i].where, book->faults[i].text);
	if (book->faults_all > book->faults_len)
		line(s, "schemas", BROKEN, "and %zu more", book->faults_all - book->faults_len);
	if (!book->faults_all)
		line(s, "schemas", FINE, "%zu, with code lists and rules, read without fault", n);
}

/* Senders that did not move on will be turned away. */
static void check_sunsets(struct screen *s, const struct rulebook *book, int64_t now_ms)
{
	char sunset[CLOCK_TEXT_SIZE];
	size_t n;
	const struct document_type *types = documents_list(book->documents, &n);

	for (size_t i = 0; i < n; i++)
		if (document_is_taken(&types[i], now_ms) && types[i].sunset_ms &&
		    types[i].sunset_ms <= now_ms + SUNSET_DAYS * OPERATE_DAY_MS)
			line(s, "schemas", WARNING, "%s is not taken any more from %s",
			     types[i].name, clock_format(types[i].sunset_ms, sunset));
}

enum rc operate_doctor(struct installation *in, const struct operate_call *call,
		       struct operate_output *out, struct err *reterr)
{
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);
	struct screen s = { .checks = NULL, .worst = FINE };
	struct survey v;
	enum rc rc = survey_take(in, call->now_ms, KEY_DAYS, &v, reterr);

	if (rc)
		return rc;
	s.checks = json_array();
	check_daemon(&s, call->process);
	check_clock(&s, &v, call->now_ms);
	check_disk(&s, in->config->data);
	check_memory(&s, call->process);
	check_register(&s, in);
	check_files(&s, &v);
	check_queue(&s, in);
	check_refusals(&s, in);
	check_keys(&s, &v);
	check_proofs(&s, in, &v);
	check_authorities(&s, in);
	check_custodians(&s, &v);
	check_schemas(&s, book);
	check_sunsets(&s, book, call->now_ms);
	check_profiles(&s, in, book);
	check_basis(&s, in, call->now_ms);
	check_issuers(&s, in, call);
	out->verdict = (int)s.worst;
	return operate_answer(
		out, json_pack("{ss so}", "verdict", level_name(s.worst), "checks", s.checks),
		reterr);
}
