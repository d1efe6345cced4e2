#include "base/cleanup.h"
#include "base/clock.h"
#include "config/config.h"
#include "ctl/demo.h"
#include "installation/installation.h"
#include "operate/operate.h"

#include <unistd.h>

#define DAY_MS INT64_C(86400000)

DEFINE_CLEANUP(struct config *, config_free)
DEFINE_CLEANUP(struct installation *, installation_close)

struct registering {
	struct installation *installation;
	struct operate_call call;
	struct err *err;
};

/* Runs one row of the table; takes `args`. */
static enum rc run(struct registering *r, const char *command, json_t *args)
{
	struct operate_output out = { .result = NULL };
	enum rc rc;

	if (!args)
		return err_set(r->err, RC_NOMEM, "no-memory", NULL, "out of memory");
	r->call.args = args;
	rc = operate_run(r->installation, command, &r->call, &out, r->err);
	json_decref(out.result);
	json_decref(args);
	return rc;
}

/* From a month ago, so that older signatures can be shown too. */
static const char *first_day(int64_t now_ms, char out[CLOCK_TEXT_SIZE])
{
	clock_format(now_ms - 31 * DAY_MS, out);
	out[10] = '\0';
	return out;
}

static enum rc add_tenant(struct registering *r, const struct demo_tenant *tenant,
			  const json_t *key)
{
	char from[CLOCK_TEXT_SIZE];
	CLEANUP_FREE char *text = json_dumps(json_object_get(key, "jwk"), JSON_COMPACT);
	enum rc rc = run(r, "tenant add",
			 json_pack("{ss ss ss}", "orgnr", tenant->orgnr, "name", tenant->name,
				   "kind", tenant->kind));

	if (!rc)
		rc = run(r, "key add",
			 json_pack("{ss ss* sO* ss}", "orgnr", tenant->orgnr, "jwk", text, "proof",
				   json_object_get(key, "proof"), "from",
				   first_day(r->call.now_ms, from)));
	if (!rc)
		rc = run(r, "tenant phase",
			 json_pack("{ss ss}", "orgnr", tenant->orgnr, "phase", "active"));
	return rc;
}

enum rc demo_register(const char *config_path, const char *operator, const json_t * keys,
		      const char *custodian_file, struct err *reterr)
{
	const struct operate_process process = { 0 };
	CLEANUP(config_freep) struct config *config = NULL;
	CLEANUP(installation_closep) struct installation *installation = NULL;
	struct registering r = { .call = { .operator= operator,
					   .uid =(int64_t) getuid(),
					   .reason = "demonstration",
					   .now_ms = clock_now_ms(),
					   .process = &process },
				 .err = reterr };
	enum rc rc = config_load(config_path, &config, reterr);

	if (!rc)
		rc = installation_open(config, &installation, reterr);
	if (rc)
		return rc;
	r.installation = installation;
	rc = run(&r, "custodian add",
		 json_pack("{ss ss}", "file", custodian_file, "label",
			   "Demo custodian of the institute"));
	for (size_t i = 0; !rc && i < DEMO_TENANTS; i++)
		rc = add_tenant(&r, &demo_tenants[i], json_array_get(keys, i));
	return rc;
}
