/* varde.conf: what loads is complete and within bounds, whoever wrote it. */
#include "fuzz.h"

#include "config/config.h"

#include <unistd.h>

static char path[] = "/tmp/varde-fuzz-XXXXXX";

static void remove_file(void)
{
	unlink(path);
}

/* config_load() reads by name, so there is one file, written anew each time. */
static void write_file(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0) {
		fd = mkstemp(path);
		MUST(fd >= 0);
		atexit(remove_file);
	}
	MUST(!ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
}

static bool given(const char *text)
{
	return text && *text;
}

static void check_issuers(const struct config *c)
{
	MUST(c->issuers_len >= 1 && c->issuers_len <= CONFIG_ISSUERS_MAX);
	for (size_t i = 0; i < c->issuers_len; i++) {
		const struct config_issuer *issuer = &c->issuers[i];

		MUST(given(issuer->issuer) && given(issuer->algorithms));
		MUST(given(issuer->jwks) != given(issuer->jwks_url));
		MUST(!strcmp(issuer->profile, "helseid") ||
		     !strcmp(issuer->profile, "maskinporten"));
		MUST(issuer->leeway_s >= 0 && issuer->leeway_s <= 3600);
		MUST(issuer->max_lifetime_s > 0 && issuer->max_lifetime_s <= 366 * 86400);
		for (size_t j = 0; j < i; j++)
			MUST(strcmp(issuer->name, c->issuers[j].name));
	}
}

static void check_config(const struct config *c)
{
	MUST(given(c->service) && given(c->external_url) && given(c->intake_listen) &&
	     given(c->admin_listen));
	MUST(*c->data == '/' && *c->schemas == '/' && *c->credentials == '/');
	MUST(c->environment == ENVIRONMENT_TEST || c->environment == ENVIRONMENT_PRODUCTION);
	MUST(c->accept_len >= 1 && c->accept_len <= CONFIG_SCHEMAS_MAX);
	for (size_t i = 0; i < c->accept_len; i++)
		MUST(given(c->accept[i]) && !strpbrk(c->accept[i], ", "));
	MUST(c->intake_connections > 0 && c->intake_threads > 0 && c->intake_workers > 0);
	MUST(c->intake_queue > 0 && c->intake_deadline_s > 0 && c->signature_max_age_s > 0);
	MUST(c->writer_threads > 0 && c->tenant_queue_items > 0 && c->tenant_queue_bytes > 0);
	check_issuers(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *config = NULL;
	struct err err = { 0 };
	enum rc rc;

	write_file(data, size);
	rc = config_load(path, &config, &err);
	if (rc)
		MUST(rc == RC_INVALID && !config && !strncmp(err.code, "config-", 7));
	else
		check_config(config);
	config_free(config);
	return 0;
}
