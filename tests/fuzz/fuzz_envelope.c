/* A sealed group and an item of it, sealed by the target for a custodian it makes.
 * The input says which bytes of what is stored change, and what is sealed:
 *
 *   u8 count, count times { u16 where, u8 xor }, u8 length of a report id, the id,
 *   then the plaintext
 *
 * Untouched it opens as it was sealed; touched anywhere it does not open, and says
 * so by one of the codes of envelope_open.h. */
#include "fuzz.h"

#include "seal/envelope_open.h"

#include <sodium.h>

struct custodian {
	struct seal_recipient who;
	unsigned char secret[SEAL_SECRET_KEY_LEN];
};

/* All that is stored, as one run of bytes that may change. */
struct stored {
	struct seal_stored_group group;
	int64_t revision, received_ms, seq;
	unsigned char sealed[2048 + SEAL_OVERHEAD];
};

static const struct custodian *custodian(void)
{
	static struct custodian made;
	static const unsigned char seed[crypto_box_SEEDBYTES];
	unsigned char public[SEAL_PUBLIC_KEY_LEN];

	if (*made.who.kid)
		return &made;
	MUST(sodium_init() >= 0);
	crypto_box_seed_keypair(public, made.secret, seed);
	seal_recipient_init(&made.who, public);
	return &made;
}

static struct seal_item_context context_of(const struct stored *stored, const char *report_id)
{
	return (struct seal_item_context){ .report_id = report_id,
					   .revision = stored->revision,
					   .schema = "incident-report/1.0",
					   .received_ms = stored->received_ms,
					   .seq = stored->seq };
}

/* False where the context is none: then nothing may be sealed for it. */
static bool seal(struct stored *out, const char *report_id, struct piece plaintext)
{
	const struct seal_group_context context = { .version = SEAL_VERSION,
						    .tenant = "310000019",
						    .created_ms = 1795300000000 };
	CLEANUP(seal_group_freep) struct seal_group *group = NULL;
	CLEANUP(buf_release) struct buf sealed = buf_capped(sizeof(out->sealed));
	struct seal_item_context item;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	out->revision = 1;
	out->seq = 7;
	MUST(!seal_group_new(&context, &custodian()->who, 1, &group, NULL));
	item = context_of(out, report_id);
	rc = seal_group_item(group, &item, plaintext.at, plaintext.len, &sealed, NULL);
	MUST((rc == RC_OK) == (*report_id && strlen(report_id) <= 128));
	if (rc)
		return false;
	MUST(sealed.len == sizeof(out->sealed) && seal_sealed_len(plaintext.len) == sealed.len);
	out->group = *seal_group_stored(group);
	memcpy(out->sealed, sealed.data, sealed.len);
	return true;
}

static bool is_named(const char *code)
{
	static const char *const names[] = { "envelope-version",    "envelope-not-for-this-key",
					     "envelope-moved",      "envelope-altered",
					     "envelope-commitment", "envelope-context" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(code, names[i]))
			return true;
	return false;
}

static enum rc open_all(const struct stored *stored, const char *report_id, struct buf *plaintext)
{
	const struct seal_item_context item = context_of(stored, report_id);
	CLEANUP(seal_opened_freep) struct seal_opened *opened = NULL;
	struct err err = { 0 };
	enum rc rc = seal_open_group(&custodian()->who, custodian()->secret, &stored->group,
				     &opened, &err);

	if (!rc)
		rc = seal_open_item(opened, &item, stored->sealed, sizeof(stored->sealed),
				    plaintext, &err);
	MUST(!rc || (is_named(err.code) && plaintext->len == 0));
	return rc;
}

/* What counts of the group: unused wraps and the padding of the struct do not. */
static bool same(const struct stored *a, const struct stored *b)
{
	return a->group.context.version == b->group.context.version &&
	       !strncmp(a->group.context.tenant, b->group.context.tenant, 10) &&
	       !memcmp(a->group.context.group_id, b->group.context.group_id, SEAL_GROUP_ID_LEN) &&
	       a->group.context.created_ms == b->group.context.created_ms &&
	       !memcmp(a->group.commitment, b->group.commitment, SEAL_COMMITMENT_LEN) &&
	       b->group.wraps_len >= 1 &&
	       !memcmp(a->group.wraps[0].box, b->group.wraps[0].box, SEAL_BOX_LEN) &&
	       !strncmp(a->group.wraps[0].kid, b->group.wraps[0].kid, SEAL_KID_SIZE) &&
	       a->revision == b->revision && a->received_ms == b->received_ms && a->seq == b->seq &&
	       !memcmp(a->sealed, b->sealed, sizeof(a->sealed));
}

static uint8_t take_byte(struct piece *rest)
{
	uint8_t byte = rest->len ? (uint8_t)*rest->at : 0;

	rest->at += rest->len > 0;
	rest->len -= rest->len > 0;
	return byte;
}

static void touch(struct stored *stored, struct piece *rest)
{
	unsigned char *bytes = (unsigned char *)stored;

	for (unsigned count = take_byte(rest); count && rest->len; count--) {
		size_t where = (size_t)take_byte(rest) << 8;

		where |= take_byte(rest);
		bytes[where % sizeof(*stored)] ^= take_byte(rest);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct piece rest = { (const char *)data, size }, id;
	CLEANUP(buf_release) struct buf opened = buf_capped(SEAL_PLAINTEXT_MAX);
	CLEANUP_FREE struct stored *right = malloc(sizeof(*right));
	CLEANUP_FREE struct stored *touched = malloc(sizeof(*touched));
	CLEANUP_FREE char *report_id = NULL;

	MUST(right && touched);
	memset(touched, 0, sizeof(*touched));
	touch(touched, &rest); /* from zero: what changes */
	id.len = take_byte(&rest);
	id.len = id.len < rest.len ? id.len : rest.len;
	id.at = rest.at;
	rest.at += id.len;
	rest.len -= id.len;
	report_id = fuzz_text(id);
	rest.len = rest.len < 2047 ? rest.len : 2047;
	if (!seal(right, report_id, rest))
		return 0;
	for (size_t i = 0; i < sizeof(*touched); i++)
		((unsigned char *)touched)[i] ^= ((const unsigned char *)right)[i];
	MUST(!open_all(right, report_id, &opened));
	MUST(fuzz_same(rest, buf_text(&opened), opened.len));
	buf_clear(&opened);
	MUST((open_all(touched, report_id, &opened) == RC_OK) == same(right, touched));
	return 0;
}
