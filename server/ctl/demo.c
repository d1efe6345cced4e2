#include "ctl/demo.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "ctl/ctl.h"
#include "ctl/demo_files.h"
#include "ctl/demo_keys.h"
#include "published/signing.h"
#include "seal/keyfile.h"

#include <limits.h>
#include <sodium.h>
#include <string.h>

#define CUSTODIAN_SECRET "custodian/secret-key.pem"

const struct demo_issuer demo_issuers[] = {
	{ "maskinporten", "maskinporten", "https://maskinporten.demo.example/", JOSE_RS256 },
	{ "helseid", "helseid", "https://helseid.demo.example", JOSE_ES256 },
};

const struct demo_tenant demo_tenants[] = {
	{ "310000019", "Helse Demo Nord HF", "hf", JOSE_PS256 },
	{ "310000078", "Helse Demo Vest HF", "hf", JOSE_ES256 },
	{ "310000108", "Demovik kommune", "municipality", JOSE_RS256 },
	{ "310000124", "Helse Demo Øst HF", "hf", JOSE_ES384 },
};

_Static_assert(ARRAY_LEN(demo_issuers) == DEMO_ISSUERS && ARRAY_LEN(demo_tenants) == DEMO_TENANTS,
	       "demo.h counts");

/* A demonstration while it is made. */
struct making {
	const char *dir;
	int ports[DEMO_PORTS];
	json_t *demo;           /* what demo.json will say */
	json_t *tenant_keys;    /* {"jwk","proof"}, in order */
	struct buf public_file; /* the custodian's */
	struct err *err;
};

static enum rc write_json(struct making *m, const char *name, const json_t *json)
{
	CLEANUP_FREE char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
	CLEANUP(buf_release) struct buf line = buf_capped(1 << 20);

	if (!text || buf_addf(&line, "%s\n", text))
		return err_set(m->err, RC_NOMEM, "no-memory", name, "out of memory");
	return demo_write(m->dir, name, buf_text(&line), line.len, m->err);
}

static enum rc write_config(struct making *m)
{
	CLEANUP(buf_release) struct buf text = buf_capped(16384);

	buf_addf(&text,
		 "# A demonstration. Nothing in this folder is a secret to keep.\n"
		 "[varde]\nenvironment = test\nservice = %s\nexternal_url = http://127.0.0.1:%d\n"
		 "data = data\ncredentials = credentials\n\n"
		 "[intake]\nlisten = 127.0.0.1:%d\n\n[admin]\nlisten = 127.0.0.1:%d\n\n"
		 "[statistics]\nlisten = 127.0.0.1:%d\nexternal_url = http://127.0.0.1:%d\n"
		 "published = published\nrelease_key = release-key.pub\n",
		 DEMO_SERVICE, m->ports[DEMO_PORT_INTAKE], m->ports[DEMO_PORT_INTAKE],
		 m->ports[DEMO_PORT_ADMIN], m->ports[DEMO_PORT_STATISTICS],
		 m->ports[DEMO_PORT_STATISTICS]);
	for (size_t i = 0; i < DEMO_ISSUERS; i++)
		buf_addf(&text,
			 "\n[issuer %s]\nprofile = %s\nissuer = %s\nalgorithms = %s\njwks = "
			 "issuers/%s.jwks.json\n",
			 demo_issuers[i].name, demo_issuers[i].profile, demo_issuers[i].issuer,
			 jose_alg_name(demo_issuers[i].alg), demo_issuers[i].name);
	if (buf_rc(&text))
		return buf_rc(&text);
	return demo_write(m->dir, "varde.conf", buf_text(&text), text.len, m->err);
}

/* With its public half, for those who read releases. */
static enum rc make_release_key(struct making *m)
{
	unsigned char seed[PUBLISHED_SEED_SIZE], key[PUBLISHED_KEY_SIZE];
	char hex[2 * PUBLISHED_KEY_SIZE + 2];
	enum rc rc;

	randombytes_buf(seed, sizeof(seed));
	published_key_of(seed, key);
	sodium_bin2hex(hex, sizeof(hex), seed, sizeof(seed));
	rc = demo_write(m->dir, "credentials/release-key", hex, 2 * PUBLISHED_SEED_SIZE, m->err);
	if (rc)
		return rc;
	sodium_bin2hex(hex, sizeof(hex), key, sizeof(key));
	return demo_write(m->dir, "release-key.pub", hex, 2 * PUBLISHED_KEY_SIZE, m->err);
}

static enum rc make_credentials(struct making *m)
{
	json_t *jwk = NULL;
	enum rc rc = demo_make_secret(m->dir, "credentials/fingerprint-key", m->err);

	if (!rc)
		rc = make_release_key(m);
	if (!rc)
		rc = demo_make_key(m->dir, "credentials/receipt-key.pem", JOSE_ES256, &jwk, m->err);
	json_decref(jwk);
	return rc;
}

static const char *kid_of(const json_t *jwk)
{
	return json_string_value(json_object_get(jwk, "kid"));
}

static enum rc make_issuer(struct making *m, const struct demo_issuer *issuer)
{
	char private[64], jwks[64];
	json_t *jwk = NULL, *set;
	enum rc rc;

	snprintf(private, sizeof(private), "issuers/%s.pem", issuer->name);
	snprintf(jwks, sizeof(jwks), "issuers/%s.jwks.json", issuer->name);
	rc = demo_make_key(m->dir, private, issuer->alg, &jwk, m->err);
	if (rc)
		return rc;
	json_array_append_new(json_object_get(m->demo, "issuers"),
			      json_pack("{ss ss ss ss ss}", "issuer", issuer->issuer, "profile",
					issuer->profile, "private_key", private, "kid", kid_of(jwk),
					"alg", jose_alg_name(issuer->alg)));
	set = json_pack("{s[o]}", "keys", jwk);
	rc = write_json(m, jwks, set);
	json_decref(set);
	return rc;
}

static enum rc make_tenant(struct making *m, const struct demo_tenant *tenant)
{
	CLEANUP(buf_release) struct buf proof = buf_capped(8192);
	char path[64];
	json_t *jwk = NULL;
	enum rc rc;

	snprintf(path, sizeof(path), "tenants/%s.pem", tenant->orgnr);
	rc = demo_make_key(m->dir, path, tenant->alg, &jwk, m->err);
	if (!rc)
		rc = demo_prove_key(m->dir, path, tenant->alg, tenant->orgnr, clock_now_ms(),
				    &proof, m->err);
	if (rc) {
		json_decref(jwk);
		return rc;
	}
	json_array_append_new(json_object_get(m->demo, "tenants"),
			      json_pack("{ss ss ss ss ss ss}", "orgnr", tenant->orgnr, "name",
					tenant->name, "kind", tenant->kind, "kid", kid_of(jwk),
					"alg", jose_alg_name(tenant->alg), "signing_key", path));
	json_array_append_new(m->tenant_keys,
			      json_pack("{so ss}", "jwk", jwk, "proof", buf_text(&proof)));
	return RC_OK;
}

/* As a custodian's ceremony does, but without a passphrase: written, read back,
 * proved with what was read. */
static enum rc make_custodian(struct making *m)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL, *again = NULL;
	char path[PATH_MAX];
	enum rc rc = seal_key_new(&key, m->err);

	snprintf(path, sizeof(path), "%s/" CUSTODIAN_SECRET, m->dir);
	if (!rc)
		rc = seal_key_write(key, path, NULL, 0, SEAL_EFFORT_INTERACTIVE, m->err);
	if (!rc)
		rc = seal_key_read(path, NULL, 0, &again, m->err);
	if (!rc)
		rc = seal_key_prove(again, clock_now_ms(), &m->public_file, m->err);
	if (!rc)
		rc = demo_write(m->dir, "custodian/public-key.json", buf_text(&m->public_file),
				m->public_file.len, m->err);
	if (!rc)
		json_array_append_new(json_object_get(m->demo, "custodians"),
				      json_pack("{ss ss}", "kid", seal_key_recipient(key)->kid,
						"secret_key", CUSTODIAN_SECRET));
	return rc;
}

static json_t *outline(const struct making *m)
{
	char intake[64], statistics[64];

	snprintf(intake, sizeof(intake), "http://127.0.0.1:%d", m->ports[DEMO_PORT_INTAKE]);
	snprintf(statistics, sizeof(statistics), "http://127.0.0.1:%d",
		 m->ports[DEMO_PORT_STATISTICS]);
	return json_pack("{ss ss ss s[sss] s[] s[] s[]}", "intake", intake, "statistics",
			 statistics, "audience", DEMO_SERVICE, "scopes", "varde:submissions.write",
			 "varde:reports.read", "varde:statistics.read", "issuers", "tenants",
			 "custodians");
}

static enum rc make_folders(struct making *m)
{
	static const char *const folders[] = { "credentials", "issuers", "tenants", "custodian",
					       "published" };
	enum rc rc = demo_take_folder(m->dir, m->err);

	for (size_t i = 0; !rc && i < ARRAY_LEN(folders); i++)
		rc = demo_make_folder(m->dir, folders[i], m->err);
	return rc;
}

/* demo.json comes last: where it is, the demonstration is whole. */
static enum rc make(struct making *m, const char *operator)
{
	char config[PATH_MAX];
	enum rc rc = make_folders(m);

	if (!rc)
		rc = write_config(m);
	if (!rc)
		rc = make_credentials(m);
	for (size_t i = 0; !rc && i < DEMO_ISSUERS; i++)
		rc = make_issuer(m, &demo_issuers[i]);
	for (size_t i = 0; !rc && i < DEMO_TENANTS; i++)
		rc = make_tenant(m, &demo_tenants[i]);
	if (!rc)
		rc = make_custodian(m);
	snprintf(config, sizeof(config), "%s/varde.conf", m->dir);
	if (!rc)
		rc = demo_register(config, operator, m->tenant_keys, buf_text(&m->public_file),
				   m->err);
	return rc ? rc : write_json(m, "demo.json", m->demo);
}

static bool take_port(const struct ctl_options *options, const char *name, int *ret)
{
	json_int_t port = json_integer_value(json_object_get(options->args, name));

	*ret = (int)port;
	return !json_object_get(options->args, name) || (port >= 1 && port <= 65535);
}

static int run(const struct ctl_options *options)
{
	struct err err = { 0 };
	struct making m = { .dir = json_string_value(json_object_get(options->args, "dir")),
			    .public_file = buf_capped(SEAL_KEYFILE_MAX),
			    .err = &err };
	enum rc rc = RC_OK;

	if (!take_port(options, "intake", &m.ports[DEMO_PORT_INTAKE]) ||
	    !take_port(options, "statistics", &m.ports[DEMO_PORT_STATISTICS]))
		rc = err_set(&err, RC_INVALID, "usage", "port",
			     "a port is a number from 1 to 65535");
	if (!rc)
		rc = demo_find_ports(m.ports, DEMO_PORTS, &err);
	m.demo = outline(&m);
	m.tenant_keys = json_array();
	if (!rc)
		rc = make(&m, options->operator);
	if (rc)
		ctl_complain(options->json, &err);
	else if (options->json)
		json_dumpf(m.demo, stdout, JSON_INDENT(2)), putchar('\n');
	else
		printf("A demonstration is ready in %s: start it with\n\n  varded --config "
		       "%s/varde.conf\n\n"
		       "and find addresses and keys in %s/demo.json.\n",
		       m.dir, m.dir, m.dir);
	json_decref(m.demo);
	json_decref(m.tenant_keys);
	buf_release(&m.public_file);
	return rc ? CTL_FAILED : CTL_OK;
}

static const struct ctl_param params[] = {
	{ "DIR", "dir", CTL_TEXT, NULL, "a folder that is empty or not there yet", true },
	{ "--intake-port", "intake", CTL_NUMBER, "N",
	  "where varded will listen (default: a free one)", false },
	{ "--statistics-port", "statistics", CTL_NUMBER, "N",
	  "where statistics will be (default: a free one)", false },
	{ 0 },
};

const struct ctl_command ctl_demo_commands[] = {
	{ .words = "demo",
	  .params = params,
	  .help = "make a demonstration installation",
	  .run = run },
	{ 0 },
};
