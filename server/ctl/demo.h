/* A demonstration: one folder with an installation in environment `test`, the
 * keys of everyone in it, and demo.json that says where each is. */
#ifndef VARDE_CTL_DEMO_H
#define VARDE_CTL_DEMO_H

#include "base/err.h"
#include "jose/alg.h"

#include <jansson.h>

#define DEMO_SERVICE "https://varde.demo.example"

struct demo_issuer {
	const char *name; /* section, file names */
	const char *profile, *issuer;
	enum jose_alg alg;
};

struct demo_tenant {
	const char *orgnr, *name, *kind;
	enum jose_alg alg;
};

/* Names are stable: other people's scripts know them. */
extern const struct demo_issuer demo_issuers[];
extern const struct demo_tenant demo_tenants[];
#define DEMO_ISSUERS 2
#define DEMO_TENANTS 4

enum { DEMO_PORT_INTAKE, DEMO_PORT_STATISTICS, DEMO_PORT_ADMIN, DEMO_PORTS };

/* Registers what the folder holds through lib/operate, as `operator`:
 * tenants with their keys (keys[i] is {"jwk","proof"} of demo_tenants[i]) in phase
 * active, and the institute's custodian by its public file. */
NODISCARD enum rc demo_register(const char *config, const char *operator, const json_t * keys,
				const char *custodian_file, struct err *reterr);

#endif
