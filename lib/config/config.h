/* varde.conf: one file that says where everything is and how it behaves.
 *
 * Read with inih. Unknown sections, unknown keys and bad values are refused
 * with file, line and key. Relative paths are relative to the file's folder.
 * Secrets are never in this file: they are files in the credentials folder
 * ($CREDENTIALS_DIRECTORY under systemd), read by config_secret(). The struct
 * is read-only once loaded; any thread may read it. */
#ifndef VARDE_CONFIG_CONFIG_H
#define VARDE_CONFIG_CONFIG_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_ISSUERS_MAX 8
#define CONFIG_ISSUER_NAME_MAX 40
#define CONFIG_SCHEMAS_MAX 32

enum reservation_mode { RESERVATION_OFF, RESERVATION_DROP_SEALED, RESERVATION_REFUSE };
enum config_environment { ENVIRONMENT_TEST, ENVIRONMENT_PRODUCTION };

struct config_issuer {
	char *name;    /* the section's: [issuer NAME], letters, digits, - and _ */
	char *profile; /* "maskinporten" or "helseid" */
	char *issuer;  /* exact `iss` */
	char *audience;
	char *algorithms; /* comma-separated, such as "RS256,PS256" */
	char *types;      /* comma-separated values of `typ` */
	char *jwks;       /* path of a JWK Set, or NULL: then jwks_url */
	char *jwks_url;   /* where it is fetched */
	char *jwks_ca;    /* path of the CA certificates of that server; NULL: the system's */
	int64_t leeway_s;
	int64_t max_lifetime_s;
	int64_t refresh_s;  /* between fetches */
	int64_t stale_days; /* how long keys serve while they cannot be fetched */
};

/* When a schema goes out of use: [schema NAME/VERSION]. */
struct config_schema {
	char *name;             /* "incident-report/1.0" */
	int64_t deprecated_day; /* days since 1970; from 00:00 UTC of it on senders are told */
	int64_t sunset_day;     /* from then on it is not taken; 0: not decided */
	char *successor;        /* NULL: none yet */
};

struct config {
	char *path; /* of the file itself */
	enum config_environment environment;
	int64_t clock_ms; /* what programs set their clock to at start; 0: the machine's */
	char *service; /* `aud` of signed documents, audience of tokens unless an issuer says other
			*/
	char *external_url; /* how senders see the service, no trailing slash */
	char *data;         /* folder of control.db, tenants/, the socket and the lock */
	char *schemas;      /* folder of schemas, codes and rules */
	char *credentials;  /* folder of secrets */

	char *intake_listen; /* "127.0.0.1:8080" or "unix:/run/varde/intake.sock" */
	int64_t intake_connections;
	int64_t intake_threads;
	int64_t intake_workers;
	int64_t intake_queue;
	int64_t intake_head_s, intake_deadline_s;
	char *trusted_proxies; /* addresses whose client_header is believed; NULL: none */
	char *client_header;

	char *admin_listen; /* live, ready, metrics: loopback or Unix socket only */

	char *accept[CONFIG_SCHEMAS_MAX]; /* schemas open for submission */
	size_t accept_len;
	struct config_schema ending[CONFIG_SCHEMAS_MAX]; /* schemas on their way out */
	size_t ending_len;
	int64_t signature_max_age_s;
	int64_t person_numbers_2032_from; /* days since 1970; from then on the new check digits are
					     accepted */

	bool dpop_nonce; /* whether proofs must hold a nonce of ours (RFC 9449 section 9) */
	int64_t dpop_max_age_s;
	int64_t dpop_skew_s;
	int64_t dpop_remembered; /* used proofs at once */

	int64_t writer_threads;
	int64_t tenant_queue_items;
	int64_t tenant_queue_bytes;

	/* what one organisation may do, and strangers */
	int64_t submissions_per_minute, submissions_burst;
	int64_t reads_per_minute, reads_burst;
	int64_t concurrent_requests, concurrent_bytes;
	int64_t unauthenticated; /* requests on their way; a quarter of the connections */
	int64_t unauthenticated_per_address; /* a quarter of these */

	enum reservation_mode reservation_mode;
	char *reservation_decision; /* what the mode rests on; NULL: off */

	char *certificate_authorities; /* PEM bundle for senders' certificates, or NULL */
	char *statistics_listen;       /* of varde-statd */
	char *statistics_admin_listen; /* its live, ready, metrics; NULL: none */
	char *statistics_external_url; /* how the public sees it, no trailing slash */
	char *statistics_published;    /* folder of promoted releases */
	char *statistics_release_key;  /* file of the public key that releases are signed with */
	char *statistics_publisher, *statistics_publisher_uri; /* NULL: as the release says */
	char *statistics_contact;     /* e-mail or web address; NULL: as the release says */
	int64_t statistics_max_cells; /* of one answer */
	int64_t statistics_calls, statistics_window_s; /* of one client address */

	struct config_issuer issuers[CONFIG_ISSUERS_MAX];
	size_t issuers_len;
};

/* RC_NOT_FOUND, RC_INVALID (err: code "config-…", where "FILE:LINE"), RC_NOMEM. */
NODISCARD enum rc config_load(const char *path, struct config **ret, struct err *reterr);
void config_free(struct config *config);

/* Appends the bytes of secret `name` from the credentials folder to `out`.
 * Refused (RC_INVALID, code "secret-permissions") unless it is a regular file
 * that belongs to this user or root and nobody else can read or write it.
 * RC_NOT_FOUND with code "secret-missing". */
NODISCARD enum rc config_secret(const struct config *config, const char *name, struct buf *out,
				struct err *reterr);

/* "PATH/NAME" of the data folder into `out`; RC_LIMIT when it does not fit. */
NODISCARD enum rc config_data_path(const struct config *config, const char *name, char *out,
				   size_t size);

#endif
