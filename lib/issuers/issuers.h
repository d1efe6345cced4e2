/* The configured issuers of access tokens and their public keys.
 *
 * Keys come from a file, read at start and on reload, or from an address, fetched
 * in the background by one thread per issuer: at intervals, and when a token names
 * a kid that nobody knows (at most once in 5 min). A request never waits for a
 * fetch. While an issuer cannot be reached its last good keys serve on, also over
 * restarts (kept.h), up to `stale_days`; then, or where there never were any, its
 * tokens cannot be judged.
 *
 * All keys together are one immutable, counted set, swapped whole: a request sees
 * one state, and what is fetched replaces an issuer's keys wholly or, where it
 * holds anything that must not be (jwks.h), not at all. Each swap is a new
 * generation, by which caches tell what older keys verified. */
#ifndef VARDE_ISSUERS_ISSUERS_H
#define VARDE_ISSUERS_ISSUERS_H

#include "base/cleanup.h"
#include "base/err.h"
#include "config/config.h"
#include "jose/token.h"

struct issuers;

/* One state of the keys; immutable, counted. */
struct issuer_set {
	unsigned holders; /* atomic */
	uint64_t generation;
	size_t len; /* as many issuers as the configuration has, in its order */
	struct jose_issuer list[CONFIG_ISSUERS_MAX];
	struct jose_jwks *keys[CONFIG_ISSUERS_MAX];
};

/* Reads the settings, every key file, and what was kept of fetched sets; fetches
 * nothing. `config` is borrowed. The first issuer that cannot be used fails all:
 * config-value; the codes of jwks.h with the file in `where`; jwks-url, jwks-ca.
 * A kept set that is too old or cannot be read only counts as none. */
NODISCARD enum rc issuers_new(const struct config *config, int64_t now_ms, struct issuers **ret,
			      struct err *reterr);

/* Stops the threads first. NULL is fine. Sets still held live on. */
void issuers_free(struct issuers *issuers);
DEFINE_CLEANUP(struct issuers *, issuers_free)

enum issuer_event {
	ISSUER_KEYS_CHANGED,   /* other keys than before are in force */
	ISSUER_REFRESH_FAILED, /* nothing was fetched; err says why */
	ISSUER_KEYS_REFUSED,   /* what was fetched must not be taken; err says why */
	ISSUER_REFRESH_WELL,   /* fetched again after a failure */
	ISSUER_KEYS_EXPIRED,   /* the last good keys are too old now: in force no more */
	ISSUER_KEYS_NOT_KEPT,  /* in force, but would not outlive a restart; err */
};

/* On an issuer's own thread; `issuer` is its number in status and configuration. */
typedef void issuers_notice(void *ctx, size_t issuer, enum issuer_event event,
			    const struct err *err);

/* Begins to fetch for the issuers that have an address. Once. RC_NOMEM. */
NODISCARD enum rc issuers_start(struct issuers *issuers, issuers_notice *notice, void *ctx,
				struct err *reterr);

/* Ends the threads; a fetch under way is cut. The keys stay. After the last
 * issuers_ask() and issuers_reload(). */
void issuers_stop(struct issuers *issuers);

/* Reads the key files anew and wants all addresses fetched now. As issuers_new for
 * the files, whose old keys then stay. Any thread. */
NODISCARD enum rc issuers_reload(struct issuers *issuers, struct err *reterr);

/* A token of this scheme names a key that nobody has. Never waits. Any thread. */
void issuers_ask(struct issuers *issuers, enum jose_scheme scheme);

/* The state as of now, to be given back; and its generation alone, without a lock.
 * Any thread. */
struct issuer_set *issuers_hold(struct issuers *issuers);
uint64_t issuers_generation(const struct issuers *issuers);
void issuer_set_drop(struct issuer_set *set);
DEFINE_CLEANUP(struct issuer_set *, issuer_set_drop)

/* Whether each issuer has keys or was at least tried since the start. Any thread. */
bool issuers_settled(struct issuers *issuers);

/* How one issuer's keys are. Texts are the configuration's, but for `code`. */
struct issuer_status {
	const char *name, *profile, *url;    /* url: NULL, keys are from a file */
	size_t keys;                         /* in force; 0: its tokens cannot be judged */
	int64_t fetched_ms;                  /* the last good set; 0: never */
	int64_t usable_until_ms;             /* without another fetch; 0: for ever */
	bool stale;                          /* in force, but older than two intervals */
	int64_t failing_since_ms;            /* 0: the last fetch was well, or there was none */
	char code[48];                       /* why it fails */
	uint64_t refreshed, failed, refused; /* fetches since start, by what came of them */
};

/* The number of issuers, and the state of one. Any thread. */
size_t issuers_count(const struct issuers *issuers);
void issuers_status(struct issuers *issuers, size_t index, int64_t now_ms,
		    struct issuer_status *ret);

#endif
