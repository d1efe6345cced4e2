#include "config/config.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct loading {
	struct config *config;
	char folder[PATH_MAX];
	struct err err;
	enum rc rc;
};

enum kind { TEXT, PATH, NUMBER, DATE, TIME, SWITCH, ENVIRONMENT, RESERVATION, LIST };

/* Every key of the file: where it stands, what it is, where it goes. */
struct key {
	const char *section, *name;
	enum kind kind;
	size_t offset;
	int64_t min, max;
};

#define AT(member) offsetof(struct config, member)
#define IN(member) offsetof(struct config_issuer, member)
#define OF(member) offsetof(struct config_schema, member)

static const struct key keys[] = {
	{ "varde", "environment", ENVIRONMENT, AT(environment), 0, 0 },
	{ "varde", "clock", TIME, AT(clock_ms), 0, 0 },
	{ "varde", "service", TEXT, AT(service), 0, 0 },
	{ "varde", "external_url", TEXT, AT(external_url), 0, 0 },
	{ "varde", "data", PATH, AT(data), 0, 0 },
	{ "varde", "schemas", PATH, AT(schemas), 0, 0 },
	{ "varde", "credentials", PATH, AT(credentials), 0, 0 },
	{ "intake", "listen", TEXT, AT(intake_listen), 0, 0 },
	{ "intake", "connections", NUMBER, AT(intake_connections), 1, 100000 },
	{ "intake", "threads", NUMBER, AT(intake_threads), 1, 64 },
	{ "intake", "workers", NUMBER, AT(intake_workers), 1, 256 },
	{ "intake", "queue", NUMBER, AT(intake_queue), 1, 1000000 },
	{ "intake", "trusted_proxies", TEXT, AT(trusted_proxies), 0, 0 },
	{ "intake", "client_header", TEXT, AT(client_header), 0, 0 },
	{ "intake", "head_seconds", NUMBER, AT(intake_head_s), 1, 600 },
	{ "intake", "deadline_seconds", NUMBER, AT(intake_deadline_s), 1, 600 },
	{ "admin", "listen", TEXT, AT(admin_listen), 0, 0 },
	{ "reports", "accept", LIST, AT(accept), 0, 0 },
	{ "reports", "signature_max_age_seconds", NUMBER, AT(signature_max_age_s), 60,
	  366 * 86400 },
	{ "reports", "person_numbers_2032_from", DATE, AT(person_numbers_2032_from), 0, 0 },
	{ "dpop", "nonce", SWITCH, AT(dpop_nonce), 0, 0 },
	{ "dpop", "max_age_seconds", NUMBER, AT(dpop_max_age_s), 1, 600 },
	{ "dpop", "skew_seconds", NUMBER, AT(dpop_skew_s), 0, 300 },
	{ "dpop", "remembered", NUMBER, AT(dpop_remembered), 16, 1 << 24 },
	{ "keys", "certificate_authorities", PATH, AT(certificate_authorities), 0, 0 },
	{ "reservation", "mode", RESERVATION, AT(reservation_mode), 0, 0 },
	{ "reservation", "decision", TEXT, AT(reservation_decision), 0, 0 },
	{ "writer", "threads", NUMBER, AT(writer_threads), 1, 64 },
	{ "writer", "queue_items", NUMBER, AT(tenant_queue_items), 1000,
	  1000000 }, /* a batch must fit */
	{ "writer", "queue_bytes", NUMBER, AT(tenant_queue_bytes), 16 << 20,
	  INT64_C(1) << 34 }, /* likewise: what is sealed, and what stays clear of it */
	{ "statistics", "listen", TEXT, AT(statistics_listen), 0, 0 },
	{ "statistics", "admin_listen", TEXT, AT(statistics_admin_listen), 0, 0 },
	{ "statistics", "external_url", TEXT, AT(statistics_external_url), 0, 0 },
	{ "statistics", "published", PATH, AT(statistics_published), 0, 0 },
	{ "statistics", "release_key", PATH, AT(statistics_release_key), 0, 0 },
	{ "statistics", "publisher", TEXT, AT(statistics_publisher), 0, 0 },
	{ "statistics", "publisher_uri", TEXT, AT(statistics_publisher_uri), 0, 0 },
	{ "statistics", "contact", TEXT, AT(statistics_contact), 0, 0 },
	{ "statistics", "max_cells", NUMBER, AT(statistics_max_cells), 1, 10000000 },
	{ "statistics", "calls", NUMBER, AT(statistics_calls), 1, 1000000 },
	{ "statistics", "window_seconds", NUMBER, AT(statistics_window_s), 1, 3600 },
	{ "limits", "submissions_per_minute", NUMBER, AT(submissions_per_minute), 1, 1000000000 },
	{ "limits", "submissions_burst", NUMBER, AT(submissions_burst), 1, 10000000 },
	{ "limits", "reads_per_minute", NUMBER, AT(reads_per_minute), 1, 1000000000 },
	{ "limits", "reads_burst", NUMBER, AT(reads_burst), 1, 10000000 },
	{ "limits", "concurrent_requests", NUMBER, AT(concurrent_requests), 1, 100000 },
	{ "limits", "concurrent_bytes", NUMBER, AT(concurrent_bytes), 1 << 20, INT64_C(1) << 34 },
	{ "limits", "unauthenticated", NUMBER, AT(unauthenticated), 1, 100000 },
	{ "limits", "unauthenticated_per_address", NUMBER, AT(unauthenticated_per_address), 1,
	  100000 },
};

static const struct key issuer_keys[] = {
	{ "issuer", "profile", TEXT, IN(profile), 0, 0 },
	{ "issuer", "issuer", TEXT, IN(issuer), 0, 0 },
	{ "issuer", "audience", TEXT, IN(audience), 0, 0 },
	{ "issuer", "algorithms", TEXT, IN(algorithms), 0, 0 },
	{ "issuer", "types", TEXT, IN(types), 0, 0 },
	{ "issuer", "jwks", PATH, IN(jwks), 0, 0 },
	{ "issuer", "jwks_url", TEXT, IN(jwks_url), 0, 0 },
	{ "issuer", "jwks_ca", PATH, IN(jwks_ca), 0, 0 },
	{ "issuer", "refresh_seconds", NUMBER, IN(refresh_s), 10, 86400 },
	{ "issuer", "stale_days", NUMBER, IN(stale_days), 1, 30 },
	{ "issuer", "leeway_seconds", NUMBER, IN(leeway_s), 0, 300 },
	{ "issuer", "max_lifetime_seconds", NUMBER, IN(max_lifetime_s), 10, 86400 },
};

static const struct key schema_keys[] = {
	{ "schema", "deprecated", DATE, OF(deprecated_day), 0, 0 },
	{ "schema", "sunset", DATE, OF(sunset_day), 0, 0 },
	{ "schema", "successor", TEXT, OF(successor), 0, 0 },
};

static bool set_text(char **slot, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return false;
	free(*slot);
	*slot = copy;
	return true;
}

static bool set_path(char **slot, const char *folder, const char *value)
{
	char full[PATH_MAX * 2];

	if (value[0] == '/')
		return set_text(slot, value);
	snprintf(full, sizeof(full), "%s/%s", folder, value);
	return set_text(slot, full);
}

static bool set_number(int64_t *slot, const char *value, int64_t min, int64_t max)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(value, &end, 10);
	if (errno || end == value || *end || v < min || v > max)
		return false;
	*slot = v;
	return true;
}

static bool set_switch(bool *slot, const char *value)
{
	*slot = !strcmp(value, "on");
	return *slot || !strcmp(value, "off");
}

static bool set_environment(enum config_environment *slot, const char *value)
{
	if (!strcmp(value, "test"))
		*slot = ENVIRONMENT_TEST;
	else if (!strcmp(value, "production"))
		*slot = ENVIRONMENT_PRODUCTION;
	else
		return false;
	return true;
}

static bool set_reservation(enum reservation_mode *slot, const char *value)
{
	static const char *const names[] = { "off", "drop-sealed", "refuse" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!strcmp(names[i], value)) {
			*slot = (enum reservation_mode)i;
			return true;
		}
	}
	return false;
}

static bool set_accept(struct config *config, const char *value)
{
	CLEANUP_FREE char *copy = strdup(value);
	char *save = NULL, *word;

	if (!copy)
		return false;
	while (config->accept_len)
		free(config->accept[--config->accept_len]);
	for (word = strtok_r(copy, ", ", &save); word; word = strtok_r(NULL, ", ", &save)) {
		if (config->accept_len == CONFIG_SCHEMAS_MAX)
			return false;
		config->accept[config->accept_len] = strdup(word);
		if (!config->accept[config->accept_len++])
			return false;
	}
	return config->accept_len > 0;
}

static bool set_key(struct loading *l, const struct key *key, void *base, const char *value)
{
	void *slot = (char *)base + key->offset;

	switch (key->kind) {
	case TEXT: return *value && set_text(slot, value);
	case PATH: return *value && set_path(slot, l->folder, value);
	case NUMBER: return set_number(slot, value, key->min, key->max);
	case DATE: return clock_parse_date(value, strlen(value), slot) == RC_OK;
	case TIME: return clock_parse(value, strlen(value), slot) == RC_OK;
	case SWITCH: return set_switch(slot, value);
	case ENVIRONMENT: return set_environment(slot, value);
	case RESERVATION: return set_reservation(slot, value);
	case LIST: return set_accept(l->config, value);
	}
	return false;
}

/* The issuer of section "issuer NAME", made when first seen. */
static struct config_issuer *issuer_of(struct config *config, const char *name)
{
	struct config_issuer *issuer;

	for (size_t i = 0; i < config->issuers_len; i++)
		if (!strcmp(config->issuers[i].name, name))
			return &config->issuers[i];
	if (config->issuers_len == CONFIG_ISSUERS_MAX)
		return NULL;
	issuer = &config->issuers[config->issuers_len++];
	issuer->leeway_s = 10;
	issuer->max_lifetime_s = 3600;
	issuer->refresh_s = 3600;
	issuer->stale_days = 7;
	issuer->name = strdup(name);
	if (!issuer->name || !set_text(&issuer->types, "at+jwt, JWT"))
		return NULL;
	return issuer;
}

/* The schema of section "schema NAME", made when first seen. */
static struct config_schema *schema_of(struct config *config, const char *name)
{
	struct config_schema *schema;

	for (size_t i = 0; i < config->ending_len; i++)
		if (!strcmp(config->ending[i].name, name))
			return &config->ending[i];
	if (config->ending_len == CONFIG_SCHEMAS_MAX)
		return NULL;
	schema = &config->ending[config->ending_len];
	if (!set_text(&schema->name, name))
		return NULL;
	config->ending_len++;
	return schema;
}

/* Keeps the first fault; inih tells its line when it is done. */
static int refuse(struct loading *l, const char *code, const char *section, const char *name,
		  const char *what)
{
	if (!l->rc)
		l->rc = err_set(&l->err, RC_INVALID, code, NULL, "[%s] %s: %s", section, name,
				what);
	return 0;
}

static int on_key(void *user, const char *section, const char *name, const char *value)
{
	struct loading *l = user;
	const struct key *table = keys;
	size_t len = ARRAY_LEN(keys);
	void *base = l->config;

	if (!strncmp(section, "issuer ", 7)) {
		base = issuer_of(l->config, section + 7);
		if (!base)
			return refuse(l, "config-issuers", section, name, "too many issuers");
		table = issuer_keys;
		len = ARRAY_LEN(issuer_keys);
		section = "issuer";
	} else if (!strncmp(section, "schema ", 7)) {
		base = schema_of(l->config, section + 7);
		if (!base)
			return refuse(l, "config-schemas", section, name, "too many schemas");
		table = schema_keys;
		len = ARRAY_LEN(schema_keys);
		section = "schema";
	}
	for (size_t i = 0; i < len; i++)
		if (!strcmp(table[i].section, section) && !strcmp(table[i].name, name))
			return set_key(l, &table[i], base, value) ||
			       refuse(l, "config-value", section, name,
				      "this value is not possible");
	return refuse(l, "config-unknown-key", section, name, "unknown key");
}

/* A name of a file and of a metric's label too. */
static bool is_issuer_name(const char *name)
{
	return *name && strlen(name) <= CONFIG_ISSUER_NAME_MAX &&
	       !name[strspn(name,
			    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")];
}

static enum rc check_issuer(const struct config *c, const struct config_issuer *issuer,
			    struct err *reterr)
{
	if (!is_issuer_name(issuer->name))
		return err_set(reterr, RC_INVALID, "config-value", c->path,
			       "[issuer %.60s] the name is 1 to %d letters, digits, - and _",
			       issuer->name, CONFIG_ISSUER_NAME_MAX);
	if (!issuer->profile || !issuer->issuer || !issuer->algorithms ||
	    (!issuer->jwks && !issuer->jwks_url))
		return err_set(reterr, RC_INVALID, "config-missing-key", c->path,
			       "[issuer %s] needs profile, issuer, algorithms and jwks or jwks_url",
			       issuer->name);
	if (issuer->jwks && (issuer->jwks_url || issuer->jwks_ca))
		return err_set(reterr, RC_INVALID, "config-value", c->path,
			       "[issuer %s] has jwks, so it cannot have jwks_url or jwks_ca",
			       issuer->name);
	if (strcmp(issuer->profile, "maskinporten") && strcmp(issuer->profile, "helseid"))
		return err_set(reterr, RC_INVALID, "config-value", c->path,
			       "[issuer %s] profile is maskinporten or helseid", issuer->name);
	return RC_OK;
}

/* Senders must be told before they are turned away, and be told where to go. */
static enum rc check_ending(const struct config *c, const struct config_schema *s,
			    struct err *reterr)
{
	if (!s->deprecated_day)
		return err_set(reterr, RC_INVALID, "config-missing-key", c->path,
			       "[schema %.60s] needs deprecated", s->name);
	if (s->sunset_day && s->sunset_day <= s->deprecated_day)
		return err_set(reterr, RC_INVALID, "config-value", c->path,
			       "[schema %.60s] sunset comes after deprecated", s->name);
	if (s->sunset_day && !s->successor)
		return err_set(reterr, RC_INVALID, "config-missing-key", c->path,
			       "[schema %.60s] has sunset, so it needs a successor", s->name);
	if (s->successor && !strcmp(s->successor, s->name))
		return err_set(reterr, RC_INVALID, "config-value", c->path,
			       "[schema %.60s] cannot be its own successor", s->name);
	return RC_OK;
}

static enum rc check_complete(const struct config *c, struct err *reterr)
{
	if (!c->service || !c->external_url || !c->data || !c->credentials)
		return err_set(reterr, RC_INVALID, "config-missing-key", c->path,
			       "[varde] needs service, external_url, data and credentials");
	/* Receipts and releases say when: only a test may say otherwise. */
	if (c->clock_ms && c->environment != ENVIRONMENT_TEST)
		return err_set(reterr, RC_INVALID, "config-value", c->path,
			       "[varde] clock is for environment = test alone");
	if (c->reservation_mode != RESERVATION_OFF && !c->reservation_decision)
		return err_set(reterr, RC_INVALID, "config-missing-key", c->path,
			       "[reservation] mode needs decision: what it rests on");
	if (!c->issuers_len)
		return err_set(reterr, RC_INVALID, "config-missing-key", c->path,
			       "no [issuer NAME] section");
	for (size_t i = 0; i < c->issuers_len; i++) {
		enum rc rc = check_issuer(c, &c->issuers[i], reterr);

		if (rc)
			return rc;
	}
	for (size_t i = 0; i < c->ending_len; i++) {
		enum rc rc = check_ending(c, &c->ending[i], reterr);

		if (rc)
			return rc;
	}
	return RC_OK;
}

static bool set_defaults(struct config *c, const char *path)
{
	const char *systemd = getenv("CREDENTIALS_DIRECTORY");

	c->environment = ENVIRONMENT_PRODUCTION;
	c->intake_connections = 2000;
	c->intake_threads = 1;
	c->intake_workers = 4;
	c->intake_queue = 2000;
	c->intake_head_s = 10;
	c->intake_deadline_s = 30;
	c->signature_max_age_s = INT64_C(7) * 86400;
	c->person_numbers_2032_from = clock_days(2032, 1, 1);
	c->dpop_max_age_s = 30;
	c->dpop_skew_s = 5;
	c->dpop_remembered = 262144;
	c->statistics_max_cells = 100000;
	c->statistics_calls = 60;
	c->statistics_window_s = 60;
	c->writer_threads = 2;
	c->tenant_queue_items = 4096;
	c->tenant_queue_bytes = INT64_C(64) << 20;
	c->submissions_per_minute = 6000;
	c->submissions_burst = 10000; /* ten full batches */
	c->reads_per_minute = 6000;
	c->reads_burst = 6000;
	c->concurrent_requests = 256;
	c->concurrent_bytes = INT64_C(64) << 20; /* eight batches of the largest kind */
	return set_text(&c->path, path) && set_text(&c->schemas, VARDE_SCHEMA_DIR) &&
	       set_text(&c->intake_listen, "127.0.0.1:8480") &&
	       set_text(&c->admin_listen, "127.0.0.1:8481") &&
	       set_text(&c->statistics_listen, "127.0.0.1:8482") &&
	       set_text(&c->client_header, "X-Forwarded-For") &&
	       set_accept(c,
			  "incident-report/1.0, incident-report/1.1, review/1.0, withdrawal/1.0") &&
	       (!systemd || set_text(&c->credentials, systemd));
}

DEFINE_CLEANUP(struct config *, config_free)

/* What follows from other keys where it is not said. */
static void derive(struct config *c)
{
	if (!c->unauthenticated)
		c->unauthenticated = (c->intake_connections + 3) / 4;
	if (!c->unauthenticated_per_address)
		c->unauthenticated_per_address = (c->unauthenticated + 3) / 4;
}

/* The folder of the file, so that the rest may be said relative to it. */
static bool folder_of(const char *path, char *out, size_t size)
{
	CLEANUP_FREE char *full = realpath(path, NULL);
	char *slash;

	if (!full || strlen(full) >= size)
		return false;
	slash = strrchr(full, '/');
	*slash = '\0';
	snprintf(out, size, "%s", *full ? full : "/");
	return true;
}

enum rc config_load(const char *path, struct config **ret, struct err *reterr)
{
	CLEANUP(config_freep) struct config *config = calloc(1, sizeof(*config));
	CLEANUP_FREE struct loading *l = calloc(1, sizeof(*l));
	int line;
	enum rc rc;

	if (!config || !l || !set_defaults(config, path))
		return err_set(reterr, RC_NOMEM, "no-memory", path, "out of memory");
	l->config = config;
	if (!folder_of(path, l->folder, sizeof(l->folder)))
		return err_set(reterr, RC_NOT_FOUND, "config-missing", path,
			       "cannot find the configuration file");
	line = ini_parse(path, on_key, l);
	if (l->rc) {
		snprintf(l->err.where, sizeof(l->err.where), "%.140s:%d", path, line);
		if (reterr)
			*reterr = l->err;
		return l->rc;
	}
	if (line < 0)
		return err_set(reterr, RC_IO, "config-unreadable", path,
			       "cannot read the configuration file");
	if (line > 0)
		return err_set(reterr, RC_INVALID, "config-syntax", path,
			       "line %d is neither [section] nor key = value", line);
	rc = check_complete(config, reterr);
	if (rc)
		return rc;
	derive(config);
	*ret = TAKE_PTR(config);
	return RC_OK;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	free(c->path);
	free(c->service);
	free(c->external_url);
	free(c->data);
	free(c->schemas);
	free(c->credentials);
	free(c->intake_listen);
	free(c->trusted_proxies);
	free(c->client_header);
	free(c->admin_listen);
	free(c->reservation_decision);
	free(c->certificate_authorities);
	free(c->statistics_listen);
	free(c->statistics_external_url);
	free(c->statistics_admin_listen);
	free(c->statistics_published);
	free(c->statistics_publisher);
	free(c->statistics_publisher_uri);
	free(c->statistics_contact);
	free(c->statistics_release_key);
	for (size_t i = 0; i < c->accept_len; i++)
		free(c->accept[i]);
	for (size_t i = 0; i < c->ending_len; i++) {
		free(c->ending[i].name);
		free(c->ending[i].successor);
	}
	for (size_t i = 0; i < c->issuers_len; i++) {
		struct config_issuer *issuer = &c->issuers[i];

		free(issuer->name);
		free(issuer->profile);
		free(issuer->issuer);
		free(issuer->audience);
		free(issuer->algorithms);
		free(issuer->types);
		free(issuer->jwks);
		free(issuer->jwks_url);
		free(issuer->jwks_ca);
	}
	free(c);
}

enum rc config_data_path(const struct config *config, const char *name, char *out, size_t size)
{
	int n = snprintf(out, size, "%s/%s", config->data, name);

	return n < 0 || (size_t)n >= size ? RC_LIMIT : RC_OK;
}
