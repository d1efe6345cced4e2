/* One installation: a data folder and all that works on it, opened in the right
 * order by whoever holds the folder's lock (varded, or vardectl while varded is
 * down), closed in reverse.
 *
 * The members are opaque to each other and borrowed by their users; they live
 * until installation_close(). The struct itself does not change while in use.
 * Thread: open and close on one thread; the members say what they allow. */
#ifndef VARDE_INSTALLATION_INSTALLATION_H
#define VARDE_INSTALLATION_INSTALLATION_H

#include "base/err.h"

#include <stddef.h>

/* A tenant's file has failed (`rc`, `err`), or is well again (RC_OK, NULL). On a
 * writer thread, several at a time; must not call the writer. */
typedef void installation_notice(void *ctx, const char *orgnr, enum rc rc, const struct err *err);

struct config;
struct control;
struct published_latest;
struct refused;
struct reservation;
struct rulebooks;
struct store_views;
struct tenants;
struct writer;

struct installation {
	const struct config *config;     /* not owned */
	int lock;                        /* file descriptor that holds DATA/lock */
	struct control *control;         /* the register in control.db */
	struct rulebooks *rulebooks;     /* schemas, codes, rules: held for as long as used */
	struct reservation *reservation; /* who reserves themselves */
	struct tenants *tenants;         /* the register in memory, for lookups per request */
	struct store_views *views;       /* read-only connections to tenant files */
	struct writer *writer;           /* the only hand on tenant files that writes */
	struct refused *refused;         /* what was sent and not stored, counted */
	char *fingerprint_key;           /* master secret of sameness, in locked memory */
	installation_notice *notice;     /* or NULL */
	void *notice_ctx;
	/* The release that is served, if there is one. */
	struct published_latest *releases;
};

/* Takes the lock of config's data folder (made if missing, 0700) and opens all.
 * RC_BUSY with code "folder-locked" when another process holds it; other errors
 * name the file. On failure everything is closed again. */
NODISCARD enum rc installation_open(const struct config *config, struct installation **ret,
				    struct err *reterr);

/* Nothing more is written: idle views are closed, every accepted document is
 * answered, the tenants' files are complete. What else is open may be read. */
void installation_drain(struct installation *installation);

/* Drains, closes everything, gives the lock back. NULL is fine. */
void installation_close(struct installation *installation);

/* Who is told of tenants' files. Before the first use of the writer. */
void installation_on_tenant_file(struct installation *installation, installation_notice *notice,
				 void *ctx);

/* The path of a tenant's file: DATA/tenants/ORGNR.db. */
NODISCARD enum rc installation_tenant_path(const struct installation *installation,
					   const char *orgnr, char *out, size_t size);

/* Per-tenant key of the sameness fingerprint: keyed BLAKE2b-256 of the
 * organisation number under the master secret. */
void installation_fingerprint_key(const struct installation *installation, const char *orgnr,
				  unsigned char out[32]);

#endif
