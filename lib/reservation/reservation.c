#include "reservation/reservation.h"

#include "base/buf.h"
#include "base/clock.h"
#include "identifiers/person_number.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define KEY_LEN 32
#define HASH_LEN CONTROL_RESERVATION_SIZE
#define BUCKETS 256
#define SETTING "reservation-key-check"
#define SETTING_REFUSED "reservation-refused"

/* What the key is used for: each use starts its input with another byte. */
enum { USE_NUMBER = 1, USE_MARK = 2, USE_CHECK = 3 };

struct reservation {
	enum reservation_mode mode;
	bool withholds;
	struct control *control;
	unsigned char *key; /* sodium_malloc(); NULL: there is none */
	pthread_rwlock_t lock;
	unsigned char (*list)[HASH_LEN]; /* in order */
	size_t starts[BUCKETS + 1];      /* of those that begin with each byte */
};

_Static_assert(HASH_LEN == 32 && KEY_LEN == 32, "keyed BLAKE2b-256");

static void keyed(const struct reservation *r, unsigned char use, const char *text, size_t len,
		  unsigned char *ret, size_t ret_len)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, r->key, KEY_LEN, ret_len);
	crypto_generichash_update(&state, &use, 1);
	crypto_generichash_update(&state, (const unsigned char *)text, len);
	crypto_generichash_final(&state, ret, ret_len);
	explicit_bzero(&state, sizeof(state));
}

/* --- key and list ------------------------------------------------------------------------- */

static enum rc read_key(struct reservation *r, const struct config *config, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(256);
	enum rc rc = config_secret(config, "reservation-key", &text, reterr);
	size_t len = 0;

	if (rc == RC_NOT_FOUND && r->mode == RESERVATION_OFF)
		return RC_OK;
	if (rc)
		return rc;
	r->key = sodium_malloc(KEY_LEN);
	if (!r->key)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL,
			       "no locked memory for the reservation key");
	if (sodium_hex2bin(r->key, KEY_LEN, buf_text(&text), text.len, "\r\n", &len, NULL) ||
	    len != KEY_LEN)
		return err_set(reterr, RC_INVALID, "secret-malformed", "reservation-key",
			       "wanted are 64 hex digits");
	return RC_OK;
}

static void check_text(const struct reservation *r, char out[2 * HASH_LEN + 1])
{
	unsigned char hash[HASH_LEN];

	keyed(r, USE_CHECK, "", 0, hash, sizeof(hash));
	sodium_bin2hex(out, 2 * HASH_LEN + 1, hash, sizeof(hash));
}

/* A list of another key would find nobody, silently. */
static enum rc check_key(const struct reservation *r, struct err *reterr)
{
	CLEANUP_FREE char *kept = NULL;
	char wanted[2 * HASH_LEN + 1];
	enum rc rc;

	if (!r->key)
		return RC_OK;
	rc = control_setting_get(r->control, SETTING, &kept, NULL);
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc)
		return err_set(reterr, rc, "register-unreadable", SETTING, "cannot be read");
	check_text(r, wanted);
	if (strlen(kept) == sizeof(wanted) - 1 &&
	    sodium_memcmp(kept, wanted, sizeof(wanted) - 1) == 0)
		return RC_OK;
	return err_set(reterr, RC_CONFLICT, "reservation-key-changed", "reservation-key",
		       "the list of reservations was made with another key");
}

static enum rc load(struct reservation *r, struct err *reterr)
{
	unsigned char(*list)[HASH_LEN] = NULL;
	size_t n = 0, at = 0;
	enum rc rc;

	/* Held while it is read, so that no older list follows a newer. */
	pthread_rwlock_wrlock(&r->lock);
	rc = control_reservation_list(r->control, &list, &n, reterr);
	if (rc) {
		pthread_rwlock_unlock(&r->lock);
		return rc;
	}
	free(r->list);
	r->list = list;
	for (size_t b = 0; b < BUCKETS; b++) {
		r->starts[b] = at;
		while (at < n && list[at][0] == b)
			at++;
	}
	r->starts[BUCKETS] = at;
	pthread_rwlock_unlock(&r->lock);
	return RC_OK;
}

/* That documents may have been refused is noted before the first of them comes. */
static enum rc note_refusing(struct reservation *r, struct err *reterr)
{
	const struct control_action by = { .at = clock_now_ms(),
					   .operator= "varded",
					   .uid = -1,
					   .command = "reservation-refuse noted" };
	CLEANUP_FREE char *kept = NULL;
	enum rc rc = control_setting_get(r->control, SETTING_REFUSED, &kept, NULL);

	if (rc == RC_NOT_FOUND && r->mode == RESERVATION_REFUSE)
		rc = control_setting_set(r->control, SETTING_REFUSED, "yes", &by, reterr);
	else if (rc == RC_NOT_FOUND)
		return RC_OK;
	else if (rc)
		err_set(reterr, rc, "register-unreadable", SETTING_REFUSED, "cannot be read");
	r->withholds = rc == RC_OK;
	return rc;
}

enum rc reservation_open(const struct config *config, struct control *control,
			 struct reservation **ret, struct err *reterr)
{
	CLEANUP(reservation_freep) struct reservation *r = calloc(1, sizeof(*r));
	enum rc rc;

	if (!r)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	pthread_rwlock_init(&r->lock, NULL);
	r->mode = config->reservation_mode;
	r->control = control;
	rc = read_key(r, config, reterr);
	if (!rc)
		rc = check_key(r, reterr);
	if (!rc)
		rc = load(r, reterr);
	if (!rc)
		rc = note_refusing(r, reterr);
	if (!rc)
		*ret = TAKE_PTR(r);
	return rc;
}

void reservation_free(struct reservation *r)
{
	if (!r)
		return;
	sodium_free(r->key);
	free(r->list);
	pthread_rwlock_destroy(&r->lock);
	free(r);
}

enum reservation_mode reservation_mode(const struct reservation *r)
{
	return r->mode;
}

bool reservation_withholds(const struct reservation *r)
{
	return r->withholds;
}

size_t reservation_persons(struct reservation *r)
{
	size_t n;

	pthread_rwlock_rdlock(&r->lock);
	n = r->starts[BUCKETS];
	pthread_rwlock_unlock(&r->lock);
	return n;
}

/* --- changing ------------------------------------------------------------------------------- */

static enum rc hash_numbers(const struct reservation *r, const json_t *numbers,
			    unsigned char (*hashes)[HASH_LEN], struct err *reterr)
{
	for (size_t i = 0; i < json_array_size(numbers); i++) {
		const char *text = json_string_value(json_array_get(numbers, i));
		struct person_number p;

		if (!text || !person_number_classify(text, strlen(text), &p) ||
		    (p.kind == PERSON_NUMBER_FHNR ? !p.holds_legacy : !p.holds_2032))
			return err_set(reterr, RC_INVALID, "argument-value", "numbers",
				       "number %zu is not a person number", i + 1);
		keyed(r, USE_NUMBER, text, PERSON_NUMBER_LEN, hashes[i], HASH_LEN);
	}
	return RC_OK;
}

/* With the first reservation the key is noted, so that it is not changed unawares. */
static enum rc note_key(struct reservation *r, const struct control_action *by, struct err *reterr)
{
	struct control_action noted = *by;
	CLEANUP_FREE char *kept = NULL;
	char text[2 * HASH_LEN + 1];
	enum rc rc = control_setting_get(r->control, SETTING, &kept, NULL);

	if (rc != RC_NOT_FOUND)
		return rc;
	noted.command = "reservation-key noted";
	noted.detail = NULL;
	check_text(r, text);
	return control_setting_set(r->control, SETTING, text, &noted, reterr);
}

enum rc reservation_change(struct reservation *r, const json_t *numbers, bool add,
			   const struct control_action *by, size_t *ret_changed, struct err *reterr)
{
	size_t n = json_array_size(numbers);
	CLEANUP_FREE unsigned char(*hashes)[HASH_LEN] = calloc(n + 1, sizeof(*hashes));
	enum rc rc;

	if (!hashes)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	if (!r->key)
		return err_set(reterr, RC_NOT_FOUND, "secret-missing", "reservation-key",
			       "there is no such file among the credentials");
	rc = hash_numbers(r, numbers, hashes, reterr);
	if (!rc && add)
		rc = note_key(r, by, reterr);
	if (!rc)
		rc = control_reservation_change(r->control, hashes, n, add, by, ret_changed,
						reterr);
	return rc ? rc : load(r, reterr);
}

enum rc reservation_clear(struct reservation *r, const struct control_action *by,
			  struct err *reterr)
{
	enum rc rc = control_reservation_clear(r->control, SETTING, by, reterr);

	return rc ? rc : load(r, reterr);
}

/* --- judging ------------------------------------------------------------------------------- */

/* Lock held. The whole bucket is looked at, whatever is found. */
static unsigned on_list(const struct reservation *r, const char *number, size_t len)
{
	unsigned char hash[HASH_LEN];
	unsigned found = 0;

	keyed(r, USE_NUMBER, number, len, hash, sizeof(hash));
	for (size_t i = r->starts[hash[0]]; i < r->starts[hash[0] + 1]; i++)
		found |= sodium_memcmp(r->list[i], hash, sizeof(hash)) == 0;
	explicit_bzero(hash, sizeof(hash));
	return found;
}

unsigned reservation_concerns(struct reservation *r, const json_t *document)
{
	const json_t *patients = json_object_get(document, "patients");
	unsigned found = 0;

	pthread_rwlock_rdlock(&r->lock);
	for (size_t i = 0; i < json_array_size(patients); i++) {
		const json_t *value = json_object_get(
			json_object_get(json_array_get(patients, i), "identifier"), "value");

		if (json_is_string(value))
			found |= on_list(r, json_string_value(value), json_string_length(value));
	}
	pthread_rwlock_unlock(&r->lock);
	return found;
}

static void mark_of(const struct reservation *r, const char *orgnr, const char *kind,
		    const char *report_id, int64_t revision,
		    unsigned char ret[RESERVATION_MARK_SIZE])
{
	char name[160];
	int n = snprintf(name, sizeof(name), "%s/%s/%s/%lld", orgnr, kind, report_id,
			 (long long)revision);

	keyed(r, USE_MARK, name, (size_t)n < sizeof(name) ? (size_t)n : sizeof(name) - 1, ret,
	      RESERVATION_MARK_SIZE);
}

void reservation_salt(const struct reservation *r, const char *orgnr, const char *kind,
		      const char *report_id, int64_t revision, unsigned concerned,
		      unsigned char ret[RESERVATION_MARK_SIZE])
{
	unsigned char mark[RESERVATION_MARK_SIZE];
	unsigned char mask = (unsigned char)(0 - (concerned & 1));

	mark_of(r, orgnr, kind, report_id, revision, mark);
	randombytes_buf(ret, RESERVATION_MARK_SIZE);
	for (size_t i = 0; i < sizeof(mark); i++)
		ret[i] = (unsigned char)((ret[i] & ~mask) | (mark[i] & mask));
}

unsigned reservation_is_marked(const struct reservation *r, const char *orgnr, const char *kind,
			       const char *report_id, int64_t revision,
			       const unsigned char salt[RESERVATION_MARK_SIZE])
{
	unsigned char mark[RESERVATION_MARK_SIZE];

	if (!r->key)
		return 0;
	mark_of(r, orgnr, kind, report_id, revision, mark);
	return sodium_memcmp(mark, salt, sizeof(mark)) == 0;
}
