/* The right to reserve oneself against the register (reservasjon): whether there is one, and
 * what then happens, is a legal decision that varde.conf names.
 *
 *   off          nobody is asked for
 *   drop-sealed  the coded row is kept and counted; a note is sealed instead of the document
 *   refuse       the row keeps its place, digest and fingerprint; content is neither kept
 *                nor counted
 *
 * A document of a reserved person is acknowledged as any other: whoever sends must not learn
 * of it. So the same work is done for every document while a mode is on, without branches on
 * the outcome: each patient's number is hashed and held against the whole of its bucket of
 * the list, both forms of everything are made, and one is chosen. That a row is a reserved one
 * stands nowhere in its file but in the salt: it is then a keyed hash of the row's name
 * instead of random bytes, which only the key can tell apart. (The empty row of `refuse` shows
 * by itself to who has the file.)
 *
 * The key, `reservation-key` of the credentials, is 64 hex digits, in locked memory, and in no
 * backup. List and key together can be searched (there are only so many numbers):
 * deploy/handbook/reservation.md. Any thread. */
#ifndef VARDE_RESERVATION_RESERVATION_H
#define VARDE_RESERVATION_RESERVATION_H

#include "base/cleanup.h"
#include "base/err.h"
#include "config/config.h"
#include "control/control.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESERVATION_MARK_SIZE 16

struct reservation;

/* Reads the key, when there is one, and the list. With a mode on, RC_NOT_FOUND
 * "secret-missing"; RC_CONFLICT "reservation-key-changed": the list was made with another key,
 * so nobody on it would be found. `control` is borrowed. */
NODISCARD enum rc reservation_open(const struct config *config, struct control *control,
				   struct reservation **ret, struct err *reterr);
/* NULL is fine. */
void reservation_free(struct reservation *reservation);
DEFINE_CLEANUP(struct reservation *, reservation_free)

enum reservation_mode reservation_mode(const struct reservation *reservation);

/* Whether nobody is given clear parts or own figures: with `refuse`, and for good once it was
 * in force, since the rows that it left empty stay. */
bool reservation_withholds(const struct reservation *reservation);

/* Adds or removes numbers (a JSON array of texts, eleven digits each), and acts at once.
 * `*ret_changed`: how many were not, or were, on the list. RC_INVALID "argument-value" (where =
 * numbers, a place and no value), RC_NOT_FOUND "secret-missing", the register's. */
NODISCARD enum rc reservation_change(struct reservation *reservation, const json_t *numbers,
				     bool add, const struct control_action *by, size_t *ret_changed,
				     struct err *reterr);

/* Empties the list, also without its key, which may be another from then on. The
 * register's errors. */
NODISCARD enum rc reservation_clear(struct reservation *reservation,
				    const struct control_action *by, struct err *reterr);

/* How many persons are on the list. */
size_t reservation_persons(struct reservation *reservation);

/* 1 when one of the document's patients (patients[].identifier.value) is on the list, else 0.
 * The time depends on the document and on the list, not on the outcome. */
unsigned reservation_concerns(struct reservation *reservation, const json_t *document);

/* A row's salt: random when `concerned` is 0, its mark when 1. */
void reservation_salt(const struct reservation *reservation, const char *orgnr, const char *kind,
		      const char *report_id, int64_t revision, unsigned concerned,
		      unsigned char ret[RESERVATION_MARK_SIZE]);

/* Whether this salt is the row's mark: 1 or 0. */
unsigned reservation_is_marked(const struct reservation *reservation, const char *orgnr,
			       const char *kind, const char *report_id, int64_t revision,
			       const unsigned char salt[RESERVATION_MARK_SIZE]);

#endif
