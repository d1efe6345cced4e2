#include "ctl/ctl.h"
#include "ctl/render.h"

static void render_key(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "kid", "kid" },
					       { "organisation", "orgnr" },
					       { "algorithms", "alg" },
					       { "from", "source" },
					       { "proven by", "proven" },
					       { "state", "state" },
					       { "valid from", "valid_from" },
					       { "valid before", "valid_to" },
					       { "revoked", "revoked_at" },
					       { "reason", "revoke_reason" },
					       { 0 } };

	render_facts(result, facts, out);
}

static void render_keys(const json_t *result, FILE *out)
{
	static const struct column columns[] = { { "ORGNR", "orgnr" },
						 { "KID", "kid" },
						 { "ALG", "alg" },
						 { "PROVEN BY", "proven" },
						 { "STATE", "state" },
						 { "FROM", "valid_from" },
						 { "BEFORE", "valid_to" },
						 { "REVOKED", "revoked_at" },
						 { "REASON", "revoke_reason" },
						 { 0 } };

	render_rows(json_object_get(result, "keys"), columns, out);
}

static const struct ctl_param add_params[] = {
	{ "ORGNR", "orgnr", CTL_TEXT, NULL, "whose key it is", true },
	{ "--jwk", "jwk", CTL_FILE, "FILE", "a public JWK; or", false },
	{ "--pem", "pem", CTL_FILE, "FILE",
	  "a public key in PEM, such as `openssl pkey -pubout` writes; or", false },
	{ "--cert", "cert", CTL_FILE, "FILE",
	  "an enterprise certificate in PEM, its chain behind it: must name ORGNR and lead to a "
	  "configured authority, gives the dates",
	  false },
	{ "--proof", "proof", CTL_FILE, "FILE",
	  "the key's own word for ORGNR, signed with it (client/python/varde_key.py makes one); "
	  "needed without a certificate's chain",
	  false },
	{ "--unproven", "unproven", CTL_FLAG, NULL, "without either; in environment test only",
	  false },
	{ "--kid", "kid", CTL_TEXT, "KID",
	  "its name (default: the JWK's, else the RFC 7638 thumbprint)", false },
	{ "--from", "from", CTL_TEXT, "DATE",
	  "first day, YYYY-MM-DD, UTC (default: the certificate's, else today)", false },
	{ "--to", "to", CTL_TEXT, "DATE",
	  "last day, YYYY-MM-DD, UTC (default: the certificate's, else none)", false },
	{ 0 },
};
static const struct ctl_param list_params[] = {
	{ "ORGNR", "orgnr", CTL_TEXT, NULL, "only this organisation's", false },
	{ 0 },
};
static const struct ctl_param revoke_params[] = {
	{ "KID", "kid", CTL_TEXT, NULL, "the key; --reason is needed", true },
	{ 0 },
};

const struct ctl_command ctl_key_commands[] = {
	{ .words = "key add", .params = add_params, .render = render_key },
	{ .words = "key list", .params = list_params, .render = render_keys },
	{ .words = "key revoke", .params = revoke_params, .render = render_key },
	{ 0 },
};
